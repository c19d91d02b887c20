"""A table of the vocabulary + the columns that came → what does not fit: of tables that are judged as they are, here or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from checker.errors import Text
from checker.model import Table

RETURNED = "_returned_"
FORM = Text(
    "每张表一个“表名.parquet”（文件或文件夹），列名和类型见规则包的 vocabulary；运行文件夹里的 tables 即是这样",
    "one <table>.parquet each, a file or a folder, columns and types as in the pack's vocabulary, as in the folder tables of a run",
)  # fmt: skip


def misfits(
    table: Table, there: Mapping[str, object], wanted: Mapping[str, object], fits: Callable[[str], bool]
) -> Iterator[Text]:
    """`there`, `wanted`: column → its type, as people read it; `fits`: whether a column that is wanted may be as it is."""
    for name, kind in there.items():
        if name in wanted:
            if not fits(name):
                yield Text(f"“{name}”是 {kind}，应为 {wanted[name]}", f'"{name}" is {kind}, not {wanted[name]}')
        elif not name.startswith(RETURNED):
            yield Text(f"规则包里没有“{name}”这一项", f'the pack has no field "{name}"')
    for name in (table.key, *table.parents.values()):
        if name and name not in there:
            yield Text(f"缺少“{name}”这一列", f'the column "{name}" is missing')
