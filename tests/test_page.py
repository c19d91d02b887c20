"""The HTML report: nothing from outside, nothing of other units, names that hold anything, the same bytes, sums that agree."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import hand_built as make
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reported import DUE, GATES, ODD_NAMES, RUNS, a_run, followed_run, odd_run

from checker import pipeline
from checker.errors import Language
from checker.find import find, targets
from checker.model import Deferral
from checker.plan import Run, Scorecard
from checker.reports.content import content
from checker.reports.html import rows
from checker.reports.html.first import first, signed, sums_agree
from checker.reports.html.pictures import steps_line
from checker.reports.sentences import Names

LANGUAGES = get_args(Language)
VOID = {"meta", "br", "input", "path", "rect", "img", "link", "hr"}


class Outline(HTMLParser):
    """Reads a page as a browser does: elements, attributes, texts; fails where tags do not match."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.open[-1] if self.open else "", []).append(data)


def written(run: Run, lang: Language = "zh") -> str:
    return pipeline.report(run, "html", lang).decode()


def outline(page: str) -> Outline:
    read = Outline()
    read.feed(page)
    read.close()
    assert read.open == []
    return read


def inlined(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", RUNS)
def test_a_page_of_every_run_in_both_languages(name: str, lang: Language) -> None:
    run = RUNS[name]()
    page = written(run, lang)
    read = outline(page)
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    inside = {attributes["href"] for tag, attributes in read.elements if tag == "a"}
    assert all(link and link.startswith("#") and (link[1:] in ids or "=" in link) for link in inside)
    assert content(run, lang).headline in page.replace("&#34;", '"')
    assert page == written(RUNS[name](), lang)


@pytest.mark.parametrize("name", RUNS)
def test_nothing_is_fetched_from_anywhere(name: str) -> None:
    page = written(RUNS[name]())
    told = {item for pack_text in ODD_NAMES for item in re.findall(r"https?:[^\s)]*", pack_text)}
    for address in re.findall(r"(?:https?:)?//[a-z0-9.]+\.[a-z]+", page, re.IGNORECASE):
        assert any(address in item for item in told), address
    for tag, attributes in outline(page).elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "audio", "video")
        assert not {"src", "srcset", "style", "onclick", "onload"} & set(attributes), (tag, attributes)
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style and "@import" not in style and "@font-face" not in style
    assert "default-src &#39;none&#39;" in page


def test_script_and_style_are_those_that_the_policy_allows() -> None:
    from base64 import b64encode
    from hashlib import sha256

    page = written(a_run())
    policy = next(a["content"] for tag, a in outline(page).elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    for element in ("style", "script"):
        text = page.split(f"<{element}>")[1].split(f"</{element}>")[0]
        assert f"{element}-src 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" in policy


def test_script_is_of_the_old_kind() -> None:
    """Offices still use browsers that know nothing newer."""
    script = written(a_run()).split("<script>")[1].split("</script>")[0]
    code = re.sub(r"//[^\n]*|\"(?:[^\"\\]|\\.)*\"", "", script)
    assert re.findall(r"=>|`|\b(?:let|const|class|async|await|for \(\w+ \w+ of)\b|\.\.\.|\?\.|\?\?", code) == []
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|XMLHttpRequest|fetch\(", code
    )


def named(name: str, key: str) -> Run:
    """A finding whose school, key, file and sheet are what somebody typed."""
    run = odd_run()
    fields = {"name": name, "key": key, "source": f"{name}.xlsx《{name}》!B7"}
    return replace(run, findings=run.findings.with_columns(**{field: pl.lit(text) for field, text in fields.items()}))


NASTY = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "</script><script>alert(1)</script>",
            "<!--<script>",
            "]]><img src=x onerror=alert(1)>",
            '" onmouseover="alert(1)',
            "' autofocus onfocus=alert(1) '",
            "{{ 7 * 7 }}{% raw %}",
            "&lt;b&gt;&amp;",
            "javascript:alert(1)",
            "\u2028</title><svg/onload=alert(1)>",
            "a&u=b#q=%3Cscript%3E",
        ]
    ),
)


@settings(deadline=None, max_examples=30)
@given(name=NASTY, key=NASTY)
def test_no_name_becomes_markup(name: str, key: str) -> None:
    plain, nasty = outline(written(named("学校", "1"))), outline(written(named(name, key)))
    assert [tag for tag, _ in nasty.elements] == [tag for tag, _ in plain.elements]
    assert [sorted(a) for _, a in nasty.elements] == [sorted(a) for _, a in plain.elements]


@settings(deadline=None, max_examples=30)
@given(name=NASTY)
def test_names_reach_the_script_as_they_are(name: str) -> None:
    from checker.visible import visible

    data = inlined(written(named(name, "1")))
    assert data["columns"]["name"]["values"] == [visible(name)]


def test_what_people_typed_steers_nothing() -> None:
    page = written(odd_run())
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]", page)


def test_the_digest_on_the_page_is_that_of_the_manifest(tmp_path: Path) -> None:
    from hashlib import sha256

    run = two_units(tmp_path)
    folder = pipeline.save(run, tmp_path / "run")
    told, whole = sha256((folder / "manifest.json").read_bytes()).hexdigest(), pipeline.manifest(folder)
    assert f'class="digest">{told}<' in pipeline.report(run, "html", "zh", whole).decode()
    own = pipeline.only_unit(run, "320681")
    part = pipeline.manifest_of_unit(own, "320681", whole)
    assert f'class="digest">{told}<' in pipeline.report(own, "html", "zh", part).decode()


# --- one unit ------------------------------------------------------------------------------------


