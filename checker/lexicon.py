"""The words of the expression language in both languages: one table, from which scanner, compiler and printer read."""

from __future__ import annotations

from checker.errors import Text

# Token kind → words. The first of each language is the one that is printed.
KEYWORDS: dict[str, tuple[Text, ...]] = {
    "AND": (Text("且", "and"),),
    "OR": (Text("或", "or"),),
    "NOT": (Text("非", "not"),),
    "IN": (Text("属于", "in"),),
    "NOTIN": (Text("不属于", "not in"),),
    "HAS": (Text("包含", "has"),),
    "HASANY": (Text("包含任一", "has any"),),
    "OVERLAPS": (Text("重叠", "overlaps"),),
    "KNOWN": (Text("已知", "is known"),),
    "MISSING": (Text("缺失", "is missing"),),
    "WHERE": (Text("其中", "where"),),
    "BY": (Text("按", "by"),),
    "YES": (Text("是", "yes"),),
    "NO": (Text("否", "no"),),
}

# Child functions: words only before a bracket.
AGGREGATES: dict[str, Text] = {
    "every": Text("全部", "every"),
    "any": Text("存在", "any"),
    "none": Text("不存在", "none"),
    "count": Text("个数", "count"),
    "sum": Text("合计", "sum"),
    "share": Text("占比", "share"),
    "latest": Text("最近", "latest"),
    "earliest": Text("最早", "earliest"),
    "last": Text("末次", "last"),
}

FUNCTIONS: dict[str, Text] = {
    "if": Text("若", "if"),
    "ceil": Text("向上取整", "ceil"),
    "floor": Text("向下取整", "floor"),
    "round": Text("四舍五入", "round"),
    "abs": Text("绝对值", "abs"),
    "min": Text("取小", "min"),
    "max": Text("取大", "max"),
    "age": Text("周岁", "age"),
    "first_known": Text("首个已知", "first_known"),
    "days": Text("天数", "days"),
    "hours": Text("小时数", "hours"),
    "working_days": Text("工作日数", "working_days"),
}

# Units of time after a number: unit → (printed words, further spellings), and amount × base unit.
UNITS: dict[str, Text] = {
    "day": Text("天", "days"),
    "week": Text("周", "weeks"),
    "month": Text("个月", "months"),
    "year": Text("年", "years"),
    "hour": Text("小时", "hours"),
    "minute": Text("分钟", "minutes"),
    "working_day": Text("个工作日", "working days"),
}
UNIT_SPELLINGS: dict[str, str] = {
    **{text.zh: unit for unit, text in UNITS.items()},
    **{text.en: unit for unit, text in UNITS.items()},
    **{text.en.removesuffix("s"): unit for unit, text in UNITS.items()},
    "日": "day",
    "工作日": "working_day",
}
UNIT_BASE: dict[str, tuple[int, str]] = {
    "minute": (1, "minute"),
    "hour": (60, "minute"),
    "day": (1, "day"),
    "week": (7, "day"),
    "month": (1, "month"),
    "year": (12, "month"),
    "working_day": (1, "working_day"),
}

# First words of a path that no field may be called.
ROOTS: dict[str, Text] = {
    "as_of": Text("统计时点", "as_of"),
    "due": Text("期限", "due"),
    "period": Text("本期", "period"),
    "param": Text("参数", "param"),
    "scale": Text("标准", "scale"),
    "phase": Text("阶段", "phase"),
    "calendar": Text("校历", "calendar"),
    "received_on": Text("收到日期", "received_on"),
}
PERIOD_PARTS: dict[str, Text] = {
    "start": Text("起始日", "start"),
    "end": Text("截止日", "end"),
    "name": Text("期名", "name"),
}

ROOT_OF: dict[str, str] = {word: root for root, text in ROOTS.items() for word in text}
PERIOD_PART_OF: dict[str, str] = {word: part for part, text in PERIOD_PARTS.items() for word in text}
AGGREGATE_OF: dict[str, str] = {word: name for name, text in AGGREGATES.items() for word in text}
FUNCTION_OF: dict[str, str] = {word: name for name, text in FUNCTIONS.items() for word in text}

# One-word spellings that the scanner turns into a keyword token at once.
KEYWORD_OF: dict[str, str] = {
    word: kind for kind, texts in KEYWORDS.items() for text in texts for word in text if " " not in word
}
# English pairs of words, joined after scanning.
PAIRS: dict[tuple[str, str], str] = {
    ("not", "in"): "NOTIN",
    ("has", "any"): "HASANY",
    ("is", "known"): "KNOWN",
    ("is", "missing"): "MISSING",
}

# What no field, table, choice or parameter may be called (fields also not ROOTS).
RESERVED: frozenset[str] = frozenset(KEYWORD_OF) | frozenset({"is", "known", "missing"})

# Full-width marks → ASCII, one character for one, so that columns stay right.
MARKS = str.maketrans(
    "（），、：＝＞＜％＋－×÷‘’“”　０１２３４５６７８９．／＊",
    "(),,:=><%+-*/'''' 0123456789./*",
)
OPERATORS: dict[str, str] = {"≥": ">=", "≤": "<=", "≠": "!="}
