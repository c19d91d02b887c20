"""The papers of a run: what stands in which cell, in whose hands the rest is left, and what a template may say."""

from __future__ import annotations

import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from checker import pipeline
from checker.__main__ import main
from checker.errors import Diagnostic, Text, UsageError
from checker.measures import Ground, Measure, Measures
from checker.model import Pack
from checker.papers import DRAFT_TEXT, LISTS, RECORD, VALUES, Paper
from checker.pipeline.papering import _file_names
from checker.plan import Run
from checker.reports.papers.filling import fill
from checker.reports.papers.slots import Slots
from checker.runs import manifest
from checker.visible import visible

DAY = "2020-06-30"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Qidong and the city's own schools of the example, half a year on."""
    folder = tmp_path_factory.mktemp("papers")
    data = Path(__file__).parents[1] / "examples" / "nantong"
    earlier = None
    for day in ("2019-12-31", DAY):
        (folder / day).mkdir()
        for name in ("启东市.xlsx", "市直属学校（单位）.xlsx", "市教育局报送登记.xlsx"):
            shutil.copy(data / day / name, folder / day)
        command = ["run", "nantong-2019", str(folder / day), "--as-of", day, "--out", str(folder / "runs" / day)]
        assert main([*command, *(["--against", str(earlier)] if earlier else [])]) == 0
        earlier = folder / "runs" / day
    assert earlier is not None
    return earlier


@pytest.fixture(scope="module")
def done(run: Path) -> Run:
    return pipeline.open_run(run)


def book(content: bytes) -> Any:
    return load_workbook(BytesIO(content))


def paper(done: Run, name: str, unit: str | None = None) -> dict[str, bytes]:
    if unit is not None:
        done = pipeline.only_unit(done, pipeline.unit_code(done.plan.pack, unit, done.plan.as_of))
    wanted = pipeline.papers_named(done.plan.pack, [name])
    return {each.name: each.content for each in pipeline.papers(done, wanted, manifest(done))}


def table(sheet: Any, head: int = 4) -> list[dict[str, Any]]:
    """The lines under the heading, up to the notes."""
    names = [cell.value for cell in sheet[head]]
    rows = sheet.iter_rows(min_row=head + 1, values_only=True)
    return [dict(zip(names, row, strict=True)) for row in rows if isinstance(row[0], int)]


def test_the_ledger_holds_every_hazard_as_it_was_reported(done: Run) -> None:
    ((name, content),) = paper(done, "台账", "启东市").items()
    assert name == "隐患台账.xlsx"
    sheet = book(content)["隐患台账"]
    assert [sheet["A1"].value, sheet["Y1"].value] == ["附件1", "拟稿，未经审签"]
    assert sheet["A2"].value == "启东市校园和校车安全隐患排查整改台账"
    schools = dict(done.tables.frames["institution"].select("code", "name").iter_rows())
    units = dict(done.tables.frames["institution"].select("code", "unit_code").iter_rows())
    hazards = [
        row
        for row in done.tables.frames["hazard"].iter_rows(named=True)
        if units[row["institution_code"]] == "320681"
        and (row["found_on"] is None or row["found_on"] <= done.plan.as_of)
    ]
    lines = table(sheet)
    assert [line["序号"] for line in lines] == list(range(1, len(hazards) + 1))
    for line, row in zip(lines, hazards, strict=True):
        assert line["隐患编号"] == row["id"]
        assert line["学校（单位）"] == schools[row["institution_code"]]
        assert (line["发现时间"] and line["发现时间"].date()) == row["found_on"]
        assert line["隐患部位及描述"] == row["description"]
        assert [line["乡镇（街道）"], line["是否挂牌督办"], line["备注"]] == [None, None, None]
    numbers = set(done.findings["number"])
    told = [line["核对提示"] for line in lines if line["核对提示"]]
    assert told and all(part.split(" ")[0] in numbers for hint in told for part in hint.split("；"))


