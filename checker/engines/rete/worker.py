"""Questions and records from a pipe → for each record what is true and what is false, by durable-rules. Run as a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from checker.engines.rete.questions import Part
from checker.network.apart import Reply, serve
from checker.network.patterns import Fact, Scalar

# What is known of one record; questions that are true of it, questions that are false.
Values = Mapping[str, Scalar]
Decided = tuple[set[int], set[int]]
# Some records of one table.
Records = tuple[str, Sequence[Values]]


def decided(asked: Mapping[str, Sequence[Part]], more: Reply) -> None:
    """Records come in turns, for what was decided of those before; None: there are no more."""
    from checker.network.durable import Network

    found: list[Decided] = []
    now: Decided = (set(), set())

    def network(part: Part) -> Network:
        def matched(name: str, _: object) -> None:
            number, truth = part.answers[name]
            now[0 if truth else 1].add(number)

        return Network(part.patterns, matched)

    networks = {table: [(part, network(part)) for part in parts] for table, parts in asked.items()}
    while (records := more(found)) is not None:
        table, rows = records
        found = []
        for at, values in enumerate(rows):
            now = (set(), set())
            fact = str(at)
            for part, inside in networks[table]:
                inside.put(Fact(fact, table, {name: values[name] for name in part.fields & values.keys()}))
                # What has been decided is known; kept, it would only take up memory.
                inside.drop(fact)
            found.append(now)
    for inside in (inside for some in networks.values() for _, inside in some):
        inside.close()


if __name__ == "__main__":
    serve(decided)
