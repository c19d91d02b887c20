"""`make bench-scale`: ever more schools, whole processes beside Polars by hand → time and the most memory held; the page of figures."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks import performance
from benchmarks.pairs import Watched, watched
from benchmarks.peers import pack
from benchmarks.peers.duties import AS_OF, DUTIES, duties
from benchmarks.peers.records import write_parquet
from checker import pipeline

SIZES = {"city": 2_000, "province": 50_000, "nation": 530_000, "5M": 5_000_000, "20M": 20_000_000}
USUAL = ("city", "province", "nation", "5M")
COMMAND = "make bench-scale"
REPEATS = 5
ENOUGH = 1_000_000  # schools from which the first pass, too, is long enough to count


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("sizes", nargs="*", help=f"of {', '.join(SIZES)}; without any, {', '.join(USUAL)}")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--rules", type=int, default=len(DUTIES))
    asked = parser.parse_args()
    if unheard := set(asked.sizes) - set(SIZES):
        parser.error(f"no size {', '.join(sorted(unheard))}")
    for size in asked.sizes or USUAL:
        with tempfile.TemporaryDirectory() as folder:
            result = measure(Path(folder), SIZES[size], asked.rules, asked.repeats)
        print(result, flush=True)
        others = [each for each in performance.of_today("scale") if _size(each) != _size(result)]
        results = sorted([*others, result], key=_size)
        performance.keep("scale", COMMAND, {"results": results})


def _size(result: Mapping[str, Any]) -> tuple[int, int]:
    return int(result["rules"]), int(result["schools"])


def measure(folder: Path, schools: int, rules: int, repeats: int) -> dict[str, Any]:
    """By hand, by the engine alone and by `checker run` in turn, the smaller ones once to warm up; all must have found the same."""
    tables = folder / "tables"
    tables.mkdir()
    records, written = write_parquet(tables / "institution.parquet", schools), pack.write(folder, duties(rules))
    day = AS_OF.isoformat()
    by_hand, by_engine, run = folder / "by-hand", folder / "by-engine", folder / "run"
    engine = [sys.executable, "-m", "benchmarks.by_engine", str(written), str(tables), str(by_engine)]
    base = [sys.executable, "-m", "benchmarks.by_hand", str(records), str(by_hand), str(rules)]
    told = ["--as-is", "--as-of", day, "--out", str(run)]
    ours = [sys.executable, "-m", "checker", "run", str(written), str(tables), *told]
    passes: list[tuple[Watched, Watched, Watched]] = []
    for _ in range(repeats + (schools < ENOUGH)):
        for left in (by_hand, by_engine, run):
            shutil.rmtree(left, ignore_errors=True)
        passes.append((watched(base), watched(engine), watched(ours)))
    manifest: Any = pipeline.manifest(run)
    for other in (by_hand, by_engine):
        found = pl.read_parquet(other / "scorecard.parquet").group_by("verdict").agg(pl.col("n").sum())
        assert dict(found.iter_rows()) == manifest["counts"]["verdicts"], "they do not judge the same"
    return {
        "schools": schools,
        "rules": rules,
        "verdicts": schools * rules,
        "findings": manifest["counts"]["findings"],
        "seconds": [[each.seconds for each in one] for one in passes[-repeats:]],
        "held": [max(each.held for each in one) for one in zip(*passes, strict=True)],
    }


if __name__ == "__main__":
    main()
