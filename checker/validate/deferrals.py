"""A document of deferrals → Deferrals, and what is wrong with it as a document; whether one counts is judged with the findings."""

from __future__ import annotations

from checker.errors import Diagnostic, Text, in_order
from checker.model import Deferral, DeferralLimits, Document
from checker.validate import shape
from checker.validate.reading import Reader, Report, read_duration

_FIRST_LINE = Text("第一行写：格式: 延期批准/1", "write in the first line: schema: deferrals/1")


def read_deferrals(document: Document) -> tuple[tuple[Deferral, ...], list[Diagnostic]]:
    """All that can be read, and every fault."""
    report = Report()
    if () not in document.spans:
        return (), []
    if document.kind != "deferrals":
        zh, en = "这不是延期批准文件", "this is no document of deferrals"
        report.error("E56", Reader.of(document, report).span("schema"), zh, en, _FIRST_LINE)
        return (), report.diagnostics
    report.diagnostics += shape.faults(document)
    found = tuple(_deferral(item) for item in Reader.of(document, report).items("deferrals"))
    return found, in_order(report.diagnostics)


def _deferral(item: Reader) -> Deferral:
    return Deferral(
        rule=item.text("rule"),
        subjects=item.texts("subject"),
        unit=item.text("unit"),
        period=item.text("period"),
        reason=item.text("reason"),
        requested_by=item.text("requested_by"),
        approver=item.text("approver"),
        approved_on=item.day("approved_on"),
        document=item.text("document"),
        expires=item.day("expires"),
        interim=item.text("interim"),
        watched_by=item.text("watched_by"),
        span=item.span("rule"),
    )


def read_limits(pack: Reader) -> DeferralLimits:
    """The limits that a pack sets."""
    limits = pack.at("deferral_limits")
    longest = limits.text("longest")
    return DeferralLimits(
        read_duration(longest, limits.span("longest"), pack.report) if longest else None,
        limits.percent("share") if limits.has("share") else None,
    )
