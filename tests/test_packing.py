"""What the page's script is given: columns packed and put together again are what they were, whatever stands in them."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from checker.reports.html import packing

TEXTS = st.lists(
    st.one_of(st.text(max_size=12), st.sampled_from(["a", "b", "甲。乙", "A. b. c", "QD-0107", "QD-0108"]))
)


def unpacked(column: dict[str, Any]) -> list[int]:
    """As the script does it."""
    if "runs" not in column:
        return list(column["at"])
    runs = column["runs"]
    return [place for place, n in zip(runs[::2], runs[1::2], strict=True) for _ in range(n)]


def values(column: dict[str, Any]) -> list[str]:
    return [column["values"][at] for at in unpacked(column)]


@given(TEXTS)
def test_columns(texts: list[str]) -> None:
    assert values(packing.column(pl.Series(texts, dtype=pl.String))) == texts


def test_what_repeats_becomes_runs() -> None:
    assert packing.column(pl.Series(["甲"] * 9 + ["乙"] * 9)) == {"values": ["甲", "乙"], "runs": [0, 9, 1, 9]}


@given(st.one_of(TEXTS, st.lists(st.integers(0, 99_999).map(lambda n: f"QD-{n:04}"))))
def test_numbers(texts: list[str]) -> None:
    packed = packing.numbers(pl.Series(texts, dtype=pl.String))
    if "steps" not in packed:
        assert values(packed) == texts
        return
    letters, digits, told = values(packed["letters"]), 0, []
    for at, step in enumerate(packed["steps"]):
        digits += step
        told.append(f"{letters[at]}{digits:04}")
    assert told == texts


@given(st.lists(st.tuples(st.sampled_from(["", "视频联网", "A"]), st.text(max_size=20))))
def test_messages(pairs: list[tuple[str, str]]) -> None:
    titles, tails = [title for title, _ in pairs], [tail for _, tail in pairs]
    for messages in (tails, [f"{title}{tail}" for title, tail in pairs]):
        told = pl.Series(messages, dtype=pl.String)
        titled, *parts = packing.sentences(told, pl.Series(titles, dtype=pl.String))
        again = [
            (title if flag else "") + "".join(texts)
            for title, flag, *texts in zip(titles, unpacked(titled), *map(values, parts), strict=True)
        ]
        assert again == messages
