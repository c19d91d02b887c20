"""A pack and records, as files or as frames of pandas, Polars or Arrow → a finished run: the one call for notebooks and services."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from checker import pipeline
from checker.errors import NOWHERE, Diagnostic, Text, UsageError
from checker.measures import MeasuresEngine
from checker.model import Deferral, Pack

if TYPE_CHECKING:
    from checker.plan import Run

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def check(
    pack: str | os.PathLike[str] | Pack,
    tables: Mapping[str, object] | Paths,
    *,
    as_of: date | str,
    known_at: date | str | None = None,
    unit: str | None = None,
    received_on: date | str | None = None,
    answers: Paths = (),
    engine: pipeline.Engine = "columnar",
    against: Paths = (),
    history: str | os.PathLike[str] | None = None,
    deferrals: Paths | Sequence[Deferral] = (),
    mapping: Paths = (),
    measures_engine: MeasuresEngine = "reference",
) -> Run:
    """Evaluates the rules in force on `as_of`.

    `pack`: an installed pack's id, a folder, or a Pack. `tables`: table → frame (pandas, Polars, Arrow), or the files to
    read, or addresses of databases. `unit`, `received_on`: who sent the files and when, where they do not say it themselves.
    `answers`: forms of data questions that came back filled in, or answers kept from before.
    `against`, `history`: folders of earlier runs, and a folder of such folders. `deferrals`: files, or Deferrals.
    `mapping`: files that say which columns are which.
    `engine`: they all say the same; "rete" has durable-rules judge what it does right, "spark" works on a cluster.
    `measures_engine`: "rete" has durable-rules check the measures, in a process of its own.
    The run's `findings` is a frame (`run.findings.to_pandas()`), `scorecard` holds counts, targets and gates, `measures` what
    is proposed, `deferrals` whether each of them counts, `figures` what the pack has counted beside its rules.

    Raises PackError if the rules are at fault, DataError if the data cannot be read, UsageError if the call does not fit.
    """
    day = _day("as_of", as_of)
    limit = None if known_at is None else _day("known_at", known_at)
    if engine not in pipeline.ENGINES:
        raise _refused(f"没有“{engine}”这个引擎", f'no engine "{engine}"', f"engine: {', '.join(pipeline.ENGINES)}")
    rules = pack if isinstance(pack, Pack) else pipeline.sound_pack(os.fspath(pack))
    said = pipeline.load_mapping(rules, _paths(mapping))
    back = _paths(answers)
    if isinstance(tables, Mapping):
        if back:
            raise _refused(
                "答复是答文件里的单元格的，不能和内存中的表一起用",
                "answers are about cells of files, not of frames",
                "answers",
            )
        records = pipeline.from_frames(rules, tables, limit, said)
    else:
        sent = None if received_on is None else _day("received_on", received_on)
        records = pipeline.read_data(
            rules,
            _paths(tables),
            unit=unit,
            received_on=sent,
            known_at=limit,
            mapping=said,
            answers=back,
        )
    earlier = pipeline.earlier_runs(rules, day, _paths(against), None if history is None else os.fspath(history))
    return pipeline.run(
        rules,
        records,
        day,
        limit,
        engine,
        deferrals=_deferrals(deferrals),
        earlier=earlier,
        measures_engine=measures_engine,
    )


def _paths(given: Paths) -> list[str]:
    return [os.fspath(path) for path in ([given] if isinstance(given, str | os.PathLike) else given)]


def _deferrals(given: Paths | Sequence[Deferral]) -> list[Deferral]:
    each = [given] if isinstance(given, str | os.PathLike) else list(given)
    files = pipeline.deferrals([os.fspath(one) for one in each if not isinstance(one, Deferral)])
    return [*files, *(one for one in each if isinstance(one, Deferral))]


def _day(name: str, value: date | str) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _refused(
            f"{name} 要写成某一天，不是 {value!r}", f"{name} needs a day, not {value!r}", "2019-12-31"
        ) from None


def _refused(zh: str, en: str, hint: str) -> UsageError:
    return UsageError([Diagnostic("U29", NOWHERE, Text(zh, en), Text(hint, hint))])
