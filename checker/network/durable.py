"""Patterns of joined facts + facts that come and go → the matches that hold. durable-rules' only door, kept to what it does right.

The extension (2.0.28, unmaintained) crashes or is silently wrong in most of what it offers. What is left here was held against plain
search on random data, and is again in the tests: conjunctions of comparisons with constants, with earlier facts and between
fields of one fact that are known to be there. Never used: $not, $or, count, cap, any, id or sid in conditions, batches,
events, timers, background threads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import count
from typing import Any

from durable.engine import Host, Promise, Ruleset
from durable_rules_engine import assert_fact, create_ruleset, delete_ruleset, retract_fact

from checker.expr import CompareOp
from checker.network.patterns import SURE, Antecedent, Fact, Match, OnMatch, Pattern, Refused, Scalar, can_tell

# A fact may wait at 64 places of a ruleset at once; the 65th is an error.
MOST_ANTECEDENTS = 56
MOST_FACTS_JOINED = 8
MOST_COMPARISONS = 12
MOST_FIELDS = 200
_OPERATORS: dict[CompareOp, str] = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
_OBSERVED = 2


class Network:
    """Rulesets of at most 56 antecedents, each with every fact. New matches are told; those of a fact that goes are the caller's."""

    _numbers = count()

    def __init__(self, patterns: Mapping[str, Pattern], on_match: OnMatch) -> None:
        self._on_match = on_match
        self._failed: list[BaseException] = []
        self._ever = False
        self._ids: dict[str, str] = {}  # fact → what the engine calls it
        self._taken: set[int] = set()  # hashes of those names: the engine tells them apart by nothing else
        self._fields: dict[int, str] = {}
        self._rulesets: list[Ruleset] = []
        waiting: dict[str, Pattern] = {}
        for name, pattern in patterns.items():
            if sum(map(len, waiting.values())) + len(pattern) > MOST_ANTECEDENTS:
                self._rulesets.append(self._ruleset(waiting))
                waiting = {}
            waiting[name] = pattern
        if waiting:
            self._rulesets.append(self._ruleset(waiting))

    def put(self, fact: Fact) -> None:
        """A fact that was not there."""
        name = next(name for name in _names(fact.id) if _hash(name) not in self._taken)
        body: dict[str, Scalar] = {"id": name, "sid": "0", "kind": fact.kind, "key": fact.id, SURE: fact.sure}
        body |= fact.values
        if len(body) > MOST_FIELDS:
            raise Refused("too many fields in one fact")
        text = _written(body)
        self._ids[fact.id] = name
        self._taken.add(_hash(name))
        self._call(assert_fact, text)

    def drop(self, fact: str) -> None:
        name = self._ids.pop(fact)
        self._taken.remove(_hash(name))
        self._call(retract_fact, _written({"id": name, "sid": "0"}))

    def close(self) -> None:
        """Nothing may be called afterwards."""
        for ruleset in self._rulesets:
            if self._ever:  # else the state's pointer leads nowhere
                ruleset.delete_state("0")
            delete_ruleset(ruleset._handle)
        self._rulesets = []

    def _call(self, do: Callable[[int, str], tuple[int, int]], text: str) -> None:
        self._ever = True
        for ruleset in self._rulesets:
            code, state = do(ruleset._handle, text)
            if code == _OBSERVED:
                raise Refused("two facts with one hash")
            ruleset.do_actions(state, self._done)
        if self._failed:
            raise self._failed.pop()

    def _done(self, error: BaseException | None, _: object) -> None:
        if error is not None:
            self._failed.append(error)

    # --- rulesets

    def _ruleset(self, patterns: Mapping[str, Pattern]) -> Ruleset:
        definition: dict[str, Any] = {}
        actions: dict[str, Callable[[Any], None]] = {}
        for at, (name, pattern) in enumerate(patterns.items()):
            definition[f"r{at}"] = {"all": self._antecedents(pattern)}
            actions[f"r{at}"] = self._action(name, len(pattern))
        # Every fact fires this one, so that a state can be deleted and no fact is refused as unwanted.
        definition["z"] = {"all": [{"m": {"$ex": {"kind": 1}}}]}
        actions["z"] = _nothing
        return _Quiet(f"rules{next(self._numbers)}", definition, actions)

    def _action(self, name: str, length: int) -> Callable[[Any], None]:
        def act(closure: Any) -> None:
            # What is raised here the engine would swallow.
            try:
                self._on_match(name, _facts(closure._m, length))
            except BaseException as error:
                self._failed.append(error)

        return act

    def _antecedents(self, pattern: Pattern) -> list[dict[str, Any]]:
        if not 1 <= len(pattern) <= MOST_FACTS_JOINED:
            raise Refused("too many facts in one rule")
        compared: list[set[str]] = [set() for _ in pattern]  # what anything is compared with must be there
        for at, antecedent in enumerate(pattern):
            for atom in antecedent.atoms:
                if atom.at is not None:
                    compared[atom.at].update([atom.other] if atom.at != at else [atom.field, atom.other])
        return [
            {ALIASES[at]: {"$and": self._conditions(at, antecedent, sorted(compared[at]))}}
            for at, antecedent in enumerate(pattern)
        ]

    def _conditions(self, at: int, antecedent: Antecedent, compared: Sequence[str]) -> list[dict[str, Any]]:
        alone: list[dict[str, Any]] = [{"kind": antecedent.kind}]
        alone += [{"$ex": {self._named(name): 1}} for name in dict.fromkeys([*compared, *antecedent.present])]
        alone += [{"$nex": {self._named(name): 1}} for name in antecedent.absent]
        joined: list[dict[str, Any]] = []
        for atom in antecedent.atoms:
            field = self._named(atom.field)
            if atom.at is None:
                value: object = _plain(atom.value)
                if atom.op not in ("=", "!=") and isinstance(value, str):
                    raise Refused("texts are not ordered")
            elif atom.at == at:
                value = {"$m": self._named(atom.other)}
            elif atom.at < at:
                value = {ALIASES[atom.at]: self._named(atom.other)}
            else:
                raise Refused("a comparison with a later fact")
            told = {field: value} if atom.op == "=" else {_OPERATORS[atom.op]: {field: value}}
            (alone if atom.at in (None, at) else joined).append(told)
        if len(joined) > MOST_COMPARISONS:
            raise Refused("too many comparisons")
        if joined:
            # A last comparison that fails makes the engine read past the end of the list.
            joined.append({"$and": [{"$ex": {"kind": 1}}]})
        return alone + joined

    def _named(self, field: str) -> str:
        """The engine knows fields by their hash alone."""
        if field in ("id", "sid") or field.startswith("$") or self._fields.setdefault(_hash(field), field) != field:
            raise Refused(f"the field {field}")
        return field


