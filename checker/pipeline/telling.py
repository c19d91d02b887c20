"""A pack → its text beside its rules: clauses, a book, what is in force on a day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from checker.errors import NOWHERE, Diagnostic, Language, Text, UsageError
from checker.model import Pack
from checker.pipeline.loading import compile_rules

if TYPE_CHECKING:
    from checker.plan import Obligation, Plan, Share


def clauses_text(pack: Pack, only: Sequence[str], lang: Language) -> str:
    """Section by section, or one by one those asked for: the words of the plan and the rules that judge them."""
    from checker.reports import clauses

    return clauses.text(pack, only, lang)


def clauses_rows(pack: Pack, only: Sequence[str], lang: Language) -> list[dict[str, object]]:
    from checker.reports import clauses

    return clauses.rows(pack, only, lang)


def clauses_lacking(pack: Pack) -> int:
    """How many clauses should be judged and are not, or are not and nobody says why."""
    from checker.reports import clauses

    return len(clauses.unjudged(pack)) + len(clauses.unexplained(pack))


def clauses_named(pack: Pack, names: Sequence[str]) -> None:
    """UsageError for a name that is neither a clause nor a section."""
    known = {clause.id for clause in pack.clauses.values()} | {clause.section for clause in pack.clauses.values()}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            hint = Text(f"是否应为“{near[0]}”？", f'did you mean "{near[0]}"?') if near else None
            raise UsageError(
                [Diagnostic("U35", NOWHERE, Text(f"没有条款或章节“{name}”", f'no clause or section "{name}"'), hint)]
            )


# --- the rules as a book -------------------------------------------------------------------------


def book(pack: Pack, as_of: date, lang: Language, form: Literal["md", "html"]) -> str:
    """Clause by clause, with the rules in force on `as_of` in words."""
    from checker import book

    text = book.book(compile_rules(pack, as_of), lang)
    return text if form == "md" else book.page(text, pack.title.of(lang), lang)


def rules_in_force(pack: Pack, as_of: date, lang: Language, unit: str = "") -> str:
    """Rules, revisions and values of one day; with a unit's code only what may bind that unit."""
    from checker import book

    plan = compile_rules(pack, as_of)
    return book.in_force(plan, lang, unit, _binding(plan, unit) if unit else None)


def by_durable_rules(pack: Pack, as_of: date, lang: Language) -> str:
    """Of each requirement of one day what the engine rete has judged by durable-rules, and why not the rest."""
    from checker.engines import rete
    from checker.reports import durable

    plan = compile_rules(pack, as_of)
    return durable.coverage_text(plan, rete.coverage(plan), lang)


def share_line(share: Share, lang: Language) -> str:
    from checker.reports import durable

    return durable.share_line(share, lang)


def _binding(plan: Plan, unit: str) -> Callable[[Obligation], bool | None]:
    """By what units.yaml says of the unit, and nothing else."""
    from checker import intake
    from checker.engines.world import World

    world = World(plan, intake.from_frames(plan.pack, {}, known_at=None).frames)
    record = next(record for record in world.records["unit"] if record.values["code"] == unit)

    def binds(duty: Obligation) -> bool | None:
        return True if duty.applies is None else world.condition(duty.applies, record, None)

    return binds
