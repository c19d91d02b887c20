"""What came of whom and when: the register, who has sent nothing, and that silence is never taken for compliance."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from jsonschema import Draft202012Validator
from python_calamine import CalamineWorkbook

from checker import intake, pipeline, register
from checker.__main__ import main
from checker.errors import DataError
from checker.model import Pack
from checker.pipeline import receiving
from checker.pipeline.receiving import Received
from checker.tables.receipts import receipts
from checker.understood import RECEIPT_FILES, Receipt

ROOT = Path(__file__).parents[1]
MESSY = ROOT / "tests" / "data" / "messy-sheet.csv"
DAY = date(2019, 12, 23)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return pipeline.sound_pack("nantong-2019")


def put(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


SCHOOLS = "填报单位：{}教育局\n学校标识码,学校名称,学校类别,办学状态,收到日期"


def schools(path: Path, unit: str, *codes: str, received: str = "") -> Path:
    return put(path, SCHOOLS.format(unit), *(f"{code},学校{code},小学,在办,{received}" for code in codes))


def came(pack: Pack, *paths: Path, unit: str | None = None, received_on: date = DAY) -> list[tuple[Any, ...]]:
    looked = intake.look(pack, paths, unit=unit, received_on=received_on)
    found = receipts(pack, looked.tables, looked.sheets, looked.returns, received_on)
    return [(each.unit, each.table, each.file, each.rows, each.first, each.last, each.until) for each in found]


# --- receipts ------------------------------------------------------------------------------------


def test_by_unit_table_and_file(pack: Pack, tmp_path: Path) -> None:
    one = schools(tmp_path / "甲.csv", "启东市", "2132001201", "2132001202")
    other = schools(tmp_path / "乙.csv", "海安市", "2132001301")
    bus = put(tmp_path / "校车.csv", "车牌号,使用学校标识码,核载人数", "苏F12345,2132001301,19")
    assert came(pack, one, other, bus) == [
        ("320681", "institution", "甲.csv", 2, DAY, DAY, None),
        ("320685", "bus", "校车.csv", 1, DAY, DAY, None),
        ("320685", "institution", "乙.csv", 1, DAY, DAY, None),
    ]


def test_rows_may_say_themselves_when_they_came(pack: Pack, tmp_path: Path) -> None:
    path = schools(tmp_path / "甲.csv", "启东市", "2132001201", received="2019-12-20")
    with path.open("a", encoding="utf-8") as file:
        file.write("2132001202,第二小学,小学,在办,\n")
    assert came(pack, path) == [("320681", "institution", "甲.csv", 2, date(2019, 12, 20), DAY, None)]


def test_whose_rows_nobody_can_say_are_the_sender_s_or_nobody_s(pack: Pack, tmp_path: Path) -> None:
    path = put(tmp_path / "校车.csv", "车牌号,使用学校标识码,核载人数", "苏F12345,2132001301,19")
    assert [row[0] for row in came(pack, path)] == [""]
    assert [row[0] for row in came(pack, path, unit="海安市")] == ["320685"]


def test_an_empty_sheet_has_come_too(pack: Pack, tmp_path: Path) -> None:
    path = put(tmp_path / "隐患台账.csv", "填报单位：启东市教育局", "隐患编号,学校标识码,隐患等级,发现时间")
    assert [row[:4] for row in came(pack, path)] == [("320681", "hazard", "隐患台账.csv", 0)]


def test_a_list_of_returns_tells_until_when_a_table_is_complete(pack: Pack, tmp_path: Path) -> None:
    drills = put(
        tmp_path / "演练记录.csv",
        "填报单位：启东市教育局",
        "演练编号,学校标识码,演练日期,演练类型",
        "1,2132001201,2019-12-01,应急疏散",
    )
    returns = put(
        tmp_path / "收表记录.csv",
        "单位,表,截至,收到日期",
        "启东市,演练,2019-12-20,2019-12-21",
        "海安市,演练,2019-12-15,2019-12-22",
    )
    assert came(pack, schools(tmp_path / "甲.csv", "启东市", "2132001201"), drills, returns) == [
        ("320681", "drill", "演练记录.csv", 1, DAY, DAY, date(2019, 12, 20)),
        ("320681", "institution", "甲.csv", 1, DAY, DAY, None),
        ("320685", "drill", "收表记录.csv", 0, date(2019, 12, 22), date(2019, 12, 22), date(2019, 12, 15)),
    ]


def test_columns_of_a_list_of_returns_are_not_dropped_in_silence(pack: Pack, tmp_path: Path) -> None:
    path = put(tmp_path / "收表记录.csv", "单位,表,截至,收到日期,经手", "启东市,演练,2019-12-20,2019-12-21,甲")
    told = intake.read(pack, [path]).questions
    assert told.filter(pl.col("code") == "unmapped_column").select("cell", "raw").rows() == [("E1", "经手")]


# --- who has sent --------------------------------------------------------------------------------


def receipt(unit: str, day: date = DAY, **more: Any) -> Receipt:
    return replace(Receipt(unit, "institution", f"{unit}.csv", "d" * 64, 3, day, day), **more)


def test_who_has_sent_and_who_has_not(pack: Pack) -> None:
    late = date(2019, 12, 28)
    found = register.standing(pack, [receipt("320681"), receipt("320685", late)], DAY, date(2019, 12, 25))
    assert (found.sent, found.late) == (("320681", "320685"), ("320685",))
    assert len(found.due) == 19 and len(found.none) == 17
    assert "320600" not in found.due  # the city itself owes nothing
    again = register.standing(pack, [receipt("320685", late), receipt("320685")], DAY, date(2019, 12, 25))
    assert again.late == ()


def test_what_was_sent_before_a_merger_counts_for_the_new_unit(pack: Pack) -> None:
    found = register.standing(pack, [receipt("320684"), receipt("320602")], date(2020, 12, 31))
    assert found.sent == ("320613", "320614")
    assert not {"320684", "320602", "320611"} & set(found.due)


def test_the_sentence(pack: Pack) -> None:
    given = [receipt(code) for code in register.standing(pack, [], DAY).due[2:]]
    told = register.sentence(pack, given, DAY, None, "zh")
    assert told == "应报19个单位，已报17个，未报2个：崇川区、港闸区"
    assert register.sentence(pack, given, DAY, DAY, "en").startswith(
        "19 units owe a report, 17 have sent, 2 sent nothing"
    )
    assert "截止后才报17个" in register.sentence(pack, given, DAY, date(2019, 12, 1), "zh")


# --- the register --------------------------------------------------------------------------------


def test_the_register_only_grows(pack: Pack, tmp_path: Path) -> None:
    first, later = receipt("320681"), receipt("320681", date(2020, 1, 3), digest="e" * 64)
    for given in ([first], [first], [later]):
        whole = register.continued(register.read(tmp_path), given)
        register.write(tmp_path, pack, whole, DAY, None, "zh")
    kept = register.read(tmp_path)
    assert [(each.unit, each.last, each.digest) for each in kept] == [
        ("320681", DAY, "d" * 12),
        ("320681", date(2020, 1, 3), "e" * 12),
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_register_is_kept_in_either_language(pack: Pack, tmp_path: Path, lang: Any) -> None:
    odd = receipt("", file="=1+1.csv", until=date(2019, 12, 31), rows=0)
    register.write(tmp_path, pack, [odd], DAY, None, lang)
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == sorted(name.of(lang) for name in RECEIPT_FILES)
    (back,) = register.read(tmp_path)
    assert (back.unit, back.rows, back.until) == ("", 0, date(2019, 12, 31))
    assert register.continued(register.read(tmp_path), [odd]) == (back,)
    # Whoever speaks another language continues the same register.
    other = register.write(tmp_path, pack, [back, receipt("320681")], DAY, None, "en" if lang == "zh" else "zh")
    assert sorted(path.name for path in other) == written
    assert len(register.read(tmp_path)) == 2


def test_the_same_receipts_the_same_bytes(pack: Pack, tmp_path: Path) -> None:
    given = [receipt("320681"), receipt("320685")]
    bytes_of = []
    for name in ("a", "b"):
        bytes_of.append([path.read_bytes() for path in register.write(tmp_path / name, pack, given, DAY, None, "zh")])
    assert bytes_of[0] == bytes_of[1]


@pytest.mark.parametrize(
    "spoiled",
    ["甲,乙\n", "{head}\n启东市,320681,学校\n", "{head}\n启东市,320681,学校,institution,a,b,三,2019-12-23,,\n"],
)
def test_a_register_that_was_changed_by_hand_is_not_overwritten(pack: Pack, tmp_path: Path, spoiled: str) -> None:
    path, _ = register.write(tmp_path, pack, [receipt("320681")], DAY, None, "zh")
    head = path.read_text("utf-8-sig").splitlines()[0]
    path.write_text(spoiled.format(head=head), "utf-8")
    with pytest.raises(DataError) as refused:
        register.read(tmp_path)
    assert refused.value.diagnostics[0].code == "E65"


def test_the_workbook_lists_those_that_sent_nothing_first(pack: Pack, tmp_path: Path) -> None:
    again = receipt("320681", date(2020, 1, 3), rows=5, digest="e" * 64)
    _, path = register.write(tmp_path, pack, [receipt("320681"), again, receipt("")], DAY, None, "zh")
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("收数情况").to_python()
    assert rows[0][0].startswith("应报19个单位，已报1个，未报18个：")
    assert rows[2] == ["单位", "报送情况", "最近收到", "学校"]
    assert [row[1] for row in rows[3:21]] == ["未报"] * 18
    # What was sent again takes the place of what came before.
    assert rows[21] == ["启东市", "已报", "2020-01-03", 5]
    assert rows[22][0] == "（未写明）"


# --- the command ---------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CHECKER_LANG", raising=False)


def test_several_intakes_one_register(capsys: pytest.CaptureFixture[str]) -> None:
    for unit, codes in (("启东市", ["2132001201"]), ("海安市", ["2132001301", "2132001302"])):
        schools(Path(f"{unit}.csv"), unit, *codes)
        args = ["intake", "nantong-2019", f"{unit}.csv", "--received", "2019-12-23", "--out", "收数", "--lang", "zh"]
        assert main(args) == 0
    out = capsys.readouterr().out
    assert "应报19个单位，已报1个，" in out and "应报19个单位，已报2个，" in out
    assert "、收数/收数登记.csv、收数/收数情况.xlsx" in out
    lines = list(csv.reader(Path("收数/收数登记.csv").read_text("utf-8-sig").splitlines()))
    assert [line[:2] + line[6:8] for line in lines[1:]] == [
        ["启东市", "320681", "1", "2019-12-23"],
        ["海安市", "320685", "2", "2019-12-23"],
    ]


def test_our_own_papers_are_no_data(pack: Pack, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path("收数")
    folder.mkdir()
    schools(folder / "启东市.csv", "启东市", "2132001201")
    args = ["intake", "nantong-2019", "收数", "--received", "2019-12-23", "--out", "收数", "--lang", "zh"]
    assert main([*args, "--write-mapping", "收数/对照表.yaml"]) == 0
    first = capsys.readouterr().out
    assert main([*args, "--write-mapping", "收数/对照表.yaml"]) == 0
    assert capsys.readouterr().out == first
    read = pipeline.read_data(pack, [folder])
    told = read.questions.filter(pl.col("code") == "our_paper")["file"].to_list()
    assert {"对照表.yaml", "收数情况.xlsx", "收数登记.csv"} <= set(told)


def schema() -> Any:
    return json.loads((ROOT / "schemas" / "intake.schema.json").read_text("utf-8"))


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    args = ["intake", "nantong-2019", str(MESSY), "--unit", "启东市", "--received", "2019-12-23", "--format", "json"]
    assert main([*args, "--out", "收数"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert list(Draft202012Validator(schema()).iter_errors(said)) == []
    assert (said["unit"], said["received_on"], said["standing"]["sent"]) == ("320681", "2019-12-23", ["320681"])
    assert said["sheets"][0]["columns"][11]["how"] == "neighbour"
    assert said["written"][-2:] == ["收数/收数登记.csv", "收数/收数情况.xlsx"]
    assert [each["rows"] for each in said["receipts"]] == [8]  # two of the nine lines are one school
    assert {each["weight"] for each in said["questions"]} == {"critical", "other", "none"}


def test_the_schema_is_closed_and_described() -> None:
    Draft202012Validator.check_schema(schema())

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            for name, inner in part.get("properties", {}).items():
                assert inner.get("description"), name
                assert part["additionalProperties"] is False
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(schema())


# --- silence -------------------------------------------------------------------------------------


def received(pack: Pack, *paths: Path, **more: Any) -> Received:
    return receiving.receive(pack, paths, received_on=DAY, **more)


def test_a_county_that_sends_nothing_is_unknown_and_never_compliant(pack: Pack, tmp_path: Path) -> None:
    head = "填报单位：启东市教育局\n学校标识码,学校名称,学校类别,办学状态,视频监控是否与公安联网,视频联网日期,使用校车"
    path = put(tmp_path / "启东市.csv", head, "2132001201,实验小学,小学,在办,是,2019-11-01,是")
    tables = pipeline.read_data(pack, [path], received_on=DAY)
    run = pipeline.run(pack, tables, date(2019, 12, 31))
    gates = {gate.unit: gate.state for gate in run.scorecard.gates}
    came = receipts(pack, tables, (), (), DAY)
    silent = register.standing(pack, came, DAY).none
    assert len(silent) == 18 and "320681" not in silent
    assert {gates[unit] for unit in silent} == {"undecided"}
    targets = [each for each in run.scorecard.targets if each.unit in silent and each.rule == "video-linked"]
    assert len(targets) == 18
    assert {each.state for each in targets} <= {"undecided", "not_applicable"}
    assert "undecided" in {each.state for each in targets}
    counts = run.scorecard.counts.filter(pl.col("unit").is_in(silent))
    assert counts.filter(pl.col("verdict") == "pass").is_empty()
    # The school has buses, and no list of buses came: nothing is known of them.
    buses = run.findings.filter((pl.col("rule") == "bus-monitored") & (pl.col("key") == "2132001201"))
    assert buses["verdict"].to_list() in (["unknown"], [])
    assert run.scorecard.counts.filter(
        (pl.col("rule") == "bus-monitored") & (pl.col("unit") == "320681") & (pl.col("verdict") == "pass")
    ).is_empty()


def test_what_came_after_the_limit_is_late_here_and_does_not_exist_for_a_run(pack: Pack, tmp_path: Path) -> None:
    path = schools(tmp_path / "启东市.csv", "启东市", "2132001201")
    limit = date(2019, 12, 20)
    told = received(pack, path, known_at=limit)
    assert told.tables.frames["institution"].height == 1
    assert "截止后才报1个：启东市" in receiving.screen(told, "zh")
    assert pipeline.read_data(pack, [path], received_on=DAY, known_at=limit).frames["institution"].is_empty()
