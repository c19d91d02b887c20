"""checker itself: the pack's YAML → its plan; on the default engine verdicts, counts by county, findings with evidence and days overdue."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from benchmarks.peers import pack
from benchmarks.peers.conditions import Duty
from benchmarks.peers.duties import AS_OF
from benchmarks.peers.protocol import Given, Table
from checker import pipeline
from checker.plan import Evaluation, Tables

LETTERS = {"pass": "P", "fail": "F", "unknown": "U", "not_applicable": "N"}


class Engine(Table):
    engine: pipeline.Engine = "columnar"

    def __init__(self, duties: Sequence[Duty]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.pack = pipeline.sound_pack(pack.write(Path(folder)))
        self.plan = pipeline.compile_rules(self.pack, AS_OF)

    def take(self, given: Given, places: slice) -> Tables:
        return pipeline.from_frames(self.pack, {"institution": super().take(given, places)})

    def judge(self, taken: Tables) -> tuple[Tables, Evaluation]:
        return taken, pipeline.evaluate(self.plan, taken, self.engine)

    def letters(self, answer: tuple[Tables, Evaluation]) -> list[str]:
        """A run keeps no verdict of what passes, so these are judged once more."""
        verdicts = pipeline.evaluate(self.plan, answer[0], self.engine, verdicts=True).verdicts
        assert verdicts is not None, "asked for"
        said = verdicts.sort("obligation", "row").select("obligation", pl.col("verdict").replace_strict(LETTERS))
        return (
            said.group_by("obligation", maintain_order=True)
            .agg(pl.col("verdict").str.join())
            .get_column("verdict")
            .to_list()
        )
