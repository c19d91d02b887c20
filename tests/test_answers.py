"""What a county answers about a cell counts as if it had stood there; everything else stays."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from test_intake import DAY, PACK, Rows, write_csv, write_xlsx

from checker import CheckerError, DataError, UsageError, check, intake, pipeline
from checker.__main__ import main
from checker.intake import read
from checker.model import Pack
from checker.pipeline import answering
from checker.plan import Correction, Tables
from checker.weigh import WEIGHT_SCHEMA

HEAD = ["学校标识码", "学校名称", "学校类别", "在校生数", "视频监控是否与公安联网"]
SHEET: Rows = [
    HEAD,
    ["2132001201", "实验小学", "小学", "约800", "部分联网"],
    ["2132001202", "城南小学", "小学", "1200", "不详"],
    ["1132002345", "阳光幼儿园", "幼儿园", "286", "拟2020年3月联网"],
]


# --- cells, as intake takes them ------------------------------------------------------------------


def write(path: Path, rows: Rows) -> Path:
    if path.suffix == ".xlsx":
        return write_xlsx(path, ("Sheet1", rows))
    if path.suffix == ".csv":
        return write_csv(path, rows)
    pl.DataFrame(rows[1:], schema=rows[0], orient="row").write_parquet(path)
    return path


def called(path: Path, row: int, column: int) -> str:
    return f"{HEAD[column]}:{row}" if path.suffix == ".parquet" else f"{'ABCDE'[column]}{row + 1}"


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".parquet"])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_corrected_cell_reads_as_if_it_had_been_typed(
    suffix: str, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("answers")
    path = write(folder / f"学校{suffix}", SHEET)
    digest = read(PACK, [path]).sources[0].digest
    cells = data.draw(
        st.dictionaries(
            st.tuples(st.integers(1, 3), st.integers(1, 4)),
            st.sampled_from(["是", "否", "无法提供", "初中", "812", "约90", "=1+1", " 3 "]),
        )
    )
    sheet = "Sheet1" if suffix == ".xlsx" else ""
    corrections = [Correction(digest, sheet, called(path, *place), text) for place, text in cells.items()]
    edited = [[cells.get((at, column), cell) for column, cell in enumerate(row)] for at, row in enumerate(SHEET)]
    (folder / "edited").mkdir()
    typed = read(PACK, [write(folder / "edited" / path.name, edited)], received_on=DAY)
    answered = read(PACK, [path], received_on=DAY, corrections=corrections)
    assert answered.frames["institution"].equals(typed.frames["institution"])
    assert answered.questions.drop("digest").equals(typed.questions.drop("digest"))


def test_a_correction_of_another_file_sheet_or_cell_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "学校.xlsx", SHEET)
    before = read(PACK, [path])
    digest = before.sources[0].digest
    strange = [
        Correction("0" * 64, "Sheet1", "D2", "1"),
        Correction(digest, "Sheet2", "D2", "1"),
        Correction(digest, "Sheet1", "D99", "1"),
        Correction(digest, "Sheet1", "ZZ2", "1"),
        Correction(digest, "Sheet1", "在校生数:2", "1"),
    ]
    after = read(PACK, [path], corrections=strange)
    assert after.frames["institution"].equals(before.frames["institution"])
    assert after.questions.equals(before.questions)


# --- forms that come back -------------------------------------------------------------------------

FIRST, ANSWER, TEXT, WHO, DAY_AT, ID = 0, 9, 10, 11, 12, 13
WHEN = date(2019, 12, 25)


def send(data: Path, folder: Path, *back: Path, pack: Pack = PACK, received: date = DAY) -> Path:
    """What intake does: reads the data with the answers, writes the papers; the form."""
    came = answering.given([*answering.kept_in(folder, "zh"), *back])
    look = partial(intake.look, pack, [data], unit="320681", received_on=received)
    looked = answering.answered(pack, [data], look, came)
    asked = answering.Asked(pack, looked.tables, [data], "320681", received)
    answering.write(asked, folder, "zh", came)
    return folder / "启东市-数据疑问清单.xlsx"


def answered(data: Path, *back: Path, known_at: date | None = None) -> Tables:
    return pipeline.read_data(PACK, [data], unit="320681", received_on=DAY, known_at=known_at, answers=back)


def rows_of_form(sheet: Any) -> list[Any]:
    return [row for row in sheet.iter_rows() if isinstance(row[FIRST].value, int | float)]


def fill(form: Path, answers: Mapping[str, tuple[Any, ...]], out: Path | None = None, sheet: str = "疑问") -> Path:
    """`answers`: cell → answer, correction and perhaps who and when."""
    book = load_workbook(form)
    for row in rows_of_form(book[sheet]):
        for at, value in enumerate(answers.get(row[3].value, ()), ANSWER):
            row[at].value = value
    out = out or form.with_name("启东市-数据疑问清单(已复).xlsx")
    book.save(out)
    return out


def signed(how: str, text: str | None = None) -> tuple[Any, ...]:
    return how, text, "张三", WHEN


def told_of(tables: Tables, *codes: str) -> list[tuple[str, str, str]]:
    found = tables.questions.filter(pl.col("code").is_in(codes))
    return found.select("sheet", "cell", "message_zh").rows()


def about_the_form(tables: Tables) -> list[tuple[str, str, str]]:
    found = tables.questions.filter(file="启东市-数据疑问清单(已复).xlsx")
    return found.select("sheet", "cell", "message_zh").rows()


def open_cells(tables: Tables) -> set[str]:
    asking = tables.questions.filter(
        pl.col("severity").is_in(["doubt", "lost"]) & pl.col("code").str.starts_with("answer").not_()
    )
    return {cell for cells in asking["cells"] for cell in cells}


@pytest.fixture
def county(tmp_path: Path) -> tuple[Path, Path]:
    """The sheet and the form that goes back."""
    (tmp_path / "来").mkdir()
    path = write(tmp_path / "来" / "学校.xlsx", SHEET)
    return path, send(path, tmp_path / "收")


def test_a_form_that_nobody_touched_holds_no_answers(county: tuple[Path, Path]) -> None:
    data, form = county
    came = answering.given([form])
    assert (came.answers, came.problems) == ([], [])
    untouched, plain = answered(data, form), answered(data)
    assert untouched.frames["institution"].equals(plain.frames["institution"])
    assert untouched.questions.equals(plain.questions)


def test_each_answer_does_what_it_says(county: tuple[Path, Path]) -> None:
    data, form = county
    back = fill(
        form,
        {"D2": signed("更正为", "812"), "E2": signed("按系统"), "E3": signed("更正为", "是"), "E4": signed("无法提供")},
    )
    before, after = answered(data), answered(data, back)
    assert open_cells(before) >= {"D2", "E2", "E3", "E4"} and open_cells(after) == set()
    rows = after.frames["institution"]
    assert rows["students"].to_list() == [812, 1200, 286]
    assert rows["video_linked"].to_list() == [False, True, None]
    told = [message for _, _, message in told_of(after, "answered", "confirmed", "not_provided")]
    assert sorted(told) == sorted(
        [
            "“在校生数”：原填“约800”，按张三2019年12月25日的答复取“812”",
            "“视频监控已与公安联网”：“部分联网”不是全部，按“否”；张三2019年12月25日答复：按系统",
            "“视频监控是否与公安联网”：原填“不详”，按张三2019年12月25日的答复取“是”",
            "“视频监控已与公安联网”：“拟2020年3月联网”是计划，不作完成，按“否”；张三2019年12月25日答复：无法提供，按待核",
        ]
    )
    assert [source.file for source in after.sources] == ["学校.xlsx", back.name]  # the run says what it rests on


CELLS = {"D2": 3, "E2": 4, "E3": 4, "E4": 4}


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_answers_count_in_their_cells_and_nowhere_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("county")
    path = write(folder / "学校.xlsx", SHEET)
    form = send(path, folder / "收")
    texts = {3: ["812", "约90", "＝1+1", "九百"], 4: ["是", "否", "也许", "拟2021年联网"]}
    answers = {
        cell: data.draw(
            st.one_of(
                st.none(),
                st.just(signed("按系统")),
                st.just(signed("无法提供")),
                st.builds(lambda text: signed("更正为", text), st.sampled_from(texts[column])),
            ),
            label=cell,
        )
        for cell, column in CELLS.items()
    }
    given_ = {cell: answer for cell, answer in answers.items() if answer is not None}
    edited = [list(row) for row in SHEET]
    for cell, (how, text, *_) in given_.items():
        if how != "按系统":
            edited[int(cell[1]) - 1][CELLS[cell]] = text or "无法提供"
    (folder / "edited").mkdir()
    typed = answered(write(folder / "edited" / "学校.xlsx", edited))
    after = answered(path, fill(form, given_))
    assert after.frames["institution"].equals(typed.frames["institution"])
    # Confirmed and unanswerable cells are settled; what was corrected is asked about as if it had been typed.
    closed = {cell for cell, answer in given_.items() if answer[0] != "更正为"}
    assert open_cells(after) == open_cells(typed) - closed
    assert len(told_of(after, "answered", "confirmed", "not_provided")) == len(given_)


@pytest.mark.parametrize("form", ["sorted", "deleted", "csv", "gb18030", "renamed"])
def test_a_form_comes_back_in_many_shapes(form: str, county: tuple[Path, Path], tmp_path: Path) -> None:
    data, sent = county
    back = fill(sent, {"D2": signed("更正为", "812"), "E3": signed("更正为", "是")})
    expected = answered(data, back)
    book = load_workbook(back)
    sheet = book["疑问"]
    if form in ("sorted", "deleted"):
        rows = [[cell.value for cell in row] for row in rows_of_form(sheet)]
        keep = [row for row in rows if form == "sorted" or row[ANSWER]]
        sheet.delete_rows(6, sheet.max_row)
        for row in reversed(keep):
            sheet.append(row)
        book.save(back)
    elif form in ("csv", "gb18030"):
        table = [["" if cell is None else str(cell).removesuffix(" 00:00:00") for cell in row] for row in sheet.values]
        back = write_csv(tmp_path / "答.csv", table, "utf-8-sig" if form == "csv" else form)
    else:
        back = back.rename(tmp_path / "x.xlsx")
    got = answered(data, back)
    assert got.frames["institution"].equals(expected.frames["institution"])
    assert got.questions.drop("digest").equals(expected.questions.drop("digest"))


@pytest.mark.parametrize(
    ("filled", "cell", "message"),
    [
        (("更正为", "812", None, WHEN), "L", "没有填写确认人或确认日期"),
        (("更正为", "812", "张三", None), "M", "没有填写确认人或确认日期"),
        (("更正为", "812", "张三", "12月底"), "M", "“12月底”不是确定的日期"),
        (("更正为", None, "张三", WHEN), "K", "没有填更正内容"),
        (("按系统", "812", "张三", WHEN), "K", "选了“按系统”，又填了更正内容“812”"),
        (("同意", None, "张三", WHEN), "J", "“同意”不在"),
        ((None, None, "张三", WHEN), "J", "没有选择答复"),
    ],
)
def test_half_an_answer_is_told_and_not_used(
    filled: tuple[Any, ...], cell: str, message: str, county: tuple[Path, Path]
) -> None:
    data, form = county
    after = answered(data, fill(form, {"D2": filled}))
    ((sheet, where, said),) = about_the_form(after)
    assert sheet == "疑问" and where.startswith(cell) and message in said
    assert after.frames["institution"].equals(answered(data).frames["institution"])
    assert "D2" in open_cells(after)


def test_lines_that_are_signed_and_not_answered_are_told_once(county: tuple[Path, Path]) -> None:
    data, form = county
    filled = dict.fromkeys(CELLS, (None, None, "张三", WHEN))
    ((_, _, said),) = told_of(answered(data, fill(form, filled)), "answer_not_chosen")
    assert said.startswith("4条")


def test_a_correction_that_cannot_be_read_is_told_with_its_cell_in_the_form(county: tuple[Path, Path]) -> None:
    data, form = county
    after = answered(data, fill(form, {"D2": signed("更正为", "好些")}))
    ((sheet, cell, said),) = told_of(after, "word_in_number_column")
    assert (sheet, cell) == ("Sheet1", "D2")
    assert re.match(
        r"更正内容仍需核对（启东市-数据疑问清单\(已复\)\.xlsx《疑问》K\d+）：“在校生数”：“好些”不是数", said
    )
    assert after.frames["institution"]["students"][0] is None


def test_a_correction_without_the_choice_is_one(county: tuple[Path, Path]) -> None:
    data, form = county
    assert answered(data, fill(form, {"D2": signed("", "812")})).frames["institution"]["students"][0] == 812


def test_a_contradiction_between_rows_is_settled_for_the_record(tmp_path: Path) -> None:
    rows = [HEAD, ["2132001201", "甲", "小学", 800, "是"], ["2132001201", "甲", "小学", 700, "否"]]
    other = [HEAD, ["2132001201", "甲", "小学", 600, None]]
    path = write_xlsx(tmp_path / "学校.xlsx", ("城关", rows), ("全市", other))
    form = send(path, tmp_path / "收")
    students, video = "城关!D2、城关!D3、全市!D2", "城关!E2、城关!E3、全市!E2"
    after = answered(path, fill(form, {students: signed("更正为", "700"), video: signed("按系统")}))
    (row,) = after.frames["institution"].iter_rows(named=True)
    assert (row["students"], row["video_linked"]) == (700, None)
    assert open_cells(after) == set()
    gone = answered(path, fill(form, {video: signed("无法提供")}))
    assert gone.frames["institution"]["video_linked"][0] is None and "E2" not in open_cells(gone)


def test_one_cell_of_many_is_answered_apart(tmp_path: Path) -> None:
    rows: Rows = [HEAD, *([f"21320012{at:02}", f"校{at}", "小学", 100, "拟2020年联网"] for at in range(60))]
    path = write(tmp_path / "学校.xlsx", rows)
    form = send(path, tmp_path / "收")
    back = fill(form, {"E2、E3、E4、E5、E6、E7等60格": signed("更正为", "是")})
    assert answered(path, back).frames["institution"]["video_linked"].to_list() == [True] * 60
    back = fill(back, {"E4": signed("更正为", "否"), "E5": signed("无法提供")}, sheet="逐格")
    after = answered(path, back)
    assert after.frames["institution"]["video_linked"].to_list() == [True, True, False, None, *[True] * 56]
    assert open_cells(after) == set()
    part = answered(path, fill(form, {"E4": signed("按系统")}, sheet="逐格"))
    (row,) = part.questions.filter(code="planned_not_done").iter_rows(named=True)
    assert (row["n"], row["cell"], row["key"], "E4" in row["cells"]) == (59, "E2", "2132001200", False)


def test_a_line_about_several_wordings_is_not_corrected_as_one(tmp_path: Path) -> None:
    rows: Rows = [HEAD, *([f"21320012{at:02}", f"校{at}", "小学", f"约{at}00", "是"] for at in range(1, 4))]
    path = write(tmp_path / "学校.xlsx", rows)
    tables = answered(path)
    weighed = pl.DataFrame([("none", [], 0)] * tables.questions.height, schema=WEIGHT_SCHEMA, orient="row")
    asked = answering.Asked(PACK, tables, [path], "320681", DAY, DAY, weighed)
    answering.write(asked, tmp_path / "收", "zh", answering.Given())
    form = tmp_path / "收" / "启东市-数据疑问清单.xlsx"
    after = answered(path, fill(form, {"D2、D3、D4": signed("更正为", "250")}))
    assert after.frames["institution"]["students"].to_list() == [100, 200, 300]
    ((_, _, said),) = told_of(after, "answer_for_many")
    assert "逐格" in said
    assert open_cells(answered(path, fill(form, {"D2、D3、D4": signed("按系统")}))) == set()
    one = answered(path, fill(form, {"D3": signed("更正为", "250")}, sheet="逐格"))
    assert one.frames["institution"]["students"].to_list() == [100, 250, 300]


def test_what_a_column_means_is_answered_too(tmp_path: Path) -> None:
    """按系统 confirms what was assumed; a field is read from then on; 不作数据 is asked no more."""
    rows: Rows = [
        ["学校标识码", "学校名称", "学校类别", "在校生数", "校园网格", "安全员", "楼层"],
        ["2132001201", "实验小学", "小学", 800, "是", "3", "三层"],
    ]
    path = write(tmp_path / "学[1]校.xlsx", rows)
    form = send(path, tmp_path / "收")
    before = answered(path)
    assert {row[1] for row in told_of(before, "unmapped_column")} == {"E1", "F1", "G1"}
    back = fill(
        form,
        {
            "E1": signed("更正为", "视频监控是否与公安联网"),
            "F1": signed("更正为", "guards"),
            "G1": signed("更正为", "不作数据"),
        },
    )
    after = answered(path, back)
    (row,) = after.frames["institution"].iter_rows(named=True)
    assert (row["video_linked"], row["guards"]) == (True, 3)
    assert told_of(after, "unmapped_column") == []
    assert [said for _, _, said in told_of(after, "column_answered")] == [
        "“校园网格”列按张三2019年12月25日的答复作“视频监控是否与公安联网”",
        "“安全员”列按张三2019年12月25日的答复作“专职保安人数”",
        "“楼层”列按张三2019年12月25日的答复作“不作数据”",
    ]
    unknown = answered(path, fill(form, {"E1": signed("更正为", "网格化"), "F1": signed("按系统")}))
    assert [said for _, _, said in told_of(unknown, "answer_no_field")] == ["“网格化”不是“学校”表的指标，未采用"]
    assert {row[1] for row in told_of(unknown, "unmapped_column")} == {"E1", "G1"}
    twice = answered(path, fill(form, {"E1": signed("更正为", "在校生数"), "F1": signed("更正为", "在校生数")}))
    assert twice.frames["institution"]["students"].to_list() == [800]
    assert len(told_of(twice, "answer_field_taken")) == 2


def test_a_heading_that_was_taken_on_an_assumption_is_confirmed_or_put_right(tmp_path: Path) -> None:
    rows: Rows = [["学校标识码", "学校名称", "专职保安人数（含兼职）"], ["2132001201", "实验小学", 3]]
    path = write(tmp_path / "学校.xlsx", rows)
    form = send(path, tmp_path / "收")
    assert [row[1] for row in told_of(answered(path), "head_note")] == ["C1"]
    kept = answered(path, fill(form, {"C1": signed("按系统")}))
    assert kept.frames["institution"]["guards"].to_list() == [3] and told_of(kept, "head_note") == []
    moved = answered(path, fill(form, {"C1": signed("更正为", "持证保安人数")}))
    assert moved.frames["institution"].select("guards", "certified").row(0) == (None, 3)
    dropped = answered(path, fill(form, {"C1": signed("更正为", "不作数据")}))
    assert dropped.frames["institution"]["guards"].to_list() == [None]


def test_rows_of_a_database_are_answered_like_cells(tmp_path: Path) -> None:
    path = tmp_path / "学校.db"
    with closing(sqlite3.connect(path)) as base:
        columns = ", ".join(f'"{head}" text' for head in HEAD)
        base.execute(f'create table "学校" ({columns})')
        base.executemany('insert into "学校" values (?, ?, ?, ?, ?)', SHEET[1:])
        base.commit()
    form = send(path, tmp_path / "收")
    assert sorted(each.name for each in (tmp_path / "收").iterdir()) == ["启东市-数据疑问清单.xlsx", "启东市-来函.txt"]
    after = answered(path, fill(form, {"在校生数:2": signed("更正为", "812")}))
    assert sorted(after.frames["institution"]["students"].to_list()) == [286, 812, 1200]


# --- whose answers ---------------------------------------------------------------------------------


def test_answers_to_another_version_of_the_file_are_refused(county: tuple[Path, Path], tmp_path: Path) -> None:
    data, form = county
    back = fill(form, {"D2": signed("更正为", "812")})
    (tmp_path / "新").mkdir()
    edited = write(tmp_path / "新" / "学校.xlsx", [*SHEET, ["2132001203", "城北小学", "小学", 1, "是"]])
    with pytest.raises(DataError) as refused:
        answered(edited, back)
    (diagnostic,) = refused.value.diagnostics
    old, new = (sha256(path.read_bytes()).hexdigest()[:8] for path in (data, edited))
    assert (diagnostic.code, diagnostic.span.path) == ("E24", back.name)
    assert old in diagnostic.message.zh and new in diagnostic.message.zh and "2019-12-23" in diagnostic.message.zh


def test_answers_about_a_file_that_is_not_read_are_told(tmp_path: Path) -> None:
    one, two = (write(tmp_path / name, SHEET[:2] if name[0] == "甲" else SHEET[:3]) for name in ("甲.xlsx", "乙.xlsx"))
    for at, path in enumerate((one, two)):
        send(path, tmp_path / f"收{at}")
    backs = [
        fill(tmp_path / f"收{at}" / "启东市-数据疑问清单.xlsx", {"D2": signed("更正为", "812")}) for at in range(2)
    ]
    after = answered(one, *backs)
    assert after.frames["institution"]["students"].to_list() == [812]
    assert told_of(after, "answer_other_file") == [("疑问", "K6", "1条答复是答“乙.xlsx”的，这次没有读这个文件，未采用")]


def test_an_answer_given_after_the_limit_does_not_count(county: tuple[Path, Path]) -> None:
    data, form = county
    back = fill(form, {"D2": signed("更正为", "812")})
    assert answered(data, back, known_at=WHEN).frames["institution"]["students"][0] == 812
    before = answered(data, back, known_at=date(2019, 12, 24))
    assert before.frames["institution"]["students"][0] == 800
    assert told_of(before, "answer_later") == [("疑问", "K6", "1条答复在收数截止之后确认，不计入")]


def test_of_two_answers_the_later_counts_and_on_one_day_none(county: tuple[Path, Path], tmp_path: Path) -> None:
    data, form = county
    first = fill(form, {"D2": signed("更正为", "812")}, tmp_path / "一.xlsx")
    same_day = fill(form, {"D2": signed("更正为", "813")}, tmp_path / "二.xlsx")
    later = fill(form, {"D2": ("更正为", "814", "李四", date(2019, 12, 26))}, tmp_path / "三.xlsx")
    assert answered(data, first, later).frames["institution"]["students"][0] == 814
    assert answered(data, later, first).frames["institution"]["students"][0] == 814
    neither = answered(data, first, same_day)
    assert neither.frames["institution"]["students"][0] == 800
    ((_, _, said),) = told_of(neither, "answers_differ")
    assert "一.xlsx《疑问》K6、二.xlsx《疑问》K6" in said


def test_an_unknown_question_is_told(county: tuple[Path, Path]) -> None:
    data, form = county
    back = fill(form, {"D2": signed("更正为", "812")})
    book = load_workbook(back)
    row = next(row for row in rows_of_form(book["疑问"]) if row[3].value == "D2")
    row[ID].value = "Q000000000000"
    book.save(back)
    assert len(told_of(answered(data, back), "answer_not_asked")) == 1
    row[ID].value = None
    book.save(back)
    assert len(told_of(answered(data, back), "answer_without_id")) == 1


@pytest.mark.parametrize("name", ["无.xlsx", "学校.xlsx", "坏.xlsx"])
def test_what_is_no_form_is_refused(name: str, county: tuple[Path, Path], tmp_path: Path) -> None:
    data, _ = county
    (tmp_path / "坏.xlsx").write_bytes(b"PK")
    path = data if name == data.name else tmp_path / name
    with pytest.raises(CheckerError):
        answered(data, path)


# --- the next time -------------------------------------------------------------------------------


def test_answers_are_kept_and_count_again_for_the_same_file(county: tuple[Path, Path]) -> None:
    data, form = county
    folder = form.parent
    send(data, folder, fill(form, {"D2": signed("更正为", "812"), "E2": signed("按系统")}))
    store = folder / "答复.csv"
    once = store.read_bytes()
    assert answered(data, store).frames["institution"]["students"][0] == 812
    cells = {row[3].value for row in rows_of_form(load_workbook(form)["疑问"])}
    assert "E3" in cells and not cells & {"D2", "E2"}
    # The same form again adds nothing; another adds its lines and takes none away.
    back = fill(form, {"E3": signed("更正为", "是")})
    send(data, folder, back)
    send(data, folder, back)
    lines = store.read_text("utf-8-sig").splitlines()
    assert len(lines) == 4 and lines[0].startswith("疑问编号,文件摘要,文件") and lines[0].endswith(",确认日期,来自")
    assert set(once.decode("utf-8-sig").splitlines()) < set(lines)
    assert [line.split(",")[4] for line in lines[1:]] == ["D2", "E2", "E3"]


def test_what_was_answered_is_offered_again_while_the_text_is_the_same(
    county: tuple[Path, Path], tmp_path: Path
) -> None:
    data, form = county
    folder = form.parent
    send(
        data,
        folder,
        fill(form, {"D2": signed("更正为", "812"), "E3": signed("无法提供"), "E4": signed("更正为", "是")}),
    )
    # The next version: a row more on top, one text changed.
    (tmp_path / "新").mkdir()
    newer = [HEAD, ["2132001299", "新校", "小学", "约50", "是"], *[list(row) for row in SHEET[1:]]]
    newer[4][4] = "拟2020年6月联网"
    later = write(tmp_path / "新" / "学校.xlsx", newer)
    again = send(later, folder, received=date(2019, 12, 30))
    rows = {row[3].value: [cell.value for cell in row] for row in rows_of_form(load_workbook(again)["疑问"])}
    assert [cell or None for cell in rows["D3"][ANSWER : DAY_AT + 1]] == ["更正为", "812", None, None]
    assert "上次答复：更正为“812”（张三，2019-12-25）" in rows["D3"][7]
    assert rows["E4"][ANSWER] == "无法提供"
    assert not rows["D2"][ANSWER] and not rows["E5"][ANSWER]  # a new row; a new text
    # Nothing of it counts until somebody signs it.
    assert answered(later, folder / "答复.csv").frames["institution"]["students"].to_list()[:2] == [50, 800]
    unsigned = answered(later, again)
    assert unsigned.frames["institution"]["students"].to_list()[:2] == [50, 800]
    assert [said[:2] for _, _, said in told_of(unsigned, "answer_unsigned")] == ["2条"]
    signed_again = fill(again, {"D3": ("更正为", "812", "王五", date(2019, 12, 31))})
    assert answered(later, signed_again).frames["institution"]["students"].to_list()[:2] == [50, 812]


def test_a_form_that_is_being_filled_in_is_not_written_over(county: tuple[Path, Path]) -> None:
    data, form = county
    fill(form, {"D2": signed("更正为", "812")}, form)
    before = form.read_bytes()
    with pytest.raises(UsageError) as refused:
        send(data, form.parent)
    assert refused.value.diagnostics[0].code == "U42" and form.read_bytes() == before
    send(data, form.parent, form)  # its answers are read and kept: nothing is lost
    assert form.read_bytes() != before and (form.parent / "答复.csv").exists()


# --- the command line and the call ----------------------------------------------------------------


LITTLE = str(Path(__file__).parent / "little")


def test_a_run_counts_the_answers_and_explains_whose_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    head = [
        "学校标识码",
        "学校名称",
        "单位代码",
        "学校类别",
        "在办",
        "视频监控已联网",
        "联网回执编号",
        "在校生数",
        "专职保安人数",
    ]
    rows = [
        head,
        ["S1", "阳光幼儿园", "320681", "幼儿园", "是", "拟2020年3月联网", "A1", 80, 1],
        ["S2", "实验小学", "320681", "小学", "是", "是", "A2", 900, 4],
        ["S2", "实验小学", "320681", "小学", "是", "是", "A2", 900, 2],
        ["S3", "农场小学", "320681", "小学", "是", "不详", "A3", 90, 1],
    ]
    path = write_xlsx(tmp_path / "启东.xlsx", ("学校", rows))
    facts = ["--unit", "启东市", "--received", "2019-12-23"]
    assert main(["intake", LITTLE, str(path), *facts]) == 0
    assert "已写：收数/启东市/启东市-来函.txt、收数/启东市/启东市-数据疑问清单.xlsx" in capsys.readouterr().out
    form = tmp_path / "收数" / "启东市" / "启东市-数据疑问清单.xlsx"
    back = fill(
        form, {"F2": signed("更正为", "是"), "I3、I4": signed("更正为", "4"), "F5": ("更正为", "是", None, WHEN)}
    )
    assert main(["intake", LITTLE, str(path), *facts, "--answers", str(back)]) == 0
    said = capsys.readouterr().out
    assert "答复：采用2条（更正2条）；需再核对1条" in said and "收数/启东市/答复.csv" in said
    assert "没有填写确认人或确认日期" in said
    kept = "收数/启东市/答复.csv"
    run = ["run", LITTLE, str(path), *facts, "--as-of", "2020-02-01", "--out", "r", "--answers", kept]
    assert main(run) == 0
    assert "答复：采用2条（更正2条）" in capsys.readouterr().out
    assert main(["explain", "r", "video-linked", "阳光幼儿园"]) == 0
    assert "原填“拟2020年3月联网”，按张三2019年12月25日的答复取“是”" in capsys.readouterr().out
    assert main(["explain", "r", "guards-standard", "S2"]) == 0
    assert "4　启东.xlsx《学校》!I3　（“专职保安人数”：原填“4 / 2”，按张三" in capsys.readouterr().out
    done = check(LITTLE, path, as_of="2020-02-01", unit="启东市", received_on="2019-12-23", answers=kept)
    assert done.tables.frames["institution"]["video_linked"].to_list() == [True, True, None]
    with pytest.raises(UsageError):
        check(LITTLE, {"institution": done.tables.frames["institution"]}, as_of="2020-02-01", answers=kept)
    (tmp_path / "新").mkdir()
    other = write_xlsx(tmp_path / "新" / "启东.xlsx", ("学校", rows[:2]))
    assert main(["run", LITTLE, str(other), "--as-of", "2020-02-01", "--answers", str(back), "--out", "r2"]) == 2
    assert "E24" in capsys.readouterr().err and not (tmp_path / "r2").exists()


# --- whole sheets ---------------------------------------------------------------------------------


def with_strange_sheets(path: Path) -> Path:
    """A sheet whose heading nobody knows, a hidden one, and one that is read."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in {"学校": SHEET, "表二": [["车号"], ["苏F12345"]], "底稿": SHEET[:2]}.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
            if name == "底稿":
                sheet.hide()
    return path


