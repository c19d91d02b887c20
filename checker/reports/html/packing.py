"""Columns of texts that repeat → JSON that holds each text once, and where it stands as runs or positions, whichever is shorter."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import polars as pl


def column(values: pl.Series) -> dict[str, Any]:
    """Distinct values, and for each row the position of its own."""
    distinct = values.unique(maintain_order=True)
    at = pl.DataFrame({"v": values}).join(
        pl.DataFrame({"v": distinct}).with_row_index("at"), on="v", how="left", maintain_order="left"
    )["at"]
    return {"values": distinct.to_list(), **places(at)}


def positions(values: pl.Series, names: Sequence[str]) -> dict[str, Any]:
    """For each row the place of its value among names that are written elsewhere."""
    return places(values.replace_strict(list(names), list(range(len(names))), return_dtype=pl.Int32))


def places(at: pl.Series) -> dict[str, Any]:
    """`runs`: place, how often, place, how often …; `at`: the place of every row."""
    runs = at.rle().struct.unnest().select("value", "len") if at.len() else pl.DataFrame({"value": [], "len": []})
    if runs.height * 2 < at.len():
        return {"runs": [number for run in runs.iter_rows() for number in run]}
    return {"at": at.to_list()}


def numbers(values: pl.Series) -> dict[str, Any]:
    """QD-0107: the letters as a column, the numbers as steps from row to row. Anything else is a column as it stands."""
    parts = values.str.extract_groups(r"^([A-Z]+-)(\d{4,})$").struct.unnest()
    parts.columns = ["letters", "digits"]
    plain = parts.select(
        (pl.col("letters") + pl.col("digits").cast(pl.Int64, strict=False).cast(pl.String).str.zfill(4)).alias("again")
    )["again"]
    if values.len() == 0 or not (plain == values).fill_null(False).all():
        return column(values)
    digits = parts["digits"].cast(pl.Int64).to_list()
    steps = [digits[0], *(after - before for before, after in pairwise(digits))]
    return {"letters": column(parts["letters"]), "steps": steps}


_SENTENCE = r"(?s)^(.*?[。.] ?)"


def sentences(messages: pl.Series, titles: pl.Series) -> list[dict[str, Any]]:
    """Messages in parts that repeat more than the whole: whether the rule's title comes first, two sentences, the rest.

    Put together again they are the message, whatever it says.
    """
    message, title = pl.col("message"), pl.col("title")
    titled = message.str.starts_with(title) & (title != "")
    rest = pl.when(titled).then(message.str.slice(title.str.len_chars())).otherwise(message)
    parts = pl.DataFrame({"message": messages, "title": titles}).select(
        titled.cast(pl.Int8).alias("titled"), rest.alias("rest")
    )
    columns = [places(parts["titled"])]
    left = parts["rest"]
    for _ in range(2):
        cut = pl.DataFrame({"left": left}).select(
            "left", pl.coalesce(pl.col("left").str.extract(_SENTENCE), "left").alias("first")
        )
        columns.append(column(cut["first"]))
        left = cut.select(pl.col("left").str.slice(pl.col("first").str.len_chars())).to_series()
    return [*columns, column(left)]
