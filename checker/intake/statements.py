"""The words of a yes/no cell, clause by clause → yes, no, or missing with a doubt, in the light of what the column asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from checker.intake.cells import Reading, without_note, words
from checker.intake.numerals import numeral
from checker.intake.periods import read_period
from checker.intake.phrases import ANY_ACT, PAST, Fact, acts_of, facts, nouns_of

YES, NO = "是", "否"
_YES = words("是 是的 有 对 对的 √ ✓ ✔ ☑ ✅ 🗹 🗸 y yes t true 已 已经 已有 均有 都有 全有 均是 都是 都对 ok")
_NO = words(
    "否 无 不 不是 不对 没有 没 未 尚未 还没有 还没 错 × ✗ ✘ ✕ ✖ ❌ x n no f false 均无 都无 全无 都没有 "
    "均没有 尚无 暂无 从无 not notyet"
)
# States answer the question only where a state is asked for.
GOOD = words(
    "符合 合格 达标 正常 完好 齐全 具备 全部 完整 有效 良好 健全 符合要求 全部合格 全部达标 正常运行 运行正常 "
    "使用正常 正常使用 完好有效 完成"
)
BAD = words("不符合 不合格 不达标 不齐全 不具备 不正常 不完好 不完整 无效 未达标 未完成 未合格 不健全 不符合要求")
# Letters that look or sound like 已 and 未.
_SLIPS = (
    ("己", "已"),
    ("巳", "已"),
    ("以", "已"),
    *((slip, "安装") for slip in ("按装", "案装", "安裝", "安庄", "安状")),
    *((slip, "联网") for slip in ("联往", "联忘", "联纲", "联綱", "联冈", "联罔", "聯網", "连往", "连纲")),
)
_SLIP_NOT = re.compile(r"(?<![年月周期旬])末(?!尾)")
_SEPARATOR = re.compile(r"(?:[,;、()\n!…]|(?<![0-9])[.:]|[.:](?![0-9]))+|(?<=[\u4e00-\u9fff])[/-](?=[\u4e00-\u9fff])")
_BUT_FOR = re.compile(r"除了?([^,;]+?)(?:之外|以外|外)[,;]?(.+)")
_INNER_SIGN = re.compile(r"([√✓✔☑✅×✗✘✕✖])")
_ASKED = re.compile("^(?:是否|有无|能否|已经|曾经|已|有)+")
_OWN_WORDS = re.compile(
    r"(?:(?P<not>(?:暂|尚|均|都|从|还|经查|目前)*(?:未|没有|没|无|不存在|未见|未发现|未出现|未发生|不)(?:有|过|发现)?)"
    r"|(?P<yes>已经|已|有|存在|发现|出现|发生))?#(?P<end>了|过)?[。.]?"
)
_COUNTED = re.compile(r"([0-9]+|[一二两三四五六七八九十]+)(?:人|名|个|台|套|处|所|部|辆|路|只|间|个点位|个校区)")
_SHARE = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")
_FEW = "(?:[0-9]|[一二两三四五六七八九十])"
_LACKING = re.compile(rf"{_FEW}[^,;均都全皆]{{1,6}}(?:未|没)|(?:未|没)[^,;]{{1,6}}{_FEW}")
_AGAINST = re.compile(
    r"损坏|坏|待|故障|停|失效|过期|到期|报废|部分|拟|计划|未|末|不|没|无|非|正在|在建|施工|仅|只|除|拆|旧|缺|少|差|需|尚|暂|个别|但|老化|更换|修|断|离线|"
    r"掉线|关闭|异常|临时|代替|申请|准备|将|预计|否|假|虚|空|隐患|问题|基本|大致|可能|应该|改造|迁|撤|欠|难|延|另|借|租|共用|兼"
)
_HARMLESS = re.compile(
    r"(?:无|没有|未见|未发现|未发生|不存在)(?:任何)?(?:异常|故障|损坏|问题|过期|隐患|缺陷|失效)|未过期|不含|未到期|无误"
)
_MENDED = re.compile(r"已(?:整改|补|安装|联|建|配|解决|完成|落实|修)|现已|后已|目前已|今已")


@dataclass(frozen=True, slots=True)
class Column:
    """What the reading of a cell depends on besides the cell. `acts`: what the heading asks for; `coded`: the column holds
    only 1 and 0, `counted`: only 1 and 2; `received_on` tells a date that is past from one that is still to come.
    """

    label: str = ""
    acts: frozenset[str] = frozenset()
    coded: bool = False
    counted: bool = False
    received_on: date | None = None
    nouns: frozenset[str] = field(default=frozenset(), compare=False)  # follow from the label


ANY_COLUMN = Column()


def column(label: str, numbers: frozenset[float], received_on: date | None = None) -> Column:
    acts = acts_of(label)
    for first in ("link", "state"):
        if first in acts:
            acts = frozenset([first])
    coded = bool(numbers) and numbers <= {0.0, 1.0}
    return Column(label, acts, coded, bool(numbers) and numbers <= {1.0, 2.0}, received_on, nouns_of(label))


def plain(text: str, about: Column) -> bool | None:
    bare = text.strip(".,;!、()")
    if bare in _YES or set(bare) in ({"√"}, {"✓"}, {"✔"}):
        return True
    if bare in _NO or set(bare) in ({"×"}, {"✗"}):
        return False
    if "state" in about.acts and (bare in GOOD or bare in BAD):
        return bare in GOOD
    return None


# --- words ----------------------------------------------------------------------------------------


def stated(text: str, about: Column) -> Reading:
    found = _clauses(text, about)
    if found.value is None and (own := _in_its_own_words(text, about)) is not None:
        return own
    if found.value is not None or found.kind not in ("unreadable", "other_fact"):
        return found
    slipped = text
    for wrong, right in _SLIPS:
        slipped = slipped.replace(wrong, right)
    slipped = _SLIP_NOT.sub("未", slipped)
    if slipped == text:
        return found
    mended = _clauses(slipped, about)
    if isinstance(mended.value, bool):
        return Reading(mended.value, "typo_confusable")
    return mended if found.kind == "unreadable" else found


def _in_its_own_words(text: str, about: Column) -> Reading | None:
    """未发现反弹, 无不良记录 in columns whose question has no act that is known: with the words of the heading itself."""
    asked_for = [_ASKED.sub("", word) for word in about.label.split()]
    for asked in dict.fromkeys([*asked_for, *(word[-2:] for word in asked_for)]):  # 未发现堵塞 of 消防通道堵塞
        said = _OWN_WORDS.fullmatch(text.replace(asked, "#", 1)) if len(asked) > 1 else None
        if said is not None and said["not"]:
            return Reading(False)
        if said is not None:
            return Reading(True, "" if said["yes"] or said["end"] else "bare_verb")
    return None


def _clauses(text: str, about: Column) -> Reading:
    if (but_for := _BUT_FOR.fullmatch(text)) is not None:
        rest = _clauses(but_for[2], about)
        # 除宿舍外均已联网: whatever holds of the rest, it is not all.
        told = isinstance(rest.value, bool) or rest.kind == "scope_unknown"
        return Reading(False, "partial_value") if told else rest
    sure = text.rstrip("?")
    found: list[Fact] = []
    for piece in filter(None, _SEPARATOR.split(_INNER_SIGN.sub(r",\1,", sure))):
        said = plain(piece, about)
        found += [Fact(said, text=piece)] if said is not None else _states(piece) or facts(piece, about.nouns)
    if not found:
        return Reading(None, "unreadable")
    if sure != text:
        guess = _combined(found, about)
        return Reading(None, "hedged_value", guess.candidate if guess.value is None else (YES if guess.value else NO))
    return _counted(text, found, about) or _combined(found, about)


def _states(piece: str) -> list[Fact]:
    if piece in GOOD or piece in BAD:
        return [Fact(piece in GOOD, frozenset(["state"]), text=piece)]
    return []


def _fits(fact: Fact, about: Column) -> bool:
    """Whether a fact answers the question of the column."""
    if not fact.acts:
        return True
    if not about.acts:
        return bool(fact.acts & {"setup", "link"})
    if fact.acts & (about.acts | ANY_ACT):
        return True
    if fact.value == "plan" and fact.acts == {"buy"}:
        return bool(about.acts & {"setup", "link"})  # 正在采购
    # What is linked is installed; what is not installed, or is still to be, is not linked.
    if "setup" in about.acts:
        return fact.value in (True, "bare") and bool(fact.acts & {"link", "use"})
    return "link" in about.acts and fact.value in (False, "plan") and "setup" in fact.acts


def _combined(stated: list[Fact], about: Column) -> Reading:
    values = [fact.value for fact in stated]
    if "hedge" in values:
        return Reading(None, "hedged_value")
    if len(stated) == 1:
        return _single(stated[0], about)
    mine = [fact for fact in stated if isinstance(fact.value, bool) and _fits(fact, about)]
    others = [fact for fact in stated if isinstance(fact.value, bool) and fact not in mine]
    rest = [fact for fact in stated if not isinstance(fact.value, bool)]
    said = {fact.value for fact in mine}
    kinds = {fact.value for fact in rest}
    if "twice" in kinds:
        return Reading(None, "double_negative")
    if any(fact.place for fact in stated) and said:
        return _by_places(stated, said)
    if said == {True, False}:
        # 有但未联网: 有 speaks of the device, the second clause of what is asked.
        return _of_two(mine, about)
    if said == {True}:
        return _yes(mine, others, rest, about)
    if said == {False}:
        return _no(mine, others, rest)
    return _neither(others, kinds, rest, about)


def _single(fact: Fact, about: Column) -> Reading:
    match fact.value:
        case bool():
            if not _fits(fact, about) or (fact.thing and about.acts & {"link", "state"}):
                return Reading(None, "other_fact", YES if fact.value else NO)
            if fact.place:
                return Reading(None, "scope_unknown", YES) if fact.value else Reading(False, "partial_value")
            return Reading(fact.value, "trailing_note" if fact.noted else "")
        case "bare":
            fits = _fits(fact, about)
            if fits and fact.place:
                return Reading(None, "scope_unknown", YES)
            if fits and fact.acts == {"state"}:
                return Reading(True)  # 均完好 is no act that could still be to come
            return Reading(True, "bare_verb") if fits else Reading(None, "other_fact", YES)
        case "dated":
            return _dated(fact, about)
        case "plan" | "part":
            if not _fits(fact, about):
                return Reading(None, "other_fact")
            return Reading(False, "planned_not_done" if fact.value == "plan" else "partial_value")
        case "some":
            return Reading(None, "scope_unknown", YES)
        case "twice":
            return Reading(None, "double_negative")
        case "worn" if "state" in about.acts:
            return Reading(False, "partial_value")
        case "broken" | "worn":
            return Reading(None, "qualified_yes", NO)
        case "absent":
            return Reading(None, "na_claim_check_gate")
        case "sound":
            return Reading(None, "other_fact", YES)
        case _:
            return Reading(None, "unreadable", _guess(fact.text, about))


def _guess(text: str, about: Column) -> str:
    """已联网运行良好: the longest beginning that says something."""
    if _AGAINST.search(text[2:]):
        return ""
    for end in range(len(text) - 1, 1, -1):
        stated = facts(text[:end], about.nouns)
        if len(stated) == 1 and isinstance(stated[0].value, bool) and _fits(stated[0], about):
            return YES if stated[0].value else NO
    return ""


def _dated(fact: Fact, about: Column) -> Reading:
    """2018年安装: done if the day is past when the form comes in; without that day nobody knows."""
    if not _fits(fact, about):
        return Reading(None, "other_fact", YES)
    if fact.when in PAST:
        return Reading(True, "trailing_note")
    period = read_period(fact.when)
    if period is None or about.received_on is None:
        return Reading(None, "date_in_yes_no", YES)
    if period[1] <= about.received_on:
        return Reading(True, "trailing_note")
    return Reading(False, "planned_not_done") if period[0] > about.received_on else Reading(None, "date_in_yes_no")


def _by_places(stated: list[Fact], said: set[bool | str]) -> Reading:
    """本部已联网，分校未联网."""
    if said == {True} and all(fact.value is True for fact in stated) and sum(fact.place for fact in stated) > 1:
        return Reading(True, "trailing_note")
    if False in said:
        return Reading(False, "partial_value")
    return Reading(None, "scope_unknown", YES)


def _of_two(mine: list[Fact], about: Column) -> Reading:
    later = [fact for fact in mine if fact.acts]
    values = {fact.value for fact in later}
    if len(values) != 1 or mine[0].acts or mine[0].value is not True:
        return Reading(None, "qualified_yes")
    # 有，但未联网 in a column that asks for the link; 是，但未联网 takes its own answer back.
    if mine[0].text.startswith(("有", "已有")) and "link" in about.acts and values == {False}:
        return Reading(False, "two_facts_in_cell")
    return Reading(None, "qualified_yes")


def _yes(mine: list[Fact], others: list[Fact], rest: list[Fact], about: Column) -> Reading:
    kinds = {fact.value for fact in rest}
    if kinds & {"broken", "worn", "part", "some", "absent"} or any(
        fact.value == "plan" and _fits(fact, about) for fact in rest
    ):
        return Reading(None, "qualified_yes")
    further = [fact for fact in others if fact.value is False] + [fact for fact in rest if fact.value == "plan"]
    if not further:
        return with_notes(True, [fact.text for fact in rest if fact.value != "sound"])
    # 已安装，未联网 in a column that asks for the device: the rest is another fact, further on.
    beyond = all(fact.acts & {"accept", "check", "record", "report", "sign"} for fact in further)
    if "setup" in about.acts or (mine[0].acts and beyond):
        return Reading(True, "two_facts_in_cell")
    return Reading(None, "qualified_yes")


def _no(mine: list[Fact], others: list[Fact], rest: list[Fact]) -> Reading:
    if any(fact.value is True and "fix" in fact.acts for fact in others):
        return Reading(None, "qualified_yes")
    if any(fact.value is True for fact in others):
        return Reading(False, "two_facts_in_cell")
    return with_notes(False, [fact.text for fact in rest])


def with_notes(said: bool, notes: Iterable[str]) -> Reading:
    note = _HARMLESS.sub("", ",".join(notes))
    if said and _AGAINST.search(note):
        # 是，但损坏待修: what follows takes the yes back.
        return Reading(None, "qualified_yes")
    if not said and _MENDED.search(note):
        return Reading(None, "qualified_yes")
    return Reading(said, "trailing_note")


def _neither(others: list[Fact], kinds: set[bool | str], rest: list[Fact], about: Column) -> Reading:
    """No clause answers the question of the column by itself."""
    if any(fact.value == "part" and _fits(fact, about) for fact in rest):
        return Reading(False, "partial_value")
    if kinds & {"broken", "worn", "absent"}:
        return Reading(None, "qualified_yes", NO)
    if any(fact.value == "plan" and _fits(fact, about) for fact in rest):
        return Reading(False, "planned_not_done")
    if others:
        values = {fact.value for fact in others}
        if values == {True, False} and not about.acts:
            return Reading(None, "qualified_yes")
        return Reading(None, "other_fact", YES if values == {True} else NO)
    first = _single(rest[0], about)
    if isinstance(first.value, bool):
        return with_notes(first.value, [fact.text for fact in rest[1:]]) if len(rest) > 1 else first
    return first


# --- counted places -------------------------------------------------------------------------------


def _counted(text: str, stated: list[Fact], about: Column) -> Reading | None:
    """3个校区已联2个, 应联10个实联8个; 2名 in a column that asks whether there are any."""
    shares = _SHARE.findall(text)
    if len(shares) == 1 and any(fact.acts and _fits(replace(fact, value=True), about) for fact in stated):
        # 已联80%, 联网率98%
        every = float(shares[0]) == 100 and not re.search("未|没|约", text)
        return Reading(every, "percent_in_yes_no" if every else "partial_value")
    base, note = without_note(text)
    if note and not _COUNTED.search(base):
        return None  # 已设立（公安1人、家长2人）
    figures = [_figure(found[1]) for found in _COUNTED.finditer(text)]
    values = {fact.value for fact in stated}
    if len(figures) == 1 and _COUNTED.fullmatch(text):
        if about.acts & {"link", "state"}:
            return Reading(None, "scope_unknown", YES if figures[0] else NO)  # of how many?
        return Reading(figures[0] > 0, "count_in_yes_no")
    if (
        len(figures) == 1
        and _LACKING.search(text)
        and any(f.value is False and f.acts and _fits(f, about) for f in stated)
    ):
        return Reading(False, "partial_value") if figures[0] else Reading(None, "double_negative", YES)
    if len(figures) != 2 or not (any(fact.acts for fact in stated) or re.search(r"应|实|共|总", text)):
        return None
    if not any(_fits(fact, about) for fact in stated if fact.acts):
        return None
    if False in values or "part" in values:
        return Reading(False, "partial_value")
    if values & {"plan", "hedge", "twice", "broken", "worn"}:
        return None
    return Reading(max(figures) == min(figures), "partial_value" if max(figures) != min(figures) else "count_in_yes_no")


def _figure(text: str) -> int:
    sure = numeral(text)
    return int(sure.value) if sure is not None else 0
