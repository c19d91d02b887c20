"""What stands around a number: its unit of measure, its notes, and the parts of which it is made up → the number meant here."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from checker.intake.cells import Reading, doubted, words
from checker.intake.numerals import PLAIN, numeral

# Measures → (what is measured, how much of its first unit). A number in another unit means something else.
_MEASURES: dict[str, tuple[str, int]] = {
    **dict.fromkeys(("千克", "公斤", "kg", "KG", "Kg"), ("mass", 1000)),
    **dict.fromkeys(("克", "g"), ("mass", 1)),
    "斤": ("mass", 500),
    **dict.fromkeys(("吨", "t"), ("mass", 1_000_000)),
    **dict.fromkeys(("公里", "千米", "km", "KM"), ("length", 1000)),
    **dict.fromkeys(("米", "m", "M"), ("length", 1)),
    **dict.fromkeys(("平方米", "m2", "㎡", "平米", "平方"), ("area", 1)),
    "亩": ("area", 666),
    **dict.fromkeys(("元", "块钱", "圆"), ("money", 1)),
    "万元": ("money", 10_000),
    **dict.fromkeys(("升", "L"), ("volume", 1000)),
    **dict.fromkeys(("毫升", "ml", "mL"), ("volume", 1)),
    **dict.fromkeys(("周岁", "岁"), ("age", 1)),
    **dict.fromkeys(("学时", "课时"), ("lessons", 1)),
    **dict.fromkeys(("千米/小时", "公里/小时", "千米/时", "公里/时", "km/h", "KM/H", "Km/h"), ("speed", 1)),
    "分钟": ("time", 1),
    **dict.fromkeys(("小时", "个小时", "h"), ("time", 60)),
    **dict.fromkeys(("天", "日"), ("time", 1440)),
    **dict.fromkeys(("周", "个星期", "星期"), ("time", 10_080)),
    **dict.fromkeys(("个月", "月"), ("time", 43_200)),
    "年": ("time", 525_600),
}
_COUNTED = (
    "人次|人员|个人|人|名|位|个|個|所|处|辆次|辆|台次|台|套|只|间|栋|幢|座|份|次|件|部|条|项|期|起|家|户|批|班|组|根|块|把|支|具|路|点位|点|"
    "学生|教师|师生|艘|艇|张|本|册|门|扇|盏|口|头|对|双|串|场|节|堂|届|级|层|排|队|岗|桶|瓶|箱|包|袋|车|校|园"
)
CLASSIFIER = (
    "(?:" + "|".join(sorted(_MEASURES, key=len, reverse=True)) + f"|{_COUNTED})"
    r"(?:/(?:月|人|年|天|次|班|校|辆|所|学期))?"
)


def is_measure(unit: str) -> bool:
    return unit in _MEASURES


def asked_measure(measure: str, label: str) -> str:
    """The measure of a column: its own, or one that its heading names."""
    return (
        measure if measure in _MEASURES else next((each for each in _MEASURES if len(each) > 1 and each in label), "")
    )


def is_money(measure: str) -> bool:
    return measure in _MEASURES and _MEASURES[measure][0] == "money"


def in_measure(value: Decimal, unit: str, measure: str, label: str) -> str | None:
    """None: the unit is the column's own. Else the value in the column's unit, or nothing if it measures something else."""
    asked = asked_measure(measure, label)
    if unit == asked or (not asked and unit in label and not unit.isascii()):
        return None
    if asked not in _MEASURES or _MEASURES[asked][0] != _MEASURES[unit][0]:
        return ""
    exact = Fraction(value) * _MEASURES[unit][1] / _MEASURES[asked][1]
    if exact == value:
        return None
    tenths = exact * 1000
    return f"{Decimal(tenths.numerator) / 1000:.10g}" if tenths.denominator == 1 else ""


# How many persons there are is not told in times, cars, classes or places.
_OF_PERSONS = re.compile(r"人数|人员|学生|幼儿|寄宿生|保安|教师|职工|员工|生数|管理员")
_OF_THINGS = words(
    "次 人次 辆次 辆 台次 台 班 所 处 间 栋 幢 件 项 期 起 家 户 批 组 套 校 园 车 层 届 级 节 堂 场 部 条 份"
)


def counts_persons(label: str) -> bool:
    return _OF_PERSONS.search(label) is not None


def is_of_things(unit: str, label: str) -> bool:
    """12班 in a column that asks for pupils."""
    return unit in _OF_THINGS and unit not in label and counts_persons(label)


def ratio(unit: str, measure: str) -> Decimal | None:
    """How many of `measure` one `unit` is; None if they measure different things, or if either is none."""
    if unit not in _MEASURES or measure not in _MEASURES or _MEASURES[unit][0] != _MEASURES[measure][0]:
        return None
    return Decimal(_MEASURES[unit][1]) / _MEASURES[measure][1]


# --- notes ----------------------------------------------------------------------------------------

_PART_TIMER = re.compile(r"兼|非专职")
_LEFT_OUT = re.compile(r"不含|不包括|未含|未计|除外|除.*外|不算|另有|另加|外加|另外|共用|合用|共享")
_ON_TOP = re.compile("另|外加|此外|还有")
_PRESENT = re.compile(
    r"拟|计划|预计|待|未到|未签|没签|未上岗|未招|未配|没到|没招|空缺|缺|在招|招聘中|编制|应配|需配|离职|辞职|离岗|请假|尚未"
)
# What is still to come on top of those who are there.
_FURTHER = re.compile(
    r"(?:还|另|再)?(?:拟|计划|准备|打算|将|需|待)?(?:再|另|新)?(?:增|增加|增配|增聘|新增|再招|再聘|再配|另招|另聘)\S*|另\S{1,4}(?:待聘|待招|未到岗|待到岗)|还(?:缺|差|需)\S*"
)
_ESTIMATE = re.compile(r"约|估|左右|大概|上下")
_FULL_TIMERS = re.compile(rf"(?:其中|含)?专职(?:保安员?)?({PLAIN}|[一二两三四五六七八九十]+)(?:人|名|个|位)?")
_AMOUNT = re.compile(rf"({PLAIN}|[一二两三四五六七八九十]+)(?:人|名|个|位)?")


def noted(found: Reading, note: str, full_time: bool) -> Reading:
    """A number and what its note does to it."""
    if not isinstance(found.value, Decimal) or not note:
        return found
    value = found.value
    if full_time and (full := _FULL_TIMERS.fullmatch(note)) is not None and (sure := numeral(full[1])) is not None:
        # 3人（专职2人）
        return Reading(sure.value, "derived_from_note") if sure.value <= value else Reading(None, "range_in_cell")
    if _FURTHER.fullmatch(note):
        return Reading(value, "trailing_note", found.candidate)
    if doubted(note):
        return Reading(None, "hedged_value", f"{value:f}")
    if _PART_TIMER.search(note) and _ON_TOP.match(note):
        return Reading(value, "trailing_note" if full_time else "note_changes_scope")  # 3人（另有兼职1人）
    if _PART_TIMER.search(note) and not re.search(r"兼职除外|不含兼|不包括兼|无兼|非兼", note):
        return _without_part_timers(value, note, full_time)
    if _LEFT_OUT.search(note):
        return Reading(value, "note_changes_scope", found.candidate)
    if _PRESENT.search(note):
        return Reading(None, "planned_value", f"{value:f}")
    if _ESTIMATE.search(note):
        return Reading(value, "approximate", found.candidate)
    return Reading(value, found.kind or "trailing_note", found.candidate)


def further(text: str) -> str:
    """2人，拟再招1人 → 2人: who is there, beside what is still to come; "" if the text is not made like this."""
    head, comma, tail = text.partition(",")
    return head if comma and _FURTHER.fullmatch(tail) else ""


def _without_part_timers(value: Decimal, note: str, full_time: bool) -> Reading:
    named = [number for name, number in _cut(note) or [] if _PART_TIMER.search(name)]
    amounts = named or [sure.value for each in _AMOUNT.findall(note) if (sure := numeral(each)) is not None]
    if len(amounts) == 1 and amounts[0] <= value:
        return Reading(value - amounts[0] if full_time else value, "derived_from_note")
    if not full_time:
        return Reading(value, "trailing_note")
    if amounts or re.search(r"含|包括|有|专", note):
        return Reading(None, "range_in_cell", f"0..{value:f}")
    return Reading(Decimal(0), "derived_from_note")  # all of them are part-timers


# --- several numbers in a cell --------------------------------------------------------------------

_FIGURE = rf"({PLAIN}|[一二两三四五六七八九十]+(?=人|名|个|位))(?:{CLASSIFIER})?"
_PART = re.compile(rf"([\u4e00-\u9fff]{{1,8}}?){_FIGURE}|{_FIGURE}(专职?|兼职?|[男女])?")
_JOINS = re.compile(r"[,;、+:\s及和与=]+")
_WITHIN = re.compile(r"(.+?)[,;、:\s]*((?:其中|含|包括|内有|有).+)")
_WHOLE = re.compile(r"共|合计|总计|总数|一共|总")
_NO_FULL_TIMERS = re.compile(r"(?:无|没有)专职(?:保安员?|人员)?[,;、]?(?:另?有)?")
_ACTUAL = re.compile(r"实|现有|现|在岗|到岗|已配|已招|在编")
_WANTED = re.compile(r"应|需|编制|核定|计划|拟|额定|标准|要求")


def parts(text: str, full_time: bool, one: Callable[[str], Reading | None]) -> Reading | None:
    """专职2人，兼职1人; 应配3人实配2人; 3人，其中兼职1人; 男2女1."""
    text = _NO_FULL_TIMERS.sub("专职0,", text)
    if (within := _WITHIN.fullmatch(text)) is not None and (base := one(within[1])) is not None:
        return noted(base, within[2], full_time)
    found = _cut(text)
    if found is None:
        return None
    if len(found) == 1:
        return _one_part(found[0], full_time, one)
    amounts = dict(found)
    actual = [value for name, value in found if _ACTUAL.search(name) and not _WANTED.search(name)]
    if len(actual) == 1 and all(_ACTUAL.search(name) or _WANTED.search(name) for name in amounts):
        return Reading(actual[0], "derived_from_note")
    part_time = [value for name, value in found if _PART_TIMER.search(name)]
    whole = [value for name, value in found if _WHOLE.search(name)]
    first_name, first = found[0]
    if len(found) == 2 and len(part_time) == 1 and _ON_TOP.match(found[1][0]) and not first_name:
        return noted(Reading(first), found[1][0], full_time)  # 3人，另兼职1人
    if len(found) == 2 and len(part_time) == 1:
        if "+" in text:
            return Reading(first if full_time else first + part_time[0], "derived_from_note")
        if _WHOLE.search(first_name) or (
            not re.search(r"专", first_name + found[1][0]) and not _PART_TIMER.search(first_name)
        ):
            return noted(Reading(first), f"兼{part_time[0]:f}", full_time)
        others = sum((value for _, value in found), 0) - part_time[0]
        return Reading(others if full_time else others + part_time[0], "derived_from_note")
    full = [value for name, value in found if "专" in name]
    if full_time and len(full) == 1:
        return Reading(full[0], "derived_from_note")
    if len(whole) == 1 and not full_time:
        return Reading(whole[0], "trailing_note")
    if (
        "," in text
        and len(found) == 2
        and not first_name
        and found[1][0]
        and found[1][1] <= first
        and not _WANTED.search(found[1][0])
    ):
        return Reading(first, "trailing_note")  # 1250人，寄宿300
    if not all(name for name, _ in found):
        return Reading(None, "multi_value_cell", "" if found[1][0] == "" else f"{first:f}")
    total = sum((value for _, value in found), 0)
    return Reading(None, "expression_in_cell", f"{total:f}")


def _cut(text: str) -> list[tuple[str, Decimal]] | None:
    """(what stands around a number, the number), if that is all that the text holds."""
    found: list[tuple[str, Decimal]] = []
    for piece in filter(None, _JOINS.split(text)):
        at = 0
        for part in _PART.finditer(piece):
            sure = numeral(part[2] or part[3])
            if part.start() != at or sure is None:
                return None
            found.append((part[1] or part[4] or "", sure.value))
            at = part.end()
        if at < len(piece):
            if not found or re.search(r"[0-9]", piece[at:]) or len(piece) - at > 8:
                return None
            name, value = found[-1]
            found[-1] = (name + piece[at:], value)
    return found or None


def _one_part(part: tuple[str, Decimal], full_time: bool, one: Callable[[str], Reading | None]) -> Reading | None:
    """兼职1人, 拟配3人, 现有2人, 3人未到岗."""
    name, value = part
    if not value and not full_time and "专" in name:
        return Reading(None, "word_in_number_column", "0")  # 无专职: and part-timers?
    if _WANTED.search(name) or _PRESENT.search(name):
        return Reading(None, "planned_value", f"{value:f}")
    if _PART_TIMER.search(name):
        return _without_part_timers(value, name, full_time) if full_time else Reading(value, "derived_from_note")
    if re.fullmatch(
        r"专职?|共有?|共计|总共|一共|合计|总计|总数|现有?|实|目前有?|实有|有|已配备?|已有|实配|在岗|现配|配备?|计|(?:专职)?保安员?|人数",
        name,
    ):
        return Reading(value, "trailing_note")
    return None
