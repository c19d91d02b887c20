"""Program + facts → the measures that follow, round after round until nothing new does. The meaning of the ladder, said plainly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from checker.escalate.program import Derive, Head, Program, Raised, Rule, Slot, holds
from checker.network.patterns import Fact

# The facts of one `by`, by kind.
Group = Mapping[str, list[Fact]]


def fixpoint(program: Program, facts: Iterable[Fact], derive: Derive) -> Raised:
    """Every rule is positive in the measures of its own stratum, so each round can only add: the least fixpoint."""
    known = list(facts)
    raised: dict[Head, frozenset[str]] = {}
    for rules in program.strata:
        while True:
            found = {head: grounds for rule in rules for head, grounds in _follows(rule, known)}
            fresh = [head for head in found if head not in raised]
            raised.update(found)
            if not fresh:
                break
            known += map(derive, sorted(fresh))
    return raised


def _follows(rule: Rule, facts: Sequence[Fact]) -> Iterator[tuple[Head, frozenset[str]]]:
    """A measure for every `by` in which the rule finds what it looks for, with all facts that took part."""
    wanted = {slot.kind for slot in (*rule.match, *rule.unless)}
    groups: defaultdict[str, defaultdict[str, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for fact in facts:
        about = fact.values.get(rule.by)
        if fact.kind in wanted and isinstance(about, str):
            groups[about][fact.kind].append(fact)
    for about, group in groups.items():
        grounds = {fact for way in _ways(rule, group) for fact in way}
        if grounds:
            yield Head(rule.name, rule.raises, about), frozenset(grounds)


def _ways(rule: Rule, group: Group) -> Iterator[set[str]]:
    """Each choice of single facts that leaves the counted ones plenty and the unwanted ones absent."""
    for chosen in _choices(rule.match, group, ()):
        counted: set[str] = set()
        for slot in rule.match:
            if slot.at_least is not None:
                some = _enough(slot, group, chosen)
                if not some:
                    break
                counted |= some
        else:
            if not any(_perhaps(slot, fact, chosen) for slot in rule.unless for fact in group.get(slot.kind, [])):
                yield {fact.id for fact in chosen if fact is not None} | counted


def _choices(slots: Sequence[Slot], group: Group, chosen: tuple[Fact | None, ...]) -> Iterator[tuple[Fact | None, ...]]:
    """All fillings of the single slots; a counted slot keeps its place empty."""
    if len(chosen) == len(slots):
        yield chosen
        return
    slot = slots[len(chosen)]
    if slot.at_least is not None:
        yield from _choices(slots, group, (*chosen, None))
        return
    for fact in group.get(slot.kind, []):
        if _surely(slot, fact, chosen):
            yield from _choices(slots, group, (*chosen, fact))


def _enough(slot: Slot, group: Group, chosen: tuple[Fact | None, ...]) -> set[str]:
    """The facts that count, if there are so many different ones."""
    found = {fact.id: fact for fact in group.get(slot.kind, []) if _surely(slot, fact, chosen)}
    told = {name: fact.values.get(slot.distinct) if slot.distinct else name for name, fact in found.items()}
    counting = {name for name, value in told.items() if value is not None}
    assert slot.at_least is not None
    return counting if len({told[name] for name in counting}) >= slot.at_least else set()


def _surely(slot: Slot, fact: Fact, chosen: tuple[Fact | None, ...]) -> bool:
    return fact.sure and all(truth is True for truth in _truths(slot, fact, chosen))


def _perhaps(slot: Slot, fact: Fact, chosen: tuple[Fact | None, ...]) -> bool:
    """Whether the fact cannot be ruled out: nobody is to be proposed for what may have been done already."""
    return all(truth is not False for truth in _truths(slot, fact, chosen))


def _truths(slot: Slot, fact: Fact, chosen: tuple[Fact | None, ...]) -> Iterator[bool | None]:
    yield all(other is None or other.id != fact.id for other in chosen)
    for test in slot.tests:
        yield holds(test.op, fact.values.get(test.field), test.value)
    for join in slot.joins:
        other = chosen[join.at]
        assert other is not None, "a join refers to a single fact"
        yield holds(join.op, fact.values.get(join.field), other.values.get(join.other))
