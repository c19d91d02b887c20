"""A cell of a text or choice column → its text or code, or missing with a doubt. Codes are checked, never repaired in silence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from checker.errors import Text
from checker.intake.cells import BLANK, BROKEN, MARKS, Reading, mark, normal, squeezed, without_note, words
from checker.intake.names import plain
from checker.model import Choice, Unit

# Not content: a document called 无 is no document.
_NO_CONTENT = words("无 没有 暂无 尚无 略 待补 待上传 已有 有 √ × 是 否")
_HYPERLINK = re.compile(r'=HYPERLINK\(.*,\s*"([^"]*)"\s*\)', re.IGNORECASE)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_MOST_EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
_SEVERAL = re.compile(r"[、;；,，/\n\r]+")


# Short texts that the plain way must leave to `read_text`.
_SPECIAL = _NO_CONTENT | MARKS
_LONGEST_MARK = max(map(len, _SPECIAL)) + 2  # perhaps with a space or two
SPECIAL = sorted({spelling for each in _SPECIAL for spelling in (each, each.upper(), each.capitalize())})


# --- text ----------------------------------------------------------------------------------------


def read_text(raw: object) -> Reading:
    text = normal(raw)
    if not text:
        return BLANK
    if text[0] in "=#":
        if (link := _HYPERLINK.fullmatch(text)) is not None:
            return Reading(normal(link[1]) or None, "formula_cell")
        if (marked := mark(text)) is not None:
            return marked
    if isinstance(raw, float) and abs(raw) >= _MOST_EXACT:
        return Reading(None, "digits_lost")
    if BROKEN in text:
        return Reading(None, "broken_text")
    if len(text) <= _LONGEST_MARK and (tight := squeezed(text).lower()) in _SPECIAL:
        return Reading(None, "no_content") if tight in _NO_CONTENT else mark(tight) or BLANK
    return Reading(text)


# --- choices -------------------------------------------------------------------------------------


def labels(choices: tuple[Choice, ...]) -> dict[str, str]:
    """Every spelling of a choice → its code; a spelling of two choices is none."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for choice in choices:
        for spelling in {plain(each) for each in (choice.code, *choice.label, *choice.aliases)} - {""}:
            if found.setdefault(spelling, choice.code) != choice.code:
                twice.add(spelling)
    return {spelling: code for spelling, code in found.items() if spelling not in twice}


def read_choice(raw: object, known: Mapping[str, str]) -> Reading:
    text = normal(raw)
    if (code := known.get(plain(text))) is not None and text:
        return Reading(code)
    if (marked := mark(squeezed(text).lower())) is not None:
        return marked
    base, note = without_note(text)
    if note and (code := known.get(plain(base))) is not None:
        return Reading(code, "trailing_note")
    return Reading(None, "unknown_choice")


def read_choices(raw: object, known: Mapping[str, str]) -> Reading:
    """A list with one unknown part is missing: a list that is short says that the rest is not there."""
    text = normal(raw)
    whole = read_choice(text, known)
    if whole.value is not None:
        return Reading([whole.value], whole.kind)
    if squeezed(text) in ("无", "没有"):
        return Reading([], "word_zero")
    if whole.kind != "unknown_choice":
        return whole
    parts = [read_choice(part, known) for part in _SEVERAL.split(text) if part.strip()]
    if not parts or any(part.value is None for part in parts):
        return Reading(None, "unknown_choice")
    codes = list(dict.fromkeys(part.value for part in parts))
    return Reading(codes, next((part.kind for part in parts if part.kind), ""))


# --- codes with a pattern ------------------------------------------------------------------------

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LETTER = "A-HJ-NP-Z0-9"
PLATE_SHAPE = rf"[{_PROVINCES}][A-Z](?:[{_LETTER}]{{5}}|[{_LETTER}]{{4}}[挂学警港澳]|[DABCEFGHJK][{_LETTER}]\d{{4}}|\d{{5}}[DABCEFGHJK])"
_PLATE = re.compile(PLATE_SHAPE)
_USUAL = {"plate": _PLATE, "moe_code": re.compile("[0-9]{10}")}
_NEARLY_PLATE = re.compile(rf"[{_PROVINCES}][A-Z][A-Z0-9]{{5,6}}")
_DOTS = re.compile(r"[\s.·・•‧_-]")
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_BODY = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def read_code(raw: object, pattern: str, names: bool = False) -> Reading:
    """`names`: the column points to another table; a name may stand there and is looked up when all rows are in."""
    if isinstance(raw, str) and (usual := _USUAL.get(pattern)) is not None and usual.fullmatch(raw):
        return Reading(raw)
    if isinstance(raw, float) and abs(raw) >= _MOST_EXACT:
        return Reading(None, "digits_lost")
    text = normal(raw)
    tight = squeezed(text)
    if tight.lower() in _NO_CONTENT:
        return Reading(None, "no_content")
    if (marked := mark(tight.lower())) is not None:
        return marked
    if _SCIENTIFIC.fullmatch(tight):
        return Reading(None, "digits_lost")
    if isinstance(raw, date):
        return Reading(None, "fraction_autodate", f"{raw.month}/{raw.day}")
    read = {"plate": _plate, "moe_code": _moe_code, "uscc": _uscc}[pattern]
    found = read(tight.upper())
    if found.value is None and names and pattern != "plate" and _HAN.search(text):
        return Reading(text)
    if found.value is not None and not found.kind and tight != text and pattern != "plate":
        return Reading(found.value, "inner_space")
    return found