def two_units(folder: Path) -> Run:
    """Qidong and Rudong, each with findings, an earlier run, deferrals and data questions; every name of theirs is telling."""
    pack = pipeline.sound_pack("nantong-2019")

    def data(video: str) -> pipeline.Tables:
        told = [("320681", "启", "12"), ("320681", "启", "约九"), ("320623", "东", "34"), ("320623", "东", "约八")]
        fixed = {"school_type": "kindergarten", "ownership": "private", "operating": "yes", "video_linked": video}
        schools = [
            {"code": f"213200{at:04}", "name": f"{town}密{at}幼儿园", "unit_code": unit, "students": students, **fixed}
            for at, (unit, town, students) in enumerate(told)
        ]
        file = folder / f"video-{video}" / "两地.csv"
        file.parent.mkdir(parents=True)
        pl.DataFrame(schools).write_csv(file)
        return pipeline.read_data(pack, [file])

    then = pipeline.run(pack, data("no"), date(2020, 6, 30))
    pipeline.save(then, folder / "runs" / "2020-06-30")
    earlier = pipeline.earlier_runs(pack, date(2020, 12, 31), history=folder / "runs")
    asked = Deferral(
        rule="video-linked",
        subjects=("2132000000", "2132000002"),
        reason="线路改造",
        requested_by="学校",
        approver="局",
        approved_on=date(2020, 12, 1),
        document="〔2020〕9号",
        expires=date(2021, 3, 1),
        interim="加派人员",
        watched_by="值班组",
    )
    return pipeline.run(pack, data(""), date(2020, 12, 31), earlier=earlier, deferrals=[asked])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_units_page_holds_nothing_of_others(tmp_path: Path, lang: Language) -> None:
    run = two_units(tmp_path)
    for unit, own, other, foreign in (
        ("320681", "启密", "东密", ("如东县", "Rudong", "2132000002", "2132000003", "约八", "320623")),
        ("320623", "东密", "启密", ("启东市", "Qidong", "2132000000", "2132000001", "约九", "320681")),
    ):
        page = written(pipeline.only_unit(run, unit), lang)
        assert own in page
        found = [text for text in (other, *foreign) if text in page]
        assert found == []
    whole = written(run, lang)
    assert "东密" in whole and "启密" in whole


def test_narrowing_leaves_nothing_of_others_in_the_run(tmp_path: Path) -> None:
    run = two_units(tmp_path)
    one = pipeline.only_unit(run, "320681")
    assert run.changes is not None and one.changes is not None
    assert run.tables.questions.height > one.tables.questions.height > 0
    assert set(one.changes["unit"]) == {"320681"}
    assert {unit for then in one.earlier for unit in then.findings["unit"]} == {"320681"}
    assert {target.unit for then in one.earlier for target in then.targets} == {"320681"}
    assert [outcome.deferral.subjects for outcome in one.deferrals] == [("2132000000",)]
    assert not {"2132000002", "2132000003"} & set(one.tables.questions["key"])


# --- figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_table_of_units_adds_up(lang: Language) -> None:
    run = a_run()
    names, told = Names(run.plan, lang), content(run, lang)
    opening = first(run, told, names)
    assert sums_agree(opening)
    assert [row.unit for row in opening.rows] == ["320623", "320681", "320684", "320612"]
    qidong, silent = opening.rows[1], opening.rows[3]
    assert (qidong.why, silent.why) == ("", told.gates[3].summary)
    (squares,) = [
        cell.squares
        for cell, column in zip(qidong.cells, opening.columns, strict=True)
        if cell.squares and column.result.rule == "video-linked"
    ]
    assert (squares.failed, squares.deferred, squares.unknown) == (9, 7, 6)
    assert not sums_agree(replace(opening, total=replace(opening.total, overdue=opening.total.overdue + 1)))


def test_changes_are_signed() -> None:
    assert [signed(number, "zh") for number in (2, 0, -3)] == ["＋2", "0", "－3"]
    assert [signed(number, "en") for number in (2, 0, -3)] == ["+2", "0", "−3"]


def test_a_step_line_needs_two_days() -> None:
    assert steps_line([("2020年", 3)]) is None
    line = steps_line([("一", 0), ("二", 10)])
    assert line is not None
    assert [point.number for point in line.points] == [0, 10]
    assert line.points[0].y > line.points[1].y
    assert "C" not in line.path


def many_findings(number: int) -> Run:
    plan = make.plan(make.video(), make.permit(), make.weekly())
    schools = [{"code": str(at), "name": f"第{at}小学", "unit_code": "320681"} for at in range(number)]
    tables = make.data(schools)
    found = [
        make.found(0, at, str(at), "320681", due=DUE, days=15, observed={"applies": None, "1": {"video_linked": False}})
        for at in range(number)
    ]
    findings, counts = find(plan, tables, make.evaluation(found, [make.counted(0, "320681", "fail", number)]))
    return Run(plan, tables, findings, Scorecard(counts, targets(plan, tables, counts), GATES[1:2]), "reference")


def test_many_findings_are_short_lines() -> None:
    """What repeats is written once: a finding more costs well under a hundred bytes, and the table stays at one page."""
    few, many = written(many_findings(300)), written(many_findings(1300))
    assert (len(many.encode()) - len(few.encode())) / 1000 < 100
    assert many.count('<tr class="s-') == rows.PAGE


def test_gravest_findings_come_first() -> None:
    ordered = rows.ordered(content(followed_run(), "zh").findings)
    states = ordered["state"].to_list()
    assert states == sorted(states, key=list(rows.STATES).index)
    assert "deferred" in states and "fixed" not in states
