"""What is put up for review: code → words. {share} is the share that the message speaks of, never rounded up to the whole."""

from __future__ import annotations

from checker.errors import Text
from checker.tables.questions import Kind

KINDS: dict[str, Kind] = {}


def _kind(code: str, zh: str, en: str) -> Kind:
    KINDS[code] = Kind(code, "review", Text(zh, en))
    return KINDS[code]


ALIKE = _kind(
    "records_alike",
    "{unit}的{m}条{table}记录中，{n}条（{share}）的{fields}都是{value}，另有{more}列也填得相同：可能属实，也可能是照抄，请核实",
    "{unit}: in {n} of {m} records of {table} ({share}) {fields} is {value}, and {more} more fields say the same. This may be "
    "true, or copied: please look into it",
)
SAME_DAY = _kind(
    "done_on_one_day",
    "{unit}的{m}条{table}记录中，{n}条（{share}）的“{field}”都是{value}{spread}：可能属实（如集中办理），也可能是补填，请核实",
    '{unit}: in {n} of {m} records of {table} ({share}) "{field}" is {value}{spread}. This may be true, or filled in '
    "afterwards: please look into it",
)
ROUND = _kind(
    "round_numbers",
    "{unit}的{table}“{field}”，100以上的{m}个不同的数中{count}个（{share}）是整十数，通常约占一成：可能属实，也可能是估计数，请核实",
    '{unit}: of {m} different numbers from 100 up in "{field}" of {table}, {count} ({share}) end in 0; about one in ten is '
    "usual. This may be true, or estimated: please look into it",
)
SENT_AGAIN = _kind(
    "sent_again_unchanged",
    "{unit}{later}报的{m}条{table}记录中，{n}条（{share}）的{fields}与{days}天前（{earlier}）报的完全相同："
    "可能属实，也可能沿用了上次的数，请核实",
    "{unit}: in {n} of {m} records of {table} sent on {later} ({share}) {fields} is what was sent {days} days before, on "
    "{earlier}. This may be true, or carried over: please look into it",
)
LAST_MONTH = _kind(
    "last_month_again",
    "{unit}{later}的{m}条{table}记录中，{n}条（{share}）的{fields}与上月同一对象的完全相同：可能属实，也可能照抄上月，请核实",
    "{unit}: in {n} of {m} records of {table} of {later} ({share}) {fields} is that of the month before, of the same owner. "
    "This may be true, or copied: please look into it",
)
