"""Every peer that is installed here says of a few records what `checker` says of them, or tells their failures."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from benchmarks import by_hand
from benchmarks.peers.duties import DUTIES
from benchmarks.peers.engines.checker_reference import Engine
from benchmarks.peers.listed import FAILURES, PEERS, Listed
from benchmarks.peers.protocol import UNTOLD, VERDICTS, Given
from benchmarks.peers.records import frame, write_json, write_parquet

ROOT = Path(__file__).parents[1]
RECORDS = 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("peers")
    write_parquet(folder / "records.parquet", RECORDS)
    write_json(folder / "records.json", RECORDS)
    return folder


@pytest.fixture(scope="module")
def meant(folder: Path) -> Sequence[str]:
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
    command = [str(peer.python), "-m", "benchmarks.peers.worker", peer.id, str(folder), "0", "1"]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    assert json.loads(done.stdout)["records"] == RECORDS
    said = (folder / f"{peer.id}.txt").read_text("ascii").split("\n")
    if peer.gives == FAILURES:
        assert all(set(verdicts) <= {"F", UNTOLD} for verdicts in said)
        said = [completed(*both) for both in zip(meant, said, strict=True)]
    assert said == list(meant)


def test_by_hand_counts_what_checker_counts(folder: Path, tmp_path: Path) -> None:
    by_hand.main(str(folder / "records.parquet"), str(tmp_path), str(len(DUTIES)))
    written = pl.read_parquet(tmp_path / "scorecard.parquet")
    engine = Engine(DUTIES)
    counts = engine.judge(engine.take(Given(folder), slice(RECORDS)))[1].counts
    rules = pl.col("obligation").cast(pl.Int64).replace_strict(dict(enumerate(duty.id for duty in DUTIES)))
    cell = ["unit_code", "rule", "verdict"]
    ours = counts.select(pl.col("unit").alias("unit_code"), rules.alias("rule"), "verdict", "n").sort(cell)
    assert written.sort(cell).rows() == ours.rows()


def test_the_records_have_every_verdict(meant: Sequence[str]) -> None:
    assert set("".join(meant)) == set(VERDICTS)


def test_records_are_the_same_however_many_are_written() -> None:
    assert frame(0, 300, 300).slice(120, 60).equals(frame(120, 180, 300))
