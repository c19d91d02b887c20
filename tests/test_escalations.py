"""The ladder of measures: what follows from findings, incidents and earlier measures, step by step, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from checker import pipeline
from checker.__main__ import main
from checker.measures import Dependence, MeasuresEngine, circle, strata
from checker.model import Pack
from checker.plan import Run

DAY = date(2020, 12, 31)
LITTLE = Path("tests/little").absolute()


@pytest.fixture(scope="module")
def pack() -> Pack:
    return pipeline.sound_pack("nantong-2019")


def judged(
    pack: Pack, *, as_of: date = DAY, measures_engine: MeasuresEngine = "reference", **frames: list[dict[str, object]]
) -> Run:
    """A run over a few rows, every unit of the pack among them."""
    kinds = {code: unit.kind for code, unit in pack.units.items()}
    units = {row["code"]: row for row in frames.pop("unit", [])}
    rows = [{"code": code, "kind": kind, **units.get(code, {})} for code, kind in kinds.items()]
    given = {"unit": pl.DataFrame(rows, infer_schema_length=None)}
    given |= {name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in frames.items()}
    return pipeline.run(pack, pipeline.from_frames(pack, given), as_of, measures_engine=measures_engine)


def proposed(run: Run) -> set[tuple[str, str, str]]:
    return {(measure.unit, measure.rule, measure.kind) for measure in run.measures.proposed}


def notice(id: str, unit: str, issued: str, by: str | None = None, done: str | None = None) -> dict[str, object]:
    days = {"issued_on": issued, "rectify_by": by, "rectified_on": done}
    return {"id": id, "unit_code": unit} | {name: day and date.fromisoformat(day) for name, day in days.items()}


def incident(id: str, day: str, **more: object) -> dict[str, object]:
    base = {"id": id, "unit_code": "320681", "occurred_on": date.fromisoformat(day)}
    return base | {"deaths": 0, "injured": 0, "major_impact": False} | more


# --- the ladders of the plan -----------------------------------------------------------------------


def test_poor_work_is_circulated_and_ordered_to_be_put_right(pack: Pack) -> None:
    poor = {"code": "320681", "rated_poor": True, "rated_poor_on": date(2020, 9, 20)}
    both = {("320681", "poor-work", "circulate"), ("320681", "poor-work", "order_to_rectify")}
    assert proposed(judged(pack, unit=[poor])) == both
    before = notice("N1", "320681", "2020-09-19")
    assert proposed(judged(pack, unit=[poor], notice=[before])) == both
    since = notice("N1", "320681", "2020-09-20")
    assert proposed(judged(pack, unit=[poor], notice=[since])) == set()
    # When the rating was given is not known: the circular may be the answer to it, and nothing is proposed.
    undated = {"code": "320681", "rated_poor": True}
    assert proposed(judged(pack, unit=[undated], notice=[before])) == set()
    assert proposed(judged(pack, unit=[{"code": "320681"}])) == set()


def test_two_unanswered_orders_lead_a_university_to_an_interview(pack: Pack) -> None:
    first = notice("N1", "U01", "2020-09-01", "2020-10-01")
    second = notice("N2", "U01", "2020-10-10", "2020-11-10", "2021-01-05")  # not yet known on the day
    run = judged(pack, notice=[first, second])
    assert proposed(run) == {("U01", "orders-unanswered", "interview")}
    (measure,) = run.measures.proposed
    assert [ground.key for ground in measure.grounds] == ["N1", "N2"]
    assert proposed(judged(pack, notice=[first])) == set()
    answered = notice("N2", "U01", "2020-10-10", "2020-11-10", "2020-12-01")
    assert proposed(judged(pack, notice=[first, answered])) == set()
    on_the_day = notice("N2", "U01", "2020-10-10", "2020-12-31")
    assert proposed(judged(pack, notice=[first, on_the_day])) == set()
    county = [{**each, "unit_code": "320681"} for each in (first, second)]
    assert proposed(judged(pack, notice=county)) == set()  # the plan says it of universities


def test_a_grave_incident_lists_the_area_and_starts_proceedings(pack: Pack) -> None:
    grave = incident("I1", "2020-05-01", deaths=1)
    run = judged(pack, incident=[grave])
    listing, proceedings = run.measures.proposed
    assert (listing.rule, listing.kind) == ("grave-incident", "list_for_supervision")
    assert (proceedings.rule, proceedings.kind) == ("listed-accountability", "accountability")
    assert [ground.key for ground in listing.grounds] == ["I1"]
    assert [(ground.table, ground.key) for ground in proceedings.grounds] == [("measure", listing.id)]
    listed = {**grave, "listed_on": date(2020, 5, 3), "accountability_on": date(2020, 5, 4)}
    assert proposed(judged(pack, incident=[listed])) == set()
    only_listed = {**grave, "listed_on": date(2020, 5, 3), "accountability_on": None}
    assert proposed(judged(pack, incident=[only_listed])) == {
        ("320681", "listing-without-accountability", "accountability")
    }
    unclear = incident("I1", "2020-05-01", deaths=None)
    assert proposed(judged(pack, incident=[unclear])) == set()


def test_incidents_are_frequent_within_twelve_months(pack: Pack) -> None:
    days = ("2019-12-31", "2020-06-01", "2020-12-31")
    three = [incident(f"I{at}", day) for at, day in enumerate(days)]
    assert ("320681", "frequent-incidents", "list_for_supervision") in proposed(judged(pack, incident=three))
    assert proposed(judged(pack, incident=[incident("I0", "2019-12-30"), *three[1:]])) == set()


def test_incidents_of_a_unit_that_was_taken_over_are_those_of_the_one_in_charge(pack: Pack) -> None:
    before = {**incident("I1", "2020-05-01", deaths=1), "unit_code": "320684"}
    assert {unit for unit, _, _ in proposed(judged(pack, incident=[before]))} == {"320614"}


def test_a_measure_about_a_hazard_names_the_hazard(pack: Pack) -> None:
    school = {"code": "2132000001", "name": "甲小学", "unit_code": "320681", "school_type": "primary"}
    late = {"id": "H1", "institution_code": "2132000001", "found_on": date(2020, 9, 1), "level": "major"}
    late |= {"status": "open", "deadline": date(2020, 11, 1), "escalated": False}
    (measure,) = judged(pack, institution=[school], hazard=[late]).measures.proposed
    assert (measure.kind, measure.unit, measure.subject, measure.key) == (
        "refer_to_government",
        "320681",
        "hazard",
        "H1",
    )


def test_facts_of_one_school_meet_and_those_of_two_do_not(tmp_path: Path) -> None:
    """A finding belongs where its record does: the school's own, and that of its bus."""
    linked = "{fact: finding, as: linked, where: rule = 'video-linked' and failed}"
    together = rule("a", f"{linked}, {{fact: bus, where: not monitored}}", by="institution")
    monitored = "{fact: finding, where: subject = 'bus' and failed and finding.severity <= linked.severity}"
    graver = rule("b", f"{linked}, {monitored}", by="institution")
    pack = pipeline.sound_pack(with_rules(tmp_path / "p", together, graver))
    schools = [
        {"code": f"S{at}", "name": f"学校{at}", "unit_code": "320681", "school_type": "primary", "operating": True}
        | {"video_linked": linked_up, "video_receipt": "1", "bus_count": 1}
        for at, linked_up in enumerate((False, False, True))
    ]
    buses = [
        {"plate": f"B{at}", "institution_code": f"S{at}", "monitored": good}
        | {"permit_until": date(2021, 1, 1) if good else date(2020, 1, 1)}
        for at, good in enumerate((False, True, False))
    ]
    county = pl.DataFrame([{"code": "320681", "kind": "county"}])
    frames = {"institution": pl.DataFrame(schools), "bus": pl.DataFrame(buses), "unit": county}
    run = pipeline.run(pack, pipeline.from_frames(pack, frames), date(2020, 3, 1))
    told = [
        (measure.rule, measure.key, measure.unit, sorted({ground.table for ground in measure.grounds}))
        for measure in run.measures.proposed
    ]
    assert told == [("a", "S0", "320681", ["bus", "finding"]), ("b", "S0", "320681", ["finding"])]


