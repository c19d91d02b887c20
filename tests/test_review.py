"""Patterns that chance hardly makes are put up for review, by unit; what is merely plausible is left alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from packs import UNITS, field, table, text, tiny_pack

from checker.model import Unit
from checker.plan import Source, Tables
from checker.reports import pending
from checker.tables import LINE, Part, assemble, schema

SCHOOL = table(
    "institution",
    "学校",
    field("code", "学校标识码"),
    field("name", "学校名称"),
    field("unit_code", "所属单位"),
    field("students", "在校生数", "count", varies=True),
    field("registered", "平台注册学生数", "count", varies=True),
    field("guards", "专职保安人数", "count"),
    field("linked", "视频监控已联网", "yes_no"),
    key="code",
    title="name",
    parents={"unit": "unit_code"},
)
HAZARD = table(
    "hazard",
    "隐患",
    field("id", "隐患编号"),
    field("school", "学校"),
    field("found_on", "发现日期", "date"),
    field("description", "隐患描述", varies=True),
    field("rectified_on", "整改完成日期", "date", varies=True),
    key="id",
    parents={"institution": "school"},
    dated="found_on",
)
MANY = (*UNITS, *(Unit(f"9{at:05}", text(f"{at}县"), f"X{at}", "county") for at in range(12)))
PACK = tiny_pack([SCHOOL, HAZARD], MANY)
QIDONG = "320681"


def part(name: str, rows: list[dict[str, Any]], received: date | None = None) -> Part:
    columns = [each for each in PACK.tables[name].fields if any(each in row for row in rows)]
    types = {each: schema(PACK.tables[name])[each] for each in columns}
    frame = pl.DataFrame([{each: row.get(each) for each in columns} for row in rows], schema=types)
    lines = pl.int_range(2, len(rows) + 2, dtype=pl.Int64).alias(LINE)
    letters = {each: chr(ord("A") + at) for at, each in enumerate(columns)}
    source = Source(f"{name}{received or ''}.xlsx", "Sheet1", name, letters)
    return Part(name, frame.with_columns(lines, pl.lit(received, pl.Date).alias("received_on")), source)


def tables(schools: list[dict[str, Any]], hazards: list[dict[str, Any]] | None = None) -> Tables:
    return assemble(PACK, [part("institution", schools), *([part("hazard", hazards)] if hazards else [])])


def reviewed(found: Tables) -> list[str]:
    return found.questions.filter(severity="review")["code"].to_list()


# --- a county as it might be -------------------------------------------------------------------------


def county(chance: random.Random, code: str, schools: int) -> list[dict[str, Any]]:
    """Sizes as schools have them, some rounded by whoever counted; guards follow the size; nearly all are linked."""
    rows = []
    for at in range(schools):
        students = min(int(chance.lognormvariate(5.9, 0.9)) + 10, 6000)
        if chance.random() < 0.1:
            students = students // 10 * 10
        rows.append(
            {
                "code": f"{code}{at:03}",
                "name": f"{code}校{at}",
                "unit_code": code,
                "students": students,
                "registered": int(students * chance.uniform(0.8, 1)) if chance.random() < 0.9 else None,
                "guards": 1 + students // 500,
                "linked": chance.random() < 0.97,
            }
        )
    return rows


def ledger(chance: random.Random, schools: list[dict[str, Any]], each: int = 2) -> list[dict[str, Any]]:
    """A hazard is found in the year and put right within weeks; a third on the last day before the deadline."""
    rows = []
    for school in schools:
        for number in range(each):
            found = date(2020, 1, 1) + timedelta(chance.randrange(330))
            done = date(2020, 12, 20) if chance.random() < 0.33 else found + timedelta(chance.randrange(1, 30))
            rows.append(
                {
                    "id": f"{school['code']}-{number}",
                    "school": school["code"],
                    "found_on": found,
                    "description": chance.choice(("灭火器过期", "通道堆物", "线路老化", "护栏松动", "监控盲区")),
                    "rectified_on": done,
                }
            )
    return rows


def test_plausible_counties_are_left_alone() -> None:
    alarms = 0
    for seed in range(40):
        chance = random.Random(seed)
        schools = [row for unit in MANY for row in county(chance, unit.code, chance.choice((3, 12, 40, 120)))]
        found = tables(schools, ledger(chance, schools))
        alarms += len(reviewed(found))
    assert alarms == 0  # of 40 × 15 units, with five statistics each


# --- planted -----------------------------------------------------------------------------------------


def planted(seed: int = 1, schools: int = 40) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    chance = random.Random(seed)
    rows = county(chance, QIDONG, schools) + county(chance, MANY[4].code, schools)
    return rows, ledger(chance, rows)


def only(found: Tables) -> dict[str, Any]:
    (row,) = found.questions.filter(severity="review").iter_rows(named=True)
    return dict(row)


def test_schools_that_say_the_same() -> None:
    schools, hazards = planted()
    for row in schools[:30]:
        row |= {"students": 862, "registered": 800, "guards": 2, "linked": True}
    told = only(tables(schools, hazards))
    assert (told["code"], told["severity"], told["table"], told["n"], told["key"]) == (
        "records_alike", "review", "institution", 30, None,
    )  # fmt: skip
    assert told["message_zh"] == (
        "启东市的40条学校记录中，30条（75%）的“在校生数”、“平台注册学生数”都是862、800，另有2列也填得相同：可能属实，也可能是照抄，请核实"
    )
    assert told["cells"] == [f"D{line}" for line in range(2, 32)]


def test_less_than_half_or_less_than_ten_are_no_pattern() -> None:
    schools, _ = planted()
    for row in schools[:19]:
        row |= {"students": 862, "registered": 800}
    assert reviewed(tables(schools)) == []
    few = county(random.Random(2), QIDONG, 9)
    for row in few:
        row |= {"students": 862, "registered": 800}
    assert reviewed(tables(few)) == []
    for row in (none := county(random.Random(2), QIDONG, 30)):
        row |= {"students": 0, "registered": None}
    assert reviewed(tables(none)) == []


def test_everything_put_right_on_one_day() -> None:
    schools, hazards = planted()
    own = [row for row in hazards if row["school"].startswith(QIDONG)]
    for row in own[:70]:
        row["rectified_on"] = date(2020, 12, 20)
    told = only(tables(schools, hazards))
    assert told["code"] == "done_on_one_day" and told["n"] >= 70
    assert told["message_zh"].startswith("启东市的80条隐患记录中，")
    assert "“整改完成日期”都是2020-12-20，涉及" in told["message_zh"] and "“发现日期”却有" in told["message_zh"]
    assert "请核实" in told["message_zh"] and "可能属实" in told["message_zh"]


@pytest.mark.parametrize("changed", [{"school": f"{QIDONG}000"}, {"found_on": date(2020, 3, 1)}])
def test_one_school_or_one_inspection_may_be_settled_on_one_day(changed: dict[str, Any]) -> None:
    schools, hazards = planted()
    own = [row | changed | {"rectified_on": date(2020, 4, 1)} for row in hazards if row["school"].startswith(QIDONG)]
    assert reviewed(tables(schools, own[:40])) == []


def test_round_numbers() -> None:
    schools, hazards = planted()
    for at, row in enumerate(schools[:40]):
        row["students"] = 110 + 10 * at
    told = only(tables(schools, hazards))
    assert (told["code"], told["field"], told["n"]) == ("round_numbers", "students", 40)
    assert "100以上的40个不同的数中40个（100%）是整十数，通常约占一成" in told["message_zh"]
    for at, row in enumerate(schools[:40]):
        row["students"] = 110 + 10 * (at % 19)  # nineteen different numbers say nothing
    assert reviewed(tables(schools, hazards)) == []


def months(schools: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chance = random.Random(3)
    for month in (3, 4):
        yield [
            {
                "id": f"{school['code']}-{month}",
                "school": school["code"],
                "found_on": date(2020, month, chance.randrange(1, 29)),
                "description": f"{school['code']}第{chance.randrange(10**6)}处",
            }
            for school in schools
        ]


def test_last_month_again() -> None:
    schools = county(random.Random(1), QIDONG, 20)
    march, april = months(schools)
    assert reviewed(tables(schools, march + april)) == []
    for before, row in zip(march[:18], april[:18], strict=True):
        row["description"] = before["description"]
    told = only(tables(schools, march + april))
    assert (told["code"], told["n"]) == ("last_month_again", 18)
    assert told["message_zh"].startswith(
        "启东市2020-04的20条隐患记录中，18条（90%）的“隐患描述”与上月同一对象的完全相同"
    )
    april[17]["description"] = "另一处"
    assert reviewed(tables(schools, march + april)) == []


@pytest.mark.parametrize(("later", "changed", "codes"), [
    (date(2020, 12, 31), 2, ["sent_again_unchanged"]),
    (date(2020, 12, 31), 3, []),
    (date(2020, 6, 27), 0, []),
])  # fmt: skip
def test_what_was_sent_before_is_sent_again(later: date, changed: int, codes: list[str]) -> None:
    first, again = county(random.Random(1), QIDONG, 20), county(random.Random(1), QIDONG, 20)
    for row in again[:changed]:
        row["students"] += 1
    found = assemble(PACK, [part("institution", first, date(2019, 12, 31)), part("institution", again, later)])
    assert reviewed(found) == codes
    if codes:
        assert (
            "18条（90%）的“在校生数”、“平台注册学生数”与366天前（2019-12-31）报的完全相同" in only(found)["message_zh"]
        )


# --- everywhere --------------------------------------------------------------------------------------


def test_review_is_told_apart_from_doubts() -> None:
    schools, hazards = planted()
    for row in schools[:30]:
        row |= {"students": 862, "registered": 800}
    found = tables(schools, hazards)
    assert found.questions["severity"].to_list() == ["review"]
    assert pending._asked(0, 0, 1, "zh") == "数据疑问0条；另有1条提请核实。"
    assert pending._asked(3, 1, 1, "en") == (
        "3 data questions (in 1 what was reported could not be used); 1 more to look into."
    )


def test_the_same_records_give_the_same_questions() -> None:
    schools, hazards = planted()
    for row in schools[:30]:
        row |= {"students": 860, "registered": 800}
    one, other = (tables(schools, hazards).questions for _ in range(2))
    assert one.equals(other)
