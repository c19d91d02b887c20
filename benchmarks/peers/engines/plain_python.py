"""Python by hand: one function with all duties in it, fields in local variables, no call and no loop inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.peers.conditions import Duty, Leaf, Of, read
from benchmarks.peers.protocol import OneByOne, Record, spelt, surely

SIGNS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "in": "in", "not in": "not in"}


class Engine(OneByOne):
    def __init__(self, duties: Sequence[Duty]) -> None:
        named = read(*(part for duty in duties for part in (duty.applies, duty.require)))
        lines = [
            "def judge(record):",
            *(f"    {name} = record[{name!r}]" for name in named),
            "    return (",
            *(f"        {_verdict(duty)}," for duty in duties),
            "    )",
        ]
        space: dict[str, Any] = {}
        exec("\n".join(lines), space)
        self.function: Callable[[Record], Sequence[str]] = space["judge"]

    def one(self, record: Record) -> Sequence[str]:
        return self.function(record)


def _verdict(duty: Duty) -> str:
    applies, not_applies, met, not_met = surely(duty, lambda condition: spelt(condition, _leaf, "and", "or"))
    return f"('P' if {met} else 'F' if {not_met} else 'U') if {applies} else 'N' if {not_applies} else 'U'"


def _leaf(leaf: Leaf) -> str:
    match leaf.value:
        case bool():
            return f"{leaf.field} is {leaf.value == (leaf.op == '=')}"
        case Of(other):
            return f"({leaf.field} is not None and {other} is not None and {leaf.field} {SIGNS[leaf.op]} {other})"
        case value:
            known = "" if leaf.op in ("=", "in") else f"{leaf.field} is not None and "
            return f"({known}{leaf.field} {SIGNS[leaf.op]} {value if isinstance(value, int | float | tuple) else str(value)!r})"
