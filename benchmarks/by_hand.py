"""Records in Parquet and a folder → part files of findings with evidence, and a scorecard: in Polars, for one plan, written by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from benchmarks.peers.duties import DUTIES
from benchmarks.peers.engines.hand_polars_findings import judge

BLOCK = 100_000


def main(records: str, folder: str) -> None:
    """Block by block, so that memory does not grow with the records."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    source = pl.scan_parquet(records)
    counts = []
    for part, first in enumerate(range(0, source.select(pl.len()).collect().item(), BLOCK)):
        judged = judge(source.slice(first, BLOCK).collect(), DUTIES)
        judged.findings.write_parquet(Path(folder) / f"findings-{part:04d}.parquet")
        counts.append(judged.counts)
    cell = ["unit_code", "rule", "verdict"]
    pl.concat(counts).group_by(cell).agg(pl.col("n").sum()).sort(cell).write_parquet(Path(folder) / "scorecard.parquet")


if __name__ == "__main__":
    main(*sys.argv[1:])