def test_a_ledger_that_comes_back_is_the_same_data(done: Run, tmp_path: Path) -> None:
    ((name, content),) = paper(done, "台账", "启东市").items()
    (tmp_path / name).write_bytes(content)
    back = pipeline.read_data(done.plan.pack, [tmp_path])
    told = ["id", "institution_code", "description", "level", "domain", "found_on", "deadline", "status", "accepted_on"]
    before = done.tables.frames["hazard"].filter(
        pl.col("institution_code").is_in(qidong(done).implode())
        & (pl.col("found_on") <= done.plan.as_of).fill_null(True)
    )
    assert back.frames["hazard"].select(told).sort("id").equals(before.select(told).sort("id"))
    assert not [table for table, frame in back.frames.items() if frame.height and table not in ("hazard", "unit")]
    skipped = back.questions.filter(pl.col("code") == "our_paper")["sheet"].to_list()
    assert skipped == ["问题清单"]


def qidong(done: Run) -> pl.Series:
    return done.tables.frames["institution"].filter(pl.col("unit_code") == "320681")["code"]


def test_one_number_runs_through_all_lists(done: Run) -> None:
    ((_, content),) = paper(done, "问题清单", "启东市").items()
    lists = book(content)
    numbers = [[line["问题编号"] for line in table(lists[name])] for name in ("问题清单", "责任清单", "整改清单")]
    assert numbers[0] == numbers[1] == numbers[2] and len(numbers[0]) == len(set(numbers[0])) > 20
    rows = {row["number"]: row for row in done.findings.iter_rows(named=True)}
    for line in table(lists["问题清单"]):
        row = rows[line["问题编号"]]
        assert (row["verdict"], row["unit"], row["deferred"]) == ("fail", "320681", False)
        assert row["status"] != "not_due" and line["数据来源"] == row["source"]
    assert {rows[line["问题编号"]]["verdict"] for line in table(lists["待核事项"])} == {"unknown"}
    fixed = {line["问题编号"] for line in table(lists["已解决"])}
    assert fixed and fixed.isdisjoint(rows)


def test_the_papers_of_one_unit_hold_nothing_of_another(done: Run) -> None:
    schools = done.tables.frames["institution"]
    others = [name for name, unit in schools.select("name", "unit_code").iter_rows() if unit != "320681"]
    assert others
    for name in ("台账", "问题清单"):
        ((_, content),) = paper(done, name, "启东市").items()
        cells = [str(cell) for sheet in book(content) for row in sheet.iter_rows(values_only=True) for cell in row]
        assert not [cell for cell in cells if cell.startswith("ZS-") or any(other in cell for other in others)]


def test_the_same_bytes_twice_and_nothing_that_computes(done: Run) -> None:
    for name in ("台账", "问题清单"):
        once, again = paper(done, name), paper(done, name)
        assert once == again
        cells = [
            cell for content in once.values() for sheet in book(content) for row in sheet.iter_rows() for cell in row
        ]
        assert not [cell for cell in cells if cell.data_type == "f"]


