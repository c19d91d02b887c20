"""Python by hand, giving what checker's engine gives: verdicts, counts by county, a row with evidence for each fail and each unknown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from benchmarks.peers.conditions import Duty, read
from benchmarks.peers.duties import AS_OF
from benchmarks.peers.engines import plain_python
from benchmarks.peers.protocol import Record

Judged = tuple[list[Sequence[str]], Counter[tuple[str, int, str]], list[tuple[Any, ...]]]


class Engine(plain_python.Engine):
    def __init__(self, duties: Sequence[Duty]) -> None:
        super().__init__(duties)
        self.told = [
            (
                duty.id,
                str(duty.due),
                max((AS_OF - duty.due).days, 0),
                {"F": read(duty.require), "U": read(duty.applies, duty.require)},
            )
            for duty in duties
        ]

    def judge(self, taken: list[Record]) -> Any:
        verdicts, findings = [], []
        counts: Counter[tuple[str, int, str]] = Counter()
        for record in taken:
            said = self.function(record)
            verdicts.append(said)
            unit = record["unit_code"]
            for at, letter in enumerate(said):
                counts[unit, at, letter] += 1
                if letter in "FU":
                    rule, due, days, deciding = self.told[at]
                    observed = json.dumps({name: record[name] for name in deciding[letter]})
                    findings.append((rule, record["code"], record["name"], unit, letter, due, days, observed))
        return verdicts, counts, findings

    def letters(self, answer: Judged) -> list[str]:
        return super().letters(answer[0])
