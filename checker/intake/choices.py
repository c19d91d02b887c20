"""A cell of a choice column → the code of the option, or missing with a doubt and the options that it may mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made

from checker.errors import Text
from checker.intake import boxes
from checker.intake.cells import (
    LONGEST,
    Reading,
    doubted,
    linked,
    mark,
    normal,
    spoken,
    squeezed,
    through_link,
    without_note,
)
from checker.intake.names import plain
from checker.model import Choice, FieldDef

_SEVERAL = re.compile(r"[、;；,，/\n\r+和及与]+|以及")
_ATTACHED = re.compile(r"(?:附设|附属|附|内设|下设|设有|含|包含|另设|兼办|及|和|与|有)+(.+?)(?:班|部|点)?")
_ATTACHED_TO = re.compile(r"(.+?)(?:附设|附属|举办|主办|办)")
_BETWEEN = " /、,;|.:()"
_ANOTHER_TIME = re.compile(
    r"原|曾|以前|前身|拟|将|计划|准备|待|预计|明年|下学期|[0-9]{4}年(?:[0-9]{1,2}月|春|秋|暑)?(?:期|学期)?(?:起|后)?[拟将计]"
)
_KIND_OF = re.compile("(?:性质|类型|类别|类)$")
_NUMBERED = re.compile(r"^(?:[0-9A-Za-z]{1,2}[.、:)]|[①-⑳])")
_SLIPS = (("己", "已"), ("巳", "已"), ("末", "未"), ("它", "他"))  # 其它 is 其他
_NOT = re.compile(r"非|不是|不属|无|没有|原|曾|拟|改")


@dataclass(frozen=True, slots=True)
class Options:
    """Spelling → code. `by_rule`: spellings that the pack takes for an option by its own reading; `ambiguous`: those that
    several options may mean; `field`: names the doubts about them.
    """

    field: str
    known: Mapping[str, str]
    by_rule: Mapping[str, str] = made(default_factory=dict)
    ambiguous: Mapping[str, tuple[str, ...]] = made(default_factory=dict)
    longest: int = 0


def options(field: FieldDef) -> Options:
    """A spelling of two options is none."""
    known: dict[str, str] = {}
    twice: dict[str, tuple[str, ...]] = {plain(word): codes for word, codes in field.ambiguous.items()}
    for choice in field.choices:
        for spelling in {plain(each) for each in (choice.code, *choice.label, *choice.aliases)} - {""}:
            if known.setdefault(spelling, choice.code) != choice.code:
                twice[spelling] = (*twice.get(spelling, (known[spelling],)), choice.code)
    for spelling, code in _shortened(field).items():
        known.setdefault(spelling, code)
    by_rule = {plain(word): choice.code for choice in field.choices for word in choice.by_rule}
    known = {spelling: code for spelling, code in known.items() if spelling not in twice}
    return Options(field.id, known, by_rule, twice, max(map(len, known), default=0))


def _shortened(field: FieldDef) -> dict[str, str]:
    """高 for 高风险, where all options end in the word that the field begins with."""
    labels = {choice.label.zh: choice.code for choice in field.choices}
    ending = next((word for at in (4, 3, 2) if len(word := field.name.zh[:at]) == at and _all_end(labels, word)), "")
    return {plain(label.removesuffix(ending)): code for label, code in labels.items()} if ending else {}


def _all_end(labels: Iterable[str], word: str) -> bool:
    return all(label.endswith(word) and label != word for label in labels)


def shown(choices: tuple[Choice, ...], most: int = 12) -> Text:
    more = len(choices) > most
    return Text(
        "、".join(choice.label.zh for choice in choices[:most]) + ("…" if more else ""),
        ", ".join(choice.code for choice in choices[:most]) + (" …" if more else ""),
    )


def read_choice(raw: object, among: Options) -> Reading:
    if (shown_text := linked(raw)) is not None:
        return through_link(read_choice(shown_text, among))
    text = normal(raw)
    if (found := _exact(plain(text), among)) is not None and text:
        return found
    if (marked := mark(squeezed(text).lower())) is not None:
        return marked
    if len(text) > LONGEST:
        return Reading(None, "unknown_choice")
    text = spoken(raw)
    if (ticked := _boxes(text, among)) is not None:
        return ticked
    if text.endswith("?"):
        sure = read_choice(text.rstrip("?"), among)
        return Reading(None, "hedged_value", str(sure.value or sure.candidate))
    base, note = without_note(text)
    if base != text and (found := _exact(plain(base), among)) is not None:
        return _noted(found, note, among)
    found = _several(text, among) or _qualified(text, among) or _slipped(text, among)
    return found or Reading(None, "unknown_choice", _guess(text, among))


def read_choices(raw: object, among: Options) -> Reading:
    """A list with one unknown part is missing: a list that is short says that the rest is not there."""
    text = normal(raw)
    whole = _exact(plain(text), among) if text else None
    if whole is not None and whole.value is not None:
        return Reading([whole.value], whole.kind)
    if squeezed(text) in ("无", "没有"):
        return Reading([], "word_zero")
    parts = [read_choice(part, among) for part in _SEVERAL.split(text) if part.strip()]
    if len(parts) < 2:
        one = read_choice(raw, among)
        return Reading([one.value], one.kind, one.candidate) if one.value is not None else one
    known = dict.fromkeys(part.value for part in parts if part.value is not None)
    if any(part.value is None for part in parts):
        return Reading(None, "unknown_choice", "、".join(map(str, known)))
    return Reading(list(known), next((part.kind for part in parts if part.kind), ""))


def _exact(spelling: str, among: Options) -> Reading | None:
    if (code := among.known.get(spelling)) is not None:
        return Reading(code)
    if (code := among.by_rule.get(spelling)) is not None:
        return Reading(code, f"{among.field}_by_rule")
    if (codes := among.ambiguous.get(spelling)) is not None:
        return _either(codes, among)
    return None


def _either(codes: Sequence[str], among: Options) -> Reading:
    return Reading(None, f"{among.field}_ambiguous", "、".join(codes))


def _noted(found: Reading, note: str, among: Options) -> Reading:
    """小学（附设幼儿园）: two institutions in one row; 民办（公办托管）: which of the two?"""
    if found.value is None or not note:
        return found
    if doubted(note):
        return Reading(None, "hedged_value", str(found.value))
    if _ANOTHER_TIME.match(note) and _mentioned(note, among):
        return Reading(found.value, "trailing_note")  # 公办（原民办）, 在办（拟撤并）
    attached, owner = _ATTACHED.fullmatch(note), _ATTACHED_TO.fullmatch(note)
    if owner is not None and _exact(plain(owner[1]), among) is not None:
        return Reading(found.value, "trailing_note")
    other = _exact(plain(attached[1]), among) if attached is not None else None
    if other is not None and other.value not in (None, found.value):
        return Reading(found.value, "two_institutions_in_row", f"{found.value}、{other.value}")
    if (codes := among.ambiguous.get(plain(note))) is not None:
        return _either(codes, among)  # 公办（委托管理）
    mentioned = [code for code in _mentioned(note, among) if code != found.value]
    if mentioned:
        return _either((str(found.value), *mentioned), among)
    return Reading(found.value, found.kind or "trailing_note")


def _boxes(text: str, among: Options) -> Reading | None:
    found = boxes.marked(text, lambda inner, at: _longest_at(inner, at, among))
    if found is None:
        return None
    codes = [among.known[plain(option)] for option in found.chosen]
    if len(codes) == 1 and found.sure:
        return Reading(codes[0])
    unmarked = not found.chosen and found.joined.strip(" ") not in ("", *("/" * n for n in range(1, 9)))
    if unmarked or (not found.chosen and not found.joined and not set(text) & set(boxes.EMPTY)):
        return None
    every = {among.known[plain(option)] for option in found.options} == set(among.known.values())
    if found.chosen or every:
        return Reading(None, "template_not_filled", codes[0] if len(codes) == 1 else "")
    return None


def _longest_at(text: str, at: int, among: Options) -> str:
    for end in range(min(at + among.longest + 2, len(text)), at, -1):
        option = text[at:end]
        if option[0] not in _BETWEEN and option[-1] not in _BETWEEN and plain(option) in among.known:
            return option
    return ""


def _several(text: str, among: Options) -> Reading | None:
    """小学、幼儿园; 小学附设幼儿园: which of the two is meant?"""
    parts = [plain(part) for part in _SEVERAL.split(text) if plain(part)]
    codes = list(
        dict.fromkeys(found.value for part in parts if (found := _exact(part, among)) is not None and found.value)
    )
    if len(parts) > 1 and len(codes) == len(parts):
        return _either([str(code) for code in codes], among)
    if len(codes) == 1 and len(parts) > 1 and all(_exact(part, among) is not None for part in parts):
        return Reading(codes[0], "trailing_note")
    mentioned = _mentioned(text, among)
    return _either(mentioned, among) if len(mentioned) > 1 and not _NOT.search(text) else None


def _qualified(text: str, among: Options) -> Reading | None:
    """公办性质, √公办, 1.小学: as plain as the option itself; 民办-普惠性, 民办非营利: the option and what its other names say."""
    tight = text.strip("√✓✔☑ ")
    bare = _NUMBERED.sub("", tight)
    for each in (tight, bare, *(_KIND_OF.sub("", part) for part in (tight, bare))):
        if each != text and (found := _exact(plain(each), among)) is not None:
            return found if found.kind or bare == tight else found._replace(kind="trailing_note")
    # 村集体办园: of the names that the pack takes by its own reading, the middle.
    if (code := among.by_rule.get(plain(re.sub("^[村乡镇县市区]|[园校]$|学校$", "", tight)))) is not None:
        return Reading(code, f"{among.field}_by_rule")
    head, dash, tail = text.partition("-")
    if dash and (found := _exact(plain(head), among)) is not None:
        return _noted(found, tail, among)
    whole = plain(text)
    for end in range(len(whole) - 2, 1, -1):
        code = among.known.get(whole[:end])
        if code is not None and whole[end:] not in among.known:
            owners = {other for name, other in among.known.items() if whole[end:] in name}
            return Reading(code, "trailing_note") if owners == {code} else None
    return None


def _slipped(text: str, among: Options) -> Reading | None:
    """己整改, 末整改; 其它 is no slip, but another spelling."""
    slipped = text
    for wrong, right in _SLIPS:
        slipped = slipped.replace(wrong, right)
    found = _exact(plain(slipped), among) if slipped != text else None
    if found is None or found.kind or slipped == text.replace("它", "他"):
        return found
    return found._replace(kind="typo_confusable")


def _mentioned(text: str, among: Options) -> list[str]:
    """The options whose spellings stand in a text, the longest spelling at each place; short letters are no mention."""
    tight, found, at = plain(text), [], 0
    while at < len(tight):
        for length in range(min(among.longest, len(tight) - at), 1, -1):
            if (code := among.known.get(tight[at : at + length])) is not None:
                found.append(code)
                at += length - 1
                break
        at += 1
    return list(dict.fromkeys(found))


def _guess(text: str, among: Options) -> str:
    """公办中心小学 → primary, if it is the only option that the text names."""
    if _NOT.search(text):
        return ""
    mentioned = _mentioned(text, among)
    if not mentioned and len(tight := plain(text)) > 2:
        # 九年一贯, 幼儿圆: begun, or one letter taken for another.
        near = (code for name, code in among.known.items() if name.startswith(tight) or _one_off(tight, name))
        mentioned = list(dict.fromkeys(near))
    return mentioned[0] if len(mentioned) == 1 else ""


def _one_off(text: str, name: str) -> bool:
    return len(text) == len(name) and sum(a != b for a, b in zip(text, name, strict=True)) == 1