class _Still(Host):  # type: ignore[misc]
    """Without the two threads that would fire things behind our back."""

    def _run(self) -> None:
        pass


class _Quiet(Ruleset):  # type: ignore[misc]
    """As the library's own, but for numbers, which it would write with exponents that it cannot read."""

    def __init__(self, name: str, definition: dict[str, Any], actions: Mapping[str, Callable[[Any], None]]) -> None:
        self._name, self._host, self._definition = name, _Still(), definition
        self._actions = {rule: Promise(action) for rule, action in actions.items()}
        self._handle = create_ruleset(name, _written(definition))


def _facts(message: Mapping[str, Mapping[str, str]], length: int) -> Match:
    return tuple(message[ALIASES[at]]["key"] for at in range(length))


def _nothing(_: Any) -> None:
    """Promise looks at the number of parameters: two would mean an action that never completes."""


def _names(id: str) -> Iterator[str]:
    yield id
    yield from (f"{id}~{number}" for number in count())


def _hash(text: str) -> int:
    """FNV-1a over signed characters, as the engine has it."""
    found = 0x811C9DC5
    for byte in text.encode():
        found = ((found ^ (byte if byte < 128 else byte - 256 & 0xFFFFFFFF)) * 16777619) & 0xFFFFFFFF
    return found


def _plain(value: Scalar) -> int | str:
    """true would also match 1 and 'true'."""
    if isinstance(value, Fraction) or not can_tell(value):
        raise Refused(f"the value {str(value)[:40]}")
    return int(value) if isinstance(value, bool) else value


def _written(value: object) -> str:
    match value:
        case dict():
            return "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{_written(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ",".join(map(_written, value)) + "]"
    plain = _plain(value)  # type: ignore[arg-type]
    return json.dumps(plain, ensure_ascii=False)


def _aliases(number: int) -> tuple[str, ...]:
    """The shortest names that fall into the slots in order."""
    found: dict[int, str] = {}
    letters = "abcdefghijklmnopqrstuvwxyz"
    for name in [*letters, *(a + b for a in letters for b in letters)]:
        found.setdefault(_hash(name) % 16, name)
    return tuple(found[at] for at in range(number))


# Names of antecedents whose hashes fall into slots 0 … 7 of a frame: the engine looks a fact up by that slot.
ALIASES = _aliases(MOST_FACTS_JOINED)
