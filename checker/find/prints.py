"""plan + findings → their fingerprints: what makes a finding the same in the next run."""

from __future__ import annotations

from hashlib import sha256

import polars as pl

from checker import threads
from checker.plan import Plan

# So many digests are sooner computed by a library than one by one; it takes its time to load.
_MANY = 50_000
_PIECE = 250_000
_LENGTH = 16


def prints(plan: Plan, frame: pl.DataFrame) -> pl.Series:
    """Of pack, rule, subject and period; never of a row, a text or a unit. `frame`: obligation, key, period."""
    begun = pl.Series([f"{plan.pack.id}|{o.rule.id}|{o.subject}|" for o in plan.obligations], dtype=pl.String)
    known = pl.col("key").fill_null(""), pl.lit("|"), pl.col("period").fill_null("")
    written = pl.concat_str(pl.lit(begun).gather(pl.col("obligation")), *known)
    return digests(frame.select(written).to_series()).alias("fingerprint")


def digests(texts: pl.Series) -> pl.Series:
    """The first characters of the SHA-256 of each text."""
    if texts.len() >= _MANY:
        try:
            return _by_library(texts)
        except (ImportError, pl.exceptions.PolarsError):
            pass  # not to be had on this platform, or not for this version of Polars: slower, and the same
    each = [sha256(text).digest()[: _LENGTH // 2] for text in texts.cast(pl.Binary).to_list()]
    return pl.Series(each, dtype=pl.Binary).bin.encode("hex")


def _by_library(texts: pl.Series) -> pl.Series:
    import polars_hash

    def hashed(piece: pl.Series) -> pl.Series:
        name = polars_hash.col(piece.name)
        return piece.to_frame().select(name.chash.sha2_256().str.slice(0, _LENGTH)).to_series()

    pieces = [texts.slice(at, _PIECE) for at in range(0, texts.len(), _PIECE)]
    return pl.concat(threads.each(hashed, pieces, rows=texts.len()))