def _plate(text: str) -> Reading:
    parts = [part for part in _SEVERAL.split(text) if part]
    if len(parts) > 1:
        return Reading(None, "multi_value_cell")
    bare = _DOTS.sub("", text)
    if _PLATE.fullmatch(bare):
        return Reading(bare)
    if _NEARLY_PLATE.fullmatch(bare) and re.search("[IO]", bare[2:]):
        return Reading(None, "confusable_letter", bare[:2] + bare[2:].replace("I", "1").replace("O", "0"))
    return Reading(None, "plate_length" if re.match(rf"[{_PROVINCES}][A-Z]", bare) else "unreadable")


def _moe_code(text: str) -> Reading:
    if re.fullmatch(r"\d{10}", text):
        return Reading(text)
    if re.fullmatch(r"[\dOIL]{10}", text):
        return Reading(None, "confusable_letter", text.translate(str.maketrans("OIL", "011")))
    if len([part for part in _SEVERAL.split(text) if re.fullmatch(r"\d{10}", part)]) > 1:
        return Reading(None, "multi_value_cell")
    return Reading(None, "code_length" if text.isdigit() else "unreadable")


def _uscc(text: str) -> Reading:
    if len(text) != 18 or not text.isascii() or not text.isalnum():
        return Reading(None, "code_length" if text.isascii() and text.isalnum() else "unreadable")
    if any(letter not in _USCC for letter in text):
        return Reading(None, "confusable_letter", text.translate(str.maketrans("OIZS", "0125")))
    total = sum(_USCC.index(letter) * weight for letter, weight in zip(text, _USCC_WEIGHTS, strict=False))
    body = 11 - sum(_BODY.index(letter) * weight for letter, weight in zip(text[8:16], _BODY_WEIGHTS, strict=True)) % 11
    if text[17] != _USCC[(31 - total % 31) % 31] or text[16] != {10: "X", 11: "0"}.get(body, str(body)):
        return Reading(None, "uscc_check_failed")
    return Reading(text)


# --- units ---------------------------------------------------------------------------------------

_OFFICE = re.compile(
    r"(?:市|县|区)?(?:教育(?:和)?体育|教育|教体|教体文旅)(?:事业)?局$|人民政府$|管理委员会$|管委会$|社会事业局$"
)


def unit_names(units: Mapping[str, Unit]) -> dict[str, tuple[str, ...]]:
    """Every spelling of a unit → codes. Of a unit and its successor of the same name only the first is kept: who asks
    about a later day follows the successors."""
    found: dict[str, list[str]] = {}
    for code, unit in units.items():
        for spelling in {plain(each) for each in (code, *unit.name, unit.short, *unit.aliases)} - {""}:
            found.setdefault(spelling, []).append(code)
    return {spelling: _first_of_line(codes, units) for spelling, codes in found.items()}


def _first_of_line(codes: list[str], units: Mapping[str, Unit]) -> tuple[str, ...]:
    heirs = {heir for code in codes for heir in _heirs(code, units)}
    return tuple(code for code in codes if code not in heirs) or tuple(codes)


def _heirs(code: str, units: Mapping[str, Unit]) -> set[str]:
    seen: set[str] = set()
    while code in units and (code := units[code].successor) and code not in seen:
        seen.add(code)
    return seen


def read_unit(
    raw: object,
    known: Mapping[str, tuple[str, ...]],
    units: Mapping[str, Unit],
    day: date | None = None,
    dated: bool = False,
) -> Reading:
    """`day`: when the rows came in; a unit that was no longer, or not yet, there on that day is worth a question. Rows that
    are `dated` may tell of what a unit did before it ended.
    """
    text = normal(raw)
    codes = known.get(plain(text), ())
    if not codes:
        if (marked := mark(squeezed(text).lower())) is not None:
            return marked
        codes = known.get(plain(_OFFICE.sub("", text)), ()) or known.get(plain(without_note(text)[0]), ())
    if len(codes) > 1:
        return Reading(None, "unit_not_unique", ", ".join(codes))
    if not codes:
        return Reading(None, "unknown_unit")
    unit = units[codes[0]]
    if day is None or unit.in_force(day) or (dated and (unit.valid_from or day) <= day):
        return Reading(codes[0])
    return Reading(codes[0], "retired_unit")


def unit_in(text: str, known: Mapping[str, tuple[str, ...]]) -> str:
    """The one unit that a title, sheet or file names; nothing if it names none or several. Short codes (QD, 12) stand in
    too many words to be looked for.
    """
    tight = plain(text)
    hits = [name for name in known if name in tight and (len(name) > 4 or (len(name) > 1 and _HAN.search(name)))]
    longest = [one for one in hits if not any(one != other and one in other for other in hits)]
    codes = {code for name in longest for code in known[name]}
    return codes.pop() if len(codes) == 1 else ""


def shown(choices: tuple[Choice, ...], most: int = 12) -> Text:
    more = len(choices) > most
    return Text(
        "、".join(choice.label.zh for choice in choices[:most]) + ("…" if more else ""),
        ", ".join(choice.code for choice in choices[:most]) + (" …" if more else ""),
    )
