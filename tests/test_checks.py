"""Records that hardly fit → questions with their cells; no value and no verdict changes because somebody is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packs import field, table, text, tiny_pack
from test_validate import FILES, INSTITUTION, write

from checker import check, pipeline
from checker.compile import check_pack, compile_checks
from checker.errors import Text
from checker.model import Check, Expression, Pack, Range, Table, Unit, Usual
from checker.plan import Source, Tables
from checker.tables import LINE, Part, Return, assemble, schema

YEAR = date(2019, 12, 31)
SCHOOL = table(
    "institution",
    "学校",
    field(
        "code", "学校标识码",
        agrees_with={"kind": {"11": ("kindergarten",), "31": ("junior", "nine_year"), "311": ("junior",)}},
    ),
    field("name", "学校名称"),
    field("unit_code", "所属单位"),
    field("kind", "学校类别", "choice", choices={"kindergarten": "幼儿园", "junior": "初中", "nine_year": "九年一贯制学校"}),
    field(
        "students", "在校生数", "count", measure="人",
        usual=Usual({"kindergarten": Range(Fraction(5), Fraction(1500)), "junior": Range(Fraction(20), None)}, "kind"),
    ),
    field("guards", "专职保安人数", "count"),
    field("certified", "持证保安人数", "count"),
    field("rate", "到岗率", "percent", usual=Usual({"": Range(Fraction(1, 2), Fraction(1))})),
    field("buses", "校车数", "count"),
    field("linked_on", "视频联网日期", "date"),
    field("permit_until", "许可证有效期至", "date", ahead=True),
    key="code",
    title="name",
    parents={"unit": "unit_code"},
    checks={
        "certified": Check("certified", Expression("certified <= guards")),
        "licence": Check("licence", Expression("permit_until >= linked_on")),
        "kind": Check("kind", Expression("kind != kindergarten or buses = 0"), text("幼儿园没有校车", "no bus there")),
    },
)  # fmt: skip
BUS = table(
    "bus", "校车", field("plate", "号牌号码"), field("school", "使用学校"), key="plate",
    parents={"institution": "school"}, declared_in={"institution": "buses"},
)  # fmt: skip
DRILL = table(
    "drill", "演练", field("id", "演练编号"), field("school", "学校"), field("held_on", "演练日期", "date"),
    key="id", parents={"institution": "school"}, dated="held_on", returned=True, when_empty="zero",
)  # fmt: skip
MEETING = table(
    "meeting", "会议", field("unit_code", "单位"), field("held_on", "会议日期", "date"),
    parents={"unit": "unit_code"}, dated="held_on",
)  # fmt: skip
PACK = tiny_pack([SCHOOL, BUS, DRILL, MEETING])


def part(table: str, *rows: dict[str, Any], file: str = "甲.xlsx", received: date | None = None) -> Part:
    """Columns A, B … in the order in which the fields first appear; the first record stands in row 2."""
    types = {**schema(PACK.tables[table]), LINE: pl.Int64()}
    names = list(dict.fromkeys(name for row in rows for name in row))
    frame = pl.DataFrame({n: [row.get(n) for row in rows] for n in names}, schema={n: types[n] for n in names})
    frame = frame.with_columns(
        pl.int_range(2, len(rows) + 2, dtype=pl.Int64).alias(LINE), pl.lit(received, pl.Date).alias("received_on")
    )
    columns = {name: chr(ord("A") + at) for at, name in enumerate(names)}
    return Part(table, frame, Source(file, "Sheet1", table, columns, "d1"))


def school(code: str, **facts: Any) -> dict[str, Any]:
    return {"code": code, "name": f"学校{code}", "unit_code": "320681", **facts}


def examined(*parts: Part, returns: Sequence[Return] = (), pack: Pack = PACK) -> Tables:
    from checker.pipeline.examining import examined

    return examined(pack, assemble(pack, list(parts), returns=returns))


def asked(tables: Tables, *codes: str) -> list[tuple[Any, ...]]:
    """code, cell, key, raw of the questions; `codes` leaves the others out."""
    found = tables.questions.select("code", "cell", "key", "raw")
    return found.filter(pl.col("code").is_in(codes) if codes else pl.lit(value=True)).rows()


def csv_of(folder: Path, name: str, text: str) -> Path:
    """Cells stand apart by a space."""
    path = folder / name
    path.write_text(text.replace(" ", ","), encoding="utf-8")
    return path


def message(tables: Tables, lang: str = "zh") -> str:
    (found,) = tables.questions[f"message_{lang}"]
    return str(found)


# --- codes that agree ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plates", "strange"),
    [
        (["苏F12345", "苏F12346", "苏F12347", "沪B12345", None], ["沪B12345"]),
        (["苏F12345", "苏F12346", "苏A12347"], ["苏A12347"]),
        (["苏F12345", "苏A12347"], []),  # which of the two is from elsewhere?
        (["苏F12345", "苏F12346", "苏A12345", "苏A12346"], []),
    ],
)
def test_a_plate_of_another_place_than_most(plates: list[str | None], strange: list[str]) -> None:
    pack = tiny_pack([table("bus", "校车", field("id", "编号"), field("plate", "号牌号码", pattern="plate"), key="id")])
    frame = pl.DataFrame(
        {"id": [str(at) for at in range(len(plates))], "plate": plates}, schema_overrides={"plate": pl.String}
    )
    tables = assemble(pack, [Part("bus", frame, Source("甲.xlsx", "", "bus", {"id": "A", "plate": "B"}))])
    asked = tables.questions.filter(code="plate_elsewhere")
    assert asked["raw"].to_list() == strange and set(asked["severity"]) <= {"doubt"}
    assert all("“苏F”开头" in said for said in asked["message_zh"])


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1320681001", "前两位“13”不是学校类别的代码"),  # a county's code in the middle of it
        ("9932001234", "前两位“99”不是学校类别的代码"),
        ("2133001234", "第3、4位“33”不是本省的“32”"),
        *((f"{category}32001234", "") for category in ("11", "22", "37", "41", "51", "93")),
        ("4132010304", ""),  # a university: 0 and its five digits
    ],
)
def test_a_code_that_the_standard_does_not_know(code: str, said: str) -> None:
    of_schools = table("institution", "学校", field("code", "学校标识码", pattern="moe_code"), key="code")
    pack = tiny_pack([of_schools], units=[Unit("320681", text("启东市"), "QD", "county")])
    frame = pl.DataFrame({"code": [code]})
    tables = assemble(pack, [Part("institution", frame, Source("甲.xlsx", "", "institution", {"code": "A"}))])
    assert tables.frames["institution"]["code"].to_list() == [code]
    found = tables.questions.filter(code="code_not_by_standard")
    expected = [f"“学校标识码”{code}{said}：照用，请核对是否填错"] if said else []
    assert found["message_zh"].to_list() == expected and set(found["severity"]) <= {"doubt"}


def test_a_school_of_the_city_itself_is_asked_about() -> None:
    units = [Unit("320681", text("启东市"), "QD", "county"), Unit("320600", text("南通市"), "NT", "none")]
    code, owner = field("code", "学校标识码"), field("unit_code", "所属单位")
    of_schools = table(
        "institution", "学校", code, owner, key="code", parents={"unit": "unit_code"}, declared_in={"unit": "schools"}
    )
    of_units = table("unit", "单位", field("code", "单位代码"), field("schools", "学校数", "count"), key="code")
    frame = pl.DataFrame({"code": ["1", "2"], "unit_code": ["320681", "320600"]})
    source = Source("甲.xlsx", "", "institution", {"code": "A", "unit_code": "B"})
    tables = assemble(tiny_pack([of_schools, of_units], units=units), [Part("institution", frame, source)])
    found = tables.questions.filter(code="owner_reports_nothing")
    assert found["message_zh"].to_list() == [
        "“所属单位”填320600（南通市），它不报送学校：照用，请改填所属的县（市、区）等报送单位"
    ]
    assert tables.frames["institution"]["unit_code"].to_list() == ["320681", "320600"]


def test_a_code_that_says_something_else() -> None:
    tables = examined(
        part(
            "institution",
            school("1132001234", kind="junior"),
            school("1132001235", kind="kindergarten"),
            school("3132001236", kind="nine_year"),
            school("3112001237", kind="nine_year"),  # the longest start that is listed counts
            school("9932001238", kind="junior"),  # a start that is not listed says nothing
            school("1132001239"),
        )
    )
    assert asked(tables) == [
        ("code_type_conflict", "A2", "1132001234", "1132001234"),
        ("code_type_conflict", "A5", "3112001237", "3112001237"),
    ]
    assert tables.questions["message_zh"][0] == (
        "“学校标识码”“1132001234”按编码是幼儿园，“学校类别”（D2）却填“初中”：两处都照用，请核对哪一处填错"
    )
    assert tables.questions.row(0, named=True)["reading"] == "1132001234"
    assert tables.frames["institution"]["kind"][0] == "junior"


def test_many_alike_in_one_sheet_are_one_question() -> None:
    rows = [school(f"11320{at:05}", kind="junior") for at in range(60)]
    tables = examined(
        part("institution", *rows), part("institution", school("1133000000", kind="junior"), file="乙.xlsx")
    )
    assert tables.questions.select("file", "n", "cell").rows() == [("甲.xlsx", 60, "A2"), ("乙.xlsx", 1, "A2")]
    assert tables.questions["cells"][0].to_list() == [f"A{line}" for line in range(2, 52)]
    assert tables.questions["message_zh"][0].endswith("（同类共60处）")
    few = examined(part("institution", *rows[:20]))
    assert few.questions["cell"].to_list() == [f"A{line}" for line in range(2, 22)]


# --- ranges ----------------------------------------------------------------------------------------


def test_numbers_outside_the_usual_range_are_used_and_asked_about() -> None:
    tables = examined(
        part(
            "institution",
            school("1", kind="kindergarten", students=1501, rate=0.49),
            school("2", kind="kindergarten", students=5, rate=0.5),
            school("3", kind="junior", students=19, rate=None),
            school("4", kind="nine_year", students=1),  # no range for these
            school("5", kind=None, students=0),
        )
    )
    assert asked(tables) == [
        ("unusual_value", "E2", "1", "1501"),
        ("unusual_value", "E4", "3", "19"),
        ("unusual_value", "F2", "1", "49%"),
    ]
    assert tables.frames["institution"]["students"].to_list() == [1501, 5, 19, 1, 0]
    assert tables.questions["severity"].to_list() == ["doubt"] * 3
    assert tables.questions["message_zh"].to_list() == [
        "“在校生数”填1501，幼儿园一般在5人至1500人之间：照用，请核对",
        "“在校生数”填19，初中一般不少于20人：照用，请核对",
        "“到岗率”填49%，一般在50%至100%之间：照用，请核对",
    ]


def test_numbers_that_cannot_be_are_not_used(tmp_path: Path) -> None:
    few = replace(SCHOOL.fields["guards"], possible=Range(None, Fraction(500)))
    pack = tiny_pack([replace(SCHOOL, fields=SCHOOL.fields | {"guards": few})])
    path = csv_of(
        tmp_path, "学校.csv", "学校标识码 学校名称 专职保安人数\nS1 甲 501\nS2 乙 500\nS3 丙 501\nS4 丁 约600\n"
    )
    tables = pipeline.read_data(pack, [path])
    assert tables.frames["institution"]["guards"].to_list() == [None, 500, None, None]
    assert asked(tables) == [("implausible_value", "C2", "S1", "501"), ("implausible_value", "C5", "S4", "约600")]
    assert tables.questions["severity"].to_list() == ["lost", "lost"]
    assert tables.questions["cells"].to_list() == [["C2", "C4"], ["C5"]]
    typed = pipeline.from_frames(pack, {"institution": pl.DataFrame({"code": ["S1", "S2"], "guards": [501, 3]})})
    assert typed.frames["institution"]["guards"].to_list() == [None, 3]
    assert asked(typed) == [("implausible_value", "guards:1", "S1", "501")]


# --- checks of one record --------------------------------------------------------------------------


def test_fields_that_disagree() -> None:
    tables = examined(
        part(
            "institution",
            school("1", guards=2, certified=3, kind="kindergarten", buses=1),
            school("2", guards=3, certified=3, kind="kindergarten", buses=0),
            school("3", guards=None, certified=3, kind=None, buses=2),  # unknown is no contradiction
        )
    )
    assert asked(tables, "fields_disagree") == [
        ("fields_disagree", "E2", "1", "3"),
        ("fields_disagree", "F2", "1", "kindergarten"),
    ]
    found = tables.questions.filter(code="fields_disagree")
    assert found["message_zh"].to_list() == [
        "“持证保安人数”填3（E2）、“专职保安人数”填2（D2）：与“持证保安人数不大于专职保安人数”不合，照用，请核对",
        "“学校类别”填幼儿园（F2）、“校车数”填1（G2）：与“幼儿园没有校车”不合，照用，请核对",
    ]
    assert "guards" in found["message_en"][0] and "no bus there" in found["message_en"][1]


def test_facts_of_one_record_from_two_sheets() -> None:
    tables = examined(
        part("institution", school("1", guards=2)), part("institution", {"code": "1", "certified": 3}, file="乙.xlsx")
    )
    assert asked(tables) == [("fields_disagree", "B2", "1", "3")]
    assert tables.questions["file"].to_list() == ["乙.xlsx"]
    assert "（D2）" in message(tables)


def test_days_in_an_impossible_order() -> None:
    tables = examined(part("institution", school("1", linked_on=date(2019, 5, 2), permit_until=date(2019, 5, 1))))
    assert asked(tables) == [("fields_disagree", "E2", "1", "2019-05-01")]
    assert message(tables).startswith("“许可证有效期至”填2019-05-01（E2）、“视频联网日期”填2019-05-02（D2）")
    assert "许可证有效期至不早于视频联网日期" in message(tables)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("students <= bus_counts", "E11"),
        ("students", "E13"),
        ("linked_on <= as_of", "E42"),
        ("count(bus) <= bus_count", "E42"),
        ("students >= scale.guards(students)", "E42"),
        ("unit.kind = county", "E42"),
    ],
)
def test_a_check_knows_one_record_only(tmp_path: Path, expression: str, code: str) -> None:
    files = FILES | {INSTITUTION: FILES[INSTITUTION] + f"checks:\n  odd: {{is: {expression}}}\n"}
    pack, faults = pipeline.load_pack(write(tmp_path, files))
    assert pack is not None and faults == []
    (fault,) = [each for each in check_pack(pack) if each.is_error and each.span.path.endswith("institution.yaml")]
    assert (fault.code, fault.span.line) == (code, 23)
    assert compile_checks(pack) == ()


def test_a_check_is_said_in_both_languages(tmp_path: Path) -> None:
    files = FILES | {
        "vocabulary/bus.yaml": FILES["vocabulary/bus.yaml"]
        + "核对:\n  早: {内容: 发现日期 < 2030-01-01}\n".replace("早", "early")
    }
    files["vocabulary/bus.yaml"] = files["vocabulary/bus.yaml"].replace("核对:", "checks:").replace("内容:", "is:")
    pack, _ = pipeline.load_pack(write(tmp_path, files))
    assert pack is not None
    (one,) = compile_checks(pack)
    assert (one.fields, one.text) == (("found_on",), Text("发现日期 < 2030-01-01", "found_on < 2030-01-01"))


# --- declared numbers ------------------------------------------------------------------------------


def test_rows_against_the_declared_number() -> None:
    tables = examined(
        part("institution", school("1", buses=3), school("2", buses=1), school("3", buses=0), school("4", buses=None)),
        part(
            "bus",
            {"plate": "a", "school": "1"},
            {"plate": "b", "school": "2"},
            {"plate": "c", "school": "3"},
            {"plate": "d", "school": "4"},
        ),
    )
    assert asked(tables) == [("rows_missing", "D2", "1", "3"), ("rows_beyond_declared", "D4", "3", "0")]
    assert tables.questions["message_zh"].to_list() == [
        "“学校1”的“校车数”填3，收到校车1行，少2行：缺的按待核，请补报，或更正所填的数",
        "“学校3”的“校车数”填0，收到校车1行，多1行：请核对是数填少了，还是行重复或不属于这里",
    ]


def test_a_table_that_did_not_come_is_one_question_for_each_sheet() -> None:
    tables = examined(part("institution", *(school(str(at), buses=2) for at in range(40))))
    assert tables.questions.select("code", "n").rows() == [("rows_missing", 40)]
    assert message(tables).startswith(
        "40个学校的“校车数”合计80，收到校车0行（如“学校0”的“校车数”填2，收到校车0行），少80行"
    )


def test_a_unit_answers_for_those_it_took_over_from() -> None:
    unit = tiny_pack().tables["unit"]
    wider = replace(unit, fields=unit.fields | {"schools": field("schools", "学校数", "count")})
    pack = tiny_pack([replace(SCHOOL, declared_in={"unit": "schools"}), wider])
    rows = [school("1") | {"unit_code": "320684"}, school("2") | {"unit_code": "320614"}]
    units = pl.DataFrame({"code": ["320684", "320614", "320681"], "schools": [1, 2, 1]})
    tables = examined(Part("unit", units), Part("institution", pl.DataFrame(rows)), pack=pack)
    assert asked(tables) == [("rows_missing", "", "320681", "1")]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        # parts end with their totals, the last total is that of all
        ("甲 3\n乙 4\n城关镇小计 8\n丙 5\n河口镇小计 5\n合计 13", [("C7", "13", "12"), ("C4", "8", "7")]),
        # parts begin with them
        ("城关镇小计 7\n甲 3\n乙 4\n河口镇小计 6\n丙 5", [("C5", "6", "5")]),
        # 丙 belongs to no part, or the others do not: nobody can say
        ("甲 3\n乙 4\n城关镇小计 8\n丙 5", []),
        # several totals of all are totals of parts
        ("甲 3\n乙 4\n合计 7\n丙 5\n合计 6", [("C6", "6", "5")]),
    ],
)
def test_totals_of_parts_against_their_rows(tmp_path: Path, lines: str, told: list[tuple[str, str, str]]) -> None:
    rows = [line.split() for line in lines.splitlines()]
    text = "".join(f"{'' if '计' in name else f'S{at}'} {name} {n}\n" for at, (name, n) in enumerate(rows))
    path = csv_of(tmp_path, "学校.csv", "学校标识码 学校名称 专职保安人数\n" + text)
    found = pipeline.read_data(PACK, [path]).questions.filter(code="total_mismatch")
    assert found.select("cell", "raw", "reading").rows() == told


# --- days ------------------------------------------------------------------------------------------


def test_what_is_done_was_done_before_it_was_reported() -> None:
    late = date(2020, 6, 1)
    rows = [
        school("1", linked_on=late, permit_until=date(2021, 1, 1)),
        school("2", linked_on=YEAR, permit_until=date(2021, 1, 1)),
    ]
    tables = examined(part("institution", *rows, received=YEAR))
    assert asked(tables) == [("future_date", "D2", "1", "2020-06-01")]
    assert tables.frames["institution"]["linked_on"][0] == late
    assert examined(part("institution", *rows)).questions.is_empty()  # nobody knows when it came
    assert examined(part("institution", *rows, received=late)).questions.is_empty()


def drill(id: str, day: date, **facts: Any) -> dict[str, Any]:
    return {"id": id, "school": "1", "held_on": day, **facts}


def test_rows_that_a_return_should_have_held_are_late_entries() -> None:
    back = Return("drill", "320681", date(2020, 3, 31), date(2020, 4, 2))
    schools = part("institution", school("1"), received=date(2020, 1, 1))
    first = part("drill", drill("a", date(2020, 3, 5)), received=date(2020, 4, 2))
    then = part(
        "drill", drill("a", date(2020, 3, 6)), drill("b", date(2020, 3, 7)), drill("c", date(2020, 4, 1)),
        file="乙.xlsx", received=date(2020, 12, 1),
    )  # fmt: skip
    tables = examined(schools, first, then, returns=[back])
    # a was there and was corrected, c lies after the return
    assert asked(tables) == [("late_entry", "C3", "b", "2020-03-07")]
    assert message(tables) == (
        "“演练日期”2020-03-07的演练，2020-12-01才收到，而2020-03-31之前的已于2020-04-02报齐：按补录采用，请说明原因"
    )
    assert examined(schools, first, then).questions.is_empty()
    heir = replace(back, holder="320614")
    of_haimen = part("institution", school("1") | {"unit_code": "320684"})
    assert asked(examined(of_haimen, first, then, returns=[heir])) == [("late_entry", "C3", "b", "2020-03-07")]


def test_records_of_a_unit_after_it_ended() -> None:
    rows = [
        {"unit_code": code, "held_on": day}
        for code in ("320684", "320681")
        for day in (date(2020, 7, 2), date(2020, 7, 3))
    ]
    assert asked(examined(part("meeting", *rows))) == [("after_unit_ended", "B3", None, "2020-07-03")]


def test_what_a_unit_did_before_it_ended_may_be_told_afterwards(tmp_path: Path) -> None:
    path = csv_of(tmp_path, "会议.csv", "单位 会议日期\n海门市 2020-03-01\n320684 2020-08-01\n海门区 2020-08-01\n")
    told = pipeline.read_data(PACK, [path], received_on=date(2020, 12, 31))
    assert asked(told) == [("after_unit_ended", "B3", None, "2020-08-01")]
    assert message(told) == "“会议日期”2020-08-01，而海门市2020-07-02已停用：照用，请改填承接的单位"
    early = pipeline.read_data(PACK, [path], received_on=date(2020, 6, 30))
    assert ("retired_unit", "A4", None, "海门区") in asked(early)  # not yet founded


# --- nothing leaks -----------------------------------------------------------------------------------


def silent(pack: Pack) -> Pack:
    """The same pack without what only raises questions."""
    return replace(pack, tables={name: _silent(table) for name, table in pack.tables.items()})


def _silent(table: Table) -> Table:
    plain = {
        name: replace(each, usual=None, agrees_with={}, ahead=True, varies=False) for name, each in table.fields.items()
    }
    return replace(table, fields=plain, checks={})


@st.composite
def reported(draw: st.DrawFn) -> list[Part]:
    small = st.none() | st.integers(0, 40)
    days = st.none() | st.dates(date(2019, 1, 1), date(2021, 1, 1))
    schools = [
        school(
            f"{draw(st.sampled_from(['11', '31', '99']))}{at:03}",
            kind=draw(st.sampled_from([None, "kindergarten", "junior"])),
            students=draw(small), guards=draw(small), certified=draw(small), buses=draw(st.none() | st.integers(0, 3)),
            rate=draw(st.none() | st.floats(0, 1)), linked_on=draw(days), permit_until=draw(days),
        )
        for at in range(draw(st.integers(0, 12)))
    ]  # fmt: skip
    drills = [
        drill(str(at), draw(st.dates(date(2019, 6, 1), date(2020, 6, 1)))) for at in range(draw(st.integers(0, 8)))
    ]
    parts = [part("institution", *schools, received=draw(days))] if schools else []
    return [*parts, *([part("drill", *drills, received=draw(days))] if drills else [])]


@given(reported())
@settings(max_examples=60, deadline=None)
def test_frames_are_the_same_whoever_is_asked(parts: list[Part]) -> None:
    asking, plain = examined(*parts), examined(*parts, pack=silent(PACK))
    assert all(asking.frames[name].equals(plain.frames[name]) for name in PACK.tables)
    assert asking.origins.equals(plain.origins)
    expected = {"code_type_conflict", "unusual_value", "fields_disagree", "future_date"}
    assert not expected & set(plain.questions["code"])
    assert set(asking.questions["code"]) <= expected | set(plain.questions["code"])


@pytest.fixture(scope="module")
def nantong() -> Pack:
    return pipeline.sound_pack("nantong-2019")


def test_no_verdict_depends_on_a_question(nantong: Pack) -> None:
    data = Path(__file__).parents[1] / "examples" / "county"
    asking, plain = (check(pack, [data], as_of=YEAR) for pack in (nantong, silent(nantong)))
    assert asking.findings.equals(plain.findings)
    assert asking.scorecard.counts.equals(plain.scorecard.counts)
    assert asking.tables.questions.height >= plain.tables.questions.height


# --- the packs that come with the program ------------------------------------------------------------


def test_nantong_asks_about_codes_counts_and_ledgers(nantong: Pack, tmp_path: Path) -> None:
    schools = """\
