"""Fingerprints: the same by the library and by hand, and what they are made of."""

from __future__ import annotations

import sys
from hashlib import sha256

import hand_built as make
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.find import prints


@given(st.lists(st.text(), min_size=1))
def test_by_the_library_as_one_by_one(texts: list[str]) -> None:
    written = [text.encode("utf-8", "replace").decode() for text in texts]
    expected = [sha256(text.encode()).hexdigest()[:16] for text in written]
    few = prints.digests(pl.Series(written, dtype=pl.String))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prints, "_MANY", 0)
        patch.setattr(prints, "_PIECE", 2)
        many = prints.digests(pl.Series(written, dtype=pl.String))
    assert few.to_list() == many.to_list() == expected


def test_without_the_library_they_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prints, "_MANY", 0)
    monkeypatch.setitem(sys.modules, "polars_hash", None)
    assert prints.digests(pl.Series(["a"])).to_list() == [sha256(b"a").hexdigest()[:16]]


def test_what_they_are_made_of() -> None:
    plan = make.plan(make.video(), make.weekly())
    frame = pl.DataFrame(
        {"obligation": [0, 1], "key": ["3206", None], "period": [None, "2019-W50"]},
        schema_overrides={"obligation": pl.UInt32},
    )
    rules = [(duty.rule.id, duty.subject) for duty in plan.obligations]
    written = [
        f"{plan.pack.id}|{rules[0][0]}|{rules[0][1]}|3206|",
        f"{plan.pack.id}|{rules[1][0]}|{rules[1][1]}||2019-W50",
    ]
    assert prints.prints(plan, frame).to_list() == [sha256(each.encode()).hexdigest()[:16] for each in written]
