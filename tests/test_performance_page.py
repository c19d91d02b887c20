"""The page of figures and the lines of the README say what was measured, and nothing else."""

from __future__ import annotations

import json

from benchmarks.performance import FIGURES, page

PARTS = json.loads(FIGURES.read_text("utf-8"))


def test_page_is_made_from_the_figures() -> None:
    assert page.PAGE.read_text("utf-8") == page.page(PARTS)


def test_headline_is_made_from_the_figures() -> None:
    readme = page.README.read_text("utf-8")
    assert page.MARKS.search(readme)
    assert page.with_headline(readme, PARTS) == readme


def test_what_a_peer_leaves_out_is_counted() -> None:
    assert page.compared({"PP": 2, "UU": 1}, "en") == "all 3 verdicts equal"
    assert page.compared({"FF": 2, "UF": 3, "U.": 1}, "zh") == "不达标都一致；3 个待核当成不达标报出；1 个待核没有报出"
    assert page.compared({"PP": 2, "UP": 1, "NF": 1}, "en") == "2 verdicts differ"
