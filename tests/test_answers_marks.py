"""What a county answers about cells that look otherwise, hidden columns, names, numbers of rows, and files to be sent again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from test_answers import HEAD, LITTLE, answered, fill, open_cells, rows_of_form, send, signed, told_of
from test_answers_rows import DRILLS, back, refused, schools
from test_intake import PACK, Rows, write_csv, write_xlsx

from checker import pipeline
from checker.__main__ import main
from checker.plan import Tables

SCHOOLS: Rows = [
    HEAD,
    *([f"213200120{at}", f"{name}小学", "小学", at * 100, "是"] for at, name in enumerate("甲乙丙", 1)),
]


def struck(folder: Path, *cells: str, rows: Rows = SCHOOLS) -> Path:
    def strike(book: Any, sheet: Any) -> None:
        look = book.add_format({"font_strikeout": True})
        for cell in cells:
            row, column = int(cell[1:]) - 1, "ABCDE".index(cell[0])
            sheet.write(row, column, rows[row][column], look)

    return write_xlsx(folder / "学校.xlsx", ("学校", rows), more=strike)


def students(tables: Tables) -> list[int | None]:
    return tables.frames["institution"]["students"].to_list()


def offered(form: Path, cell: str, sheet: str = "疑问") -> tuple[str, str]:
    """What is asked about it, and what was taken."""
    row = next(row for row in rows_of_form(load_workbook(form)[sheet]) if row[3].value == cell)
    return row[7].value, row[8].value


# --- cells that look otherwise -------------------------------------------------------------------


def test_struck_cells_hold_or_are_void(tmp_path: Path) -> None:
    path = struck(tmp_path, "D2", "D4")
    assert students(answered(path)) == [100, 200, 300]
    kept = back(path, tmp_path, {"D2、D4": signed("按系统")})
    assert students(kept) == [100, 200, 300] and open_cells(kept) == set() and refused(kept) == []
    void = back(path, tmp_path, {"D2、D4": signed("更正为", "不作数据")})
    assert students(void) == [None, 200, None] and open_cells(void) == set() and refused(void) == []
    ((_, cell, said),) = told_of(void, "rows_answered")
    assert cell == "D2" and said.endswith("张三2019年12月25日答复：不作数据")


def test_each_struck_cell_may_be_answered_by_itself(tmp_path: Path) -> None:
    path = struck(tmp_path, "D2", "D3", "D4")
    asked, taken = offered(send(path, tmp_path / "收"), "D3", sheet="逐格")
    assert asked.startswith("这一格填“200”") and taken == "200"
    single = {"D2": signed("更正为", "不作数据"), "D3": signed("更正为", "210人"), "D4": signed("按系统")}
    after = back(path, tmp_path, single, sheet="逐格")
    assert students(after) == [None, 210, 300] and open_cells(after) == set() and refused(after) == []


def test_one_number_cannot_stand_in_all_struck_cells(tmp_path: Path) -> None:
    after = back(struck(tmp_path, "D2", "D4"), tmp_path, {"D2、D4": signed("更正为", "250")})
    ((code, said),) = refused(after)
    assert code == "answer_for_many" and "请在《逐格》表中逐格更正" in said
    assert students(after) == [100, 200, 300] and open_cells(after) == {"D2", "D4"}


def test_what_is_put_into_a_struck_cell_is_read_like_any_other(tmp_path: Path) -> None:
    after = back(struck(tmp_path, "D2"), tmp_path, {"D2": signed("更正为", "约250人")})
    assert students(after) == [250, 200, 300]
    ((_, cell, said),) = told_of(after, "approximate")
    assert cell == "D2" and said.startswith("更正内容仍需核对")


def test_an_answer_about_struck_cells_is_kept_for_the_next_time(tmp_path: Path) -> None:
    path, folder = struck(tmp_path, "D2", "D4"), tmp_path / "收"
    form = fill(send(path, folder), {"D2、D4": signed("更正为", "不作数据")})
    send(path, folder, form)
    again = answered(path, folder / "答复.csv")
    assert students(again) == [None, 200, None] and open_cells(again) == set()


def test_a_colour_may_mean_one_thing(tmp_path: Path) -> None:
    def paint(book: Any, sheet: Any) -> None:
        for row in (1, 3):
            sheet.write_blank(row, 4, None, book.add_format({"bg_color": "#FF0000"}))

    rows: Rows = [HEAD, *([*row[:4], None if at != 1 else "是"] for at, row in enumerate(SCHOOLS[1:]))]
    path = write_xlsx(tmp_path / "学校.xlsx", ("学校", rows), more=paint)
    assert [row[2] for row in schools(answered(path))] == [None, True, None]
    after = back(path, tmp_path, {"E2、E4": signed("更正为", "未联网")})
    assert [row[2] for row in schools(after)] == [False, True, False] and open_cells(after) == set()
    single = back(path, tmp_path, {"E2": signed("更正为", "是"), "E4": signed("更正为", "否")}, sheet="逐格")
    assert [row[2] for row in schools(single)] == [True, True, False] and open_cells(single) == set()


def test_comments_may_overrule_their_cells(tmp_path: Path) -> None:
    def comment(_: Any, sheet: Any) -> None:
        sheet.write_comment("D2", "以110人为准")
        sheet.write_comment("E3", "已拆除")

    path = write_xlsx(tmp_path / "学校.xlsx", ("学校", SCHOOLS), more=comment)
    single = {"D2": signed("更正为", "110"), "E3": signed("更正为", "否")}
    after = back(path, tmp_path, single, sheet="逐格")
    assert [row[1:] for row in schools(after)] == [(110, True), (200, False), (300, True)]
    assert open_cells(after) == set()


def test_a_hidden_column_holds_or_is_void(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "学校.xlsx",
        ("学校", SCHOOLS),
        more=lambda _, sheet: sheet.set_column("D:D", None, None, {"hidden": True}),
    )
    kept = back(path, tmp_path, {"D2": signed("按系统")})
    assert students(kept) == [100, 200, 300] and open_cells(kept) == set()
    void = back(path, tmp_path, {"D2": signed("更正为", "不作数据")})
    assert students(void) == [None, None, None] and open_cells(void) == set() and refused(void) == []


# --- names and numbers of rows -------------------------------------------------------------------

NUMBERED = ["演练编号", *DRILLS]
BY_NAME: Rows = [NUMBERED, *([f"Y{at}", f"{name}小学", "2019-12-10"] for at, name in enumerate("甲乙甲"))]


def drilled(folder: Path) -> Path:
    return write_xlsx(folder / "数据.xlsx", ("学校", SCHOOLS), ("演练", BY_NAME))


def of_drills(tables: Tables) -> list[str | None]:
    return sorted(tables.frames["drill"]["school"].to_list())


def test_a_name_may_mean_another_school(tmp_path: Path) -> None:
    path = drilled(tmp_path)
    assert of_drills(answered(path)) == ["2132001201", "2132001201", "2132001202"]
    kept = back(path, tmp_path, {"B2": signed("按系统")})
    assert open_cells(kept) == set() and of_drills(kept) == of_drills(answered(path))
    after = back(path, tmp_path, {"B2": signed("更正为", "甲小学：2132001203")})
    assert of_drills(after) == ["2132001202", "2132001203", "2132001203"]
    assert open_cells(after) == set() and refused(after) == []
    both = back(path, tmp_path, {"B2": signed("更正为", "甲小学: 2132001203；乙小学为2132001201。")})
    assert of_drills(both) == ["2132001201", "2132001203", "2132001203"] and open_cells(both) == set()


def test_a_name_of_which_the_answer_does_not_speak_stays_as_it_was_taken(tmp_path: Path) -> None:
    after = back(drilled(tmp_path), tmp_path, {"B2": signed("更正为", "乙小学：2132001203")})
    assert of_drills(after) == ["2132001201", "2132001201", "2132001203"] and told_of(after, "matched_by_name") == []


@pytest.mark.parametrize("text", ["丁小学：2132001203", "2132001203", "不对"])
def test_what_is_no_name_of_the_column_is_refused(text: str, tmp_path: Path) -> None:
    path = drilled(tmp_path)
    after = back(path, tmp_path, {"B2": signed("更正为", text)})
    ((code, said),) = refused(after)
    assert code == "answer_no_name" and "如“甲小学：2132001201”" in said
    assert of_drills(after) == of_drills(answered(path)) and "B2" in open_cells(after)


def test_a_key_that_nobody_has_is_asked_about_again(tmp_path: Path) -> None:
    after = back(drilled(tmp_path), tmp_path, {"B2": signed("更正为", "甲小学：2132001299")})
    ((_, cell, said),) = told_of(after, "orphan")
    assert cell == "B2" and said.startswith("更正内容仍需核对")


def test_numbers_of_rows_may_be_keys(tmp_path: Path) -> None:
    rows: Rows = [NUMBERED, *([at, f"213200120{at}", "2019-12-10"] for at in (1, 2, 3))]
    path = write_xlsx(tmp_path / "数据.xlsx", ("学校", SCHOOLS), ("演练", rows))
    assert answered(path).frames["drill"]["id"].to_list() == [f"213200120{at}-{at}" for at in (1, 2, 3)]
    kept = back(path, tmp_path, {"A2": signed("按系统")})
    assert kept.frames["drill"]["id"][0] == "2132001201-1" and open_cells(kept) == set()
    after = back(path, tmp_path, {"A2": signed("更正为", "是固定编号")})
    assert after.frames["drill"]["id"].to_list() == ["1", "2", "3"] and open_cells(after) == set()
    ((code, said),) = refused(back(path, tmp_path, {"A2": signed("更正为", "不知道")}))
    assert code == "answer_no_choice" and "可选：“是固定编号”" in said


# --- what only another file can put right --------------------------------------------------------


def test_what_is_to_be_sent_again_stays_awaited(tmp_path: Path) -> None:
    rows: Rows = [["Y1", "2132001201", "2019-12-10"], ["Y2", "2132001202", "2019-12-11"]]
    path = write_xlsx(tmp_path / "演练.xlsx", ("演练", [NUMBERED, *rows]))
    asked, _ = offered(send(path, tmp_path / "收"), "B2")
    assert "没有收到任何学校的记录" in asked and asked.endswith("不属实的选“另行补报”，并改好原表重新报送。")
    after = back(path, tmp_path, {"B2": signed("更正为", "另行补报")})
    ((_, cell, said),) = told_of(after, "rows_awaited")
    assert cell == "B2" and said.endswith("答复：另行补报，请补报")
    assert told_of(after, "no_parent_rows") == []
    ((code, said),) = refused(back(path, tmp_path, {"B2": signed("更正为", "2132001209")}))
    assert code == "answer_not_applicable" and "请选“另行补报”" in said


def test_short_rows_of_a_text_may_be_void(tmp_path: Path) -> None:
    path = tmp_path / "学校.csv"
    lines = [",".join(map(str, row)) for row in SCHOOLS]
    path.write_text("\n".join([*lines[:3], "2132001209,丁小学", lines[3]]) + "\n", encoding="utf-8")
    assert len(schools(answered(path))) == 4
    after = back(path, tmp_path, {"A4": signed("更正为", "不作数据")})
    assert [row[0] for row in schools(after)] == ["2132001201", "2132001202", "2132001203"]


def test_what_a_county_cannot_settle_is_told_and_not_asked(tmp_path: Path) -> None:
    folder = tmp_path / "报来"
    folder.mkdir()
    write_csv(
        folder / "学校.csv",
        [[str(cell) for cell in row] for row in [HEAD, ["2132001201", "甲", "小学", "约800", "是"]]],
    )
    (folder / "说明.docx").write_bytes(b"PK\x03\x04")
    found = pipeline.read_data(PACK, [folder], unit="320681")
    assert told_of(found, "file_unsupported") != []
    book = load_workbook(send(folder, tmp_path / "收"))
    assert all("说明.docx" not in str(row[1].value) for row in rows_of_form(book["疑问"]))
    assert any("说明.docx" in str(row[1].value) for row in book["说明"].iter_rows())


# --- the whole way -------------------------------------------------------------------------------


def test_the_screen_tells_what_came_of_answers_about_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = ["学校标识码", "学校名称", "单位代码", "学校类别", "在办", "视频监控已联网"]
    rows: Rows = [
        head,
        ["2132001201", "甲", "320681", "小学", "是", "部分"],
        ["2132001202", "乙", "320681", "小学", "是", "是"],
    ]

    def hide(_: Any, sheet: Any) -> None:
        sheet.set_row(2, None, None, {"hidden": True})

    path, folder = write_xlsx(tmp_path / "启东.xlsx", ("学校", rows), more=hide), tmp_path / "收"
    command = ["intake", LITTLE, str(path), "--received", "2019-12-23", "--out", str(folder)]
    assert main(command) == 0
    (form,) = folder.glob("*数据疑问清单.xlsx")
    form = fill(form, {"A3": signed("更正为", "不作数据"), "F2": signed("√")}, tmp_path / "已复.xlsx")
    capsys.readouterr()
    assert main([*command, "--answers", str(form)]) == 0
    said = capsys.readouterr().out
    assert "答复：采用1条（说明行、合计、编号等1条）；需再核对1条\n  已复.xlsx《疑问》J" in said
    assert said.count("答复“√”不在“按系统”“更正为”“无法提供”之中") == 1 and "未读：" not in said


@pytest.mark.parametrize("how", ["按系统", "按 系 统", "按系统处理。", "属实", "As Taken"])
def test_an_answer_as_a_clerk_writes_it(how: str, tmp_path: Path) -> None:
    after = back(struck(tmp_path, "D2", "D4"), tmp_path, {"D2、D4": signed(how)})
    assert students(after) == [100, 200, 300] and open_cells(after) == set() and refused(after) == []


def test_a_choice_that_stands_one_column_too_far_left(tmp_path: Path) -> None:
    after = back(struck(tmp_path, "D2", "D4"), tmp_path, {"D2、D4": signed("不作数据")})
    assert students(after) == [None, 200, None] and open_cells(after) == set() and refused(after) == []
