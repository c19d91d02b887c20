"""Changed records, rules and parameters: judging again what they concern, and whole runs built on an earlier one, beside
judging everything and full runs; the result is the same.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl

from benchmarks import city
from benchmarks.pairs import Line, in_turn, process
from checker import pipeline, resources
from checker.pipeline.judging import evaluate
from checker.plan import Plan, Tables
from checker.rejudge import Judged, rejudge
from checker.signs import digest


def lines(folder: Path) -> Iterator[Line]:
    yield from _judging(folder)
    yield from _runs(folder)


def _judging(folder: Path) -> Iterator[Line]:
    as_of = date.fromisoformat(city.AS_OF)
    pack = pipeline.sound_pack("nantong-2019")
    tables = pipeline.read_data(pack, [city.data(folder)], received_on=as_of)
    plan = pipeline.compile_rules(pack, as_of)
    before = Judged.of(plan, tables, evaluate(plan, tables))
    first = plan.obligations[0]
    stricter = replace(plan, obligations=(replace(first, due=None, done_on=None), *plan.obligations[1:]))
    changes: dict[str, tuple[Plan, Tables]] = {
        "one school changed": (plan, _changed(tables, lambda row: row == 17)),
        "1 % of the schools changed": (plan, _changed(tables, lambda row: row % 100 == 0)),
        "one rule changed": (stricter, tables),
    }
    for what, (now, records) in changes.items():
        whole, part = evaluate(now, records), rejudge(before, now, records, evaluate).evaluation
        assert whole.findings.equals(part.findings) and whole.counts.equals(part.counts)

        def everything(now: Plan = now, records: Tables = records) -> None:
            evaluate(now, records)

        def changed(now: Plan = now, records: Tables = records) -> None:
            rejudge(before, now, records, evaluate)

        yield Line(f"{what}: judge again / judge everything", in_turn(everything, changed))


def _changed(tables: Tables, which: Callable[[pl.Expr], pl.Expr]) -> Tables:
    schools = tables.frames["institution"]
    linked, row = pl.col("video_linked"), pl.int_range(pl.len())
    other = schools.with_columns(pl.when(which(row)).then(~linked).otherwise(linked).alias("video_linked"))
    return replace(tables, frames={**tables.frames, "institution": other})


# --- whole processes -----------------------------------------------------------------------------


def _runs(folder: Path) -> Iterator[Line]:
    """`checker run --since` beside `checker run`, of the same files; the folders must be the same."""
    data, rules, before = city.data(folder), "nantong-2019", folder / "before"
    process(_run(rules, data, before))()
    videos, retention = "requirements/security/video-linked.yaml", "parameters/retention_days.yaml"
    changes: dict[str, tuple[str, Path]] = {
        "nothing changed": (rules, data),
        "one school changed": (rules, _books(folder / "one", data, city.books(folder)[:1], 1, 1_000_000)),
        "1 % of the records changed, in all files": (
            rules,
            _books(folder / "many", data, city.books(folder), None, 100),
        ),
        "one rule changed": (_pack(folder / "rule", videos, "due: 2019-12-31", "due: 2019-12-30"), data),
        "one parameter changed": (_pack(folder / "parameter", retention, "value: 30,", "value: 31,"), data),
    }
    for what, (pack, records) in changes.items():
        whole = process(_run(pack, records, folder / "whole"))
        built = process([*_run(pack, records, folder / "built"), "--since", str(before)])
        pairs = in_turn(whole, built)
        assert _content(folder / "whole") == _content(folder / "built")
        yield Line(f"{what}: run --since / run", pairs)


def _run(pack: str, data: Path, out: Path) -> list[str]:
    return [*city.CHECKER, "run", pack, str(data), "--as-of", city.AS_OF, "--out", str(out)]


def _content(run: Path) -> str:
    """Of all its files: the manifest names them with their digests."""
    return digest(run / "manifest.json")


def _pack(folder: Path, name: str, old: str, new: str) -> str:
    """The plan's rules, with one text in one file changed."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(resources.pack_root("nantong-2019"), folder)
    text = (folder / name).read_text("utf-8")
    assert old in text, f"{name} says nothing of {old}"
    (folder / name).write_text(text.replace(old, new, 1), "utf-8")
    return str(folder)


def _books(folder: Path, data: Path, books: Sequence[str], sheets: int | None, every: int) -> Path:
    """The data, in these workbooks in their first `sheets`, a number changed in one row of `every`."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(data, folder)
    for path in books:
        book = openpyxl.load_workbook(path)
        for sheet in book.worksheets[:sheets]:
            rows = [found for row in sheet.iter_rows() if (found := [cell for cell in row if type(cell.value) is int])]
            for row in rows[::every]:
                row[-1].value += 1
        book.save(folder / Path(path).relative_to(data))
    return folder