# --- templates -----------------------------------------------------------------------------------


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The pack in a folder of its own, to be spoilt."""
    source = Path(__file__).parents[1] / "rules"
    for name in ("national", "nantong-2019"):
        shutil.copytree(source / name, tmp_path / name)
    return tmp_path / "nantong-2019"


def edited(pack: Path, cell: str, text: str) -> None:
    path = pack / "documents" / "隐患台账.xlsx"
    changed = load_workbook(path)
    changed["隐患台账"][cell] = text
    changed.save(path)


def wrong(pack: Path) -> list[Diagnostic]:
    """What `checker validate` tells."""
    sound, faults = pipeline.load_pack(pack)
    return [fault for fault in (faults if sound is None else pipeline.check_pack(sound, faults)) if fault.is_error]


@pytest.mark.parametrize(
    ("cell", "text", "code", "said"),
    [
        ("C5", "{{隐患.隐患等极}}", "E66", "工作表“隐患台账”单元格 C5：{{隐患.隐患等极}} 不是可用的占位符"),
        ("A3", "{{统记时点}}", "E66", "工作表“隐患台账”单元格 A3：{{统记时点}} 不是可用的占位符"),
        ("A3", "{{统计时点}", "E66", "“{{”和“}}”不成对"),
        ("C5", "{{问题.编号}}", "E66", "同一行用了几个清单"),
        ("A3", "{{如有 合计}}", "E66", "{{如有 合计}} 不是可用的占位符"),
        ("C6", "=SUM(A5:A5)", "E67", "单元格 C6 是公式"),
        ("Y1", "", "E67", "没有注明“拟稿，未经审签”"),
    ],
)
def test_a_template_that_cannot_be_filled_is_an_error(pack: Path, cell: str, text: str, code: str, said: str) -> None:
    edited(pack, cell, text)
    if cell == "Y1":
        other = load_workbook(pack / "documents" / "隐患台账.xlsx")
        other["问题清单"]["M1"] = ""
        other.save(pack / "documents" / "隐患台账.xlsx")
    faults = wrong(pack)
    assert {fault.code for fault in faults} == {code}
    assert any(said in fault.message.zh for fault in faults)
    assert {Path(fault.span.path).name for fault in faults} == {"隐患台账.xlsx"}


@pytest.mark.parametrize(
    ("before", "after", "code", "said"),
    [
        ("每个: 学校", "每个: 学效", "E58", "没有名为“学效”的表"),
        ("每个: 学校", "每个: 学校\n措施: 挂牌督辨", "E58", "没有“挂牌督辨”这种督办措施"),
        ("每个: 学校", "每个: 学校\n措施: 挂牌督办", "E61", "按单位起草"),
        ("每个: 学校", "数字: {甲: 个数（学校}", "E", ""),
        ("每个: 学校", "数字: {甲: 个数（学校）}\n比率: {乙: {分子: 甲, 分母: 丙}}", "E58", "“数字”中没有“丙”"),
        ("模板: 整改通知.docx", "模板: 整改通告.docx", "E51", "打不开文书模板"),
        ("模板: 整改通知.docx", "模板: ../整改通知.docx", "E57", "只写文件名"),
        ("编号: rectification-notice", "编号: circular", "E59", "写了两次"),
        ("别名: [限期整改通知]", "别名: [通报]", "E59", "同时指两种文书"),
    ],
)
def test_what_is_wrong_with_a_paper_is_told(pack: Path, before: str, after: str, code: str, said: str) -> None:
    path = pack / "documents" / "rectification-notice.yaml"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")
    assert any(fault.code.startswith(code) and said in fault.message.zh for fault in wrong(pack))


def test_a_pack_below_has_a_paper_of_its_own(pack: Path, tmp_path: Path) -> None:
    below = tmp_path / "qidong"
    (below / "documents").mkdir(parents=True)
    (below / "pack.yaml").write_text(
        "schema: pack/1\nid: qidong\nversion: 1\ntitle: 启东\nextends: nantong-2019\n", "utf-8"
    )
    for name in ("circular.yaml", "督查通报.docx"):
        shutil.copy(pack / "documents" / name, below / "documents")
    found, faults = pipeline.load_pack(below)
    assert found is not None and not [fault for fault in faults if fault.is_error]
    folders = {each.id: Path(each.template).parents[1].name for each in found.papers.values()}
    assert folders["circular"] == "qidong" and folders["summary"] == "nantong-2019"


def test_a_template_that_is_damaged_is_told(done: Run, pack: Path) -> None:
    """Its text can be read, the rest cannot."""
    path = pack / "documents" / "督查通报.docx"
    with zipfile.ZipFile(path) as whole:
        content = {name: whole.read(name) for name in whole.namelist() if name != "[Content_Types].xml"}
    with zipfile.ZipFile(path, "w") as broken:
        for name, part in content.items():
            broken.writestr(name, part)
    (wanted,) = pipeline.papers_named(done.plan.pack, ["通报"], pack / "documents")
    with pytest.raises(UsageError) as refused:
        list(pipeline.papers(done, [wanted], manifest(done)))
    assert refused.value.diagnostics[0].code == "E51"


def test_a_wrong_template_holds_up_its_paper_only(pack: Path, done: Run) -> None:
    edited(pack, "A3", "{{统记时点}}")
    sound = pipeline.sound_pack(pack)
    assert pipeline.papers_named(sound, ["通报"])
    with pytest.raises(UsageError, match="E66"):
        pipeline.papers_named(sound, ["台账"])


def test_a_file_that_is_no_template(pack: Path) -> None:
    (pack / "documents" / "督查通报.docx").write_bytes(b"{{}}")
    faults = wrong(pack)
    assert [(fault.code, fault.message.zh) for fault in faults] == [("E51", "打不开文书模板，不是 Word 文件")]


def test_the_template_of_the_office_is_used(done: Run, pack: Path) -> None:
    edited(pack, "Y4", "县区意见")
    (wanted,) = pipeline.papers_named(done.plan.pack, ["台账"], pack / "documents")
    (written,) = pipeline.papers(done, [wanted], manifest(done))
    assert book(written.content)["隐患台账"]["Y4"].value == "县区意见"


def test_a_paper_that_is_none(run: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(run), "--document", "隐患台帐"]) == 2
    told = capfd.readouterr().err
    assert "没有“隐患台帐”这种文书" in told and "是否应为“隐患台账”？" in told


def test_papers_are_files(run: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    report = ["report", str(run), "--document", "台账"]
    assert main([*report, "--document", "问题清单", "--out", str(tmp_path / "给启东")]) == 0
    assert sorted(path.name for path in (tmp_path / "给启东").iterdir()) == ["问题清单.xlsx", "隐患台账.xlsx"]
    assert main([*report, "--out", str(tmp_path / "a.xlsx"), "--lang", "en"]) == 0
    assert (tmp_path / "a.xlsx").is_file() and "Chinese only" in capfd.readouterr().out
    assert main([*report, "--out", str(tmp_path / "a.docx")]) == 2
    assert "不能写成一个文件" in capfd.readouterr().err
    assert main(report) == 0
    assert (run / "文书" / "隐患台账.xlsx").is_file()
    assert main(["verify", str(run)]) == 0


def test_every_pack_paper_has_names_of_its_own() -> None:
    pack, _ = pipeline.load_pack("nantong-2019")
    assert isinstance(pack, Pack)
    names = [name for paper in pack.papers.values() for name in set(paper.names)]
    assert len(names) == len(set(names))


# --- letters -------------------------------------------------------------------------------------


def lines_of(content: bytes) -> list[str]:
    """Every paragraph, also those in tables, headers and footers."""
    paragraphs = []
    for part in Document(BytesIO(content)).part.package.iter_parts():
        if (root := getattr(part, "element", None)) is not None:
            paragraphs += ["".join(t.text or "" for t in p.iter(qn("w:t"))) for p in root.iter(qn("w:p"))]
    return paragraphs


LETTERS = ["整改通知", "责令整改通知书"]
PAPERS = [*LETTERS, "周报", "通报", "总结", "台账", "问题清单"]


@pytest.fixture(scope="module")
def written(done: Run) -> dict[str, dict[str, bytes]]:
    return {name: paper(done, name, "市直属学校（单位）") for name in PAPERS}


def texts(content: bytes, name: str) -> list[str]:
    if name.endswith(".docx"):
        return lines_of(content)
    return [str(cell.value) for sheet in book(content) for row in sheet.iter_rows() for cell in row if cell.value]


@pytest.mark.parametrize("name", LETTERS)
def test_a_school_is_told_what_is_the_matter_with_it(
    done: Run, written: dict[str, dict[str, bytes]], name: str
) -> None:
    due = done.findings.filter(
        (pl.col("verdict") == "fail")
        & pl.col("status").is_in(["in_force", "overdue", "late"])
        & ~pl.col("advisory")
        & (pl.col("subject") == "institution")
        & (pl.col("unit") == "DIRECT")
    )
    schools = dict(done.tables.frames["institution"].select("code", "name").iter_rows())
    for key in due["key"].unique():
        lines = lines_of(written[name][f"{schools[key]}-{name}.docx"])
        assert f"{schools[key]}：" in lines
        for number in due.filter(pl.col("key") == key)["number"]:
            assert sum(line == number for line in lines) >= 2  # in the list of problems and in the form that comes back
    other = {number for number in done.findings["number"] if not number.startswith("ZS-")}
    assert other.isdisjoint(line for content in written[name].values() for line in lines_of(content))


@pytest.mark.parametrize("name", PAPERS)
def test_every_placeholder_is_filled_and_every_draft_says_so(written: dict[str, dict[str, bytes]], name: str) -> None:
    assert written[name]
    for file, content in written[name].items():
        told = texts(content, file)
        assert not [line for line in told if "{{" in line or "}}" in line]
        assert DRAFT_TEXT in told


@pytest.mark.parametrize("name", PAPERS)
def test_numbers_seals_signatures_and_dates_are_left_to_people(
    done: Run, written: dict[str, dict[str, bytes]], name: str
) -> None:
    """What the office left blank in its template is blank in every paper."""
    (kind,) = pipeline.papers_named(done.plan.pack, [name])
    drawn = texts(Path(kind.template).read_bytes(), kind.template)
    left = [
        line for line in drawn if any(word in line for word in ("〔", "盖章", "填报日期", "填报人", "签发", "签名"))
    ]
    assert left and all(set(blank) <= {"　"} for line in left for blank in re.findall("〔([^〕]*)〕", line))
    for file, content in written[name].items():
        told = texts(content, file)
        assert all(
            set(blank) <= {"　"} for line in told for blank in re.findall("〔([^〕]*)〕", line) if "2006" not in blank
        )
        for line in left:
            if "{{" not in line:
                assert line in told


def test_no_placeholder_is_for_what_people_fill_in() -> None:
    names = {*VALUES, *(name for fields in LISTS.values() for name in fields), *RECORD}
    assert not [n for n in names if re.search("文号|签发|盖章|印章|成文|署名|签名|联系", n)]


def test_templates_are_laid_out_as_official_papers_are(done: Run) -> None:
    """GB/T 9704: A4, margins 37 35 28 26 mm, 28.95 pt a line, — 1 — outside."""
    for kind in done.plan.pack.papers.values():
        if not kind.template.endswith(".docx"):
            continue
        document = Document(kind.template)
        first = document.sections[0]
        margins = (first.top_margin, first.bottom_margin, first.left_margin, first.right_margin)
        assert [round(length.mm) for length in (first.page_width, first.page_height, *margins)] == [
            210,
            297,
            37,
            35,
            28,
            26,
        ]
        assert document.settings.odd_and_even_pages_header_footer
        for footer, side in ((first.footer, "RIGHT"), (first.even_page_footer, "LEFT")):
            assert footer.paragraphs[0].text == "— 1 —" and footer.paragraphs[0].alignment.name == side
        fonts = {
            (run._element.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt)
            for paragraph in document.paragraphs
            for run in paragraph.runs
        }
        assert {("仿宋_GB2312", 16), ("黑体", 16), ("方正小标宋简体", 22)} <= fonts
        pitches = [p.paragraph_format.line_spacing.pt for p in document.paragraphs if p.text.startswith("按")]
        assert set(pitches) <= {28.95}


def test_a_program_without_the_extra_says_what_to_install(
    run: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    assert main(["report", str(run), "--document", "总结"]) == 2
    assert "school-safety-checker[papers]" in capfd.readouterr().err


def test_where_nothing_is_proposed_no_paper_is_written(run: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(run), "--document", "挂牌督办", "--unit", "市直属学校（单位）"]) == 0
    assert "挂牌督办：没有需要起草的" in capfd.readouterr().out


def test_a_listing_is_a_proposal_with_its_grounds(done: Run) -> None:
    rule = next(rule for rule in done.plan.pack.escalations.rules if "list_for_supervision" in rule.raises)
    ground = Ground("incident", "1", Text("安全事件1", "incident 1"))
    proposed = Measure("QD-M1", "list_for_supervision", rule.id, "unit", "320681", "启东市", "320681", None, (ground,))
    ((name, content),) = paper(replace(done, measures=Measures((proposed,))), "挂牌督办").items()
    lines = lines_of(content)
    assert name == "启东市-挂牌督办.docx" and "启东市：" in lines
    assert "（建议稿，是否挂牌督办由决定单位决定）" in lines and "□同意　□不同意　理由：" in lines
    assert any("QD-M1" in line and "安全事件1" in line and rule.grounds.zh in line for line in lines)


# --- filling -------------------------------------------------------------------------------------


def filled(tmp_path: Path, draw: Callable[[Any], None], lists: dict[str, list[dict[str, Any]]]) -> list[str]:
    document = Document()
    draw(document)
    document.save(str(tmp_path / "t.docx"))
    slots = Slots({"统计时点": "2020年1月15日"}, {}, {name: (lambda rows=rows: rows) for name, rows in lists.items()})
    document = Document(BytesIO(fill(Paper("t", Text("", ""), str(tmp_path / "t.docx")), slots)))
    return [p.text for p in document.paragraphs] + [c.text for t in document.tables for r in t.rows for c in r.cells]


def test_word_may_cut_a_placeholder_into_pieces(tmp_path: Path) -> None:
    def draw(document: Any) -> None:
        line = document.add_paragraph("截至{")
        for piece in ("{统", "计时", "点}", "}，{{统计", "时点}}止"):
            line.add_run(piece)

    assert filled(tmp_path, draw, {}) == ["截至2020年1月15日，2020年1月15日止"]


def test_neighbouring_lines_of_one_list_are_repeated_together(tmp_path: Path) -> None:
    def draw(document: Any) -> None:
        for text in ("{{如有 问题}}有", "{{问题.编号}}", "　{{问题.要求}}", "{{如无 问题}}无", "完"):
            document.add_paragraph(text)
        document.add_table(1, 2).rows[0].cells[0].text = "{{问题.编号}}"

    both = [{"编号": "QD-1", "要求": "甲"}, {"编号": "QD-2", "要求": "乙"}]
    assert filled(tmp_path, draw, {"问题": both}) == [
        "有",
        "QD-1",
        "　甲",
        "QD-2",
        "　乙",
        "完",
        "QD-1",
        "",
        "QD-2",
        "",
    ]
    assert filled(tmp_path, draw, {"问题": []}) == ["无", "完", "", ""]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.sampled_from(["{{统计时点}}", "{{问题.编号}}", "=1"])
)
def test_whatever_a_school_is_called_stands_there_once_and_does_nothing(tmp_path: Path, name: str) -> None:
    def draw(document: Any) -> None:
        document.add_table(1, 1).rows[0].cells[0].text = "〔{{问题.学校}}〕"

    (cell,) = filled(tmp_path, draw, {"问题": [{"学校": name}]})
    told = re.sub("[\ufffe\uffff]", "\ufffd", visible(name)).replace("{{", "｛｛")
    assert cell == f"〔{told}〕"


def test_files_have_names_that_every_system_takes(done: Run) -> None:
    schools = done.tables.frames["institution"]
    mine = schools.filter(pl.col("unit_code") == "DIRECT")["code"].to_list()
    names = dict(zip(mine, ['实验/小学:"甲"', '实验:小学/"甲"', "甲" * 300, "..", ""], strict=False))
    called = [names.get(code, name) for code, name in schools.select("code", "name").iter_rows()]
    frames = {**done.tables.frames, "institution": schools.with_columns(pl.Series("name", called))}
    renamed = replace(done, tables=replace(done.tables, frames=frames))
    told = _file_names(renamed, "institution", mine)
    assert [told[code] for code in mine[:5]] == [
        f"实验_小学__甲_（{mine[0]}）", f"实验_小学__甲_（{mine[1]}）", "甲" * 40, "_", mine[4]
    ]  # fmt: skip
    assert len(set(told.values())) == len(mine)


# --- the page for the office ---------------------------------------------------------------------


def test_the_page_lists_every_placeholder() -> None:
    page = (Path(__file__).parents[1] / "docs" / "文书.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `\{\{([^}]+)\}\}` \|", page, re.M))
    lists = {f"{group}.{name}" for group, fields in LISTS.items() for name in fields}
    same = {"关键问题": "问题", "待核": "问题", "未到期": "问题", "延期": "问题", "目标合计": "目标", "领域": "事项"}
    told = {f"{same.get(entry.split('.')[0], entry.split('.')[0])}.{entry.split('.')[1]}" for entry in lists}
    assert listed == {*VALUES, *told, *(f"隐患.{name}" for name in RECORD)}
