"""Sources, returns and questions of a reading ↔ what stands for them in JSON and in Parquet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from checker.errors import Text
from checker.plan import Source
from checker.tables import Question, Return
from checker.tables.questions import as_told


def as_json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def written(source: Source) -> dict[str, Any]:
    return {
        "file": source.file,
        "sheet": source.sheet,
        "table": source.table,
        "columns": dict(source.columns),
        "digest": source.digest,
    }


def of_return(given: Return) -> dict[str, Any]:
    return {
        "table": given.table,
        "holder": given.holder,
        "until": given.until.isoformat(),
        "received_on": given.received_on and given.received_on.isoformat(),
        "source": given.source and written(given.source),
        "cell": given.cell,
    }


def question(row: Mapping[str, Any]) -> Question:
    """As it was asked; its words are ready."""
    return Question(
        as_told(row["code"], row["severity"], Text(row["message_zh"], row["message_en"])),
        Source(row["file"], row["sheet"], "", {}, row["digest"]),
        row["cell"],
        row["table"],
        row["key"],
        row["field"],
        row["raw"],
        row["reading"],
        row["n"],
        candidate=row["candidate"],
        cells=tuple(row["cells"]),
    )


def return_again(entry: Mapping[str, Any]) -> Return:
    day, source = entry["received_on"], entry["source"]
    return Return(
        entry["table"],
        entry["holder"],
        date.fromisoformat(entry["until"]),
        day and date.fromisoformat(day),
        source and Source(**source),
        entry["cell"],
    )