def test_ids_stay_from_run_to_run(pack: Pack) -> None:
    grave = incident("I1", "2020-05-01", deaths=1)
    before, after = (judged(pack, as_of=day, incident=[grave]) for day in (date(2020, 6, 30), DAY))
    assert [measure.id for measure in before.measures.proposed] == [measure.id for measure in after.measures.proposed]
    other = judged(pack, incident=[grave, incident("I0", "2020-04-01", deaths=2)])
    assert [measure.id for measure in other.measures.proposed] == [measure.id for measure in after.measures.proposed]


# --- a run's folder, its reports -------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(pack: Pack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = judged(pack, incident=[incident("I1", "2020-05-01", deaths=1)])
    return pipeline.save(run, tmp_path_factory.mktemp("runs") / "one")


def test_a_run_keeps_its_measures(folder: Path) -> None:
    told = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert told["measures"] == {"proposed": 2, "engine": "reference", "instead": None}
    assert "measures.json" in told["files"]
    assert len(pipeline.open_run(folder).measures.proposed) == 2
    assert pipeline.verify(folder).faults == {}


def test_gate_and_report_tell_the_proposals(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["gate", str(folder), "--unit", "启东"])
    out = capsys.readouterr().out
    assert "建议挂牌督办：发生重大安全事故或产生重大影响的事件，此后没有挂牌督办记录（安全事件1起）" in out
    assert "由市政府教育督导委员会决定。依据五（五）" in out
    main(["report", str(folder), "--format", "json", "--lang", "en"])
    measures = json.loads(capsys.readouterr().out)["measures"]
    assert [each["kind_name"] for each in measures] == ["listing for supervision", "accountability proceedings"]
    assert {each["state"] for each in measures} == {"proposed"}
    main(["gate", str(folder), "--unit", "海安"])
    assert "建议" not in capsys.readouterr().out


