"""checker intake: how a county's files are understood, sheet by sheet and column by column, and what the screen says of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from checker import intake, pipeline
from checker.__main__ import main
from checker.model import Pack
from checker.understood import Sheet

DATA = Path(__file__).parent / "data"
MESSY = DATA / "messy-sheet.csv"
DAY = date(2019, 12, 23)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The papers go to the folder in which one works."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return pipeline.sound_pack("nantong-2019")


def looked(pack: Pack, *paths: Path, **more: object) -> tuple[Sheet, ...]:
    return intake.look(pack, paths, received_on=DAY, **more).sheets  # type: ignore[arg-type]


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[object]]], hidden: Sequence[str] = ()) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
            if name in hidden:
                sheet.hide()
    return path


# --- the record of a sheet -----------------------------------------------------------------------


def test_the_sheet_as_it_arrives(pack: Pack) -> None:
    (sheet,) = looked(pack, MESSY)
    assert (sheet.table, sheet.state, sheet.heading, sheet.data, sheet.rows) == (
        "institution",
        "read",
        (4, 5),
        (6, 14),
        9,
    )
    assert dict(sheet.left_out) == {"title_rows": 3, "total_row": 1, "footnote_row": 1}
    known = {column.place: (column.how, column.field) for column in sheet.columns}
    assert known["A"] == ("serial", "")
    assert known["B"] == ("alias", "town")
    assert known["C"] == ("exact", "name")
    assert known["L"] == ("neighbour", "alarm_linked")
    assert sheet.columns[11].heading == ("安防建设情况", "与公安联网")
    assert sheet.columns[5].samples == ("公办", "民办(普惠)", "公建民营")
    assert all(0 <= column.confidence <= 1 for column in sheet.columns)
    assert all((column.confidence > 0) == column.is_read for column in sheet.columns)


def test_looking_changes_nothing_about_the_reading(pack: Pack) -> None:
    read = intake.read(pack, [MESSY], received_on=DAY)
    seen = intake.look(pack, [MESSY], received_on=DAY).tables
    assert read.questions.equals(seen.questions)
    assert all(read.frames[name].equals(seen.frames[name]) for name in pack.tables)


def test_hidden_sheets_are_read_only_if_somebody_says_so(pack: Pack, tmp_path: Path) -> None:
    rows = [["学校标识码", "学校名称"], ["2132001201", "实验小学"]]
    path = workbook(tmp_path / "启东.xlsx", {"学校": rows, "Sheet1 (2)": rows, "空": []}, hidden=["Sheet1 (2)"])
    assert [sheet.state for sheet in looked(pack, path)] == ["read", "hidden", "empty"]
    assert [sheet.state for sheet in looked(pack, path, hidden=True)] == ["read", "read", "empty"]


def test_the_unit_that_sent_it(pack: Pack, tmp_path: Path) -> None:
    rows = [["填报单位：如皋市教育局"], ["学校标识码", "学校名称"], ["2132001201", "实验小学"]]
    path = workbook(tmp_path / "甲.xlsx", {"学校": rows})
    assert [sheet.unit for sheet in looked(pack, path)] == ["320682"]
    told = intake.look(pack, [path], unit="启东市", received_on=DAY)
    assert told.unit == "320681"
    assert [sheet.unit for sheet in told.sheets] == ["320681"]


# --- what is only suggested ----------------------------------------------------------------------


def csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_heading_that_is_only_near_is_asked_about_and_not_used(pack: Pack, tmp_path: Path) -> None:
    path = csv(tmp_path / "学校.csv", "学校标识码,学校名称,监控联网情况,校长星座", "2132001201,实验小学,是,狮子座")
    told = intake.look(pack, [path])
    columns = {column.place: column for column in told.sheets[0].columns}
    assert (columns["C"].how, columns["C"].field, columns["C"].confidence) == ("suggested", "", 0.0)
    assert columns["C"].suggestions[0].name == "video_linked"
    assert 0.6 <= columns["C"].suggestions[0].confidence < 0.9
    assert (columns["D"].how, columns["D"].suggestions) == ("unknown", ())
    assert told.tables.frames["institution"]["video_linked"].to_list() == [None]
    asked = told.tables.questions.filter(told.tables.questions["code"] == "unmapped_column")
    assert [text.split("、")[0] for text in asked["candidate"].fill_null("")] == ["视频监控已与公安联网", ""]
    assert "是否为“视频监控已与公安联网”" in asked["message_zh"][0]


def test_a_field_that_another_column_holds_is_not_suggested(pack: Pack, tmp_path: Path) -> None:
    head = "学校标识码,学校名称,视频监控已与公安联网,监控联网情况"
    (sheet,) = looked(pack, csv(tmp_path / "学校.csv", head, "2132001201,实验小学,是,是"))
    assert "video_linked" not in [each.name for each in sheet.columns[3].suggestions]


def test_english_headings_are_compared_by_their_words(pack: Pack, tmp_path: Path) -> None:
    path = csv(tmp_path / "institution.csv", "code,name,Full-time guards (number)", "2132001201,a,3")
    (sheet,) = looked(pack, path)
    assert sheet.columns[2].suggestions[0].name == "guards_full_time"


def test_a_sheet_that_is_not_recognised_gets_suggestions_of_tables(pack: Pack, tmp_path: Path) -> None:
    path = csv(tmp_path / "x.csv", "车辆号牌号,校车核定载客,标牌到期", "苏F12345,19,2020-01-01")
    (sheet,) = looked(pack, path)
    assert sheet.state == "not_recognised"
    assert sheet.suggestions[0].name == "bus"


def test_brackets_that_change_the_meaning_are_a_doubt(pack: Pack, tmp_path: Path) -> None:
    head = "学校标识码,学校名称,专职保安人数（含兼职）,在校生数（人）,寄宿生数(填数字)"
    told = intake.look(pack, [csv(tmp_path / "学校.csv", head, "2132001201,实验小学,3,800,20")])
    asked = told.tables.questions.filter(told.tables.questions["code"] == "head_note")
    assert asked.select("cell", "field", "severity").rows() == [("C1", "guards_full_time", "doubt")]
    assert "含兼职" in asked["message_zh"][0]
    assert [column.how for column in told.sheets[0].columns[2:]] == ["loose"] * 3


# --- the command ---------------------------------------------------------------------------------


def test_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    args = ["intake", "nantong-2019", str(MESSY), "--unit", "启东市", "--received", "2019-12-23", "--lang", "zh"]
    assert main(args) == 0
    out = capsys.readouterr().out
    assert "收到：messy-sheet.csv　1张表" in out
    assert "第4—5行（合并表头），15列：认出13列；“序号”“备注”不作数据" in out
    assert "第6—14行，9行；跳过：标题3行、合计行1、表下说明1行" in out
    assert "合计写“8所”，明细为9" in out
    assert main([*args, "--verbose"]) == 0
    more = capsys.readouterr().out
    assert "100% 表头相同" in more and "公办 | 民办(普惠) | 公建民营" in more


def test_the_screen_in_english(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["intake", "nantong-2019", str(MESSY), "--received", "2019-12-23", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    ours = re.sub(r"“[^”]*”|\"[^\"]*\"", "", out)
    assert not re.search(r"[\u4e00-\u9fff]", ours), ours


def test_why_a_sheet_was_not_read_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [["指标", "甲小学"], ["学校标识码", "2132001201"], ["在校生数", 300], ["专职保安人数", 2]]
    path = workbook(tmp_path / "甲小学.xlsx", {"登记": rows})
    assert main(["intake", "nantong-2019", str(path), "--received", "2019-12-23"]) == 2
    out = capsys.readouterr().out
    assert out.count("《登记》") == 1 and "一校一行" in out


def test_the_day_of_receipt_is_never_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["intake", "nantong-2019", str(MESSY)]) == 2
    assert "U40" in capsys.readouterr().err


def test_nothing_readable_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "通讯录.csv"
    path.write_text("姓名,电话\n甲,1\n", "utf-8")
    assert main(["intake", "nantong-2019", str(path), "--received", "2019-12-23"]) == 2
    assert "认不出是哪张表" in capsys.readouterr().out
    assert main(["intake", "nantong-2019", str(tmp_path / "无"), "--received", "2019-12-23"]) == 2
