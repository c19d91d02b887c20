"""The choices of a field as written → choices, and the spellings that may mean several of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker import lexicon
from checker.errors import Text
from checker.model import Choice
from checker.validate.reading import Reader, did_you_mean, is_identifier

_NOT_A_VALUE = {"unknown", "不详", "未知", "不清楚", "不明", "待核", "n_a", "null"}


def read_choices(reader: Reader) -> Iterator[Choice]:
    taken: dict[str, str] = {}
    for code, inner in reader.named("choices"):
        label = inner.own_text(Text(code, code))
        # A label in one language is the Chinese one: the code is English already.
        label = Text(label.zh, inner.text("en") or code)
        choice = Choice(code, label, inner.texts("aliases"), inner.texts("by_rule"))
        span = inner.key_span()
        for word in (code, label.zh):
            if word.lower() in _NOT_A_VALUE:
                zh, en = (
                    f"“{word}”不能作选项：不清楚的应当空着，才会按待核",
                    f'"{word}" cannot be a choice: leave the cell empty',
                )
                reader.report.error(
                    "V06", span, zh, en, Text("删去这个选项", "delete it; an empty cell counts as unknown")
                )
                break
        if not is_identifier(code) or code in lexicon.RESERVED:
            zh, en = f"“{code}”不能作选项的代码", f'"{code}" cannot be the code of a choice'
            reader.report.error("V01", span, zh, en, Text("用字母、数字和下划线", "use letters, digits and _"))
        for word in {code, *label, *choice.aliases, *choice.by_rule}:
            if taken.setdefault(word, code) != code:
                zh, en = f"“{word}”已是选项“{taken[word]}”的写法", f'"{word}" already stands for "{taken[word]}"'
                reader.report.error("V03", span, zh, en)
        yield choice


def read_ambiguous(reader: Reader, choices: Sequence[Choice]) -> dict[str, tuple[str, ...]]:
    """Spelling → the codes of the choices that it may mean, two at least."""
    if not choices:
        return {}  # told already: this key is only for choices
    named = {word: choice.code for choice in choices for word in (choice.code, *choice.label)}
    taken = {word: choice.code for choice in choices for word in (*choice.aliases, *choice.by_rule)} | named
    found: dict[str, tuple[str, ...]] = {}
    inner = reader.at("ambiguous")
    for word in reader.mapping("ambiguous"):
        listed = inner.texts(word)
        if word in taken:
            zh, en = f"“{word}”已是选项“{taken[word]}”的写法", f'"{word}" already stands for "{taken[word]}"'
            reader.report.error("V03", inner.key_span(word), zh, en)
        for name in listed:
            if name not in named:
                zh, en = f"没有选项“{name}”", f'there is no choice "{name}"'
                reader.report.error("E12", inner.span(word), zh, en, did_you_mean(name, named))
        codes = tuple(dict.fromkeys(named[name] for name in listed if name in named))
        if len(codes) < 2 and len(listed) < 2:
            hint = Text("只指一个选项的，写进该选项的“别名”", "what means one choice only belongs to its aliases")
            zh, en = f"“{word}”要列出两个以上可能的选项", f'"{word}" must list two choices or more'
            reader.report.error("E61", inner.key_span(word), zh, en, hint)
        found[word] = codes
    return found
