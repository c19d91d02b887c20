"""A finished run, or what is wrong with rule files → the forms in which people and programs read it, as bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, assert_never

from checker.errors import Diagnostic, Language
from checker.forms import FaultForm, Form, ProposalForm
from checker.pipeline.judging import schools, ways
from checker.pipeline.narrowing import only_unit
from checker.visible import visible_lines

if TYPE_CHECKING:
    from checker.plan import Run
    from checker.reports.content import Content


def report(run: Run, form: Form, lang: Language, manifest: Mapping[str, Any] | None = None) -> bytes:
    """One form of the report; its bytes depend on the run and the language only. `manifest`: of a run read back."""
    ((_, written),) = reports(run, [form], lang, manifest)
    return written


def reports(
    run: Run, forms: Iterable[Form], lang: Language, manifest: Mapping[str, Any] | None = None
) -> Iterator[tuple[Form, bytes]]:
    """Several forms of one run; what they tell is put together once."""
    from checker import runs
    from checker.reports.content import content

    told, whence = content(run, lang), manifest or runs.manifest(run)
    for form in forms:
        yield form, _rendered(form, told, run, whence)


def _rendered(form: Form, told: Content, run: Run, manifest: Mapping[str, Any]) -> bytes:
    from checker.reports import csv, json, text
    from checker.reports.machine import (
        github,
        gitlab,
        jsonl,
        junit,
        merge,
        oscal,
        parquet,
        poam,
        sarif,
        sarif_github,
        summary,
        xccdf,
    )

    match form:
        case "text":
            return visible_lines(text.page(told)).encode()
        case "html":
            return _page(told, run, manifest)
        case "json":
            return json.render(told, run, manifest)
        case "jsonl":
            return jsonl.render(told)
        case "csv":
            return csv.render(told)
        case "parquet":
            return parquet.render(told)
        case "sarif":
            return sarif.render(told, run, manifest)
        case "sarif-github":
            return sarif_github.render(told, run, manifest)
        case "junit":
            return junit.render(told, run, manifest)
        case "oscal":
            return oscal.render(told, run, manifest)
        case "oscal-poam":
            return poam.render(told, run, manifest)
        case "xccdf":
            return xccdf.render(told, run, manifest)
        case "github":
            return github.render(told, run)
        case "github-summary":
            return summary.render(told)
        case "gitlab":
            return gitlab.render(told, run)
        case "markdown":
            return merge.render(told)
    assert_never(form)


def _page(told: Content, run: Run, manifest: Mapping[str, Any]) -> bytes:
    """The overview; a unit's part of it is what the report of that unit alone would tell."""
    from checker.reports.content import content
    from checker.reports.html import page

    units = [gate.unit for gate in run.scorecard.gates]
    parts = {unit: told if len(units) == 1 else content(only_unit(run, unit), told.lang) for unit in units}
    return page.render(told, run, manifest, parts, ways(run), schools(run))


def deferrals_proposed(run: Run, form: ProposalForm, lang: Language) -> tuple[bytes, str]:
    """What a deferral might be asked for, as a list to complete; and what the list holds, in a sentence."""
    from checker import propose
    from checker.reports import proposed

    found = propose.propose(run)
    write = {"xlsx": proposed.as_workbook, "csv": proposed.as_csv, "yaml": proposed.as_yaml}[form]
    return write(found, run, lang), proposed.told(found, run, lang)


def faults(diagnostics: Iterable[Diagnostic], form: FaultForm, lang: Language) -> bytes:
    """What is wrong with rule files, for CI. The command line itself shows people the lines."""
    from checker.reports.machine import faults as told

    match form:
        case "github":
            return told.github(diagnostics, lang)
        case "gitlab":
            return told.gitlab(diagnostics, lang)
        case "sarif":
            return told.sarif(diagnostics, lang)
    assert_never(form)
