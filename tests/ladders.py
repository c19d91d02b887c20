"""Random ladders and facts that come and go, to hold one way of working out measures against another. Run as a program it holds
durable-rules against the reference in a process of its own, for the extension may take its process down with it:

    python tests/ladders.py agree 0 20000     seeds 0 … 19999, forty steps each, equal after every step
    python tests/ladders.py soak 0 200000     one ladder, so many steps: does the memory stay?
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from checker.escalate.fixpoint import fixpoint
from checker.escalate.incremental import Incremental, Network
from checker.escalate.program import Constant, Head, Join, Program, Rule, Slot
from checker.measures import Dependence, circle, strata
from checker.network.patterns import Fact, OnMatch, Pattern, Refused

OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
KINDS = ("alpha", "beta", "gamma")
MEASURES = ("m1", "m2", "m3", "m4")
ABOUT = ("u1", "u2", "u3")


def derive(head: Head) -> Fact:
    """The number makes it something that further rules can be choosy about."""
    number = sum(map(ord, head.rule + head.about)) % 4
    return Fact(
        f"proposed {head.rule} {head.kind} {head.about}", "measure", {"by": head.about, "k": head.kind, "n": number}
    )


def program(random: Random, rules: int) -> Program:
    """Rules that feed each other, with absence where it has a meaning."""
    made: list[Rule] = []
    edges: list[Dependence] = []
    for at in range(rules):
        rule = _rule(random, f"r{at}")
        own = [Dependence(body, rule.raises, rule.name, negative) for body, negative in _bodies(rule)]
        if circle([*edges, *own]):
            continue
        made.append(rule)
        edges += own
    level = strata(edges)
    levels = sorted({level.get(rule.raises, 0) for rule in made})
    return Program(tuple(tuple(rule for rule in made if level.get(rule.raises, 0) == each) for each in levels))


def _bodies(rule: Rule) -> Iterator[tuple[str, bool]]:
    for slots, negative in ((rule.match, False), (rule.unless, True)):
        for slot in slots:
            if slot.kind == "measure":
                named = [str(test.value) for test in slot.tests if test.field == "k"]
                yield from ((kind, negative) for kind in named or MEASURES)


def _rule(random: Random, name: str) -> Rule:
    match: list[Slot] = []
    for _ in range(random.choice((1, 1, 2, 2, 3))):
        at_least = random.choice((None, None, None, 1, 2, 3))
        match.append(_slot(random, match, at_least))
    unless = tuple(_slot(random, match, None) for _ in range(random.choice((0, 0, 1, 2))))
    return Rule(name, "by", tuple(match), random.choice(MEASURES), unless)


def _slot(random: Random, before: list[Slot], at_least: int | None) -> Slot:
    kind = random.choice((*KINDS, "measure"))
    tests = []
    if kind == "measure" and random.random() < 0.9:
        tests.append(Constant("k", "=", random.choice(MEASURES)))
    if random.random() < 0.6:
        tests.append(Constant("n", random.choice(OPERATORS), random.randrange(4)))  # type: ignore[arg-type]
    if random.random() < 0.3:
        tests.append(Constant("flag", random.choice(("=", "!=")), random.random() < 0.5))  # type: ignore[arg-type]
    if random.random() < 0.3 and kind != "measure":
        tests.append(Constant("word", random.choice(("=", "!=")), random.choice("甲乙")))  # type: ignore[arg-type]
    singles = [at for at, slot in enumerate(before) if slot.at_least is None]
    joins = []
    if singles and random.random() < 0.6:
        joins.append(Join("n", random.choice(OPERATORS), random.choice(singles), "n"))  # type: ignore[arg-type]
    if singles and random.random() < 0.3:
        joins.append(Join("word", random.choice(("=", "!=")), random.choice(singles), "word"))  # type: ignore[arg-type]
    distinct = random.choice(("", "n", "word")) if at_least else ""
    return Slot(kind, tuple(tests), tuple(joins), at_least, distinct)


def fact(random: Random, id: str) -> Fact:
    values: dict[str, bool | int | str] = {}
    if random.random() < 0.95:
        values["by"] = random.choice(ABOUT)
    if random.random() < 0.85:
        values["n"] = random.randrange(4)
    if random.random() < 0.7:
        values["flag"] = random.random() < 0.5
    if random.random() < 0.7:
        values["word"] = random.choice("甲乙丙")
    return Fact(id, random.choice(KINDS), values, random.random() < 0.9)


def steps(random: Random, number: int, most: int) -> Iterator[tuple[list[Fact], list[str]]]:
    """What comes and what goes, step by step; at most so many facts at once."""
    there: list[str] = []
    for _ in range(number):
        name = f"f{random.randrange(most)}"
        if name in there and random.random() < 0.5:
            there.remove(name)
            yield [], [name]
        else:
            if name not in there:
                there.append(name)
            yield [fact(random, name)], []


# --- held against each other -----------------------------------------------------------------------

Make = Callable[[Mapping[str, Pattern], OnMatch], Network]


def agree(seed: int, make: Make, number: int = 40, most: int = 14) -> tuple[int, int]:
    """Steps made, and measures that followed on the way. A ladder that is refused makes no step."""
    random = Random(seed)
    made = program(random, random.randrange(1, 6))
    try:
        followed = Incremental(made, derive, make)
    except Refused:
        return 0, 0
    facts: dict[str, Fact] = {}
    measures = 0
    for come, gone in steps(random, number, most):
        for id in gone:
            del facts[id]
        facts |= {each.id: each for each in come}
        followed.change(come, gone)
        expected = fixpoint(made, facts.values(), derive)
        assert followed.raised() == expected, f"seed {seed}: {come} came, {gone} went"
        measures += len(expected)
    return number, measures


def resident() -> int:
    """Memory of this process in kilobytes."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4


def main(what: str, first: int, number: int) -> None:
    from checker.network import durable

    if what == "agree":
        made = measures = 0
        for seed in range(first, first + number):
            networks: list[durable.Network] = []

            def make(patterns: Mapping[str, Pattern], tell: OnMatch, kept: list[durable.Network] = networks) -> Network:
                kept.append(durable.Network(patterns, tell))
                return kept[0]

            done, found = agree(seed, make)
            made, measures = made + done, measures + found
            for each in networks:
                each.close()
        print(f"{made} steps, {measures} measures, all equal")
        return
    random = Random(first)
    made_of = program(random, 5)
    followed = Incremental(made_of, derive, durable.Network)
    facts: dict[str, Fact] = {}
    before = 0
    for at, (come, gone) in enumerate(steps(random, number, 30)):
        for id in gone:
            del facts[id]
        facts |= {each.id: each for each in come}
        followed.change(come, gone)
        if at == number // 4:
            before = resident()
    assert followed.raised() == fixpoint(made_of, facts.values(), derive)
    print(f"{number} steps, {resident() - before} kB more after the first quarter")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
