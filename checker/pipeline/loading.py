"""A folder of rules → a pack that is sound, what is wrong with it, or the rulebook of one day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from checker import resources
from checker.errors import Diagnostic, Language, PackError, UsageError, in_order
from checker.model import Deferral, Document, Pack
from checker.pipeline import remembered

if TYPE_CHECKING:
    from checker.plan import Plan, RecordCheck


def load_pack(path: str | Path) -> tuple[Pack | None, list[Diagnostic]]:
    """An installed pack's id or a folder → the pack as written, if its documents are sound."""
    from checker.load.parents import load_with_parents
    from checker.validate import validate

    root = resources.pack_root(path)
    documents, unreadable = load_with_parents(root, resources.packs().get)
    pack, faults = validate(documents, root)
    return pack, in_order([*unreadable, *faults])


def check_pack(pack: Pack, found: Sequence[Diagnostic] = ()) -> list[Diagnostic]:
    """`found` in the documents, and what is wrong inside them: expressions of all revisions, facts of all cases, templates
    of papers (which hold up no run: a template is looked at again when it is filled)."""
    from checker import compile as compiling
    from checker import quotes
    from checker.cases import check_facts, ladder
    from checker.compile.facts import fact_tables
    from checker.validate import templates

    told = {(d.span.path, d.span.line) for d in found if d.is_error}
    inside = [
        *compiling.check_pack(pack),
        *check_facts(pack),
        *ladder.check_facts(pack, fact_tables),
        *quotes.disagreements(pack),
        *(fault for paper in pack.papers.values() for fault in templates.faults(pack, paper)),
    ]
    # A line that could not be read as YAML says nothing more as an expression.
    return in_order([*found, *(d for d in inside if (d.span.path, d.span.line) not in told)])


def sound_pack(path: str | Path) -> Pack:
    """The pack, or PackError with everything that is wrong with it as documents."""
    from checker.load.parents import family

    folders = family(resources.pack_root(path), resources.packs().get)
    kept = remembered.place(folders)
    if kept is not None and (known := remembered.recall(kept)) is not None:
        return known
    pack, diagnostics = load_pack(path)
    if pack is None or any(d.is_error for d in diagnostics):
        raise PackError([d for d in diagnostics if d.is_error])
    if kept is not None and remembered.place(folders) == kept:  # nobody saved a document meanwhile
        remembered.keep(kept, pack)
    return pack


def language_of(folder: Path) -> Language:
    """The language that a pack asks for, also if nothing else in it can be read."""
    from checker.load import load_file

    path = folder / "pack.yaml"
    if not path.is_file():
        return "zh"
    document, _ = load_file(path, path.as_posix())
    return "en" if document.data.get("language") == "en" else "zh"


def compile_rules(pack: Pack, as_of: date, known_at: date | None = None) -> Plan:
    """The rulebook of one day, ready for an engine."""

    def made() -> Plan:
        from checker.compile import compile_pack

        plan, diagnostics = compile_pack(pack, as_of, known_at)
        if plan is None:
            raise PackError([d for d in diagnostics if d.is_error])
        return plan

    return remembered.compiled(pack, f"{as_of}.{known_at or ''}.plan", made)


def record_checks(pack: Pack) -> tuple[RecordCheck, ...]:
    """The checks of the vocabulary."""

    def made() -> tuple[RecordCheck, ...]:
        from checker.compile import compile_checks

        return compile_checks(pack)

    return remembered.compiled(pack, "checks", made)


def deferrals(paths: Sequence[str | Path]) -> list[Deferral]:
    """The deferrals of YAML files, or of tables (a workbook, CSV) headed by the same words."""
    from checker.load import load_file
    from checker.validate import read_deferrals

    def read_document(path: Path) -> tuple[Document, list[Diagnostic]]:
        if path.suffix.lower() in (".yaml", ".yml") or not path.is_file():
            return load_file(path, path.as_posix())
        from checker.intake import deferrals as sheets

        return sheets.document(path)

    found: list[Deferral] = []
    faults: list[Diagnostic] = []
    for path in map(Path, paths):
        document, told = read_document(path)
        read, more = read_deferrals(document)
        found += read
        faults += [*told, *more]
    if any(fault.is_error for fault in faults):
        raise UsageError([fault for fault in faults if fault.is_error])
    return found
