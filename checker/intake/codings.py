"""A heading that says what the numbers under it mean (1是2否, 1幼儿园 2小学) → each number as it would be typed in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from checker.intake.layout import Layout
from checker.intake.names import plain
from checker.mapping import Coding
from checker.model import FieldDef, Table

_BRACKETED = re.compile(r"[(（\[【]([^()（）\[\]【】]{3,60})[)）\]】]")
_PAIR = re.compile(r"(?<![0-9])([0-9]{1,2})\s*(?:[=:.、-]|代表|表示|为|指)?\s*([\u4e00-\u9fff]{1,12})")
_PAIR_TURNED = re.compile(r"([\u4e00-\u9fff]{1,12}?)\s*(?:填写|[填写选打记用为=:])?\s*([0-9]{1,2})(?![0-9])")
_BETWEEN = " ,，;；、/或"
_YES_NO = {**dict.fromkeys(("是", "有", "已", "对"), "是"), **dict.fromkeys(("否", "无", "未", "没有", "不是"), "否")}


def codings(layout: Layout, table: Table) -> dict[int, tuple[Coding, ...]]:
    """Column → what its heading says; noted in the layout, for its brackets are understood then."""
    leaves = {head.column: head.leaf for head in layout.heads}
    found = {}
    for column, name in layout.fields.items():
        field = table.fields.get(name)
        if field is None or field.type not in ("yes_no", "choice"):
            continue
        for inner in _BRACKETED.findall(unicodedata.normalize("NFKC", leaves.get(column, ""))):
            if said := _of(inner, field):
                found[column] = tuple(Coding(number, meaning) for number, meaning in said.items())
    layout.told |= set(found)
    return found


def _of(inner: str, field: FieldDef) -> Mapping[str, str]:
    """Nothing unless all of the bracket is understood, and no number means two things."""
    turned = [(number, word) for word, number in _PAIR_TURNED.findall(inner)]
    return _meant(_PAIR.findall(inner), _PAIR.sub("", inner), field) or _meant(
        turned, _PAIR_TURNED.sub("", inner), field
    )


def _meant(pairs: Sequence[tuple[str, str]], rest: str, field: FieldDef) -> Mapping[str, str]:
    known = {plain(each): each for choice in field.choices for each in (*choice.label, *choice.aliases)}
    meant = {
        number: _YES_NO.get(word, "") if field.type == "yes_no" else known.get(plain(word), "")
        for number, word in pairs
    }
    whole = len(pairs) > 1 and len(meant) == len(pairs) and all(meant.values()) and not rest.strip(_BETWEEN)
    return meant if whole and len(set(meant.values())) > 1 else {}
