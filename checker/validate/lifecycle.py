"""lifecycle.yaml → the life cycles of a pack: every table, field, choice and state known, and every state within reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from checker.errors import Text
from checker.model import Choice, Lifecycle, State
from checker.validate.figures import check_clauses
from checker.validate.reading import Reader, did_you_mean
from checker.validate.rules import Known


def read_lifecycles(readers: Sequence[Reader], known: Known) -> Mapping[str, Lifecycle]:
    found: dict[str, Lifecycle] = {}
    for item in (item for reader in readers for item in reader.items("lifecycles")):
        cycle = _lifecycle(item, known)
        if cycle.subject in found:
            zh, en = f"“{cycle.subject}”写了两个流程", f"two life cycles of {cycle.subject}"
            item.report.error("E59", item.span("subject"), zh, en)
        found.setdefault(cycle.subject, cycle)
    return found


def _lifecycle(item: Reader, known: Known) -> Lifecycle:
    check_clauses(item, known)
    subject = known.vocabulary.table(item, item.span("subject"), item.text("subject"))
    claim = known.vocabulary.column(item, item.span("reported_in"), subject, item.text("reported_in"))
    table = known.vocabulary.tables.get(subject)
    choices = {} if table is None or claim not in table.fields else _choices(table.fields[claim].choices)
    if claim and table is not None and claim in table.fields and not choices:
        zh, en = "自报状态的一栏须是选项", "the state is claimed in a choice field"
        item.report.error("E61", item.span("reported_in"), zh, en)
    states: dict[str, State] = {}
    for inner in item.items("states"):
        state = _state(inner, known, subject, choices)
        if state.id in states:
            inner.report.error("E59", inner.span("id"), f"状态编号“{state.id}”写了两次", f'state "{state.id}" twice')
        states.setdefault(state.id, state)
    for at, inner in enumerate(item.items("states")):
        _check_ways(inner, at == 0, states)
    for inner, state in zip(item.items("states"), states.values(), strict=False):
        if state.id not in _reached(states):
            zh, en = f"从起点走不到“{state.name.zh}”", f'"{state.name.en}" cannot be reached from the first state'
            inner.report.error("E61", inner.span("after"), zh, en)
    return Lifecycle(
        subject, item.texts("clause"), tuple(states.values()), claim, item.condition("late"), item.span("subject")
    )


def _choices(choices: Sequence[Choice]) -> dict[str, str]:
    """Spelling → code."""
    return {word: each.code for each in choices for word in (each.code, *each.label, *each.aliases)}


def _state(item: Reader, known: Known, subject: str, choices: Mapping[str, str]) -> State:
    on = known.vocabulary.column(item, item.span("on"), subject, item.text("on"))
    table = known.vocabulary.tables.get(subject)
    if table is not None and on in table.fields and table.fields[on].type not in ("date", "datetime"):
        zh, en = f"“{item.text('on')}”不是日期", f'"{item.text("on")}" is no date'
        item.report.error("E61", item.span("on"), zh, en)
    for word in item.texts("reported"):
        if choices and word not in choices:
            zh, en = f"没有“{word}”这个选项", f'no choice "{word}"'
            item.report.error("E58", item.span("reported"), zh, en, did_you_mean(word, choices))
    return State(
        id=item.text("id"),
        name=item.both("name"),
        on=on,
        after=item.texts("after"),
        when=item.condition("when"),
        needs=item.condition("needs"),
        settled=item.flag("settled"),
        reported=tuple(choices.get(word, word) for word in item.texts("reported")),
        span=item.span("id"),
    )


def _check_ways(item: Reader, is_first: bool, states: Mapping[str, State]) -> None:
    after = item.texts("after")
    if not is_first and not after:
        zh, en = "除起点外，要写明接在哪些状态之后", "all states but the first come after another"
        item.report.error("E60", item.span("id"), zh, en, Text("写“接在”", "give after"))
    for word in after:
        if word not in states:
            zh, en = f"没有编号为“{word}”的状态", f'no state "{word}"'
            item.report.error("E58", item.span("after"), zh, en, did_you_mean(word, states))


def _reached(states: Mapping[str, State]) -> set[str]:
    """From the first state, or from a state that nothing is said of: that is told already."""
    reached = {id for at, (id, state) in enumerate(states.items()) if at == 0 or not set(state.after) & states.keys()}

    def more() -> Iterator[str]:
        yield from (id for id, state in states.items() if id not in reached and reached & set(state.after))

    while found := set(more()):
        reached |= found
    return reached
