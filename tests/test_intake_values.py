"""Cells as counties fill them in: every sample of the collection. The kinds that they stand for: test_readings_*."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from reading import (
    BORN,
    CODE,
    DAY,
    DONE,
    DUE,
    GUARDS,
    LINKED,
    NOTE,
    OWNERSHIP,
    PLATE,
    RATE,
    SETUP,
    STAFF,
    TYPE,
    UNIT_CODE,
    USCC,
    read,
)  # fmt: skip

from checker.intake import KINDS
from checker.intake.doubts import guess, of
from checker.model import FieldDef

with (Path(__file__).parent / "data" / "messy-values.csv").open(encoding="utf-8", newline="") as lines:
    SAMPLES = {row["id"]: row for row in csv.DictReader(lines)}

# What is no matter of one cell, and where it is tried.
ELSEWHERE = {
    "N036": "a merged cell: see test_intake",
    "N094": "two columns that disagree: see test_checks",
    "N117": "a row of totals: see test_intake",
    "N118": "a footnote: see test_intake",
    "N120": "two rows of headings: see test_intake",
    "N121": "a school twice: see test_tables",
    "N123": "the look of a cell, not what it says",
    "N124": "the look of a cell, not what it says",
}
# What depends on what the column asks for, or what one value cannot hold: (field, value, doubt, candidate).
BY_COLUMN: dict[str, tuple[FieldDef, Any, str, str]] = {
    "N013": (LINKED, False, "two_facts_in_cell", ""),  # and in the other column: see below
    "N016": (SETUP, True, "trailing_note", ""),
    "N037": (GUARDS, 2, "derived_from_note", ""),
    "N046": (STAFF, 800, "approximate_lower_bound", "≥800"),
    "N063": (RATE, None, "range_in_cell", "95%..100%"),
    "N072": (DAY, date(2015, 12, 9), "excel_serial", ""),  # and in a workbook that counts from 1904: see below
    "N073": (DAY, date(2019, 12, 10), "excel_serial", ""),
    "N076": (DAY, None, "month_precision", "2019-12-01..2019-12-31"),
    "N079": (DAY, None, "fuzzy_date", "2019-12-01..2019-12-31"),
    "N081": (DONE, date(2019, 12, 25), "range_end_used", "2019-12-10..2019-12-25"),
    "N084": (DONE, None, "month_precision", "2021-03-01..2021-03-31"),
    "N088": (DUE, date(2019, 12, 31), "deadline_phrase", ""),
    "N090": (DUE, None, "assumed_deadline", ""),  # which day to assume is for the rules to say
    "N105": (OWNERSHIP, None, "ownership_ambiguous", "public、private"),
    "N106": (OWNERSHIP, "public", "ownership_by_rule", ""),
    "N108": (TYPE, "primary", "two_institutions_in_row", "primary、kindergarten"),
    "N114": (PLATE, None, "multi_value_cell", "苏F12345、苏F23456"),
    "N115": (BORN, None, "age_not_birthdate", ""),
}
CANDIDATES = {"N039": "3", "N040": "6", "N051": "10", "N054": "12/15", "N078": "12-10", "N097": "12320612468172342E"}
FIELDS = {
    "bool": LINKED,
    "count": STAFF,
    "percent": RATE,
    "date": DAY,
    "moe_code": CODE,
    "uscc": USCC,
    "plate": PLATE,
    "ownership": OWNERSHIP,
    "school_type": TYPE,
    "text": NOTE,
}
# Units: as named in a file of December 2019, and in one of August 2020.
UNITS = {"N099": ("港闸", "320611", ""), "N100": ("海门市", "320684", ""), "N102": ("通州湾", "TZW", "functional_area"),
         "N103": ("海安县", "320685", "retired_unit")}  # fmt: skip


def expected(row: dict[str, str]) -> Any:
    said, kind = row["expected_normalised"], row["column_kind"]
    if row["status"] == "unknown" or said.startswith("null"):
        return None
    if kind == "bool":
        return said.startswith("true")
    if kind == "percent":
        return float(said) / 100
    if kind == "date":
        return date.fromisoformat(said)
    return int(said) if kind == "count" else said.removeprefix("text '").partition("'")[0]


@pytest.mark.parametrize("id", [id for id in SAMPLES if id not in ELSEWHERE and id not in UNITS])
def test_sample(id: str) -> None:
    row = SAMPLES[id]
    raw = row["raw_value"].replace("\\n", "\n")
    candidate = CANDIDATES.get(id)
    if id in BY_COLUMN:
        field, value, kind, candidate = BY_COLUMN[id]
    else:
        field, value, kind = FIELDS[row["column_kind"]], expected(row), row["finding_code"]
    if kind == "missing":
        kind = ""  # an empty cell raises no question of its own
    found = read(field, raw)
    assert (found.value, found.kind) == (value, kind), row["note"]
    assert candidate is None or found.candidate == candidate
    assert kind == "" or of(kind).severity == ("lost" if value is None else "doubt")


@pytest.mark.parametrize("id", UNITS)
def test_unit_of_the_pack(id: str) -> None:
    from checker.intake.values import Readers
    from checker.pipeline import sound_pack

    raw, code, kind = UNITS[id]
    assert SAMPLES[id]["raw_value"] == raw
    before, after = (Readers(sound_pack("nantong-2019"), day).unit() for day in (date(2019, 12, 1), date(2020, 8, 1)))
    assert (before[raw], before.noted[raw].kind if raw in before.noted else "") == (code, kind)
    assert (after[raw], after.noted[raw].kind) == (code, kind or "retired_unit")


def test_the_other_column_and_the_other_workbook() -> None:
    assert read(SETUP, SAMPLES["N013"]["raw_value"])[:2] == (True, "two_facts_in_cell")
    assert read(DAY, float(SAMPLES["N072"]["raw_value"]), since_1904=True)[:2] == (
        date(2019, 12, 10),
        "excel_serial_1904",
    )


def test_all_samples_are_tried() -> None:
    assert set(ELSEWHERE) | set(BY_COLUMN) | set(CANDIDATES) | set(UNITS) <= set(SAMPLES)
    assert read(UNIT_CODE, "通州湾").kind == "functional_area"


@pytest.mark.parametrize("code", [*KINDS, "ownership_by_rule", "school_type_ambiguous"])
def test_every_doubt_can_be_told_in_both_languages(code: str) -> None:
    blanks = (
        "raw",
        "reading",
        "candidate",
        "maybe",
        "field",
        "table",
        "n",
        "of",
        "cells",
        "parent",
        "count",
        "child",
        "parents",
    )
    more = ("names", "other", "heads", "neighbour", "what", "how", "reason")
    more += ("unit", "m", "share", "more", "rule", "range", "who", "fields", "value", "spread", "missing", "expected")
    more += (
        "place",
        "received",
        "until",
        "returned",
        "ended",
        "earlier",
        "later",
        "days",
        "line",
        "near",
        "note",
        "factor",
    )
    kind = of(code) if code not in KINDS else KINDS[code]
    for said in kind.text:
        assert said.format(**dict.fromkeys((*blanks, *more), "…"))
    assert any("\u4e00" <= letter <= "\u9fff" for letter in kind.text.zh) or code == "file_unsupported"


def test_a_message_tells_the_candidate_if_there_is_one() -> None:
    words = {"field": "人数", "raw": "1O"}
    assert of("confusable_letter").text.zh.format(
        **words, **{k: getattr(v, "zh", v) for k, v in guess("10").items()}
    ) == ("“人数”：“1O”中有易混的字母；是否应为“10”？")
    assert of("unreadable").text.zh.format(**words, **{k: getattr(v, "zh", v) for k, v in guess("").items()}) == (
        "“人数”：“1O”看不懂，按待核"
    )
