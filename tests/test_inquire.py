"""The papers that go back to a county: a form that can be answered by itself, a copy with comments, a short letter."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from test_intake import DAY, PACK, Rows, messy_workbook, write_csv, write_xlsx

from checker import intake, pipeline
from checker.model import Pack
from checker.pipeline import answering
from checker.pipeline.weighing import weights
from checker.sheet_text import is_live
from checker.weigh import WEIGHT_SCHEMA

HEAD = ["学校标识码", "学校名称", "学校类别", "在校生数", "视频监控是否与公安联网"]
COLUMNS = [
    "序号", "文件", "工作表", "单元格", "学校", "指标", "原填内容", "疑问", "系统暂按",
    "请填报单位确认", "更正内容", "确认人", "确认日期",
]  # fmt: skip


def asked(pack: Pack, *paths: Path, weighed: pl.DataFrame | None = None, unit: str = "320681") -> answering.Asked:
    tables = pipeline.read_data(pack, paths, unit=unit, received_on=DAY)
    return answering.Asked(pack, tables, paths, unit, DAY, DAY, weighed)


def with_weights(of: answering.Asked) -> answering.Asked:
    return answering.Asked(of.pack, of.tables, of.data, of.unit, DAY, DAY, weights(of.pack, of.tables, DAY))


def light(of: answering.Asked, heavy: str = "") -> answering.Asked:
    """Nothing rests on any question but those about `heavy`."""
    fields = of.tables.questions["field"]
    rows = [("critical", ["x"], 2) if field == heavy else ("none", [], 0) for field in fields]
    frame = pl.DataFrame(rows, schema=WEIGHT_SCHEMA, orient="row")
    return answering.Asked(of.pack, of.tables, of.data, of.unit, DAY, DAY, frame)


def form_of(papers: answering.Papers, name: str = "启东市-数据疑问清单.xlsx") -> Any:
    return load_workbook(io.BytesIO(papers.files[name]))


def lines(sheet: Any) -> list[dict[str, Any]]:
    rows = list(sheet.iter_rows(values_only=True))
    head = next(at for at, row in enumerate(rows) if "疑问编号" in row)
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :] if row[rows[head].index("疑问编号")]]


# --- the form of the messy county ----------------------------------------------------------------


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> answering.Papers:
    path = messy_workbook(tmp_path_factory.mktemp("messy") / "附件1：启东市统计表.xlsx")
    return answering.papers(with_weights(asked(pipeline.sound_pack("nantong-2019"), path)), "zh")


def test_the_columns_and_the_title_are_those_of_the_letter(messy: answering.Papers) -> None:
    sheet = form_of(messy)["疑问"]
    assert sheet["A1"].value == "关于核对《启东市统计表》有关数据的函"
    head = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "序号")
    assert list(head[:13]) == COLUMNS
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A1:M1"]
    assert sheet.freeze_panes == "E6" and sheet.auto_filter.ref.startswith("A5:M")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (
        "landscape",
        9,
        0,
    )
    assert sheet.print_title_rows == "$5:$5" and "$M$" in sheet.print_area
    assert [sheet.column_dimensions[letter].hidden for letter in "MNOP"] == [False, True, True, True]
    assert [s.title for s in form_of(messy).worksheets if s.sheet_state == "hidden"] == ["口径", "选项"]


def test_what_decides_a_critical_verdict_comes_first(messy: answering.Papers) -> None:
    sheet = form_of(messy)["疑问"]
    order = [str(row[0]) for row in sheet.iter_rows(min_row=6, values_only=True)]
    heads = [at for at, cell in enumerate(order) if re.match("[一二三]、", cell)]
    assert [order[at] for at in heads] == [
        "一、影响关键要求判定的（20条）",
        "二、影响其他判定的（10条）",
        "三、其余（5条，同类的合为一条）",
    ]
    assert heads[0] == 0 and [order[at - 1] for at in heads[1:]] == ["20", "30"]
    by_cell = {line["单元格"]: line for line in lines(sheet)}
    assert all(by_cell[cell]["序号"] <= 20 for cell in ("L5", "I10", "M9", "M13", "I6、I7"))
    assert all(20 < by_cell[cell]["序号"] <= 30 for cell in ("G7", "J9", "N13"))
    assert all(by_cell[cell]["序号"] > 30 for cell in ("D8", "C15"))


def test_a_line_can_be_answered_by_itself(messy: answering.Papers) -> None:
    by_cell = {line["单元格"]: line for line in lines(form_of(messy)["疑问"])}
    planned = by_cell["M9"]
    assert (planned["学校"], planned["原填内容"], planned["系统暂按"]) == ("阳光幼儿园", "拟2020年3月联网", "否")
    assert "请核对：按“否”，还是“是”？" in planned["疑问"]
    assert "影响判定：视频监控系统与公安机关联网" in planned["疑问"]
    assert "是“3”，还是别的？" in by_cell["I10"]["疑问"]
    twice = by_cell["I6、I7"]
    assert (twice["学校"], twice["原填内容"], twice["系统暂按"]) == ("实验小学", "4 / 2", "待核")
    assert "以哪一个为准，“4”还是“2”？" in twice["疑问"]
    assert by_cell["L5"]["系统暂按"] == "一键报警是否与公安联网"
    assert not any("错误" in line["疑问"] for line in by_cell.values())


def test_answers_are_chosen_from_lists(messy: answering.Papers) -> None:
    book = form_of(messy)
    sheet, lists = book["疑问"], book["选项"]

    def offered(cell: str) -> list[str]:
        for rule in sheet.data_validations.dataValidation:
            if cell in rule.sqref and rule.type == "list":
                first, last = re.findall(r"\$[A-Z]+\$\d+", rule.formula1)
                return [each[0].value for each in lists[f"{first}:{last}".replace("$", "")]]
        return []

    row = {line["单元格"]: at for at, line in rows_of(sheet)}
    assert offered(f"J{row['M9']}") == ["按系统", "更正为", "无法提供"]
    assert offered(f"K{row['M9']}") == ["是", "否"]
    assert offered(f"K{row['I6、I7']}") == ["4", "2", "第6行", "第7行"]
    assert offered(f"K{row['F10']}") == ["公办", "民办"]
    assert offered(f"K{row['G7']}") == []
    assert {"视频监控是否与公安联网", "不作数据"} <= set(offered(f"K{row['L5']}"))
    assert offered(f"K{row['C15']}") == ["以明细为准", "明细缺行"]


def rows_of(sheet: Any) -> list[tuple[int, dict[str, Any]]]:
    numbers = [row[0].row for row in sheet.iter_rows() if isinstance(row[0].value, int | float)]
    return list(zip(numbers, lines(sheet), strict=True))


def test_the_cells_to_fill_in_are_text_and_a_real_date(messy: answering.Papers) -> None:
    sheet = form_of(messy)["疑问"]
    at = rows_of(sheet)[0][0]
    assert [sheet.cell(at, column).number_format for column in (4, 7, 10, 11, 12, 13)] == ["@"] * 5 + ["yyyy-mm-dd"]
    assert [sheet.cell(at, column).fill.fill_type for column in (4, 9, 10, 13)] == ["solid", "solid", None, None]
    assert not sheet.protection.sheet  # it must stay possible to sort and filter


def test_what_is_only_told_has_its_own_sheet(messy: answering.Papers) -> None:
    book = form_of(messy)
    told = [row[4] for row in book["说明"].iter_rows(min_row=5, values_only=True) if row[0]]
    assert any("合计行，不采用" in text for text in told)
    assert not any("合计行，不采用" in line["疑问"] for line in lines(book["疑问"]))
    basis = [row[:2] for row in book["口径"].iter_rows(max_row=5, values_only=True)]
    assert basis[0][1].startswith("nantong-2019 ") and "sha256:" in basis[4][1]


def test_the_letter_is_short_polite_and_unsigned(messy: answering.Papers) -> None:
    text = messy.files["启东市-来函.txt"].decode("utf-8-sig")
    title, *body = text.splitlines()
    assert title == "关于核对《启东市统计表》有关数据的函" and len(body) == 5
    assert body[0] == "启东市：你单位2019年12月23日报来的《附件1：启东市统计表》已收到，谢谢支持。"
    assert "共读取记录9条，有35条需要核对，其中30条影响判定" in body[1]
    assert "〔　〕月〔　〕日前" in body[4]


def test_english_papers(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "school.xlsx", ("Sheet1", [HEAD, ["2132001201", "实验小学", "小学", "约800", "部分联网"]])
    )
    papers = answering.papers(asked(PACK, path), "en")
    assert sorted(papers.files) == ["Qidong-letter.txt", "Qidong-questions.xlsx", "school-annotated.xlsx"]
    sheet = form_of(papers, "Qidong-questions.xlsx")["questions"]
    line = next(row for row in sheet.iter_rows(values_only=True) if row[3] == "E2")
    assert line[8] == "no" and 'As "no"' not in line[7] and '"no", or "yes"?' in line[7]


# --- folding -------------------------------------------------------------------------------------


def school(at: int, students: object, video: str) -> list[Any]:
    return [f"21320{at:05}", f"学校{at}", "小学", students, video]


def test_what_decides_nothing_is_one_line_for_each_kind(tmp_path: Path) -> None:
    rows: Rows = [HEAD, *(school(at, f"约{100 + at % 3}", "100%") for at in range(212))]
    path = write_xlsx(tmp_path / "学校.xlsx", ("Sheet1", rows))
    book = form_of(answering.papers(light(asked(PACK, path)), "zh"))
    students, video = lines(book["疑问"])
    assert (students["原填内容"], students["系统暂按"]) == (
        "“约100”、“约101”、“约102”",
        "约100→100、约101→101、约102→102",
    )
    assert "共212格" in students["疑问"] and students["单元格"].endswith("等212格")
    assert (video["原填内容"], video["系统暂按"]) == ("100%", "是") and "共212格" in video["疑问"]
    # Each cell that a question names can be answered by itself.
    assert len(lines(book["逐格"])) == 4 * 50


def test_what_was_not_understood_has_a_line_for_every_cell(tmp_path: Path) -> None:
    said = {20: "拟2020年联网", 21: "拟2020年联网"}
    rows: Rows = [HEAD, *(school(at, 100, said.get(at, "不详")) for at in range(22))]
    path = write_xlsx(tmp_path / "学校.xlsx", ("Sheet1", rows))
    found = lines(form_of(answering.papers(light(asked(PACK, path), "video_linked"), "zh"))["疑问"])
    assert [line["单元格"] for line in found] == [*(f"E{at}" for at in range(2, 22)), "E22、E23"]
    assert found[3]["学校"] == "学校3"
    # Whoever left a whole column open answers once, or in the sheet of single cells.
    rows = [HEAD, *(school(at, 100, "不详") for at in range(62))]
    path = write_xlsx(tmp_path / "学校.xlsx", ("Sheet1", rows))
    book = form_of(answering.papers(light(asked(PACK, path), "video_linked"), "zh"))
    assert [line["单元格"] for line in lines(book["疑问"])] == ["E2、E3、E4、E5、E6、E7等62格"]
    assert len(lines(book["逐格"])) == 50


def test_how_a_column_is_written_is_asked_once(tmp_path: Path) -> None:
    """1 and 2 mean the same in every cell: two lines, and the cells one by one for where it is not so."""
    rows: Rows = [HEAD, *([str(2132001201 + at), f"{at}小学", "小学", 100, 1 + at % 2] for at in range(6))]
    asking = asked(PACK, write_xlsx(tmp_path / "a.xlsx", ("学校", rows)))
    form = form_of(answering.papers(light(asking, heavy="video_linked"), "zh"))
    assert [line["原填内容"] for line in lines(form["疑问"])] == ["1", "2"]
    assert all("？。" not in line["疑问"] for line in lines(form["疑问"]))
    assert len(lines(form["逐格"])) == 6


def test_records_that_hardly_fit_are_asked_about_in_words(tmp_path: Path) -> None:
    """Many cells with different values: one line, each value in its own line beside it."""
    pack = pipeline.sound_pack("nantong-2019")
    head = ["学校标识码", "学校名称", "学校类别", "设有食堂", "食堂从业人员数"]
    rows: Rows = [head, *([f"21320{at:05}", f"学校{at}", "小学", "否", 3 + at % 2] for at in range(25))]
    path = write_xlsx(tmp_path / "学校.xlsx", ("Sheet1", rows))
    book = form_of(answering.papers(with_weights(asked(pack, path)), "zh"))
    (line,) = [line for line in lines(book["疑问"]) if "从业人员" in line["疑问"]]
    assert (line["原填内容"], line["系统暂按"]) == ("否", "否") and line["单元格"].endswith("等25格")
    assert "按“否”，还是“是”？共25格。" in line["疑问"]
    single = lines(book["逐格"])[1]
    assert (single["单元格"], single["学校"], single["原填内容"]) == ("D3", "学校1", "否")


def test_cells_with_different_values_are_not_corrected_as_one(tmp_path: Path) -> None:
    pack = pipeline.sound_pack("nantong-2019")
    head = ["学校标识码", "学校名称", "学校类别", "专职保安人数", "持证保安人数"]
    rows: Rows = [head, *([f"21320{at:05}", f"学校{at}", "小学", 3 + at, 9 + at] for at in range(25))]
    path = write_xlsx(tmp_path / "学校.xlsx", ("Sheet1", rows))
    book = form_of(answering.papers(with_weights(asked(pack, path)), "zh"))
    (line,) = [line for line in lines(book["疑问"]) if line["单元格"].endswith("等25格")]
    assert line["原填内容"].endswith("等") and "个别不同的，请在《逐格》表中逐格答复" in line["疑问"]
    single = lines(book["逐格"])[2]
    assert single["学校"] == "学校2" and single["原填内容"] in ("5", "11")
    assert "情况见《疑问》表同类的一条。请核对：按“" in single["疑问"]


# --- the copy ------------------------------------------------------------------------------------


def comments(sheet: Any) -> dict[str, str]:
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment is not None}


def county_workbook(path: Path) -> Path:
    """Looks that must stay, and everything that must not."""
    book = Workbook()
    sheet = book.active
    sheet.title = "城关镇"
    for row in ([*HEAD, "网格"], ["2132001201", "实验小学", "小学", "约800", "部分联网", "=1+1"]):
        sheet.append(row)
    sheet["F2"].data_type = "s"  # a text that looks like a formula
    sheet.append(["2132001202", "城南小学", "小学", 1200, "不详", '=HYPERLINK("http://example.com","x")'])
    sheet.append(["2132001203", "城北小学", "小学", "=SUM(D2:D3)", "是", None])
    sheet["B2"].font = Font(name="黑体", bold=True)
    sheet["D3"].number_format = "#,##0"
    sheet["A3"].fill = PatternFill("solid", fgColor="00FF00")
    sheet["E3"].comment = Comment("镇里的批注", "镇")
    sheet["B3"].hyperlink = "http://example.com/"
    sheet.column_dimensions["B"].width = 31
    sheet.row_dimensions[2].height = 40
    sheet["A6"] = "说明"
    sheet.merge_cells("A6:C6")
    sheet.conditional_formatting.add(
        "D2:D4", FormulaRule(formula=["D2>1"], fill=PatternFill("solid", bgColor="FF0000"))
    )
    rule = DataValidation(type="list", formula1="=[1]外部!$A$1")
    rule.add("E2")
    sheet.add_data_validation(rule)
    book.defined_names["外部"] = DefinedName("外部", attr_text="[1]Sheet1!$A$1")
    book.save(path)
    return path


def test_a_copy_keeps_the_looks_and_computes_nothing(tmp_path: Path) -> None:
    path = county_workbook(tmp_path / "城关.xlsx")
    before = sha256(path.read_bytes()).hexdigest()
    papers = answering.papers(asked(PACK, path), "zh")
    assert sha256(path.read_bytes()).hexdigest() == before
    content = papers.files["城关-批注.xlsx"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        parts = {name: archive.read(name).decode() for name in names if name.endswith((".xml", ".rels", ".vml"))}
    assert not any("externalLink" in name or "vba" in name.lower() for name in names)
    computing = re.compile(r"<f[ >]|<formula|<definedName[ >]|hyperlink|\[1\]")
    assert {name: computing.findall(part) for name, part in parts.items() if computing.search(part)} == {}
    assert not any("http://example.com" in part for name, part in parts.items() if name.endswith(".rels"))
    sheet = load_workbook(io.BytesIO(content))["城关镇"]
    assert (sheet["F2"].value, sheet["F2"].data_type) == ("=1+1", "s")
    assert (sheet["D4"].value, sheet["D4"].data_type) == ("=SUM(D2:D3)", "s")  # it never had a value
    assert sheet["B2"].font.name == "黑体" and sheet["B2"].font.bold
    assert sheet["D3"].number_format == "#,##0" and sheet["A3"].fill.fgColor.rgb == "0000FF00"
    assert sheet.column_dimensions["B"].width == 31 and sheet.row_dimensions[2].height == 40
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A6:C6"]
    told = comments(sheet)
    assert set(told) >= {"D2", "E2", "E3", "D4", "F1"}
    assert told["E3"].startswith("镇里的批注\n第") and "不详" in told["E3"]
    assert sheet["E2"].fill.fgColor.rgb == "00FFF2CC"


def test_every_doubted_cell_has_its_comment(tmp_path: Path) -> None:
    """Also those beyond the cells that a question names one by one."""
    rows: Rows = [HEAD, *(school(at, "约800" if at % 2 else 800, "100%") for at in range(150))]
    for path in (write_xlsx(tmp_path / "甲.xlsx", ("Sheet1", rows)), write_csv(tmp_path / "乙.csv", rows)):
        papers = answering.papers(light(asked(PACK, path)), "zh")
        told = comments(load_workbook(io.BytesIO(papers.files[f"{path.stem}-批注.xlsx"])).worksheets[0])
        assert {cell for cell in told if cell[0] == "D"} == {f"D{at + 2}" for at in range(150) if at % 2}
        assert {cell for cell in told if cell[0] == "E"} == {f"E{at + 2}" for at in range(150)}
        assert told["D3"] == "第1条　“在校生数”：“约800”是约数，按800"


def test_two_doubts_of_one_cell_share_a_comment(tmp_path: Path) -> None:
    rows: Rows = [HEAD, ["2132001201", "甲", "小学", "约800", "是"], ["2132001201", "甲", "小学", 700, "是"]]
    path = write_xlsx(tmp_path / "学校.xlsx", ("Sheet1", rows))
    told = comments(load_workbook(io.BytesIO(answering.papers(asked(PACK, path), "zh").files["学校-批注.xlsx"])).active)
    first, second = told["D2"].split("\n")
    assert "约数" in first and "填写不同" in second and told["D3"] == second


def test_a_sheet_in_another_format_is_copied_cell_by_cell(tmp_path: Path) -> None:
    rows: Rows = [["附件1"], HEAD, ["2132001201", "=1+1", "小学", "约800", "=cmd|'/C calc'!A0"]]
    path = write_csv(tmp_path / "学校.csv", rows, "gb18030")
    content = answering.papers(asked(PACK, path), "zh").files["学校-批注.xlsx"]
    sheet = load_workbook(io.BytesIO(content)).active
    assert [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()] == rows
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert "D3" in comments(sheet)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "<f" not in re.sub("<font|<fill|<family|<footer", "", archive.read("xl/worksheets/sheet1.xml").decode())


def test_a_file_without_cells_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "学校.parquet"
    pl.DataFrame([school(1, "约800", "是")], schema=HEAD, orient="row").write_parquet(path)
    papers = answering.papers(asked(PACK, path), "zh")
    assert papers.not_copied == ("学校.parquet",)
    assert lines(form_of(papers)["疑问"])[0]["单元格"] == "在校生数:1"


def test_a_workbook_that_cannot_be_kept_as_it_is_is_copied_cell_by_cell(tmp_path: Path) -> None:
    path = county_workbook(tmp_path / "城关.xlsx")
    with zipfile.ZipFile(path) as given:
        parts = {name: given.read(name) for name in given.namelist()}
    parts["xl/styles.xml"] = re.sub(rb"<cellXfs.*?</cellXfs>", b"<cellXfs/>", parts["xl/styles.xml"], flags=re.DOTALL)
    with zipfile.ZipFile(path, "w") as broken:
        for name, content in parts.items():
            broken.writestr(name, content)
    with pytest.raises(Exception):  # noqa: B017, PT011  whatever it is
        load_workbook(path)
    sheet = load_workbook(io.BytesIO(answering.papers(asked(PACK, path), "zh").files["城关-批注.xlsx"])).worksheets[0]
    assert sheet["B2"].value == "实验小学" and "E2" in comments(sheet)


# --- all papers ----------------------------------------------------------------------------------


def test_nothing_that_a_county_wrote_is_a_formula_in_our_papers(tmp_path: Path) -> None:
    live = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "＝1+1", '=cmd|"/C calc"!A0']
    rows: Rows = [
        [*HEAD, "=网格"],
        *([f"213200120{at}", text, "小学", text, text, text] for at, text in enumerate(live)),
    ]
    path = write_xlsx(tmp_path / "=学校.xlsx", ("=1", rows))
    papers = answering.papers(asked(PACK, path), "zh")
    for name, content in papers.files.items():
        if not name.endswith(".xlsx"):
            assert not any(is_live(line) for line in content.decode("utf-8-sig").splitlines())
            continue
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for part in archive.namelist():
                assert not re.search(rb"<f[ >]|<f/>", archive.read(part)), part
    assert any(is_live(str(line["原填内容"])) for line in lines(form_of(papers)["疑问"]))


def test_same_inputs_same_bytes(tmp_path: Path) -> None:
    """Whatever the order of sets, the hour, the folder."""
    rows: Rows = [HEAD, *(school(at, f"约{100 + at % 3}", "不详") for at in range(9)), school(3, 7, "是")]
    came = write_xlsx(tmp_path / "甲.xlsx", ("Sheet1", rows)).read_bytes()
    found = []
    for at in (1, 2):
        folder = tmp_path / f"{at}"
        folder.mkdir()
        paths = [folder / "甲.xlsx", write_csv(folder / "乙.csv", rows)]
        paths[0].write_bytes(came)
        code = "from checker.__main__ import main; import sys; sys.exit(main(sys.argv[1:]))"
        args = ["intake", str(Path(__file__).parent / "little"), *map(str, paths), "--received", "2019-12-23"]
        done = subprocess.run(
            [sys.executable, "-c", code, *args, "--unit", "启东市", "--out", str(folder / "out")],
            env={**os.environ, "PYTHONHASHSEED": str(at), "PYTHONPATH": str(Path(__file__).parents[1])},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        found.append({path.name: path.read_bytes() for path in (folder / "out").iterdir()})
    assert found[0] == found[1] and len(found[0]) == 6


def test_our_papers_are_no_data(tmp_path: Path) -> None:
    """A folder that holds what was received and what goes back is read as what was received."""
    path = write_xlsx(tmp_path / "学校.xlsx", ("Sheet1", [HEAD, school(1, "约800", "部分联网")]))
    alone = intake.read(PACK, [path])
    answering.write(asked(PACK, path), tmp_path, "zh", answering.Given())
    (tmp_path / "答复.csv").write_text("疑问编号,来自\n", "utf-8")
    read = intake.read(PACK, [tmp_path])
    assert read.frames["institution"].equals(alone.frames["institution"])
    skipped = read.questions.filter(code="our_paper")["file"].to_list()
    assert sorted(skipped) == ["启东市-数据疑问清单.xlsx", "启东市-来函.txt", "学校-批注.xlsx", "答复.csv"]
    form = tmp_path / "改名.xlsx"
    (tmp_path / "启东市-数据疑问清单.xlsx").rename(form)
    given = intake.read(PACK, [path, form])
    assert given.frames["institution"].equals(alone.frames["institution"])
    assert given.questions.filter(code="form_as_data")["file"].to_list() == ["改名.xlsx"]


def test_without_a_doubt_there_is_only_a_letter(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "学校.csv", [HEAD, school(1, "800", "是")])
    papers = answering.papers(asked(PACK, path), "zh")
    assert list(papers.files) == ["启东市-来函.txt"]
    assert "没有需要核对的内容" in papers.files["启东市-来函.txt"].decode("utf-8-sig")


def test_a_cell_that_tells_several_rows_offers_each_of_them(tmp_path: Path) -> None:
    schools = write_csv(
        tmp_path / "学校.csv",
        [
            HEAD,
            ["2132001201", "实验小学", "小学（附设幼儿园）", "800", "是"],
            ["2132001202", "城南小学", "小学", "80", "是"],
        ],
    )
    buses = write_csv(
        tmp_path / "校车.csv",
        [
            ["车牌号", "学校标识码", "核载人数"],
            ["苏F12345、苏F23456", "2132001201", "19"],
            ["苏F34567", "2132001202", "19"],
        ],
    )
    form = form_of(answering.papers(asked(PACK, schools, buses), "zh"))["疑问"]
    said = [row["疑问"] for row in lines(form) if "其余各个请另起一行填报" in row["疑问"]]
    assert any(text.endswith("这一行是“小学”还是“幼儿园”？其余各个请另起一行填报。") for text in said)
    assert any(text.endswith("这一行是“苏F12345”还是“苏F23456”？其余各个请另起一行填报。") for text in said)
