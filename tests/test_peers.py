"""Every peer that is installed here says of a few records what `checker` says of them, or tells their failures."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.peers.duties import DUTIES
from benchmarks.peers.listed import FAILURES, PEERS, Listed
from benchmarks.peers.protocol import UNTOLD, VERDICTS, Given
from benchmarks.peers.records import frame, write_json, write_parquet

ROOT = Path(__file__).parents[1]
RECORDS = 16


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("peers")
    write_parquet(folder / "records.parquet", RECORDS)
    write_json(folder / "records.json", RECORDS)
    return folder


@pytest.fixture(scope="module")
def meant(folder: Path) -> Sequence[str]:
    from benchmarks.peers.engines.checker_reference import Engine

    engine = Engine(DUTIES)
    return engine.letters(engine.judge(engine.take(Given(folder), slice(RECORDS))))


def completed(meant: str, failures: str) -> str:
    """What a tool leaves out that tells failures only is taken as meant; and it may tell what is unknown as a failure."""
    pairs = zip(meant, failures, strict=True)
    return "".join(ours if ours == "U" or (ours in "PN" and theirs == UNTOLD) else theirs for ours, theirs in pairs)


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.id)
def test_peer_says_what_checker_says(peer: Listed, folder: Path, meant: Sequence[str]) -> None:
    if not peer.installed:
        pytest.skip(f"{peer.title} is not installed: make bench-peers brings it")
    command = [str(peer.python), "-m", "benchmarks.peers.worker", peer.id, str(folder), "60", "1"]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    assert json.loads(done.stdout)["records"] == RECORDS
    said = (folder / f"{peer.id}.txt").read_text("ascii").split("\n")
    if peer.gives == FAILURES:
        assert all(set(verdicts) <= {"F", UNTOLD} for verdicts in said)
        said = [completed(*both) for both in zip(meant, said, strict=True)]
    assert said == list(meant)


def test_the_records_have_every_verdict(meant: Sequence[str]) -> None:
    assert set("".join(meant)) == set(VERDICTS)


def test_records_are_the_same_however_many_are_written() -> None:
    assert frame(0, 300).slice(120, 60).equals(frame(120, 180))
