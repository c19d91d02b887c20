"""Program + facts that come and go → the measures that follow, kept up as they do. Joins by a network, the rest plainly here.

What the network cannot be trusted with is done on its matches: counts, absence, the order of strata, measures that no
longer follow. The same facts give the same measures as `fixpoint`, after every step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from checker.escalate.patterns import RulePatterns, patterns_of
from checker.escalate.program import Derive, Head, Program, Raised
from checker.network.patterns import Fact, Match, OnMatch, Pattern


class Network(Protocol):
    """Tells every new match as facts come; of matches that end it tells nothing."""

    def put(self, fact: Fact) -> None: ...

    def drop(self, fact: str) -> None: ...


class Incremental:
    """`fed`: the kind of fact that measures are to further rules."""

    def __init__(
        self,
        program: Program,
        derive: Derive,
        network: Callable[[Mapping[str, Pattern], OnMatch], Network],
        fed: str = "measure",
    ) -> None:
        self._derive, self._fed = derive, fed
        self._strata = [
            [patterns_of(rule, f"{level}.{at}") for at, rule in enumerate(rules)]
            for level, rules in enumerate(program.strata)
        ]
        self._facts: dict[str, Fact] = {}
        self._matches: defaultdict[str, set[Match]] = defaultdict(set)
        self._of: defaultdict[str, set[tuple[str, Match]]] = defaultdict(set)
        self._derived: list[dict[Head, Fact]] = [{} for _ in self._strata]
        patterns = {
            name: pattern for rules in self._strata for rule in rules for name, pattern in rule.patterns.items()
        }
        self._network = network(patterns, self._matched)

    def change(self, come: Iterable[Fact] = (), gone: Iterable[str] = ()) -> None:
        """Facts that are new or other than before, and those that are no more."""
        for id in gone:
            self._drop(id)
        for fact in come:
            if fact.id in self._facts:
                self._drop(fact.id)
            self._put(fact)
        for level, rules in enumerate(self._strata):
            self._settle(level, rules)

    def raised(self) -> Raised:
        return {head: grounds for rules in self._strata for rule in rules for head, grounds in self._follows(rule)}

    # --- facts and matches

    def _matched(self, name: str, match: Match) -> None:
        self._matches[name].add(match)
        for fact in match:
            self._of[fact].add((name, match))

    def _put(self, fact: Fact) -> None:
        self._facts[fact.id] = fact
        self._network.put(fact)

    def _drop(self, fact: str) -> None:
        self._network.drop(fact)
        del self._facts[fact]
        for name, match in self._of.pop(fact, set()):
            self._matches[name].discard(match)
            for other in match:
                if other != fact:
                    self._of[other].discard((name, match))

    # --- what follows

    def _settle(self, level: int, rules: list[RulePatterns]) -> None:
        """Measures of one stratum. Those that may hold each other up are taken back first: nothing lifts itself."""
        derived = self._derived[level]
        if any(slot.kind == self._fed for rule in rules for slot in rule.rule.match):
            self._take_back(derived, set())
        while True:
            heads = {head for rule in rules for head, _ in self._follows(rule)}
            fresh = sorted(heads - set(derived))
            if not fresh:
                self._take_back(derived, heads)
                return
            for head in fresh:
                derived[head] = self._derive(head)
                self._put(derived[head])

    def _take_back(self, derived: dict[Head, Fact], but: set[Head]) -> None:
        for head in [head for head in derived if head not in but]:
            self._drop(derived.pop(head).id)

    def _follows(self, rule: RulePatterns) -> Iterator[tuple[Head, frozenset[str]]]:
        grounds: defaultdict[str, set[str]] = defaultdict(set)
        for about, facts in self._ways(rule):
            grounds[about] |= facts
        for about, found in grounds.items():
            yield Head(rule.rule.name, rule.rule.raises, about), frozenset(found)

    def _ways(self, rule: RulePatterns) -> Iterator[tuple[str, set[str]]]:
        """(about, facts) for each choice of single facts with plenty of the counted and none of the unwanted ones."""
        singles = len(next(iter(rule.patterns.values()))) - (0 if rule.single else 1)
        unwanted = {self._place(rule, match, singles) for name in rule.unwanted for match in self._matches[name]}
        counted = [self._plenty(rule, name, singles) for name, _ in rule.counted]
        if rule.single:
            places = {self._place(rule, match, singles) for match in self._matches[rule.single]}
        else:
            places = set(counted[0])
        for place in places - unwanted:
            if all(place in plenty for plenty in counted):
                about, chosen = place
                yield about, set(chosen).union(*(plenty[place] for plenty in counted))

    def _place(self, rule: RulePatterns, match: Match, singles: int) -> tuple[str, Match]:
        return str(self._facts[match[0]].values[rule.rule.by]), match[:singles]

    def _plenty(self, rule: RulePatterns, name: str, singles: int) -> dict[tuple[str, Match], set[str]]:
        slot = next(slot for counted, slot in rule.counted if counted == name)
        found: defaultdict[tuple[str, Match], set[str]] = defaultdict(set)
        for match in self._matches[name]:
            found[self._place(rule, match, singles)].add(match[-1])
        assert slot.at_least is not None

        def different(facts: set[str]) -> int:
            return len({self._facts[fact].values[slot.distinct] for fact in facts}) if slot.distinct else len(facts)

        return {place: facts for place, facts in found.items() if different(facts) >= slot.at_least}
