"""A doubt → what the form says about it: what was taken, which choices there are, what is asked. As a bureau asks: 请核对, never 错误."""

from __future__ import annotations

import re
from typing import Literal

from checker.errors import Language, Text
from checker.inquire.doubts import (
    ASSUMED_HEADS,
    COLOURED,
    COMMENTED,
    HIDDEN_COLUMN,
    HIDDEN_SHEET,
    REPEATED,
    Doubt,
    Spot,
    line_of,
)
from checker.model import FieldDef, Pack
from checker.tables.papers import QUESTION_ID

# The columns of the form, from left to right. Those of `HIDDEN` find the row again, wherever it was moved or saved.
COLUMNS: dict[str, Text] = {
    "number": Text("序号", "No."),
    "file": Text("文件", "File"),
    "sheet": Text("工作表", "Sheet"),
    "cell": Text("单元格", "Cell"),
    "name": Text("学校", "School"),
    "field": Text("指标", "Field"),
    "raw": Text("原填内容", "As reported"),
    "asked": Text("疑问", "Question"),
    "taken": Text("系统暂按", "Taken as"),
    "answer": Text("请填报单位确认", "Please confirm"),
    "text": Text("更正内容", "Correction"),
    "who": Text("确认人", "Confirmed by"),
    "day": Text("确认日期", "Confirmed on"),
    "id": QUESTION_ID,
    "digest": Text("文件摘要", "File digest"),
    "received": Text("收到日期", "Received on"),
}
ANSWERED = ("answer", "text", "who", "day")
HIDDEN = ("id", "digest", "received")

How = Literal["system", "correct", "missing"]
ANSWERS: dict[How, Text] = {
    "system": Text("按系统", "as taken"),
    "correct": Text("更正为", "correct to"),
    "missing": Text("无法提供", "cannot provide"),
}
BEGINNINGS: dict[How, tuple[str, ...]] = {
    "system": ("按系统", "属实", "astaken"),
    "correct": ("更正", "correct"),
    "missing": ("无法提供", "cannotprovide"),
}
NO_DATA = Text("不作数据", "no data")
UNKNOWN = Text("待核", "unknown")
NOT_READ = Text("不读", "not read")
AS_IT_STANDS = Text("照用", "as it stands")
READ = Text("读取", "read it")
APART = Text("是不同的记录", "different records")
ROWS_HOLD = Text("以明细为准", "the rows hold")
ROWS_MISSING = Text("明细缺行", "rows are missing")
OWN_KEYS = Text("是固定编号", "keys of their own")
SENT_AGAIN = Text("另行补报", "to be sent again")
# What is chosen under 更正内容 and says by itself that it is a correction.
CHOSEN = (NO_DATA, READ, APART, ROWS_HOLD, ROWS_MISSING, OWN_KEYS, SENT_AGAIN)

_COUNTS = Text("作数的", "they count")
_FOR_SEVERAL_ROWS = ("multi_value_cell", "two_institutions_in_row")
_NUMBERS = ("count", "number", "percent")
_MOST_VALUES = 6


def both(of: Text, zh: str, en: str) -> Text:
    return Text(zh.format(of.zh), en.format(of.en))


def field_of(pack: Pack, doubt: Doubt) -> FieldDef | None:
    table = pack.tables.get(doubt.table)
    return None if table is None else table.fields.get(doubt.field)


def label(pack: Pack, doubt: Doubt) -> Text:
    field = field_of(pack, doubt)
    return Text(doubt.field, doubt.field) if field is None else field.header


