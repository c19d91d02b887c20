"""figures.yaml → the figures of a pack: every reference known, every column and day in its place."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import cast

from checker.errors import Text
from checker.model import Confirmation, Expression, Figure, FigureColumn, Milestone
from checker.model.figure import Show
from checker.validate.reading import Reader, did_you_mean
from checker.validate.rules import Known


def read_figures(readers: Sequence[Reader], known: Known) -> tuple[Figure, ...]:
    figures: dict[str, Figure] = {}
    for item in (item for reader in readers for item in reader.items("figures")):
        figure = _figure(item, known)
        if figure.id in figures:
            zh, en = f"指标编号“{figure.id}”写了两次", f'figure "{figure.id}" twice'
            item.report.error("E59", item.span("id"), zh, en)
        figures.setdefault(figure.id, figure)
    return tuple(figures.values())


def _figure(item: Reader, known: Known) -> Figure:
    check_clauses(item, known)
    columns = tuple(_column(inner) for inner in item.items("columns"))
    for inner, column in zip(item.items("columns"), columns, strict=True):
        if [other.id for other in columns].index(column.id) != columns.index(column):
            zh, en = f"口径编号“{column.id}”写了两次", f'column "{column.id}" twice'
            inner.report.error("E59", inner.span("id"), zh, en)
    show = cast(Show, item.text("show", "share"))
    milestones = tuple(_milestones(item, known))
    if milestones and show == "number":
        zh, en = "个数没有节点比例", "a number has no share to reach"
        hint = Text("把“表示”改为“比例”，或删去“节点”", "show a share, or leave milestones out")
        item.report.error("E61", item.span("milestones"), zh, en, hint)
    return Figure(
        id=item.text("id"),
        name=item.both("name"),
        clauses=item.texts("clause"),
        subject=known.vocabulary.table(item, item.span("subject"), item.text("subject")),
        show=show,
        columns=columns,
        among=item.condition("among"),
        milestones=milestones,
        span=item.span("id"),
    )


def _column(item: Reader) -> FigureColumn:
    return FigureColumn(
        id=item.text("id"),
        name=item.both("name"),
        counted=item.condition("counted") or Expression(""),
        as_claimed=item.flag("as_claimed"),
        span=item.span("id"),
    )


def _milestones(item: Reader, known: Known) -> list[Milestone]:
    found = []
    for inner in item.items("milestones"):
        check_clauses(inner, known)
        on, rate = inner.day("on"), inner.percent("rate")
        if on is not None and rate is not None:
            confirmation = cast(Confirmation, inner.text("confirmation", "confirmed"))
            found.append(Milestone(on, rate, inner.text("clause"), confirmation))
    for before, after in pairwise(found):
        if after.on <= before.on:
            zh, en = f"节点未按日期先后排列：{after.on}", f"milestones out of order: {after.on}"
            item.report.error("E15", item.span("milestones"), zh, en)
    return found


def check_clauses(item: Reader, known: Known) -> None:
    for clause in item.texts("clause"):
        if known.clauses is not None and clause not in known.clauses:
            wanted = Text("填 clauses.yaml 中的编号", "give an id of clauses.yaml")
            hint = did_you_mean(clause, known.clauses, wanted)
            item.report.error("E58", item.span("clause"), f"没有编号为“{clause}”的条款", f'no clause "{clause}"', hint)
