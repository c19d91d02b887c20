"""content → Markdown for a merge request, short: the gates, what changed, the ten gravest findings."""

from __future__ import annotations

from checker.reports.content import Content
from checker.reports.machine.escape import markdown
from checker.reports.machine.outcomes import urgent, with_outcomes
from checker.reports.machine.tables import gates, heads, row

SHOWN = 10


def render(told: Content) -> bytes:
    zh = told.lang == "zh"
    findings = with_outcomes(told.findings)
    due = urgent(findings, "fail")
    parts = [f"## {markdown(told.title)}\n", f"{markdown(told.headline)}\n", gates(told)]
    against = "没有与以往运行比较。" if zh else "Not compared with an earlier run."
    parts += [f"{markdown(told.changes[0] if told.changes else against)}\n"]
    if due.height:
        names = ["编号", "单位", "对象", "问题"] if zh else ["Number", "Unit", "Subject", "Finding"]
        title = f"到期未达标{due.height}项" if zh else f"{due.height} due and failing"
        if due.height > SHOWN:
            title += f"，最要紧的{SHOWN}项" if zh else f", the {SHOWN} gravest"
        rows = (
            row([f["number"], f["unit_name"], f["name"] or f["key"] or "", f["message"]])
            for f in due.head(SHOWN).iter_rows(named=True)
        )
        parts.append(f"### {title}\n\n{heads(names)}{''.join(rows)}")
    else:
        parts.append(f"{'没有到期未达标的问题。' if zh else 'Nothing that is due fails.'}\n")
    parts.append(f"{markdown(told.questions.sentence)} {markdown(told.notes[0])}\n")
    return "\n".join(parts).encode()
