"""A cell of a yes/no column → yes, no, or missing with a doubt. A plan is a no, a hedge and a contradiction are nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time

from checker.intake import boxes
from checker.intake.cells import BLANK, LONGEST, Reading, linked, mark, spoken, through_link, without_note, words
from checker.intake.periods import read_period
from checker.intake.phrases import facts
from checker.intake.statements import ANY_COLUMN, BAD, GOOD, NO, YES, Column, plain, stated, with_notes

_TYPED_TICKS = {"v": True, "vv": True, "ü": True, "þ": True, "û": False, "ý": False, "乂": False}
# Signs that every form uses in its own way, with what they mean most often.
_SIGNS = dict.fromkeys("■●★◆◎⊙◉+┼十r", YES) | dict.fromkeys("▲△○◯o┴※☒", "") | {"元": NO}
_TEMPLATES = words(
    "是否 有无 能否 是不是 有没有 有否 是或否 有或无 是与否 请选择 请填写 请选择是或否 填是或否 下拉选择 选填 "
    "必填 对错 √× √/× ×√ y/n yes/no yn "
    "t/f true/false"
)
_OPTION = re.compile(
    r"是|否|有|没有|无|对|错|不是|不合格|不达标|合格|达标|yes|no|y|n|"
    r"(?:已经?|未|尚未|没有)(?:[\u4e00-\u9fff]{1,4}?)(?=[\W_]|[√✓✔☑]|$)"
)
_OPPOSITES = tuple(
    set(pair.split("/"))
    for pair in ["是/否", "是/不是", "有/无", "有/没有", "对/错", "y/n", "yes/no", "合格/不合格", "达标/不达标"]
)
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_SHARE = re.compile(r"(约|近|大约)?([0-9]+(?:\.[0-9]+)?)(%|‰)(左右|以上|以下)?")
_TENTHS = re.compile(r"[一二三四五六七八九两几](?:[一二三四五六七八九])?成(?:半|以上|左右)?")
_OF = re.compile(r"([0-9]+)/([0-9]+)")


def read(raw: object, about: Column = ANY_COLUMN) -> Reading:
    match raw:
        case bool():
            return Reading(raw)
        case datetime() | date():
            return Reading(None, "date_in_yes_no", YES)
        case time():
            return Reading(None, "unreadable")
        case float() if raw != raw:
            return BLANK
    if (shown := linked(raw)) is not None:
        return through_link(read(shown, about))
    text = spoken(raw)
    if len(text) > LONGEST:
        return Reading(None, "unreadable")
    found = _read(text, about)
    if found.kind == "unreadable" and isinstance(raw, str) and "\n" in raw.strip():
        # Alt+Enter wraps a word as often as it parts two.
        found = _read(spoken(",".join(raw.split("\n"))), about)
    return found


def _read(text: str, about: Column) -> Reading:
    if text == "R":
        return Reading(True)  # ☑ of the font Wingdings 2
    low = text.lower()
    if (said := plain(low, about)) is not None:
        return Reading(said)
    for reader in (_without_words, _boxes):
        if (found := reader(low, about)) is not None:
            return found
    if low.startswith("不属于") and "属于" in about.label:
        return Reading(False)
    marked = mark(low)
    # 未上报 means no in a column that asks whether it was reported, and not told in any other.
    if marked is not None and not any(
        fact.acts & about.acts and isinstance(fact.value, bool) for fact in facts(low, about.nouns)
    ):
        return marked
    if (numeric := _numeric(low, about)) is not None:
        return numeric
    return stated(low, about)


# --- signs, boxes, numbers ------------------------------------------------------------------------


def _without_words(text: str, about: Column) -> Reading | None:
    if text in _TYPED_TICKS:
        return Reading(_TYPED_TICKS[text], "typo_confusable")
    if text in _TEMPLATES or (text.strip("/_ ") and not text.strip("□☐▢口_()/ ")):
        return Reading(None, "template_not_filled")
    if text in _SIGNS:
        return Reading(None, "symbol_ambiguous", _SIGNS[text])
    if read_period(text) is not None:
        return Reading(None, "date_in_yes_no", YES)
    return None


def _boxes(text: str, about: Column) -> Reading | None:
    found = boxes.marked(text, _option_at)
    if found is None:
        base, note = without_note(text)
        inner = boxes.marked(base, _option_at) if note else None
        if inner is None or len(inner.chosen) != 1 or not inner.sure:
            return None
        chosen = _value(inner.chosen[0], about)
        return None if chosen is None else with_notes(chosen, [note])
    if found.joined.strip("/、|或. ") or len(found.options) > 4:
        return None
    values = {_value(option, about) for option in found.options}
    if values != {True, False} or not _opposite(found.options):
        return None
    if not found.chosen and found.sure:
        return Reading(None, "template_not_filled")
    chosen_values = [_value(option, about) for option in found.chosen]
    if len(chosen_values) != 1:
        return Reading(None, "qualified_yes" if chosen_values else "template_not_filled")
    if not found.sure:
        return Reading(None, "template_not_filled", YES if chosen_values[0] else NO)
    return Reading(chosen_values[0])


def _opposite(options: Iterable[str]) -> bool:
    """是 and 否, 已联网 and 未联网: the options of one question."""
    pair = set(options)
    return pair in _OPPOSITES or len({re.sub(r"^(?:已经?|未|尚未|没有|不)", "", option) for option in pair}) == 1


def _option_at(text: str, at: int) -> str:
    found = _OPTION.match(text, at)
    return found[0] if found is not None else ""


def _value(option: str, about: Column) -> bool | None:
    if (said := plain(option, about)) is not None:
        return said
    if option in GOOD or option in BAD:
        return option in GOOD
    values = [fact.value for fact in facts(option, about.nouns)]
    return values[0] if len(values) == 1 and isinstance(values[0], bool) else None


def _numeric(text: str, about: Column) -> Reading | None:
    if _NUMBER.fullmatch(text):
        number = float(text)
        if about.coded and number in (0, 1):
            return Reading(number == 1, "numeric_bool")
        # 1 = yes, 2 = no is a common coding, but somebody has to say so.
        guess = {1.0: YES, 2.0: NO if about.counted else "", 0.0: NO}.get(number, "")
        return Reading(None, "numeric_bool_ambiguous", guess)
    if (share := _SHARE.fullmatch(text)) is not None:
        amount = float(share[2]) / (1000 if share[3] == "‰" else 100)
        if amount > 1:
            return Reading(None, "out_of_range")
        if share[4] == "以上" or (amount == 1 and (share[1] or share[4])):
            return Reading(None, "hedged_value", NO if amount < 1 else "")
        return Reading(amount == 1, "percent_in_yes_no" if amount in (0, 1) else "partial_value")
    if _TENTHS.fullmatch(text):
        return Reading(None, "hedged_value", NO) if "以上" in text else Reading(False, "partial_value")
    if (of := _OF.fullmatch(text)) is not None:
        part, whole = int(of[1]), int(of[2])
        return Reading(None, "numeric_bool_ambiguous", YES if part == whole else NO if part < whole else "")
    return None
