"""The forms for programs: each against its published schema, with names that hold anything, and what each says of a finding."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, get_args
from urllib.parse import unquote
from xml.etree import ElementTree

import hand_built as make
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from published import FAULTS
from reported import DUE, ODD_NAMES, RUNS, a_run, empty_run, followed_run, odd_run, ruleless_run

from checker import check, pipeline
from checker.errors import Diagnostic, Language, Span, Text
from checker.find import find
from checker.forms import BINARY, FORMS, READERS, Form
from checker.plan import Run, Scorecard
from checker.reports.machine import commands, escape, sarif_github, stream, summary
from checker.reports.machine.outcomes import urgent, with_outcomes
from checker.reports.machine.places import Places, at_cell
from checker.visible import visible_lines

COUNTY = Path(__file__).parents[1] / "examples" / "county"
LITTLE, LITTLE_DATA = (Path(__file__).parent / name for name in ("little", "little_data"))
LANGUAGES = get_args(Language)
XCCDF = "{http://checklists.nist.gov/xccdf/1.2}"


@pytest.fixture(scope="module")
def county() -> Run:
    return check("nantong-2019", COUNTY, as_of=date(2020, 1, 15), unit="启东市")


def written(run: Run, form: Form, lang: Language = "zh") -> bytes:
    return pipeline.report(run, form, lang)


def loaded(run: Run, form: Form, lang: Language = "zh") -> Any:
    return json.loads(written(run, form, lang))


def elements(run: Run, form: Form, lang: Language = "zh") -> ElementTree.Element:
    return ElementTree.fromstring(written(run, form, lang))


# --- all of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FAULTS)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", RUNS)
def test_keeps_to_the_published_schema(name: str, lang: Language, form: Form) -> None:
    assert FAULTS[form](written(RUNS[name](), form, lang)) == []


@pytest.mark.parametrize("form", FAULTS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_county_s_run_keeps_to_the_published_schema(county: Run, lang: Language, form: Form) -> None:
    assert FAULTS[form](written(county, form, lang)) == []


@pytest.mark.parametrize("form", sorted({*FAULTS} - {"junit", "xccdf"}))
def test_the_schemas_are_strict(form: Form) -> None:
    """Or the tests above would say nothing."""
    broken = re.sub(rb'("(?:message|title|fingerprint|key)"): ?("[^"]*"|\{[^}]*\})', rb"\1:7", written(a_run(), form))
    assert broken != written(a_run(), form)
    assert FAULTS[form](broken) != []


@pytest.mark.parametrize(
    ("form", "old", "new"), [("junit", b' name="', b' nom="'), ("xccdf", b"<result>", b"<result>?")]
)
def test_the_xml_schemas_are_strict(form: Form, old: bytes, new: bytes) -> None:
    assert FAULTS[form](written(a_run(), form).replace(old, new)) != []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", RUNS)
def test_the_same_run_gives_the_same_bytes(name: str, form: Form) -> None:
    assert written(RUNS[name](), form) == written(RUNS[name](), form)


def test_several_forms_at_once_are_the_same_as_one_by_one() -> None:
    run = odd_run()
    assert dict(pipeline.reports(run, FORMS, "en")) == {form: written(run, form, "en") for form in FORMS}


@pytest.mark.parametrize("form", [form for form in FORMS if form not in BINARY])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_text_is_utf_8_in_the_language_asked_for(form: Form, lang: Language) -> None:
    text = written(a_run(), form, lang).decode("utf-8-sig")
    assert ("不达标" in text) == (lang == "zh")
    assert ("not met" in text) == (lang == "en")


def test_every_form_says_for_whom_it_is() -> None:
    assert tuple(READERS) == FORMS


# --- findings as rows ----------------------------------------------------------------------------


def test_jsonl_and_parquet_hold_what_json_and_csv_hold(county: Run) -> None:
    lines = [json.loads(line) for line in written(county, "jsonl").splitlines()]
    assert lines == loaded(county, "json")["findings"]
    frame = pl.read_parquet(BytesIO(written(county, "parquet")))
    assert frame.columns == list(lines[0])
    assert frame["fingerprint"].to_list() == [line["fingerprint"] for line in lines]
    assert frame.schema["due"] == pl.Date


def test_outcomes() -> None:
    rows = [
        {"verdict": "fail", "status": "overdue"},
        {"verdict": "unknown", "status": "in_force"},
        {"verdict": "fail", "status": "not_due"},
        {"verdict": "fail", "status": "overdue", "deferred": True},
        {"verdict": "fail", "status": "overdue", "deferred": True, "advisory": True},
    ]
    usual = {"deferred": False, "advisory": False, "change": None, "fingerprint": "f"}
    told = with_outcomes(pl.DataFrame([usual | row for row in rows], schema_overrides={"change": pl.String}))
    assert told["outcome"].to_list() == ["fail", "unknown", "not_due", "deferred", "advisory"]
    assert told["id"].to_list() == ["f", "f-2", "f-3", "f-4", "f-5"]


# --- places --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "row", "column"),
    [
        ("M9", 9, 13),
        ("A1", 1, 1),
        ("AA27", 27, 27),
        ("XFD1048576", 1048576, 16384),
        ("14", 14, 0),
        ("视频:监控!联网:3", 3, 0),
    ],
)
def test_cells_are_rows_and_columns(cell: str, row: int, column: int) -> None:
    assert (at_cell("f", "", cell).row, at_cell("f", "", cell).column) == (row, column)


def test_a_cell_that_is_none_is_still_told() -> None:
    assert at_cell("f", "s", "整张表").said == "f《s》!整张表"
    assert at_cell("f", "s", "整张表").row == 0


def test_places_are_read_back_whatever_the_names_hold() -> None:
    run = odd_run()
    told = [Places(run).of(source) for source in run.findings["source"]]
    found = {(place.file, place.sheet, place.cell) for place in told if place is not None}
    assert ("启东 100%!《附件,1》: a&b.xlsx", '表|1"<', "AB2") in found
    assert ("数据!.csv", "", "视频!监控:联网:3") in found
    assert Places(run).of("另一份.xlsx!A1") is None


# --- SARIF ---------------------------------------------------------------------------------------


def test_sarif_tells_everything(county: Run) -> None:
    (run,) = loaded(county, "sarif")["runs"]
    assert len(run["results"]) == county.findings.height
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert (result["level"] == "none") == (result["kind"] != "fail")
        for location in result["locations"]:
            logical = run["logicalLocations"][location["logicalLocations"][0]["index"]]
            assert logical["fullyQualifiedName"].startswith(result["properties"]["unit"])
            if "physicalLocation" in location:
                file = location["physicalLocation"]["artifactLocation"]
                assert run["artifacts"][file["index"]]["location"]["uri"] == file["uri"]
    known = {taxon["id"] for taxon in run["taxonomies"][0]["taxa"]}
    related = [r["target"]["id"] for rule in run["tool"]["driver"]["rules"] for r in rule["relationships"]]
    assert related
    assert set(related) == known
    guids = [result["guid"] for result in run["results"]]
    assert len(set(guids)) == len(guids)


def test_sarif_of_one_finding() -> None:
    (run,) = loaded(followed_run(), "sarif")["runs"]
    here = [result for result in run["results"] if result["baselineState"] != "absent"]
    by_key = {result["properties"]["key"]: result for result in here}
    unknown, video = by_key["2"], by_key["1"]
    assert (unknown["kind"], unknown["level"], unknown["baselineState"]) == ("open", "none", "new")
    assert video["message"]["text"].startswith("阳光幼儿园：视频监控联网：不达标")
    assert video["provenance"] == {"firstDetectionTimeUtc": "2019-12-20T00:00:00Z"}
    assert video["properties"]["observed"] == {"applies": None, "1": {"video_linked": False}}
    assert {result["properties"]["change"]: result["baselineState"] for result in here} == {
        "new": "new",
        "persisting": "unchanged",
        "reopened": "new",
    }


def test_sarif_tells_who_deferred_it() -> None:
    (run,) = loaded(followed_run(), "sarif")["runs"]
    (suppression,) = [each for result in run["results"] for each in result["suppressions"]]
    assert suppression["justification"].startswith("整体搬迁 <&>\n]]>（市教育局批准；通教安〔2019〕31号；至2020-06-30")
    assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
    assert suppression["properties"]["watchedBy"] == "张某"


def test_sarif_tells_what_is_gone() -> None:
    (run,) = loaded(followed_run(), "sarif")["runs"]
    gone = [result for result in run["results"] if result["baselineState"] == "absent"]
    assert [(result["ruleId"], "ruleIndex" in result, result["kind"]) for result in gone] == [
        ("no-longer-in-force", False, "open"),
        ("video-linked", True, "fail"),
    ]
    assert gone[1]["message"]["text"] == "</已解决>：视频监控联网：已解决。"
    logical = run["logicalLocations"][gone[1]["locations"][0]["logicalLocations"][0]["index"]]
    assert (logical["name"], logical["fullyQualifiedName"]) == ("</已解决>", "320681/institution/9")


def test_sarif_says_nothing_of_deferrals_and_changes_where_nobody_looked() -> None:
    (run,) = loaded(a_run(), "sarif")["runs"]
    assert all("suppressions" not in result and "baselineState" not in result for result in run["results"])
    assert "versionControlProvenance" not in run


def test_sarif_keeps_data_questions_apart() -> None:
    (run,) = loaded(odd_run(), "sarif")["runs"]
    lost, info = run["invocations"][0]["toolExecutionNotifications"]
    assert (lost["level"], info["level"]) == ("warning", "none")
    physical = lost["locations"][0]["physicalLocation"]
    assert unquote(physical["artifactLocation"]["uri"]) == "启东 %!.xlsx"
    assert (physical["region"], physical["properties"]["cell"]) == ({"startLine": 9, "startColumn": 13}, "M9")
    assert lost["message"]["text"].startswith("] (https://example.invalid) [文字] (1) {{0}} {{没有}}")


def test_one_unit_is_a_category_of_its_own() -> None:
    whole, one = a_run(), pipeline.only_unit(a_run(), "320681")
    identity = [loaded(run, "sarif")["runs"][0]["automationDetails"] for run in (whole, one)]
    assert [each["id"] for each in identity] == ["nantong-2019/all/2020-01-15", "nantong-2019/320681/2020-01-15"]
    assert identity[0]["guid"] != identity[1]["guid"]


def test_sarif_for_github_holds_only_what_stands() -> None:
    (run,) = loaded(odd_run(), "sarif-github")["runs"]
    assert {result["ruleId"] for result in run["results"]} == {"video-linked", "weekly-report"}
    assert len(run["results"]) == len(ODD_NAMES) + 2 + 1  # neither the unknown one nor mere advice
    assert all(
        set(result) <= {"ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"}
        for result in run["results"]
    )
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]
    assert len(set(prints)) == len(prints)
    for result in run["results"]:
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert min(region.values()) >= 1
        assert location["physicalLocation"]["artifactLocation"]["uri"]
    rule = run["tool"]["driver"]["rules"][0]
    assert rule["properties"]["security-severity"] == "9.5"
    assert "security" in rule["properties"]["tags"]
    assert loaded(followed_run(), "sarif-github")["runs"][0]["results"] == []  # unknown, deferred, not due, advice


def test_sarif_for_github_keeps_to_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif_github, "MOST_RESULTS", 3)
    (run,) = loaded(odd_run(), "sarif-github")["runs"]
    assert len(run["results"]) == 3
    notification = run["invocations"][0]["toolExecutionNotifications"][0]
    assert notification["message"]["text"] == f"按轻重列出前3项，另有{len(ODD_NAMES)}项未列"
    monkeypatch.setattr(sarif_github, "LONGEST_TEXT", 5)
    (run,) = loaded(odd_run(), "sarif-github", "en")["runs"]
    assert run["tool"]["driver"]["rules"][0]["shortDescription"]["text"] == "Vide…"


# --- JUnit, XCCDF, OSCAL -------------------------------------------------------------------------


def test_junit_has_a_suite_for_each_county() -> None:
    root = elements(odd_run(), "junit")
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["如东县", "启东市", "海门市", "通州区", "未列入单位"]
    qidong = suites["启东市"]
    assert qidong.get("failures") == str(len(ODD_NAMES) + 2)
    assert qidong.get("timestamp") == "2020-01-15T00:00:00"
    assert [error.get("type") for error in root.iter("error")] == ["unknown"]
    assert {failure.get("type") for failure in qidong.iter("failure")} == {"critical"}
    for suite in root:
        cases = [(case.get("classname"), case.get("name")) for case in suite.iter("testcase")]
        assert len(cases) == len(set(cases)) == int(suite.get("tests", ""))
        for tag, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert len(list(suite.iter(tag))) == int(suite.get(attribute, ""))


def test_junit_fails_for_what_is_due_and_counts_only() -> None:
    root = elements(followed_run(), "junit")
    skipped = {case.get("classname"): case[0].get("message") for case in root.iter("testcase") if len(case)}
    assert skipped["video-linked"].startswith("经批准延期：整体搬迁 <&> ]]>（市教育局批准")
    assert skipped["bus-permit"].startswith("未到期：校车标牌有效")
    assert list(root.iter("failure")) == []
    assert "</已解决>" not in "".join(str(case.get("name")) for case in root.iter("testcase"))
    assert "启东市 未通过" in "".join(root.itertext())
    advice = elements(a_run(), "junit")
    (case,) = [case for case in advice.iter("testcase") if case.get("classname") == "weekly-report"]
    assert len(case) == 0
    assert "仅作提示 HM-0001" in "".join(advice.itertext())


def test_junit_names_stay_the_same_when_numbers_change() -> None:
    def names(run: Run) -> set[tuple[str | None, str | None]]:
        return {(case.get("classname"), case.get("name")) for case in elements(run, "junit").iter("testcase")}

    run = a_run()
    changed = run.findings.with_columns(pl.lit("QD-9999").alias("number"), pl.lit(99, pl.Int32).alias("days_overdue"))
    assert names(replace(run, findings=changed)) == names(run)


def test_xccdf_results() -> None:
    def results(run: Run) -> list[tuple[str, str, str]]:
        return [
            (
                (one.get("idref") or "").removeprefix("xccdf_nantong-2019_rule_"),
                str(one.findtext(f"{XCCDF}result")),
                one.get("role") or "",
            )
            for one in elements(run, "xccdf").iter(f"{XCCDF}rule-result")
        ]

    assert results(a_run())[:4] == [
        ("video-linked", "unknown", "full"),
        ("video-linked", "fail", "full"),
        ("bus-permit", "informational", "full"),
        ("weekly-report", "fail", "unscored"),
    ]
    assert ("video-linked", "pass", "") in results(a_run())
    assert results(followed_run())[4:6] == [("no-longer-in-force", "fixed", ""), ("video-linked", "fixed", "")]
    assert results(empty_run()) == [
        (rule, "notchecked", "") for rule in ("video-linked", "bus-permit", "weekly-report")
    ]
    assert results(ruleless_run()) == [("video-linked", "notselected", "")]
    override = elements(followed_run(), "xccdf").find(f".//{XCCDF}override")
    assert override is not None
    assert [part.text for part in override][:2] == ["fail", "notapplicable"]
    assert (override.get("authority"), override.get("time")) == ("市教育局", "2019-12-20T00:00:00Z")
    score = elements(a_run(), "xccdf").find(f"{XCCDF}score")
    assert score is not None
    assert (score.text, score.get("maximum")) == ("112", "138")


def test_oscal_chains_observation_risk_and_finding() -> None:
    told = loaded(a_run(), "oscal")["assessment-results"]
    assert told["metadata"]["oscal-version"] == "1.2.1"
    assert told["import-ap"]["href"] == "#" + told["back-matter"]["resources"][0]["uuid"]
    rudong, qidong, haimen, silent = told["results"]
    assert len(qidong["observations"]) == 2
    assert [(risk["status"], risk.get("deadline")) for risk in qidong["risks"]] == [
        ("open", "2019-12-31T23:59:59Z"),
        ("open", "2020-03-01T23:59:59Z"),
    ]
    (finding,) = qidong["findings"]
    assert finding["target"] == {
        "type": "objective-id",
        "target-id": "video-linked_obj",
        "status": {"state": "not-satisfied", "reason": "fail"},
    }
    assert finding["related-observations"][0]["observation-uuid"] == qidong["observations"][0]["uuid"]
    assert finding["related-risks"][0]["risk-uuid"] == qidong["risks"][0]["uuid"]
    subject = qidong["observations"][0]["subjects"][0]["subject-uuid"]
    assert subject in {item["uuid"] for item in qidong["local-definitions"]["inventory-items"]}
    assert "findings" not in rudong  # what is unknown is no finding
    assert len(rudong["observations"]) == 1
    assert {finding["target"]["status"]["state"] for finding in haimen["findings"]} == {"satisfied"}
    assert "observations" not in silent


@pytest.mark.parametrize("form", ["oscal", "oscal-poam"])
@pytest.mark.parametrize("name", ["ordinary", "odd", "followed"])
def test_oscal_identifiers_are_one_thing_s_only(form: Form, name: str) -> None:
    found = re.findall(r'"uuid": ?"([^"]+)"', written(RUNS[name](), form).decode())
    assert len(found) == len(set(found))


def test_oscal_closes_the_risk_of_what_is_gone() -> None:
    results = loaded(followed_run(), "oscal")["assessment-results"]["results"]
    closed = [risk["title"] for result in results for risk in result.get("risks", ()) if risk["status"] == "closed"]
    assert closed == ["</已解决> 视频监控联网"]


def test_what_is_to_be_put_right_and_by_when() -> None:
    plan = loaded(followed_run(), "oscal-poam")["plan-of-action-and-milestones"]
    told = {risk["status"]: risk for risk in plan["risks"]}
    assert sorted(told) == ["deviation-approved", "open"]
    assert told["deviation-approved"]["deadline"] == "2020-06-30T23:59:59Z"  # not the plan's day any more
    assert "增派保安巡查" in told["deviation-approved"]["mitigating-factors"][0]["description"]
    assert len(plan["poam-items"]) == 2
    assert {item["related-risks"][0]["risk-uuid"] for item in plan["poam-items"]} == {r["uuid"] for r in plan["risks"]}
    nothing = loaded(empty_run(), "oscal-poam")["plan-of-action-and-milestones"]
    assert [item["title"] for item in nothing["poam-items"]] == ["没有需要整改的问题。"]


def test_identifiers_are_the_same_in_the_next_run() -> None:
    later = a_run(as_of=date(2020, 1, 16))
    for form, name in (("oscal", "finding"), ("oscal-poam", "item")):
        first, second = (
            re.findall(r'"(?:observation|risk)-uuid":"([^"]+)"', written(r, form).decode()) for r in (a_run(), later)
        )
        assert first == second != [], name


# --- GitHub, GitLab ------------------------------------------------------------------------------

COMMAND = re.compile(r"::(error|warning|notice)(?: ([a-zA-Z]+=[^,:\r\n]*(?:,[a-zA-Z]+=[^,:\r\n]*)*))?::([^\r\n]*)")


def parsed(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """As GitHub reads a log: each line a command, its escapes taken back."""
    for line in text.splitlines():
        found = COMMAND.fullmatch(line)
        assert found, line
        level, place, message = found.groups()
        told = dict(part.split("=", 1) for part in (place or "").split(",") if part)
        back = (("%2C", ","), ("%3A", ":"), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
        for code, character in back:
            told = {name: value.replace(code, character) for name, value in told.items()}
        for code, character in back[2:]:
            message = message.replace(code, character)
        yield level, told, message


def test_annotations_are_those_that_github_keeps() -> None:
    text = written(odd_run(), "github").decode()
    told = list(parsed(text))
    levels = [level for level, _, _ in told]
    assert (levels.count("error"), levels.count("warning"), levels[-1]) == (10, 2, "notice")
    assert told[-1][2] == f"另有{len(ODD_NAMES) + 2 - 10}条，见报告"
    first = told[0]
    assert first[1]["title"].startswith("QD-0001 ")
    assert {place["file"] for _, place, _ in told[:-1]} >= {"启东 100%!《附件,1》: a&b.xlsx", "数据!.csv"}


def test_all_annotations_where_there_is_room() -> None:
    told = list(parsed(written(a_run(), "github", "en").decode()))
    assert [level for level, _, _ in told] == ["error", "warning"]
    assert written(empty_run(), "github") == b""


@given(st.text(), st.text(), st.text())
def test_no_text_gives_a_command(title: str, message: str, file: str) -> None:
    text = commands.lines([commands.Annotation("error", title, message, file, 3)], "zh")
    ((level, place, said),) = list(parsed(text)) if title or file else [("error", {"line": "3"}, "")]
    assert (level, place["line"]) == ("error", "3")
    assert len(text.splitlines()) == 1
    if title or file:
        assert said == visible_lines(message)


def test_gitlab_issues() -> None:
    issues = loaded(odd_run(), "gitlab")
    assert [issue["severity"] for issue in issues[:2]] == ["blocker", "blocker"]
    assert {issue["severity"] for issue in issues} == {"blocker", "major", "info"}
    prints = [issue["fingerprint"] for issue in issues]
    assert len(set(prints)) == len(prints)
    weekly = next(issue for issue in issues if issue["check_name"] == "weekly-report")
    assert weekly["location"] == {"path": "weekly-report.yaml", "lines": {"begin": 1}}  # no sheet holds it
    assert loaded(empty_run(), "gitlab") == []


# --- Markdown ------------------------------------------------------------------------------------


def shown(markdown: str) -> list[Any]:
    return MarkdownIt("gfm-like", {"linkify": False}).parse(markdown)


@pytest.mark.parametrize("form", ["github-summary", "markdown"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_markdown_shows_names_as_they_are(form: Form, lang: Language) -> None:
    text = written(odd_run(), form, lang).decode()
    tokens = shown(text)
    inside = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in inside} <= {"text", "text_special"}
    assert not {token.type for token in tokens} & {"html_block", "fence", "code_block", "blockquote_open"}
    said = "".join(child.content for child in inside)
    names = urgent(with_outcomes(odd_run().findings), "fail")["name"].head(10).drop_nulls()
    assert [name for name in names if escape.line(name) not in said] == []
    assert not re.search(r"(?<!&)[@#]\w", re.sub(r"^#+ ", "", text, flags=re.MULTILINE))


@given(st.text())
def test_a_cell_is_one_cell(text: str) -> None:
    cells = shown(f"| a | b |\n| --- | --- |\n| {escape.markdown(text)} | x |\n")
    assert sum(token.type == "td_open" for token in cells) == 2
    kinds = {child.type for token in cells for child in token.children or ()}
    assert kinds <= {"text", "text_special"}


def test_a_summary_ends_after_a_whole_row(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = written(odd_run(), "github-summary")
    rows = len(ODD_NAMES) + 2 + 2
    assert whole.count(b"| QD-") + whole.count(b"| HM-") + whole.count(b"| XX-") == rows
    monkeypatch.setattr(summary, "MOST_BYTES", len(whole) - 1)
    cut = written(odd_run(), "github-summary").decode()
    table, last = cut.rstrip("\n").split("\n\n")[-2:]
    assert last == "篇幅所限，另有1项未列，见完整报告。"
    assert all(line.startswith("| ") and line.endswith(" |") for line in table.splitlines()[2:])
    assert len(cut.encode()) < len(whole) + 100
    monkeypatch.setattr(summary, "MOST_BYTES", 1)
    assert f"{rows} more do not fit here" in written(odd_run(), "github-summary", "en").decode()
    assert summary.MOST_BYTES < 2**20


def test_a_merge_request_is_told_in_short() -> None:
    text = written(odd_run(), "markdown").decode()
    assert text.count("\n| QD-") == 10
    assert f"到期未达标{len(ODD_NAMES) + 3}项，最要紧的10项" in text
    assert "没有与以往运行比较。" in text
    followed = written(followed_run(), "markdown").decode()
    assert "与2019年12月20日相比：新增不达标1项，新增待核1项，反弹1项，仍不达标1项，已解决1项，已核清1项。" in followed
    assert "没有到期未达标的问题。" in followed


# --- many ----------------------------------------------------------------------------------------


def test_gravest_first() -> None:
    plan = make.plan(make.video(), make.permit())
    tables = make.data([{"code": str(n), "name": f"学校{n}", "unit_code": "320681"} for n in range(4)])
    found = [
        make.found(1, 0, "苏F1", "320681", due=DUE, days=300, observed={"1": {"permit_until": "2019-01-01"}}),
        make.found(0, 1, "1", "320681", due=DUE, days=15, observed={"1": {"video_linked": False}}),
        make.found(0, 2, "2", "320681", "unknown", due=DUE, days=90, observed={"1": {"video_linked": None}}),
        make.found(0, 3, "3", "320681", due=DUE, days=20, observed={"1": {"video_linked": False}}),
    ]
    findings, counts = find(plan, tables, make.evaluation(found, []))
    run = Run(plan, tables, findings, Scorecard(counts, (), ()), "reference")
    issues = loaded(run, "gitlab")
    assert [issue["description"].split("：")[0] for issue in issues] == ["学校3", "学校1", "学校2", "苏F1"]


@given(st.lists(st.text()), st.text())
def test_long_lists_are_written_item_by_item(items: list[str], text: str) -> None:
    whole = {"head": text, "list": stream.long("it"), "in": [{"again": stream.long("it")}]}
    assert json.loads(stream.document(whole, {"it": items})) == {"head": text, "list": items, "in": [{"again": items}]}


# --- what is wrong with rules ----------------------------------------------------------------------

FAULTY = [
    Diagnostic(
        "E11",
        Span("规则/甲,乙 100%.yaml", 11, 5, 9),
        Text("没有名为“x”的列", 'no field "x"'),
        Text("是否为“y”？", "y?"),
    ),
    Diagnostic(
        "E11",
        Span("规则/甲,乙 100%.yaml", 30, 5, 9),
        Text("没有名为“x”的列", 'no field "x"'),
        Text("是否为“y”？", "y?"),
    ),
    Diagnostic("MISS01", Span("a.yaml"), Text("提醒\n::error::x", "note"), None, "warning"),
    Diagnostic("E07", Span(""), Text("缺少{条款}", "no {clause}")),
]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("faults", [FAULTY, []], ids=["some", "none"])
def test_faults_of_rules_for_ci(faults: list[Diagnostic], lang: Language) -> None:
    assert FAULTS["gitlab"](pipeline.faults(faults, "gitlab", lang)) == []
    assert FAULTS["sarif"](pipeline.faults(faults, "sarif", lang)) == []
    told = list(parsed(pipeline.faults(faults, "github", lang).decode()))
    assert len(told) == len(faults)


def test_a_fault_stands_where_it_is() -> None:
    told = list(parsed(pipeline.faults(FAULTY, "github", "zh").decode()))
    assert told[1] == (
        "error",
        {"file": "规则/甲,乙 100%.yaml", "line": "11", "col": "5", "endColumn": "9", "title": "E11"},
        "没有名为“x”的列\n建议：是否为“y”？",
    )
    assert told[-1][0] == "warning"  # errors first: GitHub drops what comes last
    issues = json.loads(pipeline.faults(FAULTY, "gitlab", "zh"))
    assert issues[1]["location"] == {"path": "规则/甲,乙 100%.yaml", "lines": {"begin": 11}}
    assert len({issue["fingerprint"] for issue in issues}) == 4
    (run,) = json.loads(pipeline.faults(FAULTY, "sarif", "zh"))["runs"]
    assert run["results"][1]["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 11,
        "startColumn": 5,
        "endLine": 11,
        "endColumn": 9,
    }
    assert run["results"][0]["message"]["text"] == "缺少{{条款}}"


def test_a_fault_is_the_same_when_lines_move() -> None:
    moved = [
        Diagnostic(d.code, Span(d.span.path, d.span.line + 7, d.span.column), d.message, d.hint, d.severity)
        for d in FAULTY
    ]
    for form in ("gitlab", "sarif"):
        first, second = (
            re.findall(r'"(?:fingerprint|primaryLocationLineHash)":"([^"]+)"', pipeline.faults(f, form, "zh").decode())
            for f in (FAULTY, moved)
        )
        assert first == second != []


def test_many_faults_are_counted() -> None:
    many = [Diagnostic("E11", Span("a.yaml", line), Text("错", "wrong")) for line in range(1, 26)]
    told = list(parsed(pipeline.faults(many, "github", "en").decode()))
    assert len(told) == 11
    assert told[-1] == ("notice", {}, "15 more in the report")


# --- one unit ------------------------------------------------------------------------------------


def another_s(tmp_path: Path) -> tuple[Run, list[str]]:
    """A run of two units from sheets that hold both, with doubts about both, after an earlier run; and what is Rudong's."""
    data = tmp_path / "data"
    shutil.copytree(LITTLE_DATA, data)
    head, *rows = (data / "学校.csv").read_text("utf-8").splitlines()
    named = head.split(",").index("学校名称"), head.split(",").index("在校生数"), head.split(",").index("单位代码")
    private = []
    for at, row in enumerate(rows):
        cells = row.split(",")
        cells[named[0]], cells[named[1]] = f"甲校{at}", f"约{at}00人上下"
        if cells[named[2]] == "如东县":
            cells[named[0]], cells[named[1]] = f"乙校{at}", f"乙约{at}00人"
            private += [cells[named[0]], cells[named[1]]]
        rows[at] = ",".join(cells)
    (data / "学校.csv").write_text("\n".join([head, *rows]), "utf-8")
    pack = pipeline.sound_pack(LITTLE)
    pipeline.save(pipeline.run(pack, pipeline.read_data(pack, [LITTLE_DATA]), date(2020, 1, 15)), tmp_path / "earlier")
    earlier = pipeline.earlier_runs(pack, date(2020, 1, 31), [tmp_path / "earlier"])
    run = pipeline.run(pack, pipeline.read_data(pack, [data]), date(2020, 1, 31), earlier=earlier)
    return run, private


def test_a_unit_s_report_holds_nothing_of_another_s(tmp_path: Path) -> None:
    run, private = another_s(tmp_path)
    assert len(private) >= 4
    assert set(run.tables.questions["raw"].drop_nulls()) & set(private), "there are doubts about the other unit"
    own = pipeline.only_unit(run, "320681")
    assert own.tables.questions.height > 0
    for form in set(FORMS) - BINARY:
        whole, part = (written(each, form).decode() for each in (run, own))
        assert [text for text in [*private, "如东"] if text in part] == [], form
        assert "如东" in whole or form in ("github", "gitlab", "sarif-github", "jsonl"), form
    assert set(pl.read_parquet(BytesIO(written(own, "parquet")))["unit"]) == {"320681"}


def test_a_unit_s_questions_are_those_of_its_sheets_and_records(tmp_path: Path) -> None:
    run, private = another_s(tmp_path)
    for unit, theirs in (("320681", False), ("320623", True)):
        raw = set(pipeline.only_unit(run, unit).tables.questions["raw"].drop_nulls())
        assert bool(raw & set(private)) == theirs
