"""The HTML report in a real browser: its script finds, folds out and leaves names alone; it prints, and fits a laptop and a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path
from unicodedata import normalize

import browser
import pytest
from pypdf import PdfReader
from reported import followed_run, odd_run
from test_page import many_findings, written

from checker import pipeline
from checker.plan import Run
from checker.reports.content import content

LITTLE = Path(__file__).parent / "little"
SCHOOL = "阳光幼儿园（启东市）：适用5项，达标1项，需整改4项，需补充数据0项"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> browser.Browser:
    return browser.found(tmp_path_factory.mktemp("browser"))


@pytest.fixture
def page(tmp_path: Path) -> Callable[[Run], Path]:
    def write(run: Run) -> Path:
        file = tmp_path / "总览.html"
        file.write_text(written(run), "utf-8")
        return file

    return write


def listed(dom: str) -> list[str]:
    """The rows of the list of findings, as text."""
    table = dom[dom.index('id="rows"') :].split("</table>")[0]
    rows = re.findall(r"<tr class=\"s-.*?</tr>", table, re.DOTALL)
    return [unescape(re.sub(r"<[^>]*>", "\t", row)) for row in rows]


def test_nothing_to_complain_about(chromium: browser.Browser, page: Callable[[Run], Path]) -> None:
    for run in (followed_run(), odd_run()):
        assert chromium.console(page(run), "#q=x") == []


def test_the_script_shows_the_same_rows_as_the_page_without_it(
    chromium: browser.Browser, page: Callable[[Run], Path]
) -> None:
    file = page(odd_run())

    def cells(rows: list[str]) -> list[list[str]]:
        return [[cell.strip() for cell in row.split("\t") if cell.strip()] for row in rows]

    assert cells(listed(file.read_text("utf-8"))) == cells(listed(chromium.dom(file)))


def test_search_and_filters(chromium: browser.Browser, page: Callable[[Run], Path]) -> None:
    file = page(many_findings(1300))
    assert len(listed(chromium.dom(file))) == 100
    (only,) = listed(chromium.dom(file, "#q=%E7%AC%AC777%E5%B0%8F%E5%AD%A6"))
    assert "第777小学" in only
    assert len(listed(chromium.dom(file, "#q=%E7%AC%AC12%20%E5%90%AF%E4%B8%9C"))) == 100
    assert "QD-1201" in listed(chromium.dom(file, "#p=13"))[0]
    assert listed(chromium.dom(file, "#q=nowhere")) == []
    assert len(listed(chromium.dom(file, "#s=overdue&v=critical&r=video-linked"))) == 100
    assert listed(chromium.dom(file, "#s=late")) == []


def test_a_school_is_told_what_to_do(chromium: browser.Browser, page: Callable[[Run], Path]) -> None:
    dom = chromium.dom(page(followed_run()), "#o=1")
    assert len(listed(dom)) == 1
    told = unescape(re.sub(r"<[^>]*>", "\n", dom[dom.index('class="detail"') :].split("</table>")[0]))
    assert all(word in told for word in ("请这样办", "为什么", "依据", "数据出处", "如有不符"))
    assert "阳光幼儿园" in dom[dom.index('id="school"') :].split("</div>")[0]


def test_a_school_is_told_of_all_that_it_has_and_of_what_it_passes(
    chromium: browser.Browser, page: Callable[[Run], Path]
) -> None:
    """Its buses stand with it; what passes is no finding, but counts."""
    pack = pipeline.sound_pack(LITTLE)
    run = pipeline.run(pack, pipeline.read_data(pack, [LITTLE.parent / "little_data"]), date(2020, 2, 1))
    dom = chromium.dom(page(run), "#o=2132000011")
    assert SCHOOL in re.sub(r"<[^>]*>", "", dom[dom.index('id="school"') :].split("</div>")[0])
    names = [[cell for cell in row.split("\t") if cell][2] for row in listed(dom)]
    assert sorted(set(names)) == ["苏F00002", "阳光幼儿园"]
    assert len(listed(chromium.dom(page(run), "#o=%E8%8B%8FF00002"))) == 1


def test_names_stay_names_when_the_script_writes_them(chromium: browser.Browser, page: Callable[[Run], Path]) -> None:
    dom = chromium.dom(page(odd_run()), "#s=overdue")
    table = dom[dom.index('id="rows"') :].split("</table>")[0]
    assert {*re.findall(r"<([a-z0-9]+)", table)} <= {"thead", "tbody", "tr", "th", "td", "button"}


def as_typed(text: str) -> str:
    """A PDF names some glyphs by their radicals, and a dash by its twin."""
    return "".join(normalize("NFKC", text).translate(str.maketrans("⻋⻔⻓⻅⻛⻚―", "车门长见风页—")).split())


def test_the_first_printed_page_holds_headline_and_gates(
    chromium: browser.Browser, page: Callable[[Run], Path], tmp_path: Path
) -> None:
    run = followed_run()
    reader = PdfReader(chromium.pdf(page(run), tmp_path / "page.pdf"))
    width, height = reader.pages[0].mediabox.width, reader.pages[0].mediabox.height
    assert (round(float(width)), round(float(height))) in ((595, 842), (596, 842), (594, 841), (594, 842))
    text = as_typed(reader.pages[0].extract_text())
    told = content(run, "zh")
    assert as_typed(told.headline) in text
    for gate in told.gates:
        assert gate.name in text and gate.word in text
    assert "问题查询" not in text


def test_paper_tells_page_and_run_and_leaves_the_long_lists_to_the_screen(
    chromium: browser.Browser, page: Callable[[Run], Path], tmp_path: Path
) -> None:
    run = many_findings(300)
    file = page(run)
    reader = PdfReader(chromium.pdf(file, tmp_path / "page.pdf"))
    sheets = [as_typed(sheet.extract_text()) for sheet in reader.pages]
    digest = re.findall(r'class="digest">([0-9a-f]{64})<', file.read_text("utf-8"))[0]
    for number, sheet in enumerate(sheets, 1):
        assert f"第{number}页共{len(sheets)}页" in sheet
        assert f"运行{run.plan.pack.id}{run.plan.as_of.isoformat()}{digest[:12]}" in sheet
    told = "".join(sheets)
    assert "问题查询" in told and "规则3条" not in told
    assert len(set(re.findall(r"QD-0\d{3}", told))) == 20


@pytest.mark.parametrize("width", [1366, 390], ids=["laptop", "phone"])
@pytest.mark.parametrize("run", [followed_run, odd_run], ids=["ordinary", "odd"])
def test_nobody_has_to_scroll_sideways(
    chromium: browser.Browser, page: Callable[[Run], Path], run: Callable[[], Run], width: int
) -> None:
    assert chromium.reach(page(run()), width) == width


def test_the_first_screen_of_a_laptop_is_a_picture(
    chromium: browser.Browser, page: Callable[[Run], Path], tmp_path: Path
) -> None:
    """Something is drawn: a white page of that size would be a few kilobytes."""
    picture = chromium.picture(page(followed_run()), 1366, 768, tmp_path / "screen.png")
    assert (int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")) == (1366, 768)
    assert len(picture) > 40_000
