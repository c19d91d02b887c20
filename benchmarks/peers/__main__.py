"""`make bench-peers`: every peer in turn, in a process of its own → a table on standard output; of a whole run, the page of figures."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import polars as pl

from benchmarks import performance
from benchmarks.peers.duties import DUTIES
from benchmarks.peers.listed import PEERS, Listed
from benchmarks.peers.records import write_json, write_parquet
from benchmarks.performance import page

ROOT = Path(__file__).parents[2]
COMMAND = "make bench-peers"
# Peers that look at one record at a time do not come to the end of even these.
RECORDS, SINGLE_RECORDS = 50_000, 20_000
SECONDS, REPEATS = 1.0, 7


@dataclass(frozen=True, slots=True)
class Result:
    """Seconds: `passes` for all records, `cpu` the same on all cores, `single` for one alone. `said`: our letter and theirs → how often."""

    peer: str
    version: str
    records: int
    passes: list[float]
    cpu: list[float]
    single: float
    said: dict[str, int]

    @property
    def rates(self) -> list[float]:
        """Verdicts a second."""
        return [self.records * len(DUTIES) / seconds for seconds in self.passes]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    parser.add_argument("peers", nargs="*", help="without any, all of them")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="about as long may one pass of a peer take")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    asked = parser.parse_args()
    wanted = [peer for peer in PEERS if peer.id in {"checker", *asked.peers} or not asked.peers]
    if unheard := set(asked.peers) - {peer.id for peer in PEERS}:
        parser.error(f"no peer {', '.join(sorted(unheard))}; there are {', '.join(peer.id for peer in PEERS)}")
    results, failed = [], []
    with tempfile.TemporaryDirectory() as folder:
        records(Path(folder), RECORDS, SINGLE_RECORDS)
        for peer in wanted:
            try:
                prepare(peer)
                results.append(measure(peer, Path(folder), asked.seconds, asked.repeats))
            except subprocess.CalledProcessError as error:
                failed.append(peer.title)
                print(f"{peer.title:<32} could not be measured: {error}", flush=True)
            else:
                print(_line(peer, results[-1]), flush=True)
        missing = empty(Path(folder))
    if not asked.peers:
        told = [{**asdict(result), "rates": result.rates} for result in results]
        performance.keep("peers", COMMAND, {"repeats": asked.repeats, "missing": missing, "results": told})
    if failed:
        sys.exit(f"not measured: {', '.join(failed)}")


def records(folder: Path, many: int, few: int) -> None:
    write_parquet(folder / "records.parquet", many)
    write_json(folder / "records.json", few)


def empty(folder: Path) -> float:
    """The share of cells that are missing."""
    cells = pl.read_parquet(folder / "records.parquet")
    return int(cells.null_count().sum_horizontal().item()) / (cells.height * cells.width)


def prepare(peer: Listed) -> None:
    """An environment for a peer that needs other versions than ours."""
    if peer.apart and not peer.installed:
        home = peer.python.parents[1]
        venv.create(home, with_pip=True)
        pip = [str(peer.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *peer.apart]
        try:
            subprocess.run(pip, check=True)
        except subprocess.CalledProcessError:
            shutil.rmtree(home)  # else it would seem to be there
            raise


def measure(peer: Listed, folder: Path, seconds: float, repeats: int) -> Result:
    """Beside the verdicts of `checker`, which has to be measured first."""
    asked = [peer.id, str(folder), str(seconds), str(repeats)]
    command = [str(peer.python), "-W", "ignore", "-m", "benchmarks.peers.worker", *asked]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    told = json.loads(done.stdout)
    said: Counter[str] = Counter()
    for ours, theirs in zip(_verdicts(folder, "checker"), _verdicts(folder, peer.id), strict=True):
        said.update(map("".join, zip(ours, theirs, strict=False)))  # a peer takes fewer records
    return Result(peer.id, **told, said=dict(sorted(said.items())))


def _verdicts(folder: Path, peer: str) -> list[str]:
    return (folder / f"{peer}.txt").read_text("ascii").split("\n")


def _line(peer: Listed, result: Result) -> str:
    rates = sorted(result.rates)
    spread = f"{rates[0]:,.0f} … {median(rates):,.0f} … {rates[-1]:,.0f}"
    verdicts = page.compared(result.said, "en")
    return f"{peer.title:<32}{result.records:>7,} records {spread:>40} verdicts/s {result.single * 1e3:>9.3f} ms/record  {verdicts}"


if __name__ == "__main__":
    main()
