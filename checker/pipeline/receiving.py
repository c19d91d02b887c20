"""Files of a county → records, how each sheet was understood, how much each doubt weighs; and the papers that go back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from checker.errors import Language, Text
from checker.mapping import NO_MAP, DataMap
from checker.model import Pack
from checker.pipeline.narrowing import unit_code
from checker.pipeline.weighing import weights

if TYPE_CHECKING:
    import polars as pl

    from checker.intake import Stored
    from checker.pipeline import answering
    from checker.pipeline.answering import Given
    from checker.plan import Tables
    from checker.understood import Receipt, Sheet


@dataclass(frozen=True, slots=True)
class Received:
    """`weights`: one row per question of `tables`, in their order (see weigh). `unit`: code of the sender, if it was told.

    All that came is here, also what came after `known_at`: a run leaves that out, `receipts` tell it.
    """

    pack: Pack
    tables: Tables
    sheets: tuple[Sheet, ...]
    weights: pl.DataFrame
    unit: str
    received_on: date
    known_at: date | None
    answers: Given
    receipts: tuple[Receipt, ...]


def receive(
    pack: Pack,
    data: Sequence[str | Path],
    *,
    unit: str | None = None,
    received_on: date,
    known_at: date | None = None,
    mapping: DataMap = NO_MAP,
    hidden: bool = False,
    answers: Sequence[str | Path] = (),
) -> Received:
    """`unit`: by code, name or alias. `received_on`: when what does not say so itself came in. `answers`: forms that came
    back, and what was answered before."""
    from checker import intake
    from checker.pipeline import answering
    from checker.tables.receipts import receipts

    look = partial(intake.look, pack, data, unit=unit, received_on=received_on, hidden=hidden)
    came = answering.given(answers)
    looked = answering.answered(pack, data, look, came, mapping, known_at)
    weighed = weights(pack, looked.tables, received_on)
    sent = receipts(pack, looked.tables, looked.sheets, looked.returns, received_on)
    return Received(pack, looked.tables, looked.sheets, weighed, looked.unit, received_on, known_at, came, sent)


def store(
    pack: Pack,
    data: Sequence[str | Path],
    folder: Path,
    *,
    unit: str | None = None,
    received_on: date,
    mapping: DataMap = NO_MAP,
    hidden: bool = False,
) -> Stored:
    """The rows as typed tables in `folder`, however many there are; a run takes the folder for the files."""
    from checker import intake, runs

    about = {"pack": {"id": pack.id, "version": pack.version}, "versions": runs.program_versions()}
    return intake.store(
        pack, data, folder, unit=unit, received_on=received_on, mapping=mapping, hidden=hidden, about=about
    )


def stored_screen(pack: Pack, stored: Stored, lang: Language, written: Sequence[str], *, verbose: bool) -> str:
    """What a clerk sees of it. What weighs and who has sent nothing shows only in a run."""
    from checker.reports import received as told

    return told.screen(pack, stored.sheets, stored.questions, None, lang, "", written, verbose=verbose)


def folder_of(pack: Pack, unit: str | None, on: date, lang: Language) -> Path:
    """Where the papers of a unit go if nobody says: 收数/启东市."""
    name = pack.units[unit_code(pack, unit, on)].name.of(lang) if unit else ""
    return Path(Text("收数", "received").of(lang), name)


def write(received: Received, data: Sequence[str | Path], folder: Path, lang: Language) -> answering.Written:
    """The papers that go back to the county, and its answers for the next time."""
    from checker.pipeline import answering

    senders = {sheet.unit for sheet in received.sheets if sheet.unit}
    unit = received.unit or (senders.pop() if len(senders) == 1 else "")
    day = received.received_on
    asked = answering.Asked(received.pack, received.tables, data, unit, day, day, received.weights)
    return answering.write(asked, folder, lang, received.answers)


def screen(
    received: Received,
    lang: Language,
    written: Sequence[str] = (),
    register: Sequence[Receipt] | None = None,
    *,
    verbose: bool = False,
) -> str:
    """What a clerk sees. `register`: all that came so far, this included. `verbose`: every column with confidence and samples."""
    from checker.register import sentence
    from checker.reports import received as told

    pack, so_far = received.pack, received.receipts if register is None else register
    return told.screen(
        pack,
        received.sheets,
        received.tables.questions,
        received.weights,
        lang,
        sentence(pack, so_far, received.received_on, received.known_at, lang),
        written,
        verbose=verbose,
    )


def as_json(received: Received, written: Sequence[str] = (), register: Sequence[Receipt] | None = None) -> str:
    """The same for programs."""
    from checker.register import standing
    from checker.reports import understood_json

    pack, so_far = received.pack, received.receipts if register is None else register
    found = standing(pack, so_far, received.received_on, received.known_at)
    return understood_json.render(
        pack,
        received.sheets,
        received.tables.questions,
        received.weights,
        so_far,
        unit=received.unit or None,
        received_on=received.received_on,
        known_at=received.known_at,
        standing={"due": found.due, "sent": found.sent, "late": found.late, "none": found.none},
        written=list(written),
    )


def registered(received: Received, folder: Path, lang: Language) -> tuple[tuple[Receipt, ...], list[Path]]:
    """The register in `folder` with what came now, and the files that hold it."""
    from checker import register

    whole = register.continued(register.read(folder), received.receipts)
    return whole, register.write(folder, received.pack, whole, received.received_on, received.known_at, lang)


def mapping_text(pack: Pack, sheets: Sequence[Sheet], lang: Language) -> str:
    """How all sheets were understood, as a mapping that says the same when it is read in again."""
    from checker.reports import mapping

    return mapping.text(pack, sheets, lang)
