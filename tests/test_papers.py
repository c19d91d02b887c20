"""The papers of a run: what stands in which cell, in whose hands the rest is left, and what a template may say."""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from checker import pipeline
from checker.__main__ import main
from checker.model import Pack
from checker.plan import Run
from checker.runs import manifest

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
    assert [sheet["A1"].value, sheet["X1"].value] == ["附件1", "拟稿，未经审签"]
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


@pytest.mark.parametrize(
    ("cell", "text", "code", "said"),
    [
        ("C5", "{{隐患.隐患等极}}", "E66", "工作表“隐患台账”单元格 C5：{{隐患.隐患等极}} 不是可用的占位符"),
        ("A3", "{{统记时点}}", "E66", "工作表“隐患台账”单元格 A3：{{统记时点}} 不是可用的占位符"),
        ("A3", "{{统计时点}", "E66", "“{{”和“}}”不成对"),
        ("C5", "{{问题.编号}}", "E66", "同一行用了几个清单"),
        ("C6", "=SUM(A5:A5)", "E67", "单元格 C6 是公式"),
        ("X1", "", "E67", "没有注明“拟稿，未经审签”"),
    ],
)
def test_a_template_that_cannot_be_filled_is_an_error(pack: Path, cell: str, text: str, code: str, said: str) -> None:
    edited(pack, cell, text)
    if cell == "X1":
        other = load_workbook(pack / "documents" / "隐患台账.xlsx")
        other["问题清单"]["M1"] = ""
        other.save(pack / "documents" / "隐患台账.xlsx")
    _, faults = pipeline.load_pack(pack)
    assert {fault.code for fault in faults} == {code}
    assert any(said in fault.message.zh for fault in faults)
    assert {Path(fault.span.path).name for fault in faults} == {"隐患台账.xlsx"}


def test_the_template_of_the_office_is_used(done: Run, pack: Path) -> None:
    edited(pack, "X4", "县区意见")
    (wanted,) = pipeline.papers_named(done.plan.pack, ["台账"], pack / "documents")
    (written,) = pipeline.papers(done, [wanted], manifest(done))
    assert book(written.content)["隐患台账"]["X4"].value == "县区意见"


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