def test_explain_tells_the_chain(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listing, proceedings = pipeline.open_run(folder).measures.proposed
    main(["explain", str(folder), proceedings.id.lower()])
    out = capsys.readouterr().out
    assert f"· 建议挂牌督办（{listing.id}）" in out
    assert out.index(listing.id) < out.index("依据规则 重大事件地区的挂牌督办") < out.index("安全事件I1（2020-05-01）")
    assert "□同意" in out
    main(["explain", str(folder), "启动问责"])
    assert proceedings.id in capsys.readouterr().out
    main(["explain", str(folder), "约谈"])
    assert capsys.readouterr().out == "这次运行没有提出这样的建议。\n"


# --- what is refused -------------------------------------------------------------------------------

HEAD = """\
schema: escalations/1
measures:
  - {id: circulate, name: {zh: 通报, en: circular}}
  - {id: interview, name: {zh: 约谈, en: interview}}
rules:
"""


def rule(id: str, match: str, raised: str = "circulate", unless: str = "", **more: str) -> str:
    told = "".join(f"    {key}: {value}\n" for key, value in more.items())
    absent = f"    unless: [{unless}]\n" if unless else ""
    return (
        f"  - id: {id}\n    title: {{zh: 规则{id}, en: rule {id}}}\n    clause: 1-a\n    since: 2019-12-10\n"
        f"    match: [{match}]\n{absent}    raise: {raised}\n    grounds: {{zh: 因此, en: so}}\n{told}"
        "    cases:\n      - {name: a, as_of: 2020-01-15, given: {}, expect: proposed}\n"
        "      - {name: b, as_of: 2020-01-15, given: {}, expect: not_proposed}\n"
    )


def with_rules(folder: Path, *rules: str) -> Path:
    import shutil

    shutil.copytree(LITTLE, folder)
    (folder / "escalations.yaml").write_text(HEAD + "".join(rules), "utf-8")
    return folder


def faults(folder: Path) -> list[tuple[str, str]]:
    loaded, found = pipeline.load_pack(folder)
    told = found if loaded is None else pipeline.check_pack(loaded, found)
    return [(each.code, each.message.en) for each in told if each.is_error]


UNIT = "{fact: unit, where: kind = county}"
CIRCULATED = "{fact: measure, where: kind = circulate}"
INTERVIEWED = "{fact: measure, where: kind = interview}"


def test_a_circle_through_an_absence_is_shown(tmp_path: Path) -> None:
    one = rule("a", UNIT, "circulate", unless=INTERVIEWED)
    other = rule("b", CIRCULATED, "interview")
    found = faults(with_rules(tmp_path / "p", one, other))
    assert found == [
        ("E70", "measures follow from their own absence: interview → (a, unless) circulate → (b) interview")
    ]
    taken = rule("a", UNIT, "circulate", unless="{fact: measure, where: kind = interview and state = taken}")
    assert faults(with_rules(tmp_path / "q", taken, other)) == []
    # Measures that lead to each other without an absence only add up.
    assert faults(with_rules(tmp_path / "r", rule("a", INTERVIEWED, "circulate"), other)) == []


@pytest.mark.parametrize(
    ("written", "code", "told"),
    [
        (rule("a", "{fact: unit, where: kindd = county}"), "E11", 'no field "kindd" in table unit'),
        (rule("a", "{fact: units}"), "E58", 'no table "units"'),
        (rule("a", UNIT, "circular_letter"), "E58", 'no measure "circular_letter"'),
        (rule("a", UNIT, clause2="x"), "E06", 'no key "clause2"'),
        (rule("a", "{fact: target, at_least: '2.5'}"), "E61", "at_least is a whole number from 1"),
        (rule("a", "{fact: target, at_least: as_of}"), "E13", "at_least is a number or a parameter"),
        (rule("a", "{fact: target, within: 30 days}"), "E36", "target has no dated field for within"),
        (rule("a", f"{UNIT}, {UNIT}"), "E59", '"unit" means two things in this rule'),
        (rule("a", UNIT, unless="{fact: target, at_least: '2'}"), "E61", "at_least does not stand under unless"),
        (rule("a", "{fact: target}", by="institution"), "E38", "a target does not belong to one record of institution"),
        (rule("a", UNIT, deadline="valid_from"), "E13", "a deadline is a day, or as_of and a length of time"),
        (rule("a", "{fact: unit, where: 'count(measure) > 1'}"), "E38", "measures are being worked out and cannot be counted here"),
        (
            rule("a", f"{UNIT}, {{fact: target, where: rule = unit.name or met}}"),
            "E42",
            "with earlier facts one value is compared with one value",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("E") else "",
)  # fmt: skip
def test_faults_of_a_ladder(tmp_path: Path, written: str, code: str, told: str) -> None:
    found = faults(with_rules(tmp_path / "p", written))
    assert found and all(each == code for each, _ in found), found
    assert not told or told in {message for _, message in found}


def test_strata_put_an_absence_after_what_may_be_absent() -> None:
    edges = [Dependence("a", "b", "1"), Dependence("b", "c", "2", negative=True), Dependence("a", "c", "3")]
    assert circle(edges) == ()
    found = strata(edges)
    assert found["a"] <= found["b"] < found["c"]
    closing = Dependence("c", "a", "4")
    assert [edge.rule for edge in circle([*edges, closing])] == ["2", "4", "1"]


# --- cases, overlays -------------------------------------------------------------------------------


def test_cases_of_the_ladder_are_tried(pack: Pack, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = pipeline.run_cases(pack, [rule.id for rule in pack.escalations.rules])
    assert len(results) >= 40
    assert [result.diagnostic for result in results if not result.passed] == []
    assert main(["test", str(with_rules(tmp_path / "p", rule("a", UNIT))), "a"]) == 2
    assert "样例“a”：应建议，实为不建议" in capsys.readouterr().out


def test_a_case_of_either_kind_is_asked_for(tmp_path: Path) -> None:
    one = rule("a", UNIT).replace("expect: not_proposed", "expect: proposed")
    assert ("E18", "no case in which the measures are not proposed") in faults(with_rules(tmp_path / "p", one))
    unknown = rule("a", UNIT).replace("given: {}", "given: {kindd: county}")
    assert {code for code, _ in faults(with_rules(tmp_path / "q", unknown))} == {"E11"}


def test_the_ladder_of_a_county_is_for_that_county(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    above = Path("rules/nantong-2019").absolute()
    (tmp_path / "nantong-2019").symlink_to(above)
    (tmp_path / "national").symlink_to(above.parent / "national")
    (tmp_path / "own" / "pack.yaml").write_text(
        "schema: pack/1\nid: own\nversion: '1'\ntitle: {zh: 本县, en: own}\nextends: nantong-2019\nunit: '320681'\n",
        "utf-8",
    )
    (tmp_path / "own" / "clauses.yaml").write_text(
        "schema: clauses/1\nclauses: [{id: own-1, section: 一, gist: {zh: 本县, en: own}, hash: '000000000000', standing: attested}]\n",
        "utf-8",
    )
    written = (
        HEAD.replace("circulate", "warn").replace("interview", "visit").replace("通报", "提醒").replace("约谈", "走访")
    )
    own = rule("a", UNIT, "warn").replace("clause: 1-a", "clause: own-1")
    (tmp_path / "own" / "escalations.yaml").write_text(written + own, "utf-8")
    run = judged(pipeline.sound_pack(tmp_path / "own"))
    assert proposed(run) == {("320681", "a", "warn")}


def test_rows_left_out_before_would_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told of many rows at once is less than what the rules say, never more."""
    wheres = (
        "failed",
        "not deferred and verdict = fail",
        "severity in (critical, high) and status = overdue",
        "severity >= high",
        "change = new",
        "not (change in (persisting, reopened))",
        "rule = 'video-linked' or failed",
        "not failed",
        "days_overdue > 1 and failed",
    )
    told = [f'{{fact: finding, where: "{where}"}}' for where in wheres]
    rules = [rule(f"m{at}", each) for at, each in enumerate(told)]
    rules += [rule(f"u{at}", UNIT, unless=each) for at, each in enumerate(told)]
    # A claim without its evidence is neither yes nor no.
    claims = [f"{{fact: institution, where: {where}}}" for where in ("video_linked", "not video_linked")]
    rules += [rule(f"s{at}", each) for at, each in enumerate(claims)]
    rules += [rule(f"t{at}", UNIT, unless=each) for at, each in enumerate(claims)]
    rules += [rule("v", "{fact: bus, where: not monitored and institution.operating}", by="institution")]
    rules.append(rule("c", "{fact: unit, where: 'count(finding, failed) > 1'}"))
    pack = pipeline.sound_pack(with_rules(tmp_path / "p", *rules))
    tables = pipeline.read_data(pack, ["tests/little_data"])
    from checker.escalate import rows

    def found() -> set[tuple[str, str, str]]:
        return proposed(pipeline.run(pack, tables, date(2020, 3, 1)))

    with_all = found()
    counting = pack.escalations.rules[-1]
    pack = replace(pack, escalations=replace(pack.escalations, rules=pack.escalations.rules[:-1]))
    chosen = found()
    assert {name for _, name, _ in chosen} > {"m0", "m2"}
    assert {each for each in with_all if each[1] != counting.id} == chosen
    monkeypatch.setattr(rows, "rows_needed", lambda _, frames: frames)
    assert found() == chosen
