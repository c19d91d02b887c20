"""A folder of tables as the pack defines them, in Parquet → Tables of which nothing is in memory; or what does not fit.

For records that a platform holds already, more than memory holds: nothing is recognised, merged or asked about. Whatever is
not as the vocabulary says refuses the folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from checker import signs
from checker.errors import DataError, Diagnostic, Span, Text
from checker.fitting import FORM, RETURNED, misfits
from checker.model import Pack, Table
from checker.plan import Source, Tables
from checker.tables import assemble, schema

_UNIT = "unit"
_SHOWN = 5
# What a column may be, beside the type itself: whatever is taken for it without loss.
_ALSO: Mapping[pl.DataType, tuple[type[pl.DataType], ...]] = {
    pl.Int64(): (pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16, pl.UInt32),
    pl.Float64(): (pl.Float32, pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16, pl.UInt32, pl.Int64, pl.Decimal),
    pl.String(): (pl.Categorical, pl.Enum),
    pl.Datetime("us"): (pl.Datetime, pl.Date),
}


def ready(pack: Pack, folder: Path) -> Tables:
    """`<table>.parquet` each, a file or a folder of files. A table that is not there has no records."""
    files = {name: found for name in pack.tables if (found := _files(folder / f"{name}.parquet"))}
    strange = sorted(path for path in folder.glob("*.parquet") if path.stem not in pack.tables)
    wrong = [Diagnostic("E73", Span(path.as_posix()), _NO_SUCH_TABLE, FORM) for path in strange]
    if not files and not strange:
        wrong.append(Diagnostic("E73", Span(folder.as_posix()), _NOTHING, FORM))
    for name, found in files.items():
        wrong += _faults(pack.tables[name], found, folder / f"{name}.parquet")
    if wrong:
        raise DataError(wrong)
    scans = {name: _rows(pack.tables[name], found) for name, found in files.items()}
    known = assemble(pack, {_UNIT: scans.pop(_UNIT).collect()} if _UNIT in scans else {})
    frames = {name: pl.DataFrame(height=scan.select(pl.len()).collect().item()) for name, scan in scans.items()}
    sources = tuple(
        Source(path.relative_to(folder).as_posix(), "", name, {}, signs.digest(path))
        for name, found in sorted(files.items())
        for path in found
    )
    return Tables({**known.frames, **frames}, known.origins.clear(), sources, known.questions, scans)


def _rows(table: Table, files: Sequence[Path]) -> pl.LazyFrame:
    """All columns of the vocabulary in their types, read when they are needed."""
    return pl.concat([_of_file(table, file) for file in files])


def _of_file(table: Table, file: Path) -> pl.LazyFrame:
    scan, there = pl.scan_parquet(file), pl.read_parquet_schema(file)
    returned = [name for name in there if name.startswith(RETURNED)]
    wanted = {**schema(table), **dict.fromkeys(returned, pl.Date())}
    columns = {name: pl.col(name) if name in there else pl.lit(None) for name in wanted}
    # NaN is how other programs write "missing".
    columns |= {
        n: pl.col(n).cast(pl.Float64).fill_nan(None) for n, d in wanted.items() if d == pl.Float64 and n in there
    }
    return scan.select(column.cast(wanted[name]).alias(name) for name, column in columns.items())


def _files(path: Path) -> tuple[Path, ...]:
    if path.is_dir():
        return tuple(sorted(path.glob("*.parquet")))
    return (path,) if path.is_file() else ()


# --- what does not fit ---------------------------------------------------------------------------


def _faults(table: Table, files: tuple[Path, ...], path: Path) -> list[Diagnostic]:
    try:
        found = [fault for file in files for fault in _types(table, pl.read_parquet_schema(file))]
        found = found or list(_values(table, files))
    except (OSError, pl.exceptions.PolarsError):
        found = [_UNREADABLE]
    return [Diagnostic("E73", Span(path.as_posix()), message) for message in dict.fromkeys(found)]


def _types(table: Table, there: Mapping[str, pl.DataType]) -> Iterator[Text]:
    wanted = schema(table)

    def fits(name: str) -> bool:
        return there[name] == wanted[name] or isinstance(there[name], _ALSO.get(wanted[name], ()))

    return misfits(table, there, wanted, fits)


def _values(table: Table, files: tuple[Path, ...]) -> Iterator[Text]:
    """Codes that no choice has, keys that are missing or not of one record alone."""
    scan = _rows(table, files)
    for name, field in table.fields.items():
        if field.choices:
            codes = [choice.code for choice in field.choices]
            said = scan.select(pl.col(name).explode() if field.type == "choices" else pl.col(name)).unique()
            others = said.filter(pl.col(name).is_not_null() & ~pl.col(name).is_in(codes)).collect(engine="streaming")
            if others.height:
                told = "、".join(others[name].sort().head(_SHOWN))
                yield Text(
                    f"“{name}”有规则包里没有的代码：{told}", f'"{name}" has codes that the pack does not know: {told}'
                )
    if table.key:
        keys = scan.select(table.key).collect(engine="streaming")[table.key]
        if n := keys.null_count():
            yield Text(f"{n}条记录没有“{table.key}”", f'{n} records without "{table.key}"')
        if n := keys.len() - keys.hash().n_unique():
            yield Text(f"“{table.key}”有{n}条重复", f'"{table.key}" is repeated in {n} records')


_NO_SUCH_TABLE = Text("规则包里没有这张表", "the pack has no such table")
_NOTHING = Text("这个文件夹里没有规则包的表", "the folder holds no table of the pack")
_UNREADABLE = Text("不是完好的 Parquet 文件", "no sound Parquet file")
