"""Files of a county → records, how each sheet was understood, how much each doubt weighs; and the papers that go back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from checker.errors import Language
from checker.mapping import NO_MAP, DataMap
from checker.model import Pack
from checker.pipeline.examining import examined
from checker.pipeline.weighing import weights

if TYPE_CHECKING:
    import polars as pl

    from checker.plan import Tables
    from checker.understood import Sheet


@dataclass(frozen=True, slots=True)
class Received:
    """`weights`: one row per question of `tables`, in their order (see weigh). `unit`: code of the sender, if it was told."""

    pack: Pack
    tables: Tables
    sheets: tuple[Sheet, ...]
    weights: pl.DataFrame
    unit: str
    received_on: date
    known_at: date | None


def receive(
    pack: Pack,
    data: Sequence[str | Path],
    *,
    unit: str | None = None,
    received_on: date,
    known_at: date | None = None,
    mapping: DataMap = NO_MAP,
    hidden: bool = False,
) -> Received:
    """`unit`: by code, name or alias. `received_on`: when what does not say so itself came in."""
    from checker import intake

    looked = intake.look(
        pack, data, unit=unit, received_on=received_on, known_at=known_at, mapping=mapping, hidden=hidden
    )
    tables = examined(pack, looked.tables)
    weighed = weights(pack, tables, received_on, known_at)
    return Received(pack, tables, looked.sheets, weighed, looked.unit, received_on, known_at)


def screen(received: Received, lang: Language, written: Sequence[str] = (), *, verbose: bool = False) -> str:
    """What a clerk sees. `verbose`: every column with its confidence and samples."""
    from checker.reports import received as told

    return told.screen(
        received.pack, received.sheets, received.tables.questions, received.weights, lang, written, verbose=verbose
    )


def mapping_text(received: Received, lang: Language) -> str:
    """How all sheets were understood, as a mapping that says the same when it is read in again."""
    from checker.reports import mapping

    return mapping.text(received.pack, received.sheets, lang)