def shown(field: FieldDef | None, value: str) -> Text:
    """A value as people say it: yes → 是, primary → 小学."""
    if field is None:
        return Text(value, value)
    if field.type == "yes_no" and value in ("yes", "no"):
        return Text("是" if value == "yes" else "否", value)
    labels = {choice.code: choice.label for choice in field.choices}
    parts = [labels.get(part, Text(part, part)) for part in (value.split("、") if field.type == "choices" else [value])]
    return Text("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def shown_unit(pack: Pack, code: str | None) -> Text:
    unit = pack.units.get(code or "")
    return Text(code or "", code or "") if unit is None else unit.name


def row_of(doubt: Doubt, spot: Spot) -> Text:
    """A row of a record, as an answer calls it."""
    line = line_of(spot.cell)
    several = len({(each.digest, each.sheet) for each in doubt.spots}) > 1
    sheet = f"《{spot.sheet}》" if several else ""
    return Text(f"{sheet}第{line}行", f"{sheet}row {line}")


def taken(pack: Pack, doubt: Doubt) -> Text:
    """系统暂按."""
    if doubt.code in ASSUMED_HEADS:
        return label(pack, doubt)
    if doubt.way == "owner":
        return shown_unit(pack, doubt.reading)
    if doubt.way == "total":
        return ROWS_HOLD
    if doubt.way in ("column", "sheet") or (doubt.way == "word" and doubt.severity == "lost" and not doubt.field):
        return NOT_READ
    if doubt.way == "marked":
        return UNKNOWN if doubt.code == COLOURED else AS_IT_STANDS
    if doubt.reading:
        return shown(field_of(pack, doubt), doubt.reading)
    return UNKNOWN if doubt.severity == "lost" else Text("—", "—")


def values(pack: Pack, doubt: Doubt) -> tuple[Text, ...]:
    """What the rows of one record say differently."""
    said = dict.fromkeys(part for part in (doubt.raw or "").split(" / ") if part)
    return tuple(shown(field_of(pack, doubt), value) for value in said)[:_MOST_VALUES]


def choices(pack: Pack, doubt: Doubt) -> tuple[Text, ...]:
    """What may stand under 更正内容, where it can be listed."""
    field = field_of(pack, doubt)
    match doubt.way:
        case "record":
            rows = dict.fromkeys(row_of(doubt, spot) for spot in doubt.spots)
            return *values(pack, doubt), *([*rows][:_MOST_VALUES] if len(rows) > 1 else ())
        case "rows":
            return (APART if doubt.code == REPEATED else NO_DATA,)
        case "total":
            return ROWS_HOLD, ROWS_MISSING
        case "owner":
            return tuple(unit.name for unit in pack.units.values())
        case "marked":
            return () if doubt.code == COLOURED else (NO_DATA,)
        case "serial":
            return (OWN_KEYS,)
        case "word":
            return (SENT_AGAIN,)
        case "column" if doubt.code == HIDDEN_COLUMN:
            return (NO_DATA,)
        case "column":
            table = pack.tables.get(doubt.table)
            fields = list(table.fields.values()) if table is not None else []
            near = doubt.candidate.split("、")  # what it may be comes first
            fields.sort(key=lambda each: near.index(each.name.zh) if each.name.zh in near else len(near))
            return (*(field.header for field in fields), NO_DATA)
        case "sheet" if doubt.code == HIDDEN_SHEET:
            return READ, NO_DATA
        case "sheet":
            return (*(table.label for table in pack.tables.values()), NO_DATA)
        case "cell" if several := _several(doubt):
            return tuple(shown(field, each) for each in several)[:_MOST_VALUES]
        case "cell" if field is not None and field.type == "yes_no":
            return Text("是", "yes"), Text("否", "no")
        case "cell" if field is not None and field.type == "choice":
            return tuple(choice.label for choice in field.choices)
    return ()


def asked(pack: Pack, doubt: Doubt) -> Text:
    """The doubt, and the choices by name."""
    message = closed(doubt.message)
    offered = _offered(pack, doubt)
    ask = "" if "请" in message.zh else "请核对："
    return Text(f"{message.zh}{ask}{offered.zh}", f"{message.en} {offered.en}")


def closed(message: Text) -> Text:
    """With the mark at its end that it needs, if it has none."""
    zh, en = message.zh.rstrip("。"), message.en.rstrip(".")
    return Text(zh + ("" if zh.endswith("？") else "。"), en + ("" if en.endswith("?") else "."))


def asked_of_one(pack: Pack, doubt: Doubt, raw: str) -> Text:
    """The same of one cell of many that hold different values."""
    name, value = label(pack, doubt), shown(field_of(pack, doubt), raw)
    if doubt.way == "marked" and doubt.code != COLOURED:
        held = (
            Text(f"填“{value.zh}”", f"says {value.en}") if raw else Text("没有采用的内容", "holds nothing that is used")
        )
        return both(
            held,
            "这一格{}，情况见《疑问》表同类的一条。作数的选“按系统”，不作数的选“不作数据”，另有准确内容的请填写。",
            'This cell {}; see the line of its kind in the sheet "questions". "As taken" if it counts, "no data" if not, '
            "or give what is right.",
        )
    if not raw:
        asked_for = _fill_in(field_of(pack, doubt))
        return Text(f"“{name.zh}”没有填。{asked_for.zh}", f'"{name.en}" is empty. {asked_for.en}')
    offered = _or_another(field_of(pack, doubt), value)
    return Text(
        f"“{name.zh}”填“{value.zh}”，情况见《疑问》表同类的一条。请核对：{offered.zh}",
        f'"{name.en}" says "{value.en}"; see the line of its kind in the sheet "questions". {offered.en}',
    )


def _offered(pack: Pack, doubt: Doubt) -> Text:
    field = field_of(pack, doubt)
    match doubt.way:
        case "record":
            held = values(pack, doubt)
            either = Text("还是".join(f"“{v.zh}”" for v in held), " or ".join(f'"{v.en}"' for v in held))
            return both(
                either,
                "以哪一个为准，{}？也可填“第几行”，整行以它为准；是两个的，填其中一行的标识，如“第几行：标识”。",
                'Which one holds, {}? If a whole row does, say "row N"; if they are two, give one its own key: "row N: key".',
            )
        case "rows" if doubt.code == REPEATED:
            return Text(
                "是重复填报，还是不同的记录？重复的选“按系统”，不是的选“是不同的记录”。",
                'Are they repeated ("as taken"), or different records?',
            )
        case "rows":
            return Text(
                "作数的选“按系统”，已作废的选“不作数据”。", 'If they count, "as taken"; if they are void, "no data".'
            )
        case "total":
            return Text(
                "是合计写错，还是明细缺行？合计写错的填正确的合计，或选“以明细为准”；缺行的选“明细缺行”，并补报。",
                'Is the total wrong, or are rows missing? Give the right total, or choose "the rows hold" or "rows are missing".',
            )
        case "owner":
            return both(
                shown_unit(pack, doubt.reading),
                "是“{}”的吗？不是的，请选单位，或填单位代码。",
                'Are they of "{}"? If not, of which unit?',
            )
        case "marked" if doubt.code == COLOURED:
            return Text(
                "各格都是一个意思的，填这个内容；不是的，在《逐格》表中逐格填写。",
                'If all of them mean one thing, say what; if not, answer them one by one in the sheet "cells".',
            )
        case "marked":
            what = Text("批注不影响填报内容的", "what they say does not matter") if doubt.code == COMMENTED else _COUNTS
            if doubt.n == 1:
                return both(
                    what,
                    "{}选“按系统”，不作数的选“不作数据”，另有准确内容的请填写。",
                    'If {}, "as taken"; if the cell does not count, "no data"; or give what is right.',
                )
            return both(
                what,
                "{}选“按系统”，都不作数的选“不作数据”；各格不同的，在《逐格》表中逐格答复。",
                'If {}, "as taken"; if none of the cells counts, "no data"; if they differ, use the sheet "cells".',
            )
        case "names":
            return Text(
                f"都对的选“按系统”；另有所指的，填“名称：标识”，如“{doubt.raw}：…”，几个的用分号隔开。",
                f'If all are right, "as taken"; if others are meant, give "name: key", as "{doubt.raw}: …", several parted by ;',
            )
        case "serial":
            return Text(
                "只是给行编号的选“按系统”；各条有自己固定编号的，选“是固定编号”。",
                'If they only count the rows, "as taken"; if each record has this number for good, "keys of their own".',
            )
        case "column" if doubt.code == HIDDEN_COLUMN:
            return Text(
                "作数的选“按系统”，已作废的选“不作数据”。", 'If it counts, "as taken"; if it is void, "no data".'
            )
        case "column" if doubt.code in ASSUMED_HEADS:
            return both(label(pack, doubt), "这一列是“{}”，还是别的指标？", 'Is it "{}", or another field?')
        case "column":
            return Text("这一列是哪个指标，还是不作数据？", "Which field is it, or is it no data?")
        case "sheet" if doubt.code == HIDDEN_SHEET:
            return Text("要读取，还是不作数据？", "Is it to be read, or is it no data?")
        case "sheet":
            return Text("这是哪一张表，还是不作数据？", "Which table is it, or is it no data?")
        case "word":
            return Text(
                "属实的选“按系统”；不属实的选“另行补报”，并改好原表重新报送。",
                'If it is so, "as taken"; if not, choose "to be sent again", correct the sheet and send it.',
            )
    if several := _several(doubt):
        rows = [shown(field, each) for each in several]
        any_of = Text("还是".join(f"“{v.zh}”" for v in rows), " or ".join(f'"{v.en}"' for v in rows))
        return both(
            any_of,
            "这一行是{}？其余各个请另起一行填报。",
            "Which is this row, {}? Report each of the others in a row of its own.",
        )
    if doubt.reading is not None:
        return _or_another(field, shown(field, doubt.reading))
    if doubt.candidate and field is not None and (field.type in _NUMBERS or field.pattern):
        said = Text(doubt.candidate, doubt.candidate)
        return both(said, "是“{}”，还是别的？请填更正内容。", 'Is it "{}", or something else? Give the correction.')
    return _fill_in(field)


def _several(doubt: Doubt) -> list[str]:
    """The values of a cell that holds one for each of several rows, where it is certain which they are."""
    parts = re.split("、| / ", doubt.candidate) if doubt.code in _FOR_SEVERAL_ROWS else []
    return parts if len(parts) > 1 else []


def _or_another(field: FieldDef | None, reading: Text) -> Text:
    if field is not None and field.type == "yes_no":
        other = Text("是", "yes") if reading.zh == "否" else Text("否", "no")
        return Text(f"按“{reading.zh}”，还是“{other.zh}”？", f'"{reading.en}", or "{other.en}"?')
    return both(reading, "按“{}”，还是另有准确内容？", 'As "{}", or something more exact?')


def _fill_in(field: FieldDef | None) -> Text:
    kind = "text" if field is None else field.type
    if field is not None and field.pattern:
        return Text("请填完整、准确的内容。", "Give the complete text.")
    match kind:
        case "yes_no":
            return Text("是“是”，还是“否”？", '"yes" or "no"?')
        case "choice" | "choices":
            return Text("是哪一个选项？", "Which of the choices?")
        case "count" | "number" | "percent":
            return Text("准确的数是多少？", "What is the exact number?")
        case "date" | "datetime":
            return Text("是哪一天？请填到年月日。", "Which day? Give year, month and day.")
        case _:
            return Text("请写明内容。", "Write it out.")


def by_language(texts: tuple[Text, ...], lang: Language) -> tuple[str, ...]:
    """Each once, in their order."""
    return tuple(dict.fromkeys(text.of(lang) for text in texts))
