"""A cell of a text column or of a code (school, credit code, number plate) → its text, or missing with a doubt."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime

from checker.intake.cells import (
    BLANK,
    BROKEN,
    LONGEST,
    MARKS,
    Reading,
    doubted,
    linked,
    mark,
    normal,
    squeezed,
    without_note,
    words,
)

# Not content: a document called 无 is no document, and neither is one called 已制定 or 正在制定.
_STATES = [
    f"{state}{act}"
    for state in ("已", "未", "尚未", "没有", "暂未", "正在", "拟", "待", "已经")
    for act in (
        "制定",
        "制订",
        "建立",
        "完善",
        "完成",
        "落实",
        "上传",
        "提供",
        "编制",
        "成立",
        "印发",
        "有",
        "备",
        "整改",
        "办理",
    )
]
_NO_CONTENT = words(
    "无 没有 暂无 尚无 略 待补 待上传 已有 有 √ × 是 否 制定中 编制中 建立中 完善中 办理中 整理中 申请中 "
    "待赋码 未取得 未办理 未上牌 新办 齐全 完善 "
    "有制度 有台账 有记录 yes no y n 空 空白 xx xxx ×× ×××"
) | frozenset(_STATES)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MOST_EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
_SCIENTIFIC = re.compile(r"([0-9])(?:\.([0-9]+))?[eE]\+?([0-9]+)")

# Short texts that the plain way must leave to `read_text`.
_SPECIAL = _NO_CONTENT | MARKS
_LONGEST_MARK = max(map(len, _SPECIAL)) + 2  # perhaps with a space or two
SPECIAL = sorted({spelling for each in _SPECIAL for spelling in (each, each.upper(), each.capitalize())})

# Letters and marks of which `read_text` changes none.
TEXT_SHAPE = "[\u4e00-\u9fffA-Za-z0-9.:/+、—“”-]+"
_OTHER_LETTERS = re.compile(TEXT_SHAPE.replace("[", "[^"))


# --- text ----------------------------------------------------------------------------------------


def odd_texts(cells: Collection[object]) -> list[object]:
    """Those that `read_text` may not read as they stand. In many columns there are none, as is seen at one look."""
    texts = [cell for cell in cells if type(cell) is str]
    found: list[object] = [cell for cell in cells if type(cell) is not str] if len(texts) < len(cells) else []
    if _OTHER_LETTERS.search("".join(texts)) is not None:
        found += [text for text in texts if _OTHER_LETTERS.search(text) is not None]
    return found + [text for text in texts if len(text) <= _LONGEST_MARK and (not text or text.lower() in _SPECIAL)]


def read_text(raw: object) -> Reading:
    text = normal(raw)
    if not text:
        return BLANK
    if text[0] in "=#":
        if (shown := linked(raw)) is not None:
            return Reading(shown or None, "formula_cell")
        if (marked := mark(text)) is not None and marked.kind in ("excel_error", "formula_no_cached_value"):
            return marked
    if isinstance(raw, float) and abs(raw) >= _MOST_EXACT:
        return Reading(None, "digits_lost")
    if BROKEN in text:
        return Reading(None, "broken_text")
    if len(text) <= _LONGEST_MARK and (tight := squeezed(text).lower()) in _SPECIAL:
        return Reading(None, "no_content") if tight in _NO_CONTENT else mark(tight) or BLANK
    return Reading(text)


# --- codes with a pattern ------------------------------------------------------------------------

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LETTER = "A-HJ-NP-Z0-9"
PLATE_SHAPE = (
    rf"[{_PROVINCES}][A-Z](?:[{_LETTER}]{{5}}|[{_LETTER}]{{4}}(?:[挂学警港澳]|应急)|"
    rf"[DABCEFGHJK][{_LETTER}][0-9]{{4}}|[0-9]{{5}}[DABCEFGHJK])"
)
_PLATE = re.compile(PLATE_SHAPE)
# Typed so that the cell is not empty: two schools that do it must not become one.
PLACEHOLDERS = (*(digit * 10 for digit in "0123456789"), "0123456789", "1234567890", "9876543210")
_USUAL = {"plate": _PLATE, "moe_code": re.compile("[0-9]{10}")}
_NEARLY_PLATE = re.compile(rf"[{_PROVINCES}][A-Z][A-Z0-9]{{5,6}}")
_PLATE_AMONG_WORDS = re.compile(rf"[\u4e00-\u9fff]*?({PLATE_SHAPE})(?:[\u4e00-\u9fff].*)?", re.DOTALL)
_MORE_PLATES = re.compile(rf"^[等或及和与]|[0-9]+辆|[{_PROVINCES}][A-Z][A-Z0-9]")
_PLATE_BEGINS = re.compile(rf"[{_PROVINCES}][A-Z]")
_WITHOUT_PROVINCE = re.compile(rf"[A-Z](?:[{_LETTER}]{{5}}|[DABCEFGHJK][{_LETTER}][0-9]{{4}}|[0-9]{{5}}[DABCEFGHJK])")
_DOTS = re.compile(r"[\s.·・•‧∙⋅。．_—–‐‑‒―−-]")
_SEVERAL = re.compile(r"[、;；,，/|\n\r和及与或]+|\s{2,}")
_JOINT = re.compile(r"[\s._—–‐‑‒―−-]+")
_TAIL = re.compile(r"\.0+$")
_GUESSED = str.maketrans("OQILZSB", "0011258")
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_BODY = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NEVER = str.maketrans("OIZSV", "0125U")  # letters that no credit code holds, and what they look like
_ALIKE = {"0": "DQ", "D": "0", "Q": "0", "8": "B", "B": "8", "2": "Z", "5": "S", "1": "L", "L": "1", "6": "G", "G": "6"}


def read_code(raw: object, pattern: str, names: bool = False, province: str = "") -> Reading:
    """`names`: the column points to another table; a name may stand there and is looked up when all rows are in.
    `province`: what a number plate without one most likely begins with.
    """
    if isinstance(raw, str) and (usual := _USUAL.get(pattern)) is not None and usual.fullmatch(raw):
        return Reading(raw) if raw not in PLACEHOLDERS else Reading(None, "placeholder_code")
    if isinstance(raw, (int, float)) and not isinstance(raw, bool) and abs(raw) >= _MOST_EXACT:
        return Reading(None, "digits_lost")
    if (shown := linked(raw)) is not None:
        found = read_code(shown, pattern, names, province)
        return found if found.kind else found._replace(kind="formula_cell")
    text = normal(raw)
    tight = squeezed(text)
    if tight.lower() in _NO_CONTENT:
        return Reading(None, "no_content")
    if (marked := mark(tight.lower())) is not None:
        return marked
    if len(text) > LONGEST:
        return Reading(None, "unreadable")
    if isinstance(raw, (date, datetime)):
        return Reading(None, "fraction_autodate")
    if pattern == "plate":
        return _plate(text, province)
    if (short := _SCIENTIFIC.fullmatch(tight)) is not None:
        # 3.132001234E+09 still holds all its digits, 3.1320E+09 does not.
        figures = short[1] + (short[2] or "")
        return Reading(None, "digits_lost", figures if len(figures) == int(short[3]) + 1 else "")
    found = _digits(text, _moe_code if pattern == "moe_code" else _uscc, 10 if pattern == "moe_code" else 18)
    if found.value is None and names and found.kind != "multi_value_cell" and _HAN.search(text):
        return Reading(text)
    return found


# --- codes of schools, credit codes ---------------------------------------------------------------


def _digits(text: str, read: Callable[[str], Reading], length: int) -> Reading:
    """A code by itself, or the only one among other words."""
    bare = _TAIL.sub("", text.upper()) if length == 10 else text.upper()
    whole = read(bare)
    if whole.value is not None or whole.kind in ("confusable_letter", "uscc_check_failed"):
        return whole
    joined = _JOINT.sub("", bare)
    if joined != bare:
        inner = read(joined)
        if inner.value is not None:
            return Reading(inner.value, "inner_space")
        if inner.kind in ("confusable_letter", "uscc_check_failed") and not re.search(r"\s", bare.strip()):
            return inner
    runs = re.findall(rf"(?<![0-9A-Z])[0-9A-Z]{{{length}}}(?![0-9A-Z])", bare)
    sure = [run for run in dict.fromkeys(runs) if read(run).value is not None]
    if len(runs) > 1:
        return Reading(None, "multi_value_cell", "、".join(sure))
    if len(sure) == 1 and not re.search(r"[0-9]", rest := bare.replace(sure[0], "")):
        return (
            Reading(None, "hedged_value", sure[0])
            if doubted(rest.strip(" ()（）"))
            else Reading(sure[0], "trailing_note")
        )
    shortened = without_note(bare.translate(str.maketrans("（）", "()")))[0]
    return read(shortened) if shortened != bare and re.fullmatch("[0-9A-Z]+", shortened) else whole


def _moe_code(text: str) -> Reading:
    if re.fullmatch(r"[0-9]{10}", text):
        return Reading(text) if text not in PLACEHOLDERS else Reading(None, "placeholder_code")
    if re.fullmatch(r"[0-9OQILZSB]{10}", text) and re.search(r"[0-9]", text):
        return Reading(None, "confusable_letter", text.translate(_GUESSED))
    return Reading(None, "code_length" if re.fullmatch(r"[0-9]+", text) else "unreadable")


def _uscc(text: str) -> Reading:
    if not re.fullmatch(r"[0-9A-Z]{18}", text):
        return Reading(None, "code_length" if re.fullmatch(r"[0-9A-Z]+", text) else "unreadable")
    if any(letter not in _USCC for letter in text):
        return Reading(None, "confusable_letter", text.translate(_NEVER))
    if _checks(text):
        return Reading(text)
    likely = [other for other in _lookalikes(text) if _checks(other)]
    return Reading(None, "uscc_check_failed", likely[0] if len(likely) == 1 else "")


def _checks(text: str) -> bool:
    """Both check characters: of the organisation code inside, and of the whole."""
    if any(letter not in _USCC for letter in text):
        return False
    total = sum(_USCC.index(letter) * weight for letter, weight in zip(text, _USCC_WEIGHTS, strict=False))
    body = 11 - sum(_BODY.index(letter) * weight for letter, weight in zip(text[8:16], _BODY_WEIGHTS, strict=True)) % 11
    return text[17] == _USCC[(31 - total % 31) % 31] and text[16] == {10: "X", 11: "0"}.get(body, str(body))


def _lookalikes(text: str) -> Iterator[str]:
    """One letter taken for another, or two neighbours exchanged."""
    for at, letter in enumerate(text):
        for other in _ALIKE.get(letter, ""):
            yield text[:at] + other + text[at + 1 :]
        if at + 1 < len(text) and letter != text[at + 1]:
            yield text[:at] + text[at + 1] + letter + text[at + 2 :]


# --- number plates --------------------------------------------------------------------------------

_PROVINCE_OF = {
    f"{region}{at}": name
    for region, names in enumerate(
        ("京津冀晋蒙", "辽吉黑", "沪苏浙皖闽赣鲁", "豫鄂湘粤桂琼", "渝川贵云藏", "陕甘青宁新"), start=1
    )
    for at, name in enumerate(names, start=0 if region == 5 else 1)
}


def province_of(unit_code: str) -> str:
    """32… → 苏: what number plates of that place begin with."""
    return _PROVINCE_OF.get(unit_code[:2], "")


def _plate(text: str, province: str) -> Reading:
    # A small l among capitals is a figure as likely as a letter.
    small = "l" in text and text != text.lower()
    text = text.upper()
    found = _one_plate(_DOTS.sub("", text), province)
    if small and found.value is not None:
        return Reading(None, "confusable_letter", str(found.value).replace("L", "1"))
    if found.value is not None or found.kind == "confusable_letter":
        return found
    if (several := _several_plates(text)) is not None:
        return several
    base, note = without_note(text.translate(str.maketrans("（）【】[]", "()()()")))
    bare = _DOTS.sub("", base).rstrip("?？")
    within = _PLATE_AMONG_WORDS.fullmatch(bare)
    noted = _one_plate(within[1] if within is not None else bare, province)
    if noted.value is not None and (doubted(note) or text.endswith(("?", "？"))):
        return Reading(None, "hedged_value", str(noted.value))
    if noted.value is not None and within is not None and _MORE_PLATES.search(bare[within.end(1) :]):
        return Reading(None, "multi_value_cell", str(noted.value))  # 苏F12345等3辆
    return Reading(noted.value, "trailing_note") if noted.value is not None else noted if base != text else found


def _one_plate(bare: str, province: str) -> Reading:
    if _PLATE.fullmatch(bare):
        return Reading(bare)
    if _NEARLY_PLATE.fullmatch(bare) and re.search("[IO]", bare[2:]):
        return Reading(None, "confusable_letter", bare[:2] + bare[2:].replace("I", "1").replace("O", "0"))
    if _WITHOUT_PROVINCE.fullmatch(bare):
        return Reading(None, "plate_length", province + bare if province else "")
    return Reading(None, "plate_length" if _PLATE_BEGINS.match(bare) else "unreadable")


def _several_plates(text: str) -> Reading | None:
    """苏F12345、苏F23456, 苏F12345/23456."""
    parts = [_DOTS.sub("", part) for part in _SEVERAL.split(text)]
    if len(parts := [part for part in parts if part]) < 2:
        parts = re.findall(PLATE_SHAPE, _DOTS.sub("", text))
        if len(parts) < 2 or "".join(parts) != _DOTS.sub("", text):
            return None
    if not _PLATE.fullmatch(parts[0]):
        return None
    whole = [part if _PLATE.fullmatch(part) else parts[0][: 7 - len(part)] + part for part in parts]
    if not all(_PLATE.fullmatch(part) for part in whole):
        return None
    return (
        Reading(None, "multi_value_cell", "、".join(whole))
        if len(set(whole)) > 1
        else Reading(whole[0], "trailing_note")
    )
