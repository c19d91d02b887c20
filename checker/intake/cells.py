"""One raw cell → its plain text, and the marks that mean the same in every kind of column (a dash, 不详, #N/A …)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from math import isnan
from typing import NamedTuple


class Reading(NamedTuple):
    """What a cell says. `kind`: the doubt (see kinds) or nothing; `candidate`: what it may have meant, as one may type it."""

    value: object = None
    kind: str = ""
    candidate: str = ""


BLANK = Reading()


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LONGEST = 300  # letters of a cell that can still be a value, with all its notes

BROKEN = "\ufffd"  # what is left of a character whose bytes could not be read
# Characters that nobody sees in a cell; not the ends of lines among them. For Python and Polars alike.
UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
_UNSEEN = re.compile(f"[{UNSEEN}]")
_LINE_END = re.compile(r"_x000D_|\r\n?|[\v\f\x85\u2028\u2029]")
_LITERAL = re.compile(r'="([^"]*)"')
_HYPERLINK = re.compile(r'=HYPERLINK\(.*[,;]\s*"([^"]*)"\s*\)', re.IGNORECASE | re.DOTALL)
_QUOTED = re.compile(r"[“\"‘'「『]([^“”\"‘’'「」『』]+)[”\"’'」』]")
# One shape for what people type in many.
_UNIFIED = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−➖─━ー", "-"),
        **dict.fromkeys("〜∼˜", "~"),
        **dict.fromkeys("⁄∕", "/"),
        **dict.fromkeys("∶", ":"),
        **dict.fromkeys("。｡", "."),
        **dict.fromkeys("[{【〔〖〘〈《", "("),
        **dict.fromkeys("]}】〕〗〙〉》", ")"),
    }
)
_OF_TWO_NUMBERS = re.compile(r"(?<=\d)\s*\n\s*(?=\d)")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[^\S\n]+(?=\d)")
_SPACE = re.compile(r"[^\S ]+|(?<!\d) | (?!\d)")
_AROUND = ".,;:!、"
_BRACKET = re.compile(r"\(([^()]*)(?:\)|$)")
_TORN_NUMBER = re.compile(r"[\d.]\0+[\d.]|[()]")
# A mark of a footnote, in raised or circled figures, is no digit of the number before it.
_FOOTMARK = re.compile("(?<=[0-9０-９%％人名个])([⁰¹²³⁴-⁹①-⑳❶-❿⑴-⒇*＊※#＃]+)$|^([①-⑳❶-❿])$")
_FRACTION_LETTERS = {"¼": ".25", "½": ".5", "¾": ".75"}

_ERROR = re.compile(
    r"#(?:N/?A|REF|VALUE|DIV/0|NAME|NULL|NUM|GETTING_DATA|SPILL|CALC|FIELD|BLOCKED|CONNECT|BUSY|UNKNOWN|PYTHON|EXTERNAL|NV|"
    r"WERT|名称|值|引用|数字|空|溢出|除数?/?0|无效)[!?]*|#{2,}|ERR:?\d+|错误:?\d+",
    re.IGNORECASE,
)
_DASHES = words("/ // /// \\ | - -- --- ---- — —— ——— – ― 一 ... .. . … …… * ** ~ _ __ ___ ____ · 、 , =")
_NOT_KNOWN = words(
    "不详 不清楚 不太清楚 不清 未知 不明 不明确 不确定 待核 待核实 待核查 待查 待定 待统计 待补 待补充 待确认 "
    "待填 待报 待上报 待了解 待调查 "
    "未统计 未填 未填写 未填报 未报 未提供 未掌握 未了解 未采集 未收到 没填 没统计 没报 没数据 暂缺 暂未统计 "
    "尚未统计 暂不清楚 暂不掌握 缺 缺失 "
    "无数据 暂无数据 没有数据 无法提供 无法统计 无法核实 不掌握 不了解 不知道 不知 说不清 核实中 统计中 "
    "正在核实 正在统计 空 空白 空缺 "
    "unknown null nan none nil tbd tbc pending ? ?? ??? <na>"
)
_NOT_APPLICABLE = words(
    "无需 无须 不需要 不需 不用 不必 不适用 不涉及 未涉及 无此项 无此类 无此项目 无此项工作 无此情况 不属于 "
    "不在范围 不在此列 不参加 不要求 免填 "
    "免报 n/a na n.a. n.a 不作要求 与本校无关 非本校"
)
_NEEDLESS = re.compile(r"(?:暂?无需|无须|暂?不需要?|不用|不必|毋需|不属于|不适用|不涉及|未涉及)[\u4e00-\u9fff]{0,8}")
_TO_ASK = re.compile(r"(?:待|需|再|正在|尚待|须|有待)*(?:进一步|再次)?(?:核实|核查|核对|确认)(?:中|后再?报|后填)?")
_DITTO = re.compile(
    r"[同仝](?:上|左|前|右|下)(?:同上|一?[行列格栏]|面|表|述)*|同(?:本部|总校|校本部|主校区|小学部?|中学部?|第?\d+行)|[〃々″′”\"]+|''+|"
    r"(?:详?见|参见|参照)(?:备注|附件|附表|附页|另表|后|上|下|说明)\S{0,6}|另附|另附表|ditto|idem|↑+|↓+|←+"
)
MARKS = _DASHES | _NOT_KNOWN | _NOT_APPLICABLE | words("同上 同左 同前 同上行 同本部 〃 ″ \" '' ” ditto")


# --- from the raw cell to its text ----------------------------------------------------------------


def normal(raw: object) -> str:
    """NFKC, without invisible characters and outer space. Numbers and dates as they would be typed."""
    match raw:
        case str():
            text = raw
            if not raw.isascii() or not raw.isprintable():
                text = _UNSEEN.sub("", unicodedata.normalize("NFKC", _UNSEEN.sub("", raw)))
            if "\r" in text or "_x" in text or not text.isprintable():
                text = _LINE_END.sub("\n", text)
            text = text.strip()
            # Two habits that keep a code from becoming a number: ="0123" and '0123.
            if text.startswith('="') and (literal := _LITERAL.fullmatch(text)):
                return literal[1].strip()
            return text[1:].strip() if text[:1] in ("'", "’") and text[1:].strip("'’ ") else text
        case None:
            return ""
        case bool():
            return "TRUE" if raw else "FALSE"
        case int():
            return str(raw) if raw.bit_length() < 1024 else ("inf" if raw > 0 else "-inf")
        case float():
            if isnan(raw):
                return ""
            return str(int(raw)) if raw.is_integer() else repr(raw)
        case datetime():
            return raw.isoformat(" ")
        case date() | time():
            return raw.isoformat()
        case _:
            return str(raw).strip()


def squeezed(text: str) -> str:
    return "".join(text.split())


def spoken(raw: object) -> str:
    """The text of a cell that holds a value: one shape of dash, bracket and stop; no spaces, but one between two digits
    stays, and a line feed between two digits parts them.
    """
    if isinstance(raw, str):
        if raw.isascii() and raw.isalnum():
            return raw
        raw = _FOOTMARK.sub(r"(\1\2)", raw.strip())
        if not raw.isascii():
            for letter, digits in _FRACTION_LETTERS.items():
                raw = raw.replace(letter, digits)
    text = normal(raw).translate(_UNIFIED)
    if len(text) > 1 and (quoted := _QUOTED.fullmatch(text)) is not None:
        text = quoted[1].strip()
    text = _OF_TWO_NUMBERS.sub(";", text)
    return _SPACE.sub("", _BETWEEN_DIGITS.sub(" ", text))


def linked(raw: object) -> str | None:
    """The text that a HYPERLINK formula shows; the link itself is never followed."""
    if (
        isinstance(raw, str)
        and raw.lstrip().startswith("=")
        and (link := _HYPERLINK.fullmatch(normal(raw))) is not None
    ):
        return normal(link[1])
    return None


def through_link(found: Reading) -> Reading:
    """What the text of a link says is said by a formula."""
    return found._replace(kind="formula_cell") if found.value is not None and not found.kind else found


# --- marks ----------------------------------------------------------------------------------------


def mark(text: str) -> Reading | None:
    """For a squeezed, lower-case text that is no value of any column."""
    if not text:
        return BLANK
    if text[0] == "=" and len(text) > 1:
        return Reading(None, "formula_no_cached_value")
    if text[0] in "#e错" and _ERROR.fullmatch(text.strip("()")):
        return Reading(None, "excel_error")
    if BROKEN in text:
        return Reading(None, "broken_text")
    if (found := _mark(text)) is not None:
        return found
    bare = text.strip(_AROUND)
    if bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1].strip(_AROUND)
    if (found := _mark(bare)) is not None:
        return found
    base, note = without_note(bare)
    return _mark(base) if note else None


_DOUBTS = re.compile(
    r".*\?|(?:存|有)疑\S{0,4}|暂定|不(?:一定|确定|准确?)|可能有误|(?:仅供)?参考|(?:未|尚未|没有?)(?:核实|核对|确认|证实)"
)


def doubted(note: str) -> bool:
    """A note that takes back whatever stands before it: 2019.12.10（待核）."""
    said = _mark(note.strip(_AROUND))
    return _DOUBTS.fullmatch(note) is not None or (said is not None and said.kind == "not_known")


def _mark(text: str) -> Reading | None:
    if text in _DASHES or (text and not text.strip("-/_.~*")):
        return Reading(None, "dash_ambiguous")
    if text in _NOT_KNOWN or _TO_ASK.fullmatch(text):
        return Reading(None, "not_known")
    if text in _NOT_APPLICABLE or _NEEDLESS.fullmatch(text):
        return Reading(None, "na_claim_check_gate")
    if _DITTO.fullmatch(text):
        return Reading(None, "ditto")
    return None


def without_note(text: str) -> tuple[str, str]:
    """民办(普惠) → 民办, 普惠; 3(专职)人 → 3人, 专职. A bracket may be left open. A text that is only a bracket keeps it."""
    if "(" not in text:
        return text, ""
    notes: list[str] = []

    def taken(bracket: re.Match[str]) -> str:
        notes.append(bracket[1].strip())
        return "\0"

    base = _BRACKET.sub(taken, text)
    if not base.strip("\0 ") or _TORN_NUMBER.search(base):
        return text, ""
    return base.replace("\0", "").strip(), ",".join(note for note in notes if note)
