"""A finished run and where each of its records belongs → what all its papers draw on, put together once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from checker.plan import NO_UNIT, Run
from checker.reports.content import Content
from checker.reports.listing import findings_table
from checker.reports.sentences import Names
from checker.words import SEVERITY

SCHOOL = "institution"
# What is to be put right now. What is advisory is no obligation, what is deferred is watched, what is not due can wait.
_DUE = pl.col("status").is_in(["in_force", "overdue", "late"]) & ~pl.col("deferred")
_FAILS = pl.col("verdict") == "fail"
KINDS: dict[str, pl.Expr] = {
    "问题": _FAILS & _DUE,
    "关键问题": _FAILS & _DUE & (pl.col("severity") == "critical"),
    "待核": (pl.col("verdict") == "unknown") & _DUE,
    "未到期": _FAILS & (pl.col("status") == "not_due") & ~pl.col("deferred"),
    "延期": pl.col("deferred"),
}
_WORST = {severity: place for place, severity in enumerate(SEVERITY)}


@dataclass(frozen=True, slots=True)
class Extent:
    """What a number may turn out to be: both ends, None where nobody can say."""

    low: float | None
    high: float | None


@dataclass(frozen=True)
class Material:
    """`places`: table → per record `unit` (in force), `school` (its key) and `of` (key of the record that a paper is about).

    `findings`: all that are no mere advice, in the order of papers, with the columns of COLUMNS and `school`, `of`, `area`.
    `numbers`: unit → name → number."""

    run: Run
    told: Content
    manifest: Mapping[str, Any]
    places: Mapping[str, pl.DataFrame]
    findings: pl.DataFrame
    numbers: Mapping[str, Mapping[str, Extent]]
    names: Names

    def of_kind(self, kind: str) -> pl.DataFrame:
        return self.findings.filter(KINDS[kind])

    @cached_property
    def schools(self) -> Mapping[str, str]:
        """Key → name."""
        frame, table = self.run.tables.frames.get(SCHOOL), self.run.plan.pack.tables.get(SCHOOL)
        if frame is None or table is None:
            return {}
        return dict(frame.select(table.key, table.title).drop_nulls().iter_rows())

    def units(self) -> list[str]:
        """The units that are told of, in the order of the pack: administrative, never by merit."""
        here = {gate.unit for gate in self.run.scorecard.gates if gate.unit != NO_UNIT}
        return [code for code in self.run.plan.pack.units if code in here]


def material(
    run: Run,
    told: Content,
    manifest: Mapping[str, Any],
    places: Mapping[str, pl.DataFrame],
    numbers: Mapping[str, Mapping[str, Extent]],
) -> Material:
    return Material(run, told, manifest, places, _findings(run, places), numbers, Names(run.plan, "zh"))


def _findings(run: Run, places: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    pack = run.plan.pack
    found = findings_table(run.plan, run.findings, "zh").with_columns(run.findings["row"], run.findings["obligation"])
    whose = [
        frame.select(
            pl.lit(table).alias("subject"), pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), "school", "of"
        )
        for table, frame in sorted(places.items())
    ]
    area = {index: _area(run, obligation.rule.clauses) for index, obligation in enumerate(run.plan.obligations)}
    order = {code: place for place, code in enumerate(pack.units)}
    areas = {area.zh: place for place, area in enumerate(pack.areas.values())}
    placed = found.join(pl.concat(whose), on=["subject", "row"], how="left", maintain_order="left").with_columns(
        pl.col("obligation").replace_strict(area, default="", return_dtype=pl.String).alias("area")
    )
    by = [
        pl.col("unit").replace_strict(order, default=len(order), return_dtype=pl.Int32),
        pl.col("severity").replace_strict(_WORST, default=len(_WORST), return_dtype=pl.Int8),
        pl.col("area").replace_strict(areas, default=len(areas), return_dtype=pl.Int32),
        pl.col("number"),
    ]
    return placed.filter(~pl.col("advisory")).sort(by, maintain_order=True)


def _area(run: Run, clauses: tuple[str, ...]) -> str:
    """The areas stand in the pack in the order in which they are preferred; a section belongs to the longest that it begins with."""
    pack = run.plan.pack
    sections = [pack.clauses[clause].section for clause in clauses if clause in pack.clauses]
    fitting = [max((a for a in pack.areas if s.startswith(a)), key=len, default="") for s in sections]
    preferred = next((area for area in pack.areas if area in fitting), "")
    return pack.areas[preferred].zh if preferred else ""
