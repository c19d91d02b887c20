"""DuckDB by hand, giving what checker's engine gives: verdicts, counts by county, a row with evidence for each fail and each unknown."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from benchmarks.peers.conditions import Duty, read
from benchmarks.peers.duties import AS_OF
from benchmarks.peers.engines import duckdb_sql
from benchmarks.peers.protocol import VERDICTS

Judged = tuple[pa.Table, pa.Table, pa.Table]


class Engine(duckdb_sql.Engine):
    kept = "* exclude (name), name, "

    def __init__(self, duties: Sequence[Duty]) -> None:
        super().__init__(duties)
        columns = [f"v{at}" for at in range(len(duties))]
        self.verdicts = f"select {', '.join(columns)} from judged"
        sums = ", ".join(f"sum(({column} = {each})::int)" for column in columns for each in range(4))
        self.counts = f"select unit_code, {sums} from judged group by unit_code"
        self.findings = " union all ".join(_findings(at, duty) for at, duty in enumerate(duties))

    def judge(self, taken: None) -> Judged:
        self.database.execute(f"create or replace table judged as {self.statement}")
        verdicts, counts, findings = (
            self.database.sql(each).to_arrow_table() for each in (self.verdicts, self.counts, self.findings)
        )
        return verdicts, counts, findings

    def letters(self, answer: Judged) -> list[str]:
        return super().letters(answer[0])


def _findings(at: int, duty: Duty) -> str:
    evidence = ", ".join(f"'{name}', {name}" for name in read(duty.applies, duty.require))
    said = f"'{duty.id}' as rule, code, name, unit_code, v{at} as verdict, date '{duty.due}' as due"
    late = max((AS_OF - duty.due).days, 0)
    found = f"v{at} in ({VERDICTS.index('F')}, {VERDICTS.index('U')})"
    return f"select {said}, {late} as days_overdue, json_object({evidence}) as observed from judged where {found}"
