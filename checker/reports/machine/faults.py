"""Diagnostics of rule files → annotations, code quality or SARIF, for the systems that check every change. Paths stay as given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from checker.errors import Diagnostic, Language, Text, in_order
from checker.reports.machine import escape, stamps
from checker.reports.machine.commands import Annotation, lines
from checker.reports.machine.stream import document, long


def github(diagnostics: Iterable[Diagnostic], lang: Language) -> bytes:
    told = (
        Annotation(
            level=d.severity,
            title=d.code,
            message=_said(d, lang, "\n"),
            file=d.span.path,
            line=d.span.line,
            column=d.span.column,
            end_column=d.span.end_column,
        )
        for d in _gravest_first(diagnostics)
    )
    return lines(told, lang).encode("utf-8", "replace")


def gitlab(diagnostics: Iterable[Diagnostic], lang: Language) -> bytes:
    issues = (
        {
            "description": _said(d, lang, " "),
            "check_name": d.code,
            "fingerprint": identity,
            "severity": "critical" if d.is_error else "minor",
            "location": {"path": d.span.path or "pack.yaml", "lines": {"begin": max(d.span.line, 1)}},
        }
        for d, identity in _identified(diagnostics)
    )
    return document(long("issues"), {"issues": issues})


def sarif(diagnostics: Iterable[Diagnostic], lang: Language) -> bytes:
    """Within what GitHub's code scanning reads as well: `kind` and the like would be ignored there."""
    found = list(_identified(diagnostics))
    codes = list(dict.fromkeys(d.code for d, _ in found))
    first = {d.code: d for d, _ in reversed(found)}
    run = {
        "tool": {"driver": {"name": stamps.TOOL, "rules": [_descriptor(code, first[code], lang) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": long("results"),
    }
    results = (_result(d, identity, codes.index(d.code), lang) for d, identity in found)
    return document({"$schema": stamps.SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, {"results": results})


def _descriptor(code: str, example: Diagnostic, lang: Language) -> dict[str, Any]:
    about = Text(f"规则文件的问题 {code}", f"fault {code} in a rule file").of(lang)
    return {
        "id": code,
        "shortDescription": {"text": about},
        "fullDescription": {"text": about},
        "help": {"text": _said(example, lang, "\n")},
        "defaultConfiguration": {"level": example.severity},
    }


def _result(d: Diagnostic, identity: str, index: int, lang: Language) -> dict[str, Any]:
    line, column = max(d.span.line, 1), max(d.span.column, 1)
    region = {
        "startLine": line,
        "startColumn": column,
        "endLine": line,
        "endColumn": max(d.span.end_column, column + 1),
    }
    file = {"uri": escape.uri(d.span.path or "pack.yaml")}
    return {
        "ruleId": d.code,
        "ruleIndex": index,
        "level": d.severity,
        "message": {"text": escape.sarif(_said(d, lang, "\n"))},
        "locations": [{"physicalLocation": {"artifactLocation": file, "region": region}}],
        "partialFingerprints": {"primaryLocationLineHash": identity},
    }


def _said(d: Diagnostic, lang: Language, between: str) -> str:
    hint = "" if d.hint is None else between + Text("建议：", "hint: ").of(lang) + d.hint.of(lang)
    return d.message.of(lang) + hint


def _gravest_first(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    return sorted(in_order(diagnostics), key=lambda d: not d.is_error)


def _identified(diagnostics: Iterable[Diagnostic]) -> Iterator[tuple[Diagnostic, str]]:
    """The same fault keeps its identity when lines move; the second of two that say the same in one file is told apart."""
    seen: dict[str, int] = {}
    for d in _gravest_first(diagnostics):
        told = "\x1f".join((d.code, d.span.path, d.message.en))
        seen[told] = seen.get(told, 0) + 1
        again = f"\x1f{seen[told]}" if seen[told] > 1 else ""
        yield d, sha256((told + again).encode("utf-8", "replace")).hexdigest()[:32]
