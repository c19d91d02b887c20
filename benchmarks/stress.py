"""1,000 rules over 300 fields and 50 child records of 24 fields per school: loading, compiling, judging → times and memory.

`python -m benchmarks.stress [schools]`: one process, each step once; its use is to see what grows faster than it should.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import polars as pl

from benchmarks.peers import pack as hundred
from checker import pipeline

RULES, FIELDS, CHILDREN, CHILD_FIELDS = 1000, 300, 50, 24
AS_OF = date(2020, 12, 31)
KINDS = ("yes_no", "count", "percent", "date")
Made = TypeVar("Made")
_RULE = """\
schema: rule/1
id: {id}
title: {{zh: 要求{id}, en: Duty {id}}}
clause: 1-a
subject: institution
severity: high
responsible: {{lead: 市教育局}}
remedy: {{zh: 按要求整改。, en: Put it right.}}
revisions:
  - since: 2019-12-10
    require: {require}
    due: 2019-12-31
    target: {{rate: 100%, per: unit}}
cases:  # nobody runs them here
  - {{name: as asked, as_of: 2020-12-31, given: {{f0: yes}}, expect: pass}}
  - {{name: not as asked, as_of: 2020-12-31, given: {{f0: no}}, expect: fail}}
"""


def write(folder: Path) -> Path:
    """The pack: the one of the hundred duties with other tables and rules."""
    pack = hundred.write(folder)
    for path in (pack / "requirements").iterdir():
        path.unlink()
    school = (pack / "vocabulary" / "institution.yaml").read_text("utf-8").split("  unit_code:")[0]
    school += "  unit_code: {name: {zh: 单位代码}, type: text}\n  item_count: {name: {zh: 设备数}, type: count}\n"
    (pack / "vocabulary" / "institution.yaml").write_text(school + "".join(_fields("f", FIELDS)), "utf-8")
    item = (
        "schema: vocabulary/1\ntable: item\nlabel: {zh: 设备, en: Item}\nkey: id\ntitle: id\n"
        "parents: {institution: institution_code}\ndeclared_in: {institution: item_count}\nwhen_empty: unknown\nfields:\n"
        "  id: {name: {zh: 设备编号}, type: text}\n  institution_code: {name: {zh: 所在学校}, type: text}\n"
    )
    (pack / "vocabulary" / "item.yaml").write_text(item + "".join(_fields("g", CHILD_FIELDS)), "utf-8")
    for number in range(RULES):
        text = _RULE.format(id=f"duty-{number:04d}", require=_require(number))
        (pack / "requirements" / f"duty-{number:04d}.yaml").write_text(text, "utf-8")
    return pack


def _fields(prefix: str, many: int) -> Iterator[str]:
    for number in range(many):
        kind = KINDS[number % len(KINDS)]
        yield f"  {prefix}{number}: {{name: {{zh: {prefix}{number}}}, type: {kind}}}\n"


def _require(number: int) -> str:
    """Seven in ten look at the school alone, three at its items; no two are the same."""
    if number % 10 < 7:
        a, b, c, d = (4 * ((number * step + step) % (FIELDS // 4)) for step in (1, 3, 7, 11))
        return f"f{a} or f{b + 1} >= {number % 40} or (f{c + 2} >= {number % 90}% and f{d + 3} >= 2020-{number % 12 + 1:02d}-01)"
    a, b = (4 * ((number * step + step) % (CHILD_FIELDS // 4)) for step in (1, 5))
    limit, day = 10 + number // 366 * 10, date(2020, 1, 1) + timedelta(number % 366)
    return (
        f"every(item, g{a} or g{b + 1} >= {limit} or g{b + 3} >= {day})",
        f"count(item where g{a}, g{b + 3} >= {day}) >= {limit}",
        f"sum(item where g{a} and g{b + 3} >= {day}, g{b + 1}) >= {limit * 20} or none(item, g{b + 2} < {limit}%)",
    )[number % 3]


def records(schools: int) -> dict[str, pl.DataFrame]:
    """By county, with one value in twenty missing."""
    at = pl.int_range(schools, eager=True).alias("at").to_frame()
    county = pl.lit(pl.Series(hundred.UNITS)).gather(pl.col("at") * 13 // schools)
    code = pl.col("at").cast(pl.String).str.zfill(8)
    school = at.select(
        code.alias("code"), code.alias("name"), county.alias("unit_code"), pl.lit(CHILDREN).cast(pl.Int64).alias("item_count"),
        *_values("f", FIELDS),
    )  # fmt: skip
    rows = pl.int_range(schools * CHILDREN, eager=True).alias("at").to_frame()
    item = rows.select(
        pl.col("at").cast(pl.String).alias("id"),
        (pl.col("at") // CHILDREN).cast(pl.String).str.zfill(8).alias("institution_code"),
        *_values("g", CHILD_FIELDS),
    )
    return {"institution": school, "item": item}


def _values(prefix: str, many: int) -> Iterator[pl.Expr]:
    for number in range(many):
        # The high bits of a product: near rows differ, and every run gives the same.
        some = ((pl.col("at") + 1) * (2654435761 + 2 * number) % 4294967296) // 65536
        drawn = {
            "yes_no": some % 10 < 9,
            "count": some % 60,
            "percent": (some % 101) / 100,
            "date": pl.lit(date(2020, 1, 1)) + pl.duration(days=some % 366),
        }[KINDS[number % len(KINDS)]]
        yield pl.when((some + number) % 20 > 0).then(drawn).alias(f"{prefix}{number}")


def main() -> None:
    schools = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder))
        pack = _timed("load and validate 1,000 rules", lambda: pipeline.sound_pack(path))
        plan = _timed("compile", lambda: pipeline.compile_rules(pack, AS_OF))
        frames = records(schools)
        tables = _timed(
            f"take {schools:,} schools, {schools * CHILDREN:,} items", lambda: pipeline.from_frames(pack, frames)
        )
        judged = _timed("judge", lambda: pipeline.evaluate(plan, tables))
        again = _timed("judge again", lambda: pipeline.evaluate(plan, tables))
        assert again.findings.equals(judged.findings)
        run = _timed("the whole run", lambda: pipeline.run(pack, tables, AS_OF))
        _timed("save", lambda: pipeline.save(run, Path(folder) / "run"))
    print(f"{judged.counts['n'].sum():,} verdicts, {judged.findings.height:,} findings")


def _timed(what: str, work: Callable[[], Made]) -> Made:
    start = time.perf_counter()
    made = work()
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"{what:<44}{time.perf_counter() - start:8.2f} s{held / 1e6:10,.0f} MB", flush=True)
    return made


if __name__ == "__main__":
    main()
