"""The folder of an earlier run → what of its reading and judging still stands, and why not the rest; never taken on trust."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker.errors import Diagnostic, Span, Text, UsageError
from checker.pipeline.judging import Engine, evaluate

if TYPE_CHECKING:
    import polars as pl

    from checker.intake import Memory
    from checker.model import Pack
    from checker.plan import Evaluation, Plan, Tables
    from checker.rejudge import Judged
    from checker.runs import StoredRun

_DAMAGED = Text("那次运行的文件有改动或缺失", "files of that run were changed or are missing")
_OTHER_PROGRAM = Text("那次运行是另一版本的程序写的", "that run was written by another version of the program")
_OTHER_MEANING = Text(
    "数据项、单位名单或工作日历改过", "the fields, the units or the calendar of working days have changed"
)
_IN_GROUPS = Text(
    "数据是分组判定的（记录很多，或用了 --as-is）", "the data is judged in groups (many records, or --as-is)"
)


@dataclass(slots=True)
class Since:
    """`stored`: the run, if it can be relied upon; `memory`: what it read. Once it has been made use of, `why`: for which
    reasons everything was judged; `again`: how many verdicts were judged anew, of `verdicts`."""

    name: str
    stored: StoredRun | None
    memory: Memory
    why: list[Text] = made(default_factory=list)
    again: int = 0
    verdicts: int = 0

    def judge(self, plan: Plan, tables: Tables, engine: Engine) -> Evaluation:
        """What `engine` says of the tables: asked only where that may be something else than what the run says."""
        from checker import find
        from checker.rejudge import rejudge

        def by_units_in_force(
            plan: Plan, tables: Tables, /, *, only: Mapping[str, pl.Series] | None = None
        ) -> Evaluation:
            return find.in_force(plan, evaluate(plan, tables, engine, only=only))

        before = self._judged(plan)
        if before is None:
            return evaluate(plan, tables, engine)
        done = rejudge(before, plan, tables, by_units_in_force)
        self.again, self.verdicts = done.again, int(done.evaluation.counts["n"].sum())
        return done.evaluation

    def not_in_groups(self) -> None:
        self.why.append(_IN_GROUPS)

    def _judged(self, plan: Plan) -> Judged | None:
        """Nothing, and why, if another day, or other words, would make it other verdicts."""
        from checker import find
        from checker.basis import basis
        from checker.rejudge import Judged

        if self.stored is None:
            return None
        self.why += _other_days(self.stored.manifest, plan)
        rests, _ = self.stored.rests()
        if not self.why and rests.meaning != basis(plan).meaning:
            self.why.append(_OTHER_MEANING)
        if self.why:
            return None
        found = find.evaluation(self.stored.findings(), self.stored.scorecard.counts)
        return Judged(rests, self.stored.tables(), found)


def since(folder: str | Path, pack: Pack) -> Since:
    """UsageError if there is no run, or one of another plan: whoever names it means another folder."""
    import polars as pl

    from checker import intake, runs

    folder = Path(folder)
    if not (folder / runs.MANIFEST).is_file():
        raise UsageError([runs.no_run(folder)])
    nothing = intake.Memory(most=intake.MOST_ROWS)
    try:
        stored = runs.read(folder)
        of_plan, why = stored.manifest["pack"]["id"], _why_not(stored)
        memory = nothing if why else intake.recall(folder / runs.READ)
    except (UsageError, OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
        return Since(folder.as_posix(), None, nothing, [_DAMAGED])
    if of_plan != pack.id:
        message = Text(
            f"不是本方案（{pack.id}）的运行，不能沿用", f"no run of this plan ({pack.id}): nothing to build on"
        )
        raise UsageError([Diagnostic("U37", Span(folder.as_posix()), message)])
    return Since(folder.as_posix(), None if why else stored, memory, [why] if why else [])


def _why_not(stored: StoredRun) -> Text | None:
    from checker import runs, signs

    if runs.touched(stored.manifest["files"], runs.digests(stored.folder)):
        return _DAMAGED
    _, program = stored.rests()
    is_ours = program == signs.program() and stored.manifest["versions"] == runs.program_versions()
    return None if is_ours else _OTHER_PROGRAM


def _other_days(manifest: Mapping[str, Any], plan: Plan) -> list[Text]:
    then, limit = manifest["as_of"], manifest["known_at"]
    now = None if plan.known_at is None else plan.known_at.isoformat()
    why = []
    if then != plan.as_of.isoformat():
        why.append(Text(f"那次运行的统计时点是{then}", f"that run is as of {then}"))
    if limit != now:
        why.append(Text(f"那次运行的收数截止是{limit or '未限'}", f"that run's known-at is {limit or 'not set'}"))
    return why
