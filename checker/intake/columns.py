"""A column of raw cells + a reader → a typed series, the doubts folded by distinct cell, and where something was lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

import polars as pl

from checker.intake.cells import BROKEN, UNSEEN, Reading
from checker.intake.codes import PLACEHOLDERS, PLATE_SHAPE, SPECIAL, TEXT_SHAPE, odd_texts
from checker.intake.days import PLAUSIBLE_YEARS
from checker.intake.numbers import SENTINEL, USUAL
from checker.intake.values import SAYS_NOTHING, CellReader
from checker.model import Range
from checker.tables.questions import MOST_PLACES

# Formulas, errors, quotes at the start, and characters that cannot be seen: for the careful reader.
_ODD_TEXT = f"^[=#'’\"]|[{UNSEEN}{BROKEN}]|_x000D_"

_LONGEST_SPECIAL = max(len(text.encode()) for text in SPECIAL)
_PLACES = (pl.col("at").head(MOST_PLACES), pl.len().alias("n"))

_DAY_ZERO = date(1970, 1, 1).toordinal()
_FEW = 1000  # cells that are sooner read one by one

Raw = Sequence[object] | pl.Series


@dataclass(frozen=True, slots=True)
class Note:
    """One distinct cell that raises a doubt: where it stands (the first MOST_PLACES rows), and how often."""

    raw: object
    reading: Reading
    rows: tuple[int, ...]
    n: int

    @property
    def first(self) -> int:
        return self.rows[0]


@dataclass(frozen=True, slots=True)
class Read:
    series: pl.Series
    notes: list[Note]
    lost: pl.Series | None


def read(cells: Raw, reader: CellReader, dtype: pl.DataType) -> Read:
    if not isinstance(cells, pl.Series):
        return _list(cells, reader, dtype)
    if isinstance(cells.dtype, pl.Enum):
        return _coded(cells, cells.dtype.categories, reader, dtype)
    typed = _typed(cells, reader, dtype)
    return Read(typed, [], None) if typed is not None else _series(_spoken(cells), reader, dtype)


def within(found: Read, cells: Raw, bounds: Range) -> Read:
    """Numbers that cannot be are none: taken out, each distinct cell with its doubt."""
    low, high = (None if end is None else float(end) for end in (bounds.low, bounds.high))
    beyond = pl.lit(False)
    if low is not None:
        beyond |= pl.col("value") < low
    if high is not None:
        beyond |= pl.col("value") > high
    odd = found.series.alias("value").to_frame().select(beyond.fill_null(False)).to_series()
    if not odd.any():
        return found
    places: dict[object, list[int]] = {}
    for at in odd.arg_true():
        places.setdefault(cells[at], []).append(at)
    refused = Reading(None, "implausible_value")
    notes = [Note(cell, refused, tuple(at[:MOST_PLACES]), len(at)) for cell, at in places.items()]
    kept = [note for note in found.notes if note.raw not in places]
    lost = odd if found.lost is None else odd | found.lost
    in_order = sorted(kept + notes, key=lambda note: note.first)
    return Read(pl.select(pl.when(~odd).then(found.series)).to_series(), in_order, lost)


def _typed(cells: pl.Series, reader: CellReader, dtype: pl.DataType) -> pl.Series | None:
    """A column that already has its type, if nothing in it would be refused as a cell."""
    if cells.dtype == pl.Null:
        return cells.cast(dtype)
    if cells.dtype == pl.Boolean and dtype == pl.Boolean:
        return cells
    if dtype == pl.Int64 and cells.dtype.is_integer():
        return cells.cast(dtype) if cells.is_between(0, USUAL).all() else None
    if isinstance(cells.dtype, (pl.Date, pl.Datetime)) and not cells.dt.year().is_between(*PLAUSIBLE_YEARS).all():
        return None
    if cells.dtype == pl.Date and dtype == pl.Date:
        return cells
    if dtype == pl.Float64 and (cells.dtype.is_float() or cells.dtype.is_integer() or cells.dtype.is_decimal()):
        numbers = cells.cast(dtype).fill_nan(None)
        if reader.is_share and reader[0.5] != 0.5:
            return None  # the whole column counts in hundreds
        return numbers if (numbers.is_between(0, 1) if reader.is_share else numbers.is_finite()).all() else None
    if isinstance(dtype, pl.Datetime) and isinstance(cells.dtype, pl.Datetime):
        return cells.dt.replace_time_zone(None).cast(dtype)
    if dtype == pl.Date and isinstance(cells.dtype, pl.Datetime):
        days = cells.dt.replace_time_zone(None)
        return days.dt.date() if (days == days.dt.truncate("1d")).all() else None
    return None


def _spoken(cells: pl.Series) -> pl.Series:
    """Types that a cell reader does not know, as it knows them."""
    if isinstance(cells.dtype, pl.List):
        return cells.cast(pl.List(pl.String)).list.join("、").replace("", "无")
    if cells.dtype == pl.Categorical:
        return cells.cast(pl.String)
    if cells.dtype.is_float():
        return cells.cast(pl.Float64).fill_nan(None)
    return cells.cast(pl.Float64) if cells.dtype.is_decimal() else cells


def distinct(cells: Raw) -> list[object]:
    return cells.unique(maintain_order=True).to_list() if isinstance(cells, pl.Series) else list(dict.fromkeys(cells))


def _list(cells: Sequence[object], reader: CellReader, dtype: pl.DataType) -> Read:
    types = set(map(type, cells))
    if bool in types:
        # True and 1.0 are one key of a dict; a cell that says TRUE is not a number.
        cells = [("TRUE" if cell else "FALSE") if isinstance(cell, bool) else cell for cell in cells]
    elif (float in types or date in types) and (ready := _ready(cells, dtype)) is not None:
        return Read(ready, [], None)
    seen = dict.fromkeys(cells)
    if isinstance(dtype, pl.List):
        # A series of lists is slow to make: one of the few different ones, and then their places.
        lists = pl.Series(list(map(reader.__getitem__, seen)), dtype=dtype)
        place = {cell: at for at, cell in enumerate(seen)}
        series = lists.gather(list(map(place.__getitem__, cells)))
    elif reader.plain == "text":
        said = {cell: reader[cell] for cell in odd_texts(seen)}
        series = pl.Series(list(map(said.get, cells, cells)) if said else list(cells), dtype=dtype)
    else:
        series = pl.Series(list(map(reader.__getitem__, cells)), dtype=dtype)
    if not reader.noted or not (doubted := reader.noted.keys() & seen.keys()):
        return Read(series, [], None)
    places: dict[object, list[int]] = {}
    for at, cell in enumerate(cells):
        if cell in doubted:
            places.setdefault(cell, []).append(at)
    notes = [Note(cell, reader.noted[cell], tuple(at[:MOST_PLACES]), len(at)) for cell, at in places.items()]
    gone = {note.raw for note in notes if _is_lost(note.reading)}
    return Read(series, notes, pl.Series([cell in gone for cell in cells]) if gone else None)


def _ready(cells: Sequence[object], dtype: pl.DataType) -> pl.Series | None:
    """A column of whole numbers or of days, as a spreadsheet keeps them; none of them odd enough to be looked at."""
    known = [cell for cell in cells if cell != ""]
    types = set(map(type, known))
    if dtype == pl.Int64 and types == {float}:
        numbers = cast(list[float], known)
        if min(numbers) < 0 or max(numbers) > USUAL or not all(map(float.is_integer, numbers)):
            return None
        with_gaps = cells if len(known) == len(cells) else [None if cell == "" else cell for cell in cells]
        return pl.Series(with_gaps, dtype=pl.Float64).cast(dtype)
    if dtype == pl.Date and types == {date}:
        days = cast(list[date], known)
        if not PLAUSIBLE_YEARS[0] <= min(days).year <= max(days).year <= PLAUSIBLE_YEARS[1]:
            return None
        ordinals = [None if cell == "" else cast(date, cell).toordinal() for cell in cells]
        return (pl.Series(ordinals, dtype=pl.Int32) - _DAY_ZERO).cast(dtype)
    return None


def _is_lost(reading: Reading) -> bool:
    return reading.value is None and reading.kind not in SAYS_NOTHING


def _coded(cells: pl.Series, words: pl.Series, reader: CellReader, dtype: pl.DataType) -> Read:
    """Few distinct cells, each read once; what they say is then put where they stand."""
    codes = cells.to_physical()
    known = _list(words.to_list(), reader, dtype) if words.len() <= _FEW else _series(words, reader, dtype)
    series = known.series.gather(codes)
    if not known.notes:
        return Read(series, [], None)
    doubted = {note.first: note for note in known.notes}
    places = codes.rename("code").to_frame().with_row_index("at").filter(pl.col("code").is_in(list(doubted)))
    notes = [
        Note(doubted[code].raw, doubted[code].reading, tuple(at), n)
        for code, at, n in places.group_by("code", maintain_order=True).agg(*_PLACES).iter_rows()
    ]
    lost = None if known.lost is None else known.lost.gather(codes).fill_null(False)
    return Read(series, notes, lost)


def _series(cells: pl.Series, reader: CellReader, dtype: pl.DataType) -> Read:
    """Cells of the plainest form are cast as a whole; what is left is read one distinct cell at a time."""
    series = _plain(cells, reader.plain) if cells.dtype == pl.String else None
    if series is None:
        series = pl.Series([None], dtype=dtype).new_from_index(0, cells.len())
    if series.null_count() == cells.null_count():
        return Read(series, [], None)
    odd = pl.DataFrame({"raw": cells, "value": series}).with_row_index("at")
    odd = odd.filter(pl.col("raw").is_not_null() & pl.col("value").is_null()).drop("value")
    groups = odd.group_by("raw", maintain_order=True).agg(*_PLACES)
    # Texts are mostly brackets and full-width marks: still nothing to read one by one.
    said = _spelled(groups["raw"]) if reader.plain == "text" else None
    words = groups["raw"] if said is None else groups["raw"].filter(said.is_null())
    known = pl.DataFrame({"raw": words, "value": pl.Series([reader[cell] for cell in words], dtype=dtype)})
    if said is not None:
        known = pl.concat([pl.DataFrame({"raw": groups["raw"], "value": said}).drop_nulls(), known])
    odd = odd.join(known, on="raw", how="left", maintain_order="left")
    notes = [Note(cell, reader.noted[cell], tuple(at), n) for cell, at, n in groups.iter_rows() if cell in reader.noted]
    gone = [note.raw for note in notes if _is_lost(note.reading)]
    lost = cells.is_in(pl.Series(gone, dtype=cells.dtype).implode()).fill_null(False) if gone else None
    return Read(_with(series, odd["at"], odd["value"]), notes, lost)


def _with(series: pl.Series, at: pl.Series, values: pl.Series) -> pl.Series:
    """The values put where they stand."""
    if not series.dtype.is_nested():
        return series.scatter(at, values)
    place = pl.Series([None], dtype=pl.UInt32).new_from_index(0, series.len())
    return values.gather(place.scatter(at, pl.int_range(at.len(), dtype=pl.UInt32, eager=True)))


def _plain(cells: pl.Series, form: str) -> pl.Series | None:
    """The cells that have the plainest form, in their type; null where a cell has another."""
    cell = pl.col("raw")
    match form:
        case "text":
            short = cell.str.len_bytes() <= _LONGEST_SPECIAL
            usual = cell.str.contains(f"^{TEXT_SHAPE}$") & ~(short & cell.is_in(SPECIAL))
        case "count":
            usual = cell.str.contains(r"^[0-9]{1,6}$") & ~cell.str.contains(f"^(?:{SENTINEL})$")
        case "number":
            usual = cell.str.contains(r"^[0-9]{1,9}(?:\.[0-9]{1,6})?$")
        case "date":
            usual = cell.str.contains(r"^(?:19[5-9]|20[0-8])[0-9]-[01][0-9]-[0-3][0-9]$")
        case "moe_code":
            # Ten digits of which the first is no nought: quicker than a pattern.
            usual = (cell.str.len_bytes() == 10) & (cell.cast(pl.Int64, strict=False) >= 10**9)
            usual &= ~cell.is_in(PLACEHOLDERS)
        case "plate":
            usual = cell.str.contains(f"^{PLATE_SHAPE}$")
        case _:
            return None
    plain = cells.rename("raw").to_frame().select(pl.when(usual).then(cell)).to_series()
    match form:
        case "count":
            return plain.cast(pl.Int64)
        case "number":
            return plain.cast(pl.Float64)
        case "date":
            return plain.str.to_date("%Y-%m-%d", strict=False)
    return plain


def _spelled(cells: pl.Series) -> pl.Series:
    """Texts as they are kept, where they are not empty, marks or formulas."""
    text = pl.col("raw").str.normalize("NFKC").str.strip_chars()
    odd = text.str.to_lowercase().str.replace_all(r"\s", "").is_in(SPECIAL) | text.str.contains(_ODD_TEXT)
    return cells.rename("raw").to_frame().select(pl.when(~odd & (text != "")).then(text)).to_series()
