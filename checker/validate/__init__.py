"""Documents → a pack, or everything that is wrong with them: schemas first, then what only several files can tell."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from checker.errors import Diagnostic, Language, Span, Text, in_order
from checker.model import Document, Pack
from checker.validate import frame, shape
from checker.validate.deferrals import read_deferrals as read_deferrals
from checker.validate.deferrals import read_limits
from checker.validate.escalations import read_escalations
from checker.validate.figures import read_figures
from checker.validate.lifecycle import read_lifecycles
from checker.validate.papers import read_papers
from checker.validate.parameters import read_parameters
from checker.validate.reading import Reader, Report, did_you_mean
from checker.validate.rules import Known, check_file_name, read_gates, read_rules
from checker.validate.scales import read_scales
from checker.validate.tables import read_tables
from checker.words import DOCUMENT, DOCUMENTS


def validate(documents: Sequence[Document], root: Path) -> tuple[Pack | None, list[Diagnostic]]:
    """The pack and what is wrong with it. Nothing raises: every fault of every document is in the list.

    Faults of single rules leave a pack whose other parts, and whose expressions, can still be judged; a fault in what all
    rules rest on (vocabulary, parameters, units …) leaves none, or one slip would be told once for every rule.
    """
    report = Report()
    readable = [document for document in documents if () in document.spans]
    for document in readable:
        if document.kind == "deferrals":
            zh, en = "延期批准不放在规则包里", "deferrals are not part of a pack"
            hint = Text(
                "移到别处，运行时用 --deferrals 给出", "keep them elsewhere and give them to a run with --deferrals"
            )
            report.error("E60", Reader.of(document, report).span(), zh, en, hint)
        elif document.kind in DOCUMENTS:
            report.diagnostics += shape.faults(document)
        else:
            _unknown_kind(document, report)
    pack = _assemble(documents, readable, root, report)
    faults = in_order(report.diagnostics)
    rules = {document.path for document in documents if document.kind == "rule"}
    broken = {fault.span.path for fault in faults if fault.is_error} | {d.path for d in documents if d not in readable}
    return (pack if broken <= rules else None), faults


def _assemble(documents: Sequence[Document], readable: Sequence[Document], root: Path, report: Report) -> Pack:
    """Reads what can be read, faults or not, so that one run tells them all."""

    def of(kind: str) -> list[Reader]:
        return [Reader.of(document, report) for document in readable if document.kind == kind]

    def whole(kind: str) -> bool:
        """Whether all files of a kind could be read: else nobody knows what the missing one defines."""
        return all(() in document.spans for document in documents if document.kind in (kind, ""))

    head = _head(of("pack"), documents, root, report)
    vocabulary = read_tables(of("vocabulary"), whole("vocabulary"))
    for reader in of("vocabulary"):
        check_file_name(reader, "table")
    if "unit" not in vocabulary.tables and vocabulary.complete:
        zh, en = "词表缺少“unit”（单位）这张表", 'the vocabulary lacks the table "unit"'
        wanted = Text("每个规则包都要有 vocabulary/unit.yaml", "every pack has vocabulary/unit.yaml")
        report.error("E60", Span(root.as_posix()), zh, en, wanted)
    source = frame.read_source(head, root)
    resting = Counter(clause for reader in of("rule") for clause in set(reader.texts("clause")))
    clauses = frame.read_clauses(of("clauses"), source, root, resting)
    calendars, calendar_of = frame.read_calendars(of("calendar"))
    parameters, scales = read_parameters(of("parameter")), read_scales(of("scale"), vocabulary)
    readings = frame.read_readings(of("readings"), clauses, {**parameters, **scales})
    known = Known(
        vocabulary,
        frozenset(clauses) if whole("clauses") else None,
        calendar_of if whole("calendar") else None,
        frozenset(readings) if whole("readings") else None,
        frame.read_judged_above(of("clauses")),
        (f"{root.as_posix().rstrip('/')}/", head.text("unit")) if head.has("unit") else None,
    )
    phases, phase_names = frame.read_phases(head)
    escalations = read_escalations(of("escalations"), known)
    begins, ends = frame.read_window(head, "begins", "ends")
    return Pack(
        id=head.text("id"),
        version=head.text("version"),
        title=head.both("title"),
        language=cast(Language, head.text("language", "zh")),
        source_title=head.at("source").both("title"),
        source_text=source,
        text_status=frame.read_text_status(head),
        begins=begins,
        ends=ends,
        phases=phases,
        phase_names=phase_names,
        tables=vocabulary.tables,
        parameters=parameters,
        scales=scales,
        rules=read_rules(of("rule"), known),
        clauses=clauses,
        gates=read_gates(of("gates")),
        units=frame.read_units(of("units"), vocabulary),
        calendars=calendars,
        working_days=frame.read_working_days(of("calendar")),
        root=root.as_posix(),
        digest=_digest(documents, source),
        readings=readings,
        extends=head.text("extends"),
        deferral_limits=read_limits(head),
        escalations=escalations,
        papers=read_papers(of("document"), vocabulary, escalations),
        areas={section: inner.own_text(Text("", "")) for section, inner in head.named("areas")},
        figures=read_figures(of("figures"), known),
        lifecycles=read_lifecycles(of("lifecycle"), known),
    )


def _head(readers: Sequence[Reader], documents: Sequence[Document], root: Path, report: Report) -> Reader:
    """The one pack.yaml; an empty document in its place if there is none."""
    for reader in readers[1:]:
        other = readers[0].document.path
        zh, en = f"一个规则包只有一份 pack.yaml（另见 {other}）", f"a pack has one pack.yaml ({other})"
        report.error("E59", reader.span(), zh, en)
    if readers:
        return readers[0]
    if all(document.kind != "pack" for document in documents):
        zh, en = "缺少 pack.yaml，这个文件夹不是规则包", "no pack.yaml: this folder is no pack"
        report.error("E60", Span(root.as_posix()), zh, en)
    return Reader.of(Document((root / "pack.yaml").as_posix(), "pack", {}, {}, {}, (), ""), report)


def _unknown_kind(document: Document, report: Report) -> None:
    reader = Reader.of(document, report)
    written = reader.text("schema") or reader.text("格式")
    kinds = Text("、".join(DOCUMENT.values()), ", ".join(DOCUMENT))
    hint = Text(f"第一行写明文件种类：{kinds.zh}", f"name the kind of file in the first line: {kinds.en}")
    if not written:
        report.error("E07", reader.at().span(), "缺少“格式”", '"schema" is missing', hint)
        return
    near = did_you_mean(written, [*DOCUMENT, *DOCUMENT.values()], hint)
    zh, en = f"没有“{written}”这种文件", f'no kind of file "{written}"'
    report.error("E56", reader.span("schema"), zh, en, near)


def _digest(documents: Sequence[Document], source: str) -> str:
    """Changes when any file of the pack or of those above it does; where the packs lie does not matter."""
    parts = sorted((Path(document.path).name, document.digest) for document in documents)
    parts.append(("source", hashlib.sha256(source.encode()).hexdigest()))
    return hashlib.sha256("\n".join(f"{path} {digest}" for path, digest in parts).encode()).hexdigest()
