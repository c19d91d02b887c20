"""Receipts + a day → which units owe a report, which have sent something, and which nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from checker.errors import Language
from checker.model import Pack
from checker.understood import Receipt
from checker.units import in_charge, with_duties


@dataclass(frozen=True, slots=True)
class Standing:
    """Codes of units: those that owe something on the day; of these, those that sent something, only after the limit, nothing."""

    due: tuple[str, ...]
    sent: tuple[str, ...]
    late: tuple[str, ...]
    none: tuple[str, ...]

    def state(self, unit: str) -> str:
        return "none" if unit in self.none else "late" if unit in self.late else "sent"


def standing(pack: Pack, receipts: Iterable[Receipt], day: date, known_at: date | None = None) -> Standing:
    """Who answers on the day; what an earlier unit sent counts for the one that took over. Late is what came after `known_at`."""
    due = with_duties(pack.units, day)
    on_time: set[str] = set()
    at_all: set[str] = set()
    for each in receipts:
        unit = in_charge(pack.units, each.unit, day)
        at_all.add(unit)
        if known_at is None or each.first is None or each.first <= known_at:
            on_time.add(unit)
    sent = [unit for unit in due if unit in at_all]
    late = [unit for unit in sent if unit not in on_time]
    return Standing(tuple(due), tuple(sent), tuple(late), tuple(unit for unit in due if unit not in at_all))


def sentence(pack: Pack, receipts: Sequence[Receipt], day: date, known_at: date | None, lang: Language) -> str:
    """应报N个单位，已报…，未报…."""
    found = standing(pack, receipts, day, known_at)
    names = {code: pack.units[code].name.of(lang) for code in found.due}
    late = [names[code] for code in found.late]
    none = [names[code] for code in found.none]
    if lang == "zh":
        text = f"应报{len(found.due)}个单位，已报{len(found.sent)}个"
        text += f"（其中截止后才报{len(late)}个：{'、'.join(late)}）" if late else ""
        return text + (f"，未报{len(none)}个：{'、'.join(none)}" if none else "")
    text = f"{len(found.due)} units owe a report, {len(found.sent)} have sent"
    text += f" ({len(late)} only after the limit: {', '.join(late)})" if late else ""
    return text + (f", {len(none)} sent nothing: {', '.join(none)}" if none else "")