def of_sheets(form: Path, answers: Mapping[str, str], out: Path) -> Path:
    book = load_workbook(form)
    for row in rows_of_form(book["疑问"]):
        if row[2].value in answers:
            for at, value in enumerate(signed("更正为", answers[row[2].value]), ANSWER):
                row[at].value = value
    book.save(out)
    return out


def test_a_sheet_is_what_the_county_says(tmp_path: Path) -> None:
    data = with_strange_sheets(tmp_path / "启东.xlsx")
    form = send(data, tmp_path / "收数")
    asked = {row[2].value: (row[7].value, row[8].value) for row in rows_of_form(load_workbook(form)["疑问"])}
    assert asked["表二"][0].endswith("这是哪一张表，还是不作数据？") and asked["表二"][1] == "不读"
    assert asked["底稿"][0].endswith("要读取，还是不作数据？")
    back = of_sheets(form, {"表二": "不作数据", "底稿": "读取"}, tmp_path / "已复.xlsx")
    after = answered(data, back)
    assert sorted({source.sheet for source in after.sources if source.table}) == ["学校", "底稿"]
    assert [said for _, _, said in told_of(after, "sheet_answered")] == [
        "这张工作表按张三2019年12月25日的答复作“不作数据”",
        "这张工作表按张三2019年12月25日的答复作“读取”",
    ]
    assert not told_of(after, "sheet_not_recognised", "hidden_sheet")


def test_what_a_sheet_is_said_to_be_and_cannot_be_is_told(tmp_path: Path) -> None:
    data = with_strange_sheets(tmp_path / "启东.xlsx")
    form = send(data, tmp_path / "收数")
    after = answered(data, of_sheets(form, {"表二": "校车"}, tmp_path / "已复.xlsx"))
    assert told_of(after, "heading_not_found")  # it is a table of buses, but no column of it is known
    after = answered(data, of_sheets(form, {"表二": "通讯录", "底稿": "校车"}, tmp_path / "再复.xlsx"))
    assert [said for _, _, said in told_of(after, "answer_no_table")] == [
        "工作表答作“通讯录”，不是可选的答复，未采用；请从下拉列表中选",
        "工作表答作“校车”，不是可选的答复，未采用；请从下拉列表中选",
    ]
    assert told_of(after, "sheet_not_recognised") and told_of(after, "hidden_sheet")
