"""One raw cell → its plain text, and the marks that mean the same in every kind of column (a dash, 不详, #N/A …)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from typing import NamedTuple


class Reading(NamedTuple):
    """What a cell says. `kind`: the doubt (see kinds) or nothing; `candidate`: what it may have meant."""

    value: object = None
    kind: str = ""
    candidate: str = ""


BLANK = Reading()


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BROKEN = "\ufffd"  # what is left of a character whose bytes could not be read
# Characters that nobody sees in a cell; not the ends of lines among them. For Python and Polars alike.
UNSEEN = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_UNSEEN = re.compile(f"[{UNSEEN}]")
_LITERAL = re.compile(r'="([^"]*)"')
_NOTE = re.compile(r"(.+?)\s*\(([^()]*)\)$", re.DOTALL)
_ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|GETTING_DATA|SPILL!|CALC!)", re.IGNORECASE)

_DASHES = frozenset(["/", "//", "\\", "|", "-", "--", "---", "—", "——", "–", "―", "一", "...", "......", "*", "…", "~"])
_NOT_KNOWN = words(
    "不详 不清楚 不清 未知 不明 待核 待核实 待核查 待查 待定 待统计 待补 待补充 未统计 未填 未填报 未报 暂缺 缺失 无数据 "
    "暂无数据 无法提供 无法统计 不知道 unknown null nan none nil ? ??"
)
_NOT_APPLICABLE = words("无需 不需要 不需 不适用 不涉及 未涉及 无此项 无此类 无此项目 不属于 免填 n/a na n.a.")
_DITTO = frozenset(["同上", "同左", "同前", "同上行", "同本部", "〃", "″", '"', "''", "”", "ditto"])
MARKS = _DASHES | _NOT_KNOWN | _NOT_APPLICABLE | _DITTO


def normal(raw: object) -> str:
    """NFKC, without invisible characters and outer space. Numbers and dates as they would be typed."""
    match raw:
        case str():
            text = raw if raw.isprintable() else _UNSEEN.sub("", raw)
            if not text.isascii():
                text = unicodedata.normalize("NFKC", text)
            text = text.strip()
            # Two habits that keep a code from becoming a number: ="0123" and '0123.
            if text.startswith('="') and (literal := _LITERAL.fullmatch(text)):
                return literal[1].strip()
            return text[1:] if text.startswith("'") and len(text) > 1 else text
        case None:
            return ""
        case bool():
            return "TRUE" if raw else "FALSE"
        case float():
            return str(int(raw)) if raw.is_integer() else repr(raw)
        case datetime():
            return raw.isoformat(" ")
        case date() | time():
            return raw.isoformat()
        case _:
            return str(raw).strip()


def squeezed(text: str) -> str:
    return "".join(text.split())


def mark(text: str) -> Reading | None:
    """For a squeezed, lower-case text that is no value of any column."""
    if not text:
        return BLANK
    if text in _DASHES:
        return Reading(None, "dash_ambiguous")
    if text in _NOT_KNOWN:
        return Reading(None, "not_known")
    if text in _NOT_APPLICABLE:
        return Reading(None, "na_claim_check_gate")
    if text in _DITTO:
        return Reading(None, "ditto")
    if text[0] == "#" and _ERROR.match(text):
        return Reading(None, "excel_error")
    if text[0] == "=" and len(text) > 1:
        return Reading(None, "formula_no_cached_value")
    if BROKEN in text:
        return Reading(None, "broken_text")
    return None


def without_note(text: str) -> tuple[str, str]:
    """民办(普惠) → 民办, 普惠; a text that is only a bracket keeps it."""
    noted = _NOTE.match(text)
    return (noted[1].strip(), noted[2].strip()) if noted else (text, "")