学校标识码 学校名称 学校类别 在校生数 专职保安人数 持证保安人数 一键报警是否安装 一键报警是否与公安联网
1132001234 甲小学 小学 862 2 3 否 是
3132003456 乙学校 九年制 31 1 1 是 是
1132001235 丙幼儿园 幼儿园 1600 1 1 是 否
"""
    ledger = """\
隐患编号 所在学校标识码 隐患等级 发现日期 整改情况 整改时限 整改完成日期 验收日期 验收人
Y1 1132001234 一般 2019-11-05 已验收 2019-12-31 2019-11-01 2019-10-01 张
Y2 1132001234 一般 2019-11-05 已验收 2020-12-31 2019-11-08 2020-01-10 张
Y3 1132001235 一般 2019-11-05 未整改 2020-12-31 2019-11-08
"""
    paths = [csv_of(tmp_path, "学校安防.csv", schools), csv_of(tmp_path, "隐患台账.csv", ledger)]
    tables = pipeline.read_data(nantong, paths, unit="启东市", received_on=YEAR)
    codes = ("code_type_conflict", "unusual_value", "fields_disagree", "future_date")
    assert asked(tables, *codes) == [
        ("future_date", "H3", "Y2", "2020-01-10"),
        ("code_type_conflict", "A2", "1132001234", "1132001234"),
        ("unusual_value", "D4", "1132001235", "1600"),
        ("fields_disagree", "G2", "Y1", "2019-11-01"),
        ("fields_disagree", "H2", "Y1", "2019-10-01"),
        ("fields_disagree", "E4", "Y3", "open"),
        ("fields_disagree", "F2", "1132001234", "3"),
        ("fields_disagree", "G2", "1132001234", "no"),
    ]


def test_the_messy_sheet_raises_no_further_question(nantong: Pack) -> None:
    tables = pipeline.read_data(
        nantong, [Path(__file__).parent / "data" / "messy-sheet.csv"], unit="启东市", received_on=YEAR
    )
    new = set(tables.questions["code"]) & {"code_type_conflict", "unusual_value", "fields_disagree", "future_date"}
    assert new == set()
