"""What is in force for two units on five days, as reviewed texts: a change of rules, revisions or values shows as a difference.

After a change that is meant, `UPDATE_GOLDEN=1 pytest tests/test_golden.py` writes them anew; read the difference before committing it.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from checker import pipeline

HERE = Path(__file__).parent
PACK = HERE.parent / "rules" / "nantong-2019"
# Haimen became a district under another code in July 2020; Qidong stayed what it was.
UNITS = ("320681", "320684")
DAYS = ("2019-12-10", "2019-12-31", "2020-06-30", "2020-12-31", "2022-07-01")


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("day", DAYS)
def test_rulebook(day: str, unit: str) -> None:
    path = HERE / "golden" / f"{unit}-{day}.txt"
    text = pipeline.rules_in_force(pipeline.sound_pack(PACK), date.fromisoformat(day), "zh", unit)
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
