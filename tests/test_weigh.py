"""Which data questions decide a verdict: known cases, and that a question without weight can be answered in any way."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import pipeline
from checker.pipeline.weighing import weights
from checker.plan import Tables
from checker.weigh import WEIGHT_SCHEMA, in_order

ROOT = Path(__file__).parent
PACK = pipeline.sound_pack(ROOT / "little")
AS_OF = date(2020, 2, 1)
SCHOOL = "学校标识码,学校名称,单位代码,学校类别,在办,视频监控已联网,联网回执编号,在校生数,专职保安人数,校车数"
BUS = "号牌号码,所属学校,已接入监管系统,标牌有效期至"


def tables(folder: Path, schools: list[str], buses: list[str]) -> Tables:
    (folder / "学校.csv").write_text("\n".join([SCHOOL, *schools]), "utf-8")
    (folder / "校车.csv").write_text("\n".join([BUS, *buses]), "utf-8")
    return pipeline.read_data(PACK, [folder / "学校.csv", folder / "校车.csv"])


def weighed(read: Tables) -> dict[str, tuple[str, list[str], int]]:
    """Cell → weight, rules, verdicts; only of the questions that ask."""
    found = pl.concat([read.questions, weights(PACK, read, AS_OF)], how="horizontal")
    asked = found.filter(pl.col("severity") != "info").select("file", "cell", *WEIGHT_SCHEMA)
    return {f"{file[:2]}{cell}": (weight, rules, n) for file, cell, weight, rules, n in asked.iter_rows()}


def test_what_rests_on_a_doubted_cell_and_what_does_not(tmp_path: Path) -> None:
    read = tables(
        tmp_path,
        [
            "S1,甲,320681,幼儿园,是,是（2019年）,A,80,1,0",  # used with a doubt: the pass rests on it
            "S2,乙,320681,小学,是,不详,A,90,1,0",  # not told
            "S3,丙,320681,高校,是,—,A,90,1,0",  # not told, and not asked of a university
            "S4,丁,320681,小学,是,是,A,约80,1,2",  # one guard is enough for so many, if they are so many
            "S5,戊,320681,小学,否,是,A,约90,1,2",  # closed: nothing is asked of it
        ],
        [
            "苏F00001,S4,是,2021-01-01",
            "苏F00002,S4,不详,2021-01-01",
            "苏F00003,S5,否,2021-01-01",
            "苏F00004,S5,不清楚,2021-01-01",
        ],
    )
    found = weighed(read)
    assert found["学校F2"] == ("critical", ["video-linked"], 1)
    assert found["学校F3"] == ("critical", ["video-linked"], 1)
    assert found["学校F4"] == ("none", [], 0)
    assert found["学校H5"][1] == ["guards-standard"]
    assert found["学校H6"] == ("none", [], 0)
    assert found["校车C3"] == ("other", ["bus-monitored"], 1)
    assert found["校车C5"] == ("none", [], 0)  # nor of its buses


def test_of_a_broken_check_every_field_may_be_the_wrong_one(tmp_path: Path) -> None:
    pack = shutil.copytree(ROOT / "little", tmp_path / "pack")
    with (pack / "vocabulary" / "institution.yaml").open("a", encoding="utf-8") as file:
        file.write("checks:\n  escorts: {is: bus_count <= guards}\n")
    rules = pipeline.sound_pack(pack)
    (tmp_path / "学校.csv").write_text(
        f"{SCHOOL}\nS1,甲,320681,小学,否,是,A,80,1,2\nS2,乙,320681,小学,是,是,A,80,1,2", "utf-8"
    )
    read = pipeline.read_data(rules, [tmp_path / "学校.csv"])
    found = pl.concat([read.questions, weights(rules, read, AS_OF)], how="horizontal").filter(code="fields_disagree")
    weighs = [(cell, "guards-standard" in rests) for cell, rests in found.select("cell", "rules").iter_rows()]
    assert weighs == [("J2", False), ("J3", True)]  # nothing rests on a school that is closed


def test_a_column_or_sheet_that_was_not_read_may_hold_anything(tmp_path: Path) -> None:
    (tmp_path / "学校.csv").write_text(f"{SCHOOL},校园网格\nS1,甲,320681,小学,是,是,A,80,1,0,有", "utf-8")
    read = pipeline.read_data(PACK, [tmp_path])
    assert weighed(read)["学校K1"] == ("other", [], 0)


def test_what_decides_a_critical_verdict_comes_first() -> None:
    rows = [("none", 0), ("other", 9), ("critical", 1), ("critical", 3), ("other", 9)]
    frame = pl.DataFrame([(w, [], n) for w, n in rows], schema=WEIGHT_SCHEMA, orient="row")
    assert list(in_order(frame)) == [3, 2, 1, 4, 0]


YES = ["是", "否", "不详", "—", "是（2019年）", "拟2020年联网", "已装未联", ""]
COUNT = ["0", "3", "约80", "2+1", "不详", "1200", "800余人", ""]


@st.composite
def counties(draw: st.DrawFn) -> tuple[list[list[str]], list[list[str]]]:
    yes, count = st.sampled_from(YES), st.sampled_from(COUNT)
    kind = st.sampled_from(["幼儿园", "小学", "高校", "不详"])
    schools = [
        [f"S{at}", f"校{at}", "320681", draw(kind), draw(yes), draw(yes), "A", draw(count), draw(count), draw(count)]
        for at in range(1, draw(st.integers(2, 4)))
    ]
    buses = [
        [
            f"苏F0000{at}",
            f"S{draw(st.integers(1, len(schools)))}",
            draw(yes),
            draw(st.sampled_from(["2021-01-01", "不详"])),
        ]
        for at in range(draw(st.integers(1, 3)))
    ]
    return schools, buses


@settings(max_examples=60, deadline=None)
@given(county=counties(), data=st.data())
def test_a_question_without_weight_can_be_answered_in_any_way(
    tmp_path_factory: pytest.TempPathFactory, county: tuple[list[list[str]], list[list[str]]], data: st.DataObject
) -> None:
    schools, buses = county
    folder = tmp_path_factory.mktemp("county")

    def verdicts(read: Tables) -> list[tuple[object, ...]]:
        plan = pipeline.compile_rules(PACK, AS_OF)
        found = pipeline.evaluate(plan, read, verdicts=True).verdicts
        assert found is not None
        return found.select("obligation", "row", "key", "period", "verdict").rows()

    read = tables(folder, [",".join(row) for row in schools], [",".join(row) for row in buses])
    before = verdicts(read)
    light = [cell for cell, (weight, _, _) in weighed(read).items() if weight == "none"]
    for cell in light:
        rows = schools if cell.startswith("学校") else buses
        column, line = ord(cell[2]) - ord("A"), int(cell[3:]) - 2
        choices = {7: COUNT, 8: COUNT, 9: COUNT}.get(column, YES) if rows is schools else YES
        if column == 3 or (rows is buses and column == 3):
            continue
        rows[line][column] = data.draw(st.sampled_from(choices), label=cell)
    if light:
        again = tables(folder, [",".join(row) for row in schools], [",".join(row) for row in buses])
        assert verdicts(again) == before
