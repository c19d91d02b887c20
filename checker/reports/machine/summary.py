"""content → GitHub's step summary: gates, targets, and the findings that are due as far as the page has room.

A summary over 1 MiB is lost as a whole, so it ends before that, after a whole row, and says what is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.reports.content import Content
from checker.reports.machine import wording
from checker.reports.machine.escape import markdown
from checker.reports.machine.outcomes import urgent, with_outcomes
from checker.reports.machine.tables import gates, heads, row

MOST_BYTES = 900_000


def render(told: Content) -> bytes:
    zh = told.lang == "zh"
    written = _head(told).encode()
    findings = urgent(with_outcomes(told.findings), "fail", "unknown")
    if findings.height:
        title = "到期未达标和待核" if zh else "Due: failing or unknown"
        names = (
            ["编号", "重要程度", "单位", "对象", "问题"] if zh else ["Number", "Severity", "Unit", "Subject", "Finding"]
        )
        written += f"\n## {title}\n\n{heads(names)}".encode()
    for done, finding in enumerate(findings.iter_rows(named=True)):
        cells = (
            finding["number"],
            wording.severity(finding["severity"], told.lang),
            finding["unit_name"],
            finding["name"] or finding["key"] or "",
            finding["message"],
        )
        line = row(cells).encode()
        if len(written) + len(line) > MOST_BYTES:
            left = findings.height - done
            text = (
                f"篇幅所限，另有{left}项未列，见完整报告。" if zh else f"{left} more do not fit here; see the report."
            )
            return written + f"\n{text}\n".encode()
        written += line
    return written


def _head(told: Content) -> str:
    zh = told.lang == "zh"
    parts = [f"# {markdown(told.title)}\n", f"{markdown(told.basis)}\n", f"{markdown(told.headline)}\n"]
    parts.append(f"## {'关口' if zh else 'Gates'}\n\n{gates(told)}")
    targets = "".join(_targets(told))
    if targets:
        parts.append(f"## {'目标' if zh else 'Targets'}\n\n{targets}")
    for title, lines in ((("变化情况", "Changes"), told.changes), (("延期批准", "Deferrals"), told.deferrals)):
        if lines:
            listed = "".join(f"- {markdown(line)}\n" for line in lines)
            parts.append(f"## {title[0] if zh else title[1]}\n\n{listed}")
    parts.append(f"{markdown(told.overdue_sentence)}\n\n{markdown(told.questions.sentence)}\n")
    parts.append("".join(f"- {markdown(note)}\n" for note in told.notes))
    return "\n".join(parts)


def _targets(told: Content) -> Iterator[str]:
    """All units together, those first that are not met."""
    zh = told.lang == "zh"
    lines = [line for line in told.totals if line.result.state in ("missed", "undecided", "met") and line.result.owed]
    if not lines:
        return
    yield heads(["要求", "状态", "比例", "对账"] if zh else ["Requirement", "State", "Rate", "Reconciliation"])
    for line in sorted(lines, key=lambda line: ("missed", "undecided", "met").index(line.result.state)):
        title = line.title + (f" {line.result.period}" if line.result.period else "")
        yield row([title, line.word, line.rate, line.reconciliation])
