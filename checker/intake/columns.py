"""A column of raw cells + a reader → a typed series, the doubts folded by distinct cell, and where something was lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from checker.intake.cells import Reading
from checker.intake.codes import PLATE_SHAPE, SPECIAL
from checker.intake.values import SAYS_NOTHING, CellReader

# Formulas, errors, quotes at the start, and characters that cannot be seen: for the careful reader.
_ODD_TEXT = "^[=#'\"]|[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]"

Raw = Sequence[object] | pl.Series


@dataclass(frozen=True, slots=True)
class Note:
    """One distinct cell that raises a doubt: where it stands first, and how often."""

    raw: object
    reading: Reading
    first: int
    n: int


@dataclass(frozen=True, slots=True)
class Read:
    series: pl.Series
    notes: list[Note]
    lost: pl.Series | None


def read(cells: Raw, reader: CellReader, dtype: pl.DataType) -> Read:
    if not isinstance(cells, pl.Series):
        return _list(cells, reader, dtype)
    typed = _typed(cells, reader, dtype)
    return Read(typed, [], None) if typed is not None else _series(_spoken(cells), reader, dtype)


def _typed(cells: pl.Series, reader: CellReader, dtype: pl.DataType) -> pl.Series | None:
    """A column that already has its type, if nothing in it would be refused as a cell."""
    if cells.dtype == pl.Null:
        return cells.cast(dtype)
    if cells.dtype == dtype and dtype in (pl.Boolean, pl.Date, pl.Int64):
        return cells if dtype != pl.Int64 or (cells >= 0).all() else None
    if dtype == pl.Int64 and cells.dtype.is_integer():
        return cells.cast(dtype) if (cells >= 0).all() else None
    if dtype == pl.Float64 and (cells.dtype.is_float() or cells.dtype.is_integer() or cells.dtype.is_decimal()):
        numbers = cells.cast(dtype).fill_nan(None)
        return numbers if not reader.is_share or numbers.is_between(0, 1).all() else None
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
    if cells.dtype in (pl.Categorical, pl.Enum):
        return cells.cast(pl.String)
    if cells.dtype.is_float():
        return cells.cast(pl.Float64).fill_nan(None)
    return cells.cast(pl.Float64) if cells.dtype.is_decimal() else cells


def distinct(cells: Raw) -> list[object]:
    return cells.unique(maintain_order=True).to_list() if isinstance(cells, pl.Series) else list(dict.fromkeys(cells))


def _list(cells: Sequence[object], reader: CellReader, dtype: pl.DataType) -> Read:
    if bool in set(map(type, cells)):
        # True and 1.0 are one key of a dict; a cell that says TRUE is not a number.
        cells = [("TRUE" if cell else "FALSE") if isinstance(cell, bool) else cell for cell in cells]
    series = pl.Series(list(map(reader.__getitem__, cells)), dtype=dtype)
    if not reader.noted or not (doubted := reader.noted.keys() & set(cells)):
        return Read(series, [], None)
    first: dict[object, int] = {}
    count: dict[object, int] = {}
    for at, cell in enumerate(cells):
        if cell in doubted:
            first.setdefault(cell, at)
            count[cell] = count.get(cell, 0) + 1
    notes = [Note(cell, reader.noted[cell], at, count[cell]) for cell, at in first.items()]
    gone = {note.raw for note in notes if _is_lost(note.reading)}
    return Read(series, notes, pl.Series([cell in gone for cell in cells]) if gone else None)


def _is_lost(reading: Reading) -> bool:
    return reading.value is None and reading.kind not in SAYS_NOTHING


def _series(cells: pl.Series, reader: CellReader, dtype: pl.DataType) -> Read:
    """Cells of the plainest form are cast as a whole; what is left is read one distinct cell at a time."""
    raw = cells.rename("raw").to_frame()
    plain = _plain(raw, reader.plain) if cells.dtype == pl.String else None
    if plain is None:
        plain = pl.Series([None], dtype=dtype).new_from_index(0, cells.len())
    odd = raw.with_columns(plain.alias("plain")).with_row_index("at")
    odd = odd.filter(pl.col("raw").is_not_null() & pl.col("plain").is_null())
    if odd.is_empty():
        return Read(plain, [], None)
    groups = odd.group_by("raw", maintain_order=True).agg(pl.col("at").first(), pl.len().alias("n"))
    read_cells = groups.select("raw", pl.Series("value", [reader[cell] for cell in groups["raw"]], dtype=dtype))
    series = raw.join(read_cells, on="raw", how="left", maintain_order="left")["value"]
    notes = [Note(cell, reader.noted[cell], at, n) for cell, at, n in groups.iter_rows() if cell in reader.noted]
    gone = [note.raw for note in notes if _is_lost(note.reading)]
    lost = cells.is_in(pl.Series(gone, dtype=cells.dtype).implode()).fill_null(False) if gone else None
    return Read(pl.select(pl.coalesce(plain, series)).to_series(), notes, lost)


def _plain(raw: pl.DataFrame, form: str) -> pl.Series | None:
    """The cells that have the plainest form, in their type; null where a cell has another."""
    cell = pl.col("raw")
    match form:
        case "text":
            text = cell.str.normalize("NFKC").str.strip_chars()
            odd = (
                text.str.to_lowercase().str.replace_all(r"\s", "").is_in(SPECIAL)
                | text.str.contains(_ODD_TEXT)
                | (text == "")
            )
            return raw.select(pl.when(~odd).then(text)).to_series()
        case "count":
            usual = cell.str.contains(r"^[0-9]{1,6}$") & ~cell.str.contains(r"^(?:9{4,}|12345[0-9]*)$")
            return raw.select(pl.when(usual).then(cell).cast(pl.Int64)).to_series()
        case "number":
            usual = cell.str.contains(r"^[0-9]{1,9}(?:\.[0-9]{1,6})?$")
            return raw.select(pl.when(usual).then(cell).cast(pl.Float64)).to_series()
        case "date":
            usual = cell.str.contains(r"^(?:19[5-9]|20[0-9])[0-9]-[01][0-9]-[0-3][0-9]$")
            return raw.select(pl.when(usual).then(cell).str.to_date("%Y-%m-%d", strict=False)).to_series()
        case "moe_code":
            return raw.select(pl.when(cell.str.contains("^[0-9]{10}$")).then(cell)).to_series()
        case "plate":
            return raw.select(pl.when(cell.str.contains(f"^{PLATE_SHAPE}$")).then(cell)).to_series()
        case _:
            return None
