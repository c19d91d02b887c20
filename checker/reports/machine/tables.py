"""Rows of texts → tables in Markdown, as GitHub and GitLab show them; a cell shows what it holds and nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checker.reports.content import Content
from checker.reports.machine.escape import markdown
from checker.reports.text import MARKS


def heads(names: Sequence[str]) -> str:
    return f"| {' | '.join(names)} |\n|{' --- |' * len(names)}\n"


def row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(markdown(cell) for cell in cells)} |\n"


def gates(told: Content) -> str:
    """Every unit that sent something; the silent ones in one sentence."""
    zh = told.lang == "zh"
    lines = [heads(["单位", "关口", "原因"] if zh else ["Unit", "Gate", "Why"])]
    lines += [row([g.name, f"{MARKS[g.state]} {g.word}", g.summary]) for g in told.gates if not g.silent]
    silent = [gate.name for gate in told.gates if gate.silent]
    if silent:
        listed = markdown(("、" if zh else ", ").join(silent))
        lines.append(f"\n{'未收到报送数据，待定：' if zh else 'Nothing received, undecided: '}{listed}\n")
    return "".join(lines)
