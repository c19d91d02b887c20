"""Rules in YAML, records in Parquet and a folder → what `by_hand` writes, by the default engine: no numbers, cells, fingerprints, gates."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from benchmarks.peers.duties import AS_OF
from checker import pipeline
from checker.batches import MOST, batches, parts


def main(rules: str, tables: str, folder: str) -> None:
    """Group of units by group, as a run does it."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    pack = pipeline.sound_pack(rules)
    plan, records = pipeline.compile_rules(pack, AS_OF), pipeline.ready_data(pack, tables)
    counts = []
    for part, (_, own, held) in enumerate(parts(plan, records, batches(plan, records, (), MOST))):
        judged = pipeline.evaluate(own, held)
        judged.findings.write_parquet(Path(folder) / f"findings-{part:04d}.parquet")
        counts.append(judged.counts)
    cell = ["unit", "obligation", "verdict"]
    pl.concat(counts).group_by(cell).agg(pl.col("n").sum()).sort(cell).write_parquet(Path(folder) / "scorecard.parquet")


if __name__ == "__main__":
    main(*sys.argv[1:])
