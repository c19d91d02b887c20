"""What a county answers about rows, totals and owners: which rows count, whose they are, what the total should be."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from test_answers import DAY, HEAD, LITTLE, WHEN, answered, fill, open_cells, send, signed, told_of, write
from test_intake import PACK, Rows, write_xlsx
from test_intake_pieces import pieces_of

from checker import DataError, check, intake, pipeline
from checker.__main__ import main
from checker.pipeline import answering
from checker.plan import Tables

DRILLS = ["学校标识码", "演练日期"]
TWICE: Rows = [
    HEAD,
    ["2132001201", "实验小学", "小学", 800, "是"],
    ["2132001201", "实验小学东校区", "小学", 300, "否"],
    ["2132001203", "城南小学", "小学", 500, "是"],
]


def back(data: Path, folder: Path, answers: dict[str, tuple[Any, ...]], sheet: str = "疑问") -> Tables:
    """Once round: the form is written, filled in and read with the data."""
    return answered(data, fill(send(data, folder / "收"), answers, sheet=sheet))


def schools(tables: Tables) -> list[tuple[Any, ...]]:
    return tables.frames["institution"].select("code", "students", "video_linked").rows()


def refused(tables: Tables) -> list[tuple[str, str]]:
    found = tables.questions.filter(file="启东市-数据疑问清单(已复).xlsx")
    return found.select("code", "message_zh").rows()


# --- rows of one key -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "left"), [("第2行", (800, True)), ("第3行", (300, False)), ("第3行为准", (300, False))]
)
def test_of_rows_of_one_key_one_holds_as_a_whole(row: str, left: tuple[int, bool], tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "学校.xlsx", ("学校", TWICE))
    after = back(path, tmp_path, {"D2、D3": signed("更正为", row)})
    assert schools(after) == [("2132001201", *left), ("2132001203", 500, True)]
    assert told_of(after, "duplicate_conflict") == [] and refused(after) == []
    ((_, cell, said),) = told_of(after, "rows_answered")
    assert cell == "D2" and said.endswith(f"张三2019年12月25日答复：{row}")


@pytest.mark.parametrize("form", ["csv", "pieces", "parquet"])
def test_a_row_holds_in_files_of_every_kind(form: str, tmp_path: Path) -> None:
    rows: Rows = [[cell if isinstance(cell, str) else str(cell) for cell in row] for row in TWICE]
    path = write(tmp_path / ("学校.parquet" if form == "parquet" else "学校.csv"), rows)
    with pieces_of(2 if form == "parquet" else 64) if form != "csv" else nullcontext():
        cells = "在校生数:1、在校生数:2" if form == "parquet" else "D2、D3"
        last = "第2行" if form == "parquet" else "第3行"
        after = back(path, tmp_path, {cells: signed("更正为", last)})
    assert schools(after) == [("2132001201", 300, False), ("2132001203", 500, True)]
    assert told_of(after, "duplicate_conflict") == [] and refused(after) == []


def test_rows_that_are_two_schools_get_a_key_each(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "学校.xlsx", ("学校", TWICE))
    after = back(path, tmp_path, {"D2、D3": signed("更正为", "第3行：2132001202")})
    assert schools(after) == [("2132001201", 800, True), ("2132001202", 300, False), ("2132001203", 500, True)]
    assert told_of(after, "duplicate_conflict") == []


def test_a_new_key_that_cannot_be_read_is_asked_about(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "学校.xlsx", ("学校", TWICE))
    after = back(path, tmp_path, {"D2、D3": signed("更正为", "第3行：21320012")})
    ((_, cell, said),) = told_of(after, "code_length")
    assert cell == "A3" and said.startswith("更正内容仍需核对")
    assert [row[1] for row in schools(after)] == [800, 300, 500]  # no record is lost


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("是不同的记录", "answer_no_key", "请写明其中一行的“学校标识码”，如“第3行：…”"),
        ("第3行：2132001201", "answer_no_key", "仍是同一个“学校标识码”"),
        ("第9行", "answer_no_row", "不在这一条所列的行中（第2行、第3行）"),
    ],
)
def test_what_cannot_hold_of_rows_is_refused(text: str, code: str, message: str, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "学校.xlsx", ("学校", TWICE))
    after = back(path, tmp_path, {"D2、D3": signed("更正为", text)})
    ((found, said),) = refused(after)
    assert found == code and message in said
    assert schools(after) == schools(answered(path)) and "D2" in open_cells(after)


def test_different_rows_of_one_school_cannot_both_hold(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "学校.xlsx", ("学校", TWICE))
    after = back(path, tmp_path, {"D2、D3": signed("更正为", "第2行"), "E2、E3": signed("更正为", "第3行")})
    ((code, _),) = refused(after)
    assert code == "answers_differ" and schools(after) == schools(answered(path))


def test_rows_in_two_sheets_are_told_apart(tmp_path: Path) -> None:
    other: Rows = [HEAD, ["2132001203", "城南小学", "小学", 510, "是"]]
    path = write_xlsx(tmp_path / "学校.xlsx", ("城关", [HEAD, TWICE[3]]), ("全市", other))
    cells = "城关!D2、全市!D2"
    assert schools(back(path, tmp_path, {cells: signed("更正为", "《全市》第2行")})) == [("2132001203", 510, True)]
    unclear = back(path, tmp_path, {cells: signed("更正为", "第2行")})
    ((code, said),) = refused(unclear)
    assert code == "answer_no_row" and "《城关》第2行、《全市》第2行" in said


# --- rows that another sheet repeats, hidden rows, rows without a key ----------------------------


def test_repeated_rows_may_be_different_records(tmp_path: Path) -> None:
    rows: Rows = [DRILLS, ["2132001201", "2019-12-10"], ["2132001201", "2019-12-11"]]
    path = write_xlsx(tmp_path / "演练.xlsx", ("演练", rows), ("演练(2)", rows[:2]))
    once = answered(path)
    assert once.frames["drill"].height == 2 and len(told_of(once, "repeated_rows")) == 1
    apart = back(path, tmp_path, {"A2": signed("更正为", "是不同的记录")})
    assert apart.frames["drill"].height == 3 and told_of(apart, "repeated_rows") == []
    kept = back(path, tmp_path, {"A2": signed("按系统")})
    assert kept.frames["drill"].height == 2 and told_of(kept, "repeated_rows") == []
    said = dict(refused(back(path, tmp_path, {"A2": signed("更正为", "两次演练")})))
    assert "可选：“是不同的记录”" in said["answer_no_choice"]


def test_hidden_rows_may_be_void(tmp_path: Path) -> None:
    def hide(_: Any, sheet: Any) -> None:
        sheet.set_row(2, None, None, {"hidden": True})

    rows: Rows = [HEAD, ["2132001201", "甲", "小学", 800, "是"], ["2132001202", "乙", "小学", 300, "否"]]
    path = write_xlsx(tmp_path / "学校.xlsx", ("学校", rows), more=hide)
    assert len(schools(answered(path))) == 2
    assert schools(back(path, tmp_path, {"A3": signed("更正为", "不作数据")})) == [("2132001201", 800, True)]
    kept = back(path, tmp_path, {"A3": signed("按系统")})
    assert len(schools(kept)) == 2 and told_of(kept, "hidden_or_struck") == []


def test_rows_without_a_key_get_theirs_one_by_one(tmp_path: Path) -> None:
    rows: Rows = [HEAD, *([None, name, "小学", 100, "是"] for name in "甲乙")]
    path = write_xlsx(tmp_path / "学校.xlsx", ("学校", rows))
    after = back(path, tmp_path, {"A2": signed("更正为", "2132001201"), "A3": signed("按系统")}, sheet="逐格")
    assert [row[0] for row in schools(after)] == ["2132001201", None]
    assert told_of(after, "no_key") == []
    both = back(path, tmp_path, {"A2、A3": signed("更正为", "2132001201")})
    ((code, _),) = refused(both)
    assert code == "answer_for_many" and [row[0] for row in schools(both)] == [None, None]


def test_a_merged_fact_is_answered_for_its_other_rows(tmp_path: Path) -> None:
    def merge(_: Any, sheet: Any) -> None:
        sheet.merge_range(1, 4, 3, 4, "是")

    rows: Rows = [HEAD, *([f"213200120{at}", f"校{at}", "小学", 100, ""] for at in (1, 2, 3))]
    path = write_xlsx(tmp_path / "学校.xlsx", ("学校", rows), more=merge)
    assert [row[2] for row in schools(answered(path))] == [True, None, None]
    after = back(path, tmp_path, {"E3、E4": signed("更正为", "是")})
    assert [row[2] for row in schools(after)] == [True, True, True] and open_cells(after) == set()


# --- totals --------------------------------------------------------------------------------------

TOTALLED: Rows = [
    HEAD,
    ["2132001201", "甲", "小学", 800, "是"],
    ["2132001202", "乙", "小学", 300, "是"],
    ["合计", "3所", None, 1200, None],
]


@pytest.mark.parametrize(
    ("rows", "pupils", "still"),
    [
        (signed("更正为", "2"), signed("更正为", "1100"), set()),
        (signed("更正为", "2所"), signed("更正为", "以明细为准"), set()),
        (signed("按系统"), signed("按系统"), set()),
        (signed("更正为", "4所"), signed("更正为", "1150"), {"B4", "D4"}),  # the rows do not come to that either
    ],
)
def test_a_total_is_put_right_or_its_rows_hold(rows: Any, pupils: Any, still: set[str], tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "学校.xlsx", ("学校", TOTALLED))
    assert open_cells(answered(path)) >= {"B4", "D4"}
    after = back(path, tmp_path, {"B4": rows, "D4": pupils})
    assert open_cells(after) == still and refused(after) == []
    assert schools(after) == schools(answered(path))  # a total is never a fact of a record
    again = [said for _, _, said in told_of(after, "total_mismatch")]
    assert len(again) == len(still) and all(said.startswith("更正内容仍需核对") for said in again)


def test_rows_that_are_missing_stay_awaited(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "学校.xlsx", ("学校", TOTALLED))
    after = back(path, tmp_path, {"B4": signed("更正为", "明细缺行")})
    ((_, cell, said),) = told_of(after, "rows_awaited")
    assert cell == "B4" and said.endswith("答复：明细缺行，请补报")
    assert "rows_awaited" in after.questions.filter(severity="lost")["code"]
    fewer: Rows = [*TOTALLED[:3], ["合计", "1所", None, 1100, None]]
    path = write_xlsx(tmp_path / "少.xlsx", ("学校", fewer))
    ((code, _),) = refused(back(path, tmp_path, {"B4": signed("更正为", "明细缺行")}))
    assert code == "answer_none_missing"


# --- owners --------------------------------------------------------------------------------------


def without_a_unit(data: Path, folder: Path, text: str | None) -> Tables:
    """No unit is named but in the name of the sheet."""
    look = partial(intake.look, PACK, [data], received_on=DAY)
    tables = answering.answered(PACK, [data], look, answering.Given()).tables
    asked = answering.Asked(PACK, tables, [data], "", DAY)
    answering.write(asked, folder, "zh", answering.Given())
    answer = signed("按系统") if text is None else signed("更正为", text)
    form = fill(folder / "数据疑问清单.xlsx", {"A1": answer}, folder / "已复.xlsx")
    return pipeline.read_data(PACK, [data], received_on=DAY, answers=[form])


@pytest.mark.parametrize(
    ("text", "code"), [(None, "320681"), ("海门市", "320684"), ("320684", "320684"), ("海门", "320684")]
)
def test_rows_belong_to_the_unit_that_is_answered(text: str | None, code: str, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "学校.xlsx", ("启东", [HEAD, TWICE[1]]))
    ((_, cell, said),) = told_of(pipeline.read_data(PACK, [path], received_on=DAY), "unit_assumed")
    assert cell == "A1" and "按工作表名“启东”" in said
    after = without_a_unit(path, tmp_path / "收", text)
    assert after.frames["institution"]["unit_code"].to_list() == [code]
    assert told_of(after, "unit_assumed") == []


@pytest.mark.parametrize("text", ["三亚市", "海安县教", "320699", "启东市、海门市", "320614"])
def test_what_is_no_unit_of_the_day_is_refused(text: str, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "学校.xlsx", ("启东", [HEAD, TWICE[1]]))
    after = without_a_unit(path, tmp_path / "收", text)
    ((_, _, said),) = told_of(after, "answer_no_unit")
    assert f"“{text}”不是收到之日规则包所列的单位" in said
    assert after.frames["institution"]["unit_code"].to_list() == ["320681"]
    assert len(told_of(after, "unit_assumed")) == 1


def test_a_sheet_that_names_another_unit_than_its_sender_is_asked_about(tmp_path: Path) -> None:
    form: Rows = [["填报单位（盖章）：海门市教育局"], HEAD, TWICE[1]]
    path = write_xlsx(tmp_path / "学校.xlsx", ("学校", form))
    ((_, _, said),) = told_of(answered(path), "unit_differs")
    assert "没有填单位的行按启东市" in said
    after = back(path, tmp_path, {"A1": signed("更正为", "海门市")})
    assert after.frames["institution"]["unit_code"].to_list() == ["320684"]
    assert told_of(after, "unit_differs") == []


# --- what comes of it ----------------------------------------------------------------------------


@pytest.mark.parametrize(("row", "verdict"), [("第2行", "pass"), ("第3行", "fail"), (None, "unknown")])
def test_a_verdict_rests_on_the_row_that_holds(row: str | None, verdict: str, tmp_path: Path) -> None:
    head = ["学校标识码", "学校名称", "单位代码", "学校类别", "在办", "视频监控已联网", "联网回执编号"]
    rows: Rows = [head, *(["S2", "实验小学", "320681", "小学", "是", said, "A2"] for said in "是否")]
    path = write_xlsx(tmp_path / "启东.xlsx", ("学校", rows))
    assert main(["intake", LITTLE, str(path), "--received", "2019-12-23", "--out", str(tmp_path / "收")]) == 0
    (form,) = (tmp_path / "收").glob("*数据疑问清单.xlsx")
    came = [] if row is None else [fill(form, {"F2、F3": signed("更正为", row)})]
    run = check(LITTLE, path, as_of="2020-02-01", received_on="2019-12-23", answers=came)
    found = run.findings.filter(rule="video-linked")["verdict"].to_list()
    assert found == ([] if verdict == "pass" else [verdict])


# --- kept for the next time ----------------------------------------------------------------------


def test_answers_about_rows_are_kept_and_refused_for_another_version(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "学校.xlsx", ("学校", TWICE))
    form = fill(send(path, tmp_path / "收"), {"D2、D3": signed("更正为", "第3行")})
    send(path, tmp_path / "收", form)
    kept = tmp_path / "收" / "答复.csv"
    assert "第3行" in kept.read_text("utf-8-sig") and str(WHEN) in kept.read_text("utf-8-sig")
    assert schools(answered(path, kept))[0] == ("2132001201", 300, False)
    (tmp_path / "新").mkdir()
    other = write_xlsx(tmp_path / "新" / "学校.xlsx", ("学校", [*TWICE, ["2132001204", "丁", "小学", 1, "是"]]))
    assert schools(answered(other, kept))[0] == ("2132001201", None, None)  # offered in the next form, not taken
    with pytest.raises(DataError, match="E24"):
        answered(other, form)
