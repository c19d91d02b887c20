"""nothing → a deferral that lacks nothing, for tests that take something from it."""

from __future__ import annotations

from datetime import date

from checker.model import Deferral

SOUND = Deferral(
    rule="video-linked",
    subjects=("2132000011",),
    reason="整体搬迁",
    requested_by="启东市教育局",
    approver="市教育局",
    approved_on=date(2019, 12, 20),
    document="通教安〔2019〕31号",
    expires=date(2020, 6, 30),
    interim="增派保安巡查",
    watched_by="张某",
)
