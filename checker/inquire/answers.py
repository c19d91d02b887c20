"""The rows of a form that came back, or of the answers kept from before → answers, each with who and when; and what is not one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from checker.errors import Text
from checker.inquire import wording
from checker.inquire.wording import How
from checker.plan import Source
from checker.tables.papers import is_form
from checker.tables.questions import Kind, Question, cell_name

KEPT_FROM = Text("来自", "From")

# What of a row the answers file keeps for people to read.
_ABOUT = ("file", "sheet", "cell", "name", "field", "raw", "received")
KEPT = ("id", "digest", *_ABOUT, *wording.ANSWERED)


def _kind(code: str, zh: str, en: str) -> Kind:
    return Kind(code, "lost", Text(zh, en))


UNSIGNED = _kind(
    "answer_unsigned",
    "{n}条答复没有填写确认人或确认日期，未采用；请补填",
    "{n} answers without who or when, not used; fill them in",
)
NOT_CHOSEN = _kind(
    "answer_not_chosen",
    "{n}条填了确认人或日期，但没有选择答复，未采用；请选择“按系统”“更正为”或“无法提供”",
    '{n} lines are signed but not answered, not used; choose "as taken", "correct to" or "cannot provide"',
)
NOT_AN_ANSWER = _kind(
    "answer_unclear",
    "答复“{raw}”不在“按系统”“更正为”“无法提供”之中，未采用",
    '"{raw}" is none of "as taken", "correct to", "cannot provide": not used',
)
NO_TEXT = _kind(
    "answer_without_text",
    "{n}条选了“更正为”，但没有填更正内容，未采用",
    '{n} lines say "correct to" but not what, not used',
)
BOTH = _kind(
    "answer_contradicts",
    "选了“{raw}”，又填了更正内容“{text}”，未采用；请留一项",
    'the answer is "{raw}" but there is a correction "{text}": not used; keep one of them',
)
NO_DAY = _kind(
    "answer_day", "确认日期“{raw}”不是确定的日期，未采用；请填年月日", '"{raw}" is no certain day: answer not used'
)
NO_ID = _kind(
    "answer_without_id",
    "{n}条答复的“疑问编号”或“文件摘要”空缺，不知答的是哪一条，未采用；请在原清单中填写，不要删除隐藏列",
    "{n} answers have lost their question id or file digest, not used; fill in the form as it came, hidden columns included",
)
PROBLEMS = (UNSIGNED, NOT_CHOSEN, NOT_AN_ANSWER, NO_TEXT, BOTH, NO_DAY, NO_ID)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer stands: in the form, not in the data."""

    form: str
    sheet: str
    cell: str
    digest: str = ""

    @property
    def source(self) -> Source:
        return Source(self.form, self.sheet, "", {}, self.digest)


@dataclass(frozen=True, slots=True)
class Answer:
    """`ids`: of doubts or cells in the file of `digest`. `about`: what the form says of them."""

    ids: tuple[str, ...]
    digest: str
    how: How
    text: str
    who: str
    day: date
    place: Place
    about: Mapping[str, str]
    kept: bool = False  # from the answers file: of another version of the file it is offered again, not refused

    @property
    def origin(self) -> str:
        """The form and the cell in which it was given, also after it was kept."""
        sheet = f"《{self.place.sheet}》" if self.place.sheet else "　"
        return self.about.get("from") or f"{self.place.form}{sheet}{self.place.cell}"

    def row(self) -> dict[str, str]:
        """As the answers file keeps it; the same whichever language the form was in."""
        return {
            "id": " ".join(self.ids),
            "digest": self.digest,
            **{name: self.about.get(name, "") for name in _ABOUT},
            "answer": wording.ANSWERS[self.how].zh,
            "text": self.text,
            "who": self.who,
            "day": self.day.isoformat(),
        }


@dataclass(slots=True)
class Returned:
    """`lines`: how many lines of a form there were, answered or not."""

    answers: list[Answer]
    problems: list[Question]
    lines: int = 0


Rows = Sequence[Sequence[str]]
Day = Callable[[str], date | None]


def read(rows: Rows, at: Place, column_name: Callable[[int], str], day: Day) -> Returned:
    """`rows`: cells as text, from the first row of the sheet. `at`: the sheet."""
    found = Returned([], [])
    top = _head(rows)
    if top is None:
        return found
    heads = {**wording.COLUMNS, "from": KEPT_FROM}
    columns = {name: at for at, cell in enumerate(rows[top]) for name, text in heads.items() if cell in text}
    for line, row in enumerate(rows[top + 1 :], top + 2):
        said = {name: row[column].strip() if column < len(row) else "" for name, column in columns.items()}
        places = {name: replace(at, cell=cell_name(column_name(column), line)) for name, column in columns.items()}
        found.lines += bool(said.get("id"))
        answer = _answer(said, places, day)
        if isinstance(answer, Answer):
            found.answers.append(answer)
        elif answer is not None:
            found.problems.append(answer)
    found.problems = list(_folded(found.problems))
    return found


def _head(rows: Rows) -> int | None:
    return next((at for at, row in enumerate(rows) if is_form([row])), None)


def _answer(said: Mapping[str, str], places: Mapping[str, Place], day: Day) -> Answer | Question | None:
    """What one line says; or why that is no answer; or nothing, if nobody touched it."""
    answer, text, who, signed = (said.get(name, "") for name in wording.ANSWERED)
    ids, digest = tuple(said.get("id", "").split()), said.get("digest", "").removeprefix("sha256:")

    def ask(kind: Kind, column: str, raw: str | None = None, **values: str) -> Question:
        place = places.get(column) or places["id"]
        return Question(kind, place.source, place.cell, raw=raw, values=values)

    if not any((answer, text, who, signed)):
        return None
    if not ids or not digest:
        return ask(NO_ID, "answer")
    if not answer and not text:
        return ask(NOT_CHOSEN, "answer")
    if not text and any(answer.strip(" 。.") in words for words in wording.CHOSEN):
        answer, text = "", answer  # one column too far to the left
    how = _how(answer) if answer else "correct"
    if how is None:
        return ask(NOT_AN_ANSWER, "answer", answer)
    if how == "correct" and not text:
        return ask(NO_TEXT, "text")
    if how != "correct" and text:
        return ask(BOTH, "text", answer, text=text)
    if not who or not signed:
        return ask(UNSIGNED, "day" if who else "who")
    if (on := day(signed)) is None:
        return ask(NO_DAY, "day", signed)
    about = {name: said.get(name, "") for name in (*_ABOUT, "from")}
    place = places["text" if how == "correct" else "answer"]
    return Answer(ids, digest, how, text, who, on, place, about, "from" in said)


def _how(text: str) -> How | None:
    """按系统处理。: an answer begins as one of the three does, whatever spaces stand in it."""
    plain = "".join(text.split()).lower()
    begun = (how for how, words in wording.BEGINNINGS.items() if plain.startswith(words))
    return next(begun, None)


def _folded(problems: Iterable[Question]) -> Iterable[Question]:
    """Problems of one kind in one sheet become one, with all their cells."""
    same: dict[tuple[object, ...], list[Question]] = {}
    for each in problems:
        same.setdefault((each.kind.code, each.raw, *each.values.items()), []).append(each)
    for group in same.values():
        cells = tuple(each.cell for each in group)
        yield replace(group[0], n=len(cells), cells=cells)
