"""What holds of the reading of any cell: nothing crashes, spelling does not matter, no doubt is silent, what we print can be read."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from reading import (
    AGE,
    BARE,
    BORN,
    CODE,
    DAY,
    DAYS,
    DONE,
    DUE,
    GUARDS,
    LINKED,
    MOMENT,
    NOTE,
    OWNERSHIP,
    PLATE,
    POST,
    RATE,
    SETUP,
    STAFF,
    STOCK,
    TESTED,
    TOPICS,
    TYPE,
    UNIT_CODE,
    USCC,
    read,
)  # fmt: skip

from checker.intake import codes, phrases
from checker.intake.cells import Reading, normal
from checker.intake.doubts import of
from checker.model import FieldDef
from checker.tables.questions import told

FIELDS = (LINKED, SETUP, POST, BARE, TESTED, STAFF, GUARDS, DAYS, AGE, STOCK, RATE, DAY, DONE, DUE, BORN, MOMENT, CODE, USCC, PLATE, NOTE,
          OWNERSHIP, TYPE, TOPICS, UNIT_CODE)  # fmt: skip
# Pieces of which real cells are made: every word that the readers know, figures, dates, signs.
SIGNS = "0123456789%‰.,/-~+×*=()（）【】〔〕，。；、：？！√×☑□○●￥　 \n一二三四五六七八九十百千万〇零两几余多约近"
MORE = (
    "年 月 日 2019 2020.3 12月 底前 同上 不详 无 合计 #N/A =A1 苏F12345 2132001201 公办 民办 小学 附设 幼儿园 启东市 南通 "
    "保安 兼职 其中 人 名 岁 成 百分之 以上 左右 不足 O l 是 否 Y"
)
PIECES = sorted({*phrases.WORDS, *SIGNS, *MORE.split()})
TEXTS = st.one_of(
    st.text(max_size=12),
    st.lists(st.sampled_from(PIECES), max_size=7).map("".join),
    st.text(alphabet=st.sampled_from("".join(PIECES)), max_size=10),
)
CELLS = st.one_of(
    TEXTS,
    st.floats(),
    st.integers(),
    st.integers(min_value=10**300, max_value=10**6000),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.none(),
)


def said(found: Reading) -> tuple[object, str]:
    return found.value, found.kind


@settings(max_examples=600, deadline=None)
@given(
    raw=CELLS, field=st.sampled_from(FIELDS), received_on=st.sampled_from([None, date(2019, 12, 23), date(2020, 2, 29)])
)
@example("0" * 5000, STAFF, None)
@example("1e999999999", STOCK, None)
@example("已" + "联接" * 3000 + "x", LINKED, None)
@example("(" * 2000, RATE, None)
@example("٣", STAFF, None)
@example("²", STAFF, None)
def test_nothing_crashes_and_nothing_is_lost_in_silence(raw: Any, field: FieldDef, received_on: date | None) -> None:
    found = read(field, raw, received_on=received_on)
    if found.kind:
        assert of(found.kind).severity == ("lost" if found.value is None else "doubt"), found
    elif found.value is None:
        assert not normal(raw), "a cell that holds something has a value or a doubt"
    else:
        assert found.candidate == ""
    told(found.value, field)


# --- spelling ------------------------------------------------------------------------------------

SPACES = ["", " ", "　", "\u00a0", "\u200b", "\ufeff", "\t", "\u2009", "\u00ad"]
SPOKEN = [field for field in FIELDS if field is not NOTE]  # a text keeps its own spaces


@st.composite
def spaced(draw: st.DrawFn) -> tuple[str, str]:
    """A text, and the same with a blank somewhere beside a Han letter or a bracket."""
    raw = unicodedata.normalize("NFKC", draw(TEXTS))
    assume(not any(letter.isspace() for letter in raw) and "=" not in raw and normal(raw) == raw)
    places = [
        at
        for at in range(len(raw) + 1)
        if not (raw[at - 1 : at].isascii() and raw[at : at + 1].isascii() and 0 < at < len(raw))
    ]
    at = draw(st.sampled_from(places))
    return raw, raw[:at] + draw(st.sampled_from(SPACES)) + raw[at:]


@given(st.lists(TEXTS, max_size=4))
def test_texts_that_are_read_at_one_look_are_read_so_one_by_one(texts: list[str]) -> None:
    odd = set(codes.odd_texts(texts))
    assert all(codes.read_text(text) == Reading(text) for text in texts if text not in odd)
    assert not any(re.fullmatch("[a-z\u4e00-\u9fff]{11,}", str(text)) for text in odd)


@settings(max_examples=400, deadline=None)
@given(pair=spaced(), field=st.sampled_from(SPOKEN))
@example(("已与公安联网", "已与公安\t联网"), LINKED)
@example(("3人(兼职1人)", "3人 (兼职1人)"), GUARDS)
@example(("2019年12月31日前", "2019年12月31日　前"), DUE)
def test_spaces_change_no_reading(pair: tuple[str, str], field: FieldDef) -> None:
    plain, blank = (read(field, each) for each in pair)
    assert plain == blank or (field in (CODE, USCC) and blank == plain._replace(kind="inner_space"))


@settings(max_examples=400, deadline=None)
@given(raw=TEXTS, field=st.sampled_from(FIELDS))
@example("3人(兼职1人)", GUARDS)
@example("95%", RATE)
@example("2019/12/10", DAY)
def test_full_width_changes_no_reading(raw: str, field: FieldDef) -> None:
    half = unicodedata.normalize("NFKC", raw)
    wide = "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in half)
    assume(unicodedata.normalize("NFKC", wide) == half)
    assert read(field, wide) == read(field, half)


# --- what we print can be typed ------------------------------------------------------------------


@settings(max_examples=800, deadline=None)
@given(raw=CELLS, field=st.sampled_from(FIELDS), received_on=st.sampled_from([None, date(2019, 12, 23)]))
@example("2019.1", DAY, None)
@example("12月10日", DAY, date(2019, 12, 23))
@example("58岁", BORN, date(2019, 12, 23))
@example("70", BORN, date(2019, 12, 23))
@example("800余人", STAFF, None)
@example("95%以上", RATE, None)
@example("一0-1<", STAFF, None)
def test_what_we_print_can_be_read_again(raw: Any, field: FieldDef, received_on: date | None) -> None:
    found = read(field, raw, received_on=received_on)
    typed, either = told(found.value, field)
    if found.value is not None and field is not NOTE:
        for spelling in {typed, *either}:
            again = read(field, spelling)
            assert same(again.value, found.value), (found, spelling, again)
    if found.candidate:
        again = read(field, found.candidate)
        assert again.value is not None or again.candidate == found.candidate, (found, again)


def same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, rel=1e-9, abs=1e-12)
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one.replace(second=0) == other.replace(second=0)  # moments are told to the minute
    return one == other


# --- yes and no ----------------------------------------------------------------------------------

YESES = [
    "是",
    "是的",
    "有",
    "对",
    "已",
    "已有",
    "已联网",
    "已与公安联网",
    "均已联网",
    "已全部联网",
    "已接入",
    "联网了",
    "已完成",
    "已落实",
]
NEGATORS = ["未", "没", "没有", "尚未", "从未", "并未", "暂未", "未能", "无法", "还没有"]
# 不 before 是, 没 before 有: that is how no is said.
NOES = {"不是", "不是的", "没有", "未有", "不有", "非是", "不对", "没对", "未对", "无有", "非有", "非对"}


@pytest.mark.parametrize("field", [LINKED, SETUP, POST, BARE], ids=lambda field: field.id)
@pytest.mark.parametrize(
    "act", ["联网", "安装", "设立", "与公安联网", "配备到位", "接入", "完成", "落实", "建成", "装", "验收"]
)
@pytest.mark.parametrize("negator", NEGATORS)
def test_a_statement_and_its_negation_are_never_read_alike(field: FieldDef, act: str, negator: str) -> None:
    done, not_done = read(field, f"已{act}").value, read(field, f"{negator}{act}").value
    assert None in (done, not_done) or (done, not_done) == (True, False)
    assert read(field, f"{negator}{negator}{act}").kind != ""


@settings(max_examples=1500, deadline=None)
@given(yes=st.sampled_from(YESES), letter=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), data=st.data())
def test_a_letter_too_many_never_turns_a_yes_in_silence(yes: str, letter: str, data: st.DataObject) -> None:
    never_turned(yes, letter, data.draw(st.integers(0, len(yes))))


@pytest.mark.parametrize("yes", YESES)
def test_no_word_of_ours_turns_a_yes_in_silence(yes: str) -> None:
    for word in phrases.WORDS:
        for at in range(len(yes) + 1):
            never_turned(yes, word, at)


def never_turned(yes: str, letter: str, at: int) -> None:
    text = yes[:at] + letter + yes[at:]
    found = read(LINKED, text)
    if found.value is False and not found.kind:
        # A plain no is a no by a negator in front, and nothing else.
        assert text in NOES or any(text.startswith(n) for n in ("未", "没", "不", "无", "非", "毫", "并", "否")), text


@pytest.mark.parametrize("yes", ["是", "有", "已联网"])
def test_a_yes_that_is_taken_back_is_no_yes(yes: str) -> None:
    for turn in ("，但", "（", "，不过", "；", "\n", "，因"):
        for against in (
            "已损坏",
            "故障",
            "已停用",
            "未启用",
            "部分未联",
            "待修",
            "已拆除",
            "过期",
            "无法使用",
            "计划更换",
            "暂不能用",
            "只是临时的",
        ):
            assert read(LINKED, f"{yes}{turn}{against}").value is not True
