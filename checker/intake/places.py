"""A cell that names a unit (启东, 启东市教体局, 江苏省南通市启东市, 320681) → its code, or missing with a doubt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from checker.intake.cells import Reading, doubted, linked, mark, normal, squeezed, through_link, without_note
from checker.intake.names import plain
from checker.model import Unit
from checker.units import heirs

_HAN = re.compile(r"[\u4e00-\u9fff]")
_OFFICE = re.compile(
    r"(?:(?:教育|体育|教体|文教|教育和?体育|教体文旅|社会事业|社会事务|社会发展)(?:与体育)?(?:事业)?(?:局|办|办公室|中心|处|科)|人民政府|"
    r"党工委|管理委员会|管委会)+(?:[\u4e00-\u9fff]{1,6}[股科室])?(?:盖章|章)?$"
)
_PROVINCE = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,3}(?:省|自治区)|(?:北京|天津|上海|重庆)市?|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|"
    r"贵州|云南|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆)"
)
_CODED = re.compile(r"([0-9]{6})(?:0{3}|0{6})?(?:\.0)?([\u4e00-\u9fff]*)|([\u4e00-\u9fff]+)([0-9]{6})")
_SEVERAL = re.compile(r"[、;；,，/\n]+")
_BRACKETS = str.maketrans("（）", "()")
_SLIPS = str.maketrans("巿", "市")
FUNCTIONAL = "functional_area"


@dataclass(frozen=True, slots=True)
class Spellings:
    """Spelling → codes. `former`: spellings that were the name until a reform; `above`: how the place begins that holds all
    the others; `full`: names and codes in full, which leave no doubt about a functional area. `later`: spelling → units
    that bear it too, but took over from the one it is read as.
    """

    codes: Mapping[str, tuple[str, ...]]
    former: frozenset[str]
    above: tuple[str, ...]
    full: frozenset[str]
    later: Mapping[str, tuple[str, ...]]
    provinces: frozenset[str] = frozenset()  # whose units these are, by the first figures of their codes


_PROVINCES: dict[str, str] = dict(
    re.findall(
        r"(\w+?)([0-9]{2})",
        "北京11天津12河北13山西14内蒙古15辽宁21吉林22黑龙江23上海31江苏32浙江33安徽34福建35江西36山东37河南41湖北42湖南43广东44"
        "广西45海南46重庆50四川51贵州52云南53西藏54陕西61甘肃62青海63宁夏64新疆65",
    )
)


def spellings(units: Mapping[str, Unit], owes_nothing: str) -> Spellings:
    names = {
        code: {plain(each) for each in (code, *unit.name, unit.short, *unit.aliases)} for code, unit in units.items()
    }
    former = frozenset(plain(word) for unit in units.values() for word in unit.former)
    above = {
        word
        for unit in units.values()
        if unit.kind == owes_nothing
        for name in (plain(unit.name.zh), *map(plain, unit.aliases))
        for word in (name, re.sub("[市县区]$", "", name))
    }
    full = frozenset(plain(word) for unit in units.values() for word in (unit.code, *unit.name))
    first = unit_names(units)
    later = {
        word: tuple(heir for heir in heirs(units, codes[0]) if word in names[heir])
        for word, codes in first.items()
        if len(codes) == 1
    }
    above_first = tuple(sorted(above, key=len, reverse=True))
    provinces = frozenset(name for name, code in _PROVINCES.items() if any(unit.startswith(code) for unit in units))
    return Spellings(first, former - set().union(*names.values()), above_first, full, later, provinces)


def unit_names(units: Mapping[str, Unit]) -> dict[str, tuple[str, ...]]:
    """Every spelling of a unit → codes. Of a unit and its successor of the same name only the first is kept: who asks
    about a later day follows the successors."""
    found: dict[str, list[str]] = {}
    for code, unit in units.items():
        for spelling in {plain(each) for each in (code, *unit.name, unit.short, *unit.aliases, *unit.former)} - {""}:
            found.setdefault(spelling, []).append(code)
    return {spelling: _first_of_line(codes, units) for spelling, codes in found.items()}


def _first_of_line(codes: list[str], units: Mapping[str, Unit]) -> tuple[str, ...]:
    later = {heir for code in codes for heir in heirs(units, code)}
    return tuple(code for code in codes if code not in later) or tuple(codes)


def read_unit(
    raw: object, known: Spellings, units: Mapping[str, Unit], day: date | None = None, dated: bool = False
) -> Reading:
    """`day`: when the rows came in; a unit that was no longer, or not yet, there on that day is worth a question. Rows that
    are `dated` may tell of what a unit did before it ended. Of a unit and its successor of the same name the first stands for
    both: which of them answers, the day of the question decides.
    """
    if (shown := linked(raw)) is not None:
        return through_link(read_unit(shown, known, units, day, dated))
    text = normal(raw)
    spelling = next(_ways(text, known), "")
    if spelling and doubted(without_note(text.translate(_BRACKETS))[1]):
        return Reading(None, "hedged_value", "、".join(known.codes[spelling]))
    if not spelling:
        if (marked := mark(squeezed(text).lower())) is not None:
            return marked
        return _several(text, known)
    codes = known.codes[spelling]
    if len(codes) > 1:
        return Reading(None, "unit_not_unique", "、".join(codes))
    unit = units[codes[0]]
    if spelling in known.former:
        return Reading(unit.code, "retired_unit")
    told_later = dated and day is not None and (unit.valid_from or day) <= day
    renewed = day is not None and any(units[heir].in_force(day) for heir in known.later.get(spelling, ()))
    if day is not None and not unit.in_force(day) and not told_later and not renewed:
        return Reading(
            unit.code, "retired_unit", unit.successor if unit.valid_to is not None and unit.valid_to < day else ""
        )
    if unit.kind == FUNCTIONAL and spelling not in known.full:
        return Reading(unit.code, FUNCTIONAL)  # 通州湾 is not 通州区, and 开发区 may be another's
    return Reading(unit.code)


def _ways(text: str, known: Spellings) -> Iterator[str]:
    """The spellings that a text may be, from the whole to what is left without its office, its note, the city above."""
    text = text.translate(_SLIPS)
    seen = [plain(text), plain(without_note(text.translate(_BRACKETS))[0])]
    coded = _CODED.fullmatch(squeezed(text))
    if coded is not None:
        code, name = coded[1] or coded[4], coded[2] or coded[3] or ""
        same = set(known.codes.get(plain(code), ())) & set(known.codes.get(plain(name), ()))
        seen += [plain(code)] if same or not name else []
    seen += [_OFFICE.sub("", each) for each in seen]
    seen += [_inside(each, known) for each in seen]
    return (each for each in dict.fromkeys(seen) if each and each in known.codes)


def _inside(text: str, known: Spellings) -> str:
    """江苏省南通市启东市 → 启东市."""
    province = _PROVINCE.match(text)
    if province is not None and not province[0].startswith(tuple(known.provinces)):
        return ""  # 北京市通州区 is another
    inner = _PROVINCE.sub("", text)
    if inner in known.codes:
        return inner
    for city in known.above:
        if inner.startswith(city) and len(inner) > len(city):
            return inner[len(city) :]
    return inner if inner != text else ""


def _several(text: str, known: Spellings) -> Reading:
    parts = [plain(part) for part in _SEVERAL.split(text) if plain(part)]
    codes = [code for part in parts for code in known.codes.get(part, ())]
    if len(parts) > 1 and len(codes) == len(parts):
        return Reading(None, "unit_not_unique", "、".join(codes))
    mentioned = unit_in(text, known.codes)
    return Reading(None, "unknown_unit", mentioned)


def unit_in(text: str, known: Mapping[str, tuple[str, ...]]) -> str:
    """The one unit that a title, sheet or file names; nothing if it names none or several. Short codes (QD, 12) stand in
    too many words to be looked for.
    """
    tight = plain(text)
    hits = [name for name in known if name in tight and (len(name) > 4 or (len(name) > 1 and _HAN.search(name)))]
    longest = [one for one in hits if not any(one != other and one in other for other in hits)]
    codes = {code for name in longest for code in known[name]}
    return codes.pop() if len(codes) == 1 else ""
