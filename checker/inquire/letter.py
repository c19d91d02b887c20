"""What was received and what is asked → a short letter to the county, in five lines. A person signs and dates it, never we."""

from __future__ import annotations

from pathlib import PurePath

from checker.errors import Language, Text
from checker.inquire.form import About
from checker.inquire.lines import Form

_LINE_END = "\r\n"


def write(form: Form, about: About, records: int, lang: Language) -> bytes:
    """UTF-8 with a byte order mark, as every Windows editor reads it."""
    return ("\ufeff" + _LINE_END.join(_lines(form, about, records, lang)) + _LINE_END).encode()


def _lines(form: Form, about: About, records: int, lang: Language) -> list[str]:
    asked = len(form.lines)
    deciding = sum(line.section != "none" for line in form.lines)
    files = list(dict.fromkeys(about.files.values()))
    came = about.received_on
    unit = about.unit or Text("填报单位", "the reporting unit")
    if lang == "en":
        when = f" on {came.isoformat()}" if came is not None else ""
        more = f", {deciding} of which affect the judgement" if form.weighed else ""
        return [
            f"{about.title.en}",
            f"To {unit.en}: thank you for the data received{when} ({'; '.join(files[:3])}{' …' if len(files) > 3 else ''}).",
            f"{records} records were read; {asked} points need your check{more}. The attached form lists them, the annotated copy shows"
            " where they stand; your sheets were not changed.",
            'Please choose "as taken", "correct to" or "cannot provide" for each, and say who confirmed it and when.',
            'Until then each point counts as the column "taken as" says; "unknown" is neither compliance nor a breach.',
            "Please return the form by (month)     (day)    . We are glad to help with questions.",
        ]
    when = f"{came.year}年{came.month}月{came.day}日" if came is not None else ""
    named = "、".join(f"《{PurePath(name).stem}》" for name in files[:3]) + (
        f"等{len(files)}个文件" if len(files) > 3 else ""
    )
    more = f"，其中{deciding}条影响判定" if form.weighed and asked else ""
    need = f"有{asked}条需要核对{more}，" if asked else "没有需要核对的内容。"
    attached = "已列入所附《数据疑问清单》，所在单元格见批注副本；原表未作任何改动。" if asked else ""
    return [
        about.title.zh,
        f"{unit.zh}：{f'你单位{when}' if when else '你单位'}报来的{named}已收到，谢谢支持。",
        f"共读取记录{records}条，{need}{attached}",
        "请在清单中逐条选择“按系统”“更正为”或“无法提供”，需更正的填写更正内容，并填确认人、确认日期。",
        "核对之前，暂以清单“系统暂按”一栏为准；列为“待核”的，不算达标，也不算不达标。",
        "请于〔　〕月〔　〕日前将清单发回；有不清楚的，请随时联系。",
    ]
