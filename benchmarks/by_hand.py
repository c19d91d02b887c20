"""Records in Parquet and a folder → part files of findings with evidence, and a scorecard: in Polars, for one plan, written by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from benchmarks.peers.duties import duties
from benchmarks.peers.engines.hand_polars_findings import judge

CELLS = 10_000_000  # verdicts at once


def main(records: str, folder: str, rules: str) -> None:
    """Block by block, so that memory does not grow with the records."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    source, wanted = pl.scan_parquet(records), duties(int(rules))
    block, counts = CELLS // len(wanted), []
    for part, first in enumerate(range(0, source.select(pl.len()).collect().item(), block)):
        judged = judge(source.slice(first, block).collect(), wanted)
        judged.findings.write_parquet(Path(folder) / f"findings-{part:04d}.parquet")
        counts.append(judged.counts)
    cell = ["unit_code", "rule", "verdict"]
    pl.concat(counts).group_by(cell).agg(pl.col("n").sum()).sort(cell).write_parquet(Path(folder) / "scorecard.parquet")


if __name__ == "__main__":
    main(*sys.argv[1:])
