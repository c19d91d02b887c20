"""Hypothesis → small worlds: a pack, a plan of typed obligations, and tables with all that can be missing in them.

The tables are always the same (unit > institution > bus > trip, hazard below institution and unit, report below unit;
links to route), with one field of every type each; how their registers work is drawn. `completed` fills what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import polars as pl
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.dtypes import DTYPES
from checker.errors import NOWHERE, Text
from checker.expr import (
    Agg,
    And,
    Arith,
    Bracket,
    Call,
    Clock,
    Compare,
    Const,
    Diff,
    Expr,
    Field,
    Has,
    Known,
    Not,
    OneOf,
    Or,
    Scale,
    Shift,
    children,
)
from checker.model import Choice, FieldDef, Pack, Period, Revision, Rule, Table, WorkingDays
from checker.plan import Condition, Group, Item, Leaf, Obligation, Plan, Tables

AS_OF = date(2020, 6, 30)
NO_TEXT = Text("", "")
CODES = ("low", "mid", "high")
KINDS = {"count": "number"}
PARENTS: dict[str, tuple[str, ...]] = {
    "unit": (),
    "route": (),
    "institution": ("unit",),
    "bus": ("institution",),
    "trip": ("bus",),
    "hazard": ("institution", "unit"),
    "report": ("unit",),
}
LINKS: dict[str, tuple[str, ...]] = {"bus": ("route",), "trip": ("route",), "hazard": ("bus",)}
# On, just before and after the days that matter: as_of, month ends, leap days, the edge of the working-day calendar.
DAYS = [
    AS_OF,
    AS_OF - timedelta(1),
    AS_OF + timedelta(1),
    date(2020, 6, 1),
    date(2020, 5, 31),
    date(2020, 2, 29),
    date(2019, 8, 31),
    date(2020, 6, 15),
    date(2021, 1, 4),
]
PERIODS = (
    Period("2020-04", date(2020, 4, 1), date(2020, 4, 30)),
    Period("2020-05", date(2020, 5, 1), date(2020, 5, 31)),
    Period("2020-06", date(2020, 6, 1), date(2020, 6, 30)),
)
WORKING_DAYS = WorkingDays(
    date(2020, 1, 1),
    date(2020, 12, 31),
    tuple(d for i in range(366) if (d := date(2020, 1, 1) + timedelta(i)).weekday() < 5),
)


# --- cells ---------------------------------------------------------------------------------------

CELLS: dict[str, tuple[Any, ...]] = {
    "text": ("a", "b", "2020-05", "2020-06"),
    "choice": CODES,
    "yes_no": (True, False),
    "count": (0, 1, 2, 3, 4),
    "number": (0.0, 0.5, 1.0, 1.1, 2.0, 2.5, 3.0, 0.07),
    "percent": (0.0, 0.07, 0.5, 0.95, 1.0),
    "date": tuple(DAYS),
    "datetime": (
        datetime(2020, 6, 30, 10),
        datetime(2020, 6, 29, 9, 30),
        datetime(2020, 5, 31, 23, 59),
        datetime(2020, 6, 30, 11, 30),
        datetime(2020, 7, 1, 0, 0),
    ),
    "choices": ([], ["low"], ["high", "low"], ["mid"], ["low", "mid", "high"]),
}


def _field(name: str, type: Any, **more: Any) -> FieldDef:
    choices = tuple(Choice(code, Text(code, code)) for code in CODES) if type in ("choice", "choices") else ()
    return FieldDef(name, Text(name, name), type, Text(name, name), choices=choices, **more)


@st.composite
def tables_of_pack(draw: DrawFn) -> dict[str, Table]:
    found = {}
    for name, parents in PARENTS.items():
        fields = {"code": _field("code", "text")}
        for parent in (*parents, *LINKS.get(name, ())):
            fields[f"{parent}_code"] = _field(f"{parent}_code", "text")
        for type in DTYPES:
            fields[type] = _field(type, type)
        fields["rank"] = _field("rank", "choice", ordered=True)
        fields["day"] = _field("day", "date")
        if draw(st.booleans()):
            fields["yes_no"] = _field("yes_no", "yes_no", shown_by={"yes": ("text", "date")})
            fields["choice"] = _field("choice", "choice", shown_by={"high": ("count",)})
        for child, above in PARENTS.items():
            if name in above:
                fields[f"{child}_count"] = _field(f"{child}_count", "count")
        if name == "unit":
            fields |= {"valid_from": _field("valid_from", "date"), "valid_to": _field("valid_to", "date")}
            fields["successor"] = _field("successor", "text")
        found[name] = Table(
            name,
            Text(name, name),
            "code",
            "code",
            fields,
            {},
            parents={parent: f"{parent}_code" for parent in parents},
            links={link: f"{link}_code" for link in LINKS.get(name, ())},
            declared_in={parent: f"{name}_count" for parent in parents if draw(st.booleans())},
            when_empty=draw(st.sampled_from(["zero", "unknown", "open"])),
            returned=bool(parents) and draw(st.integers(0, 3)) == 0,
            dated=draw(st.sampled_from(["", "day", "datetime", "day"])) if name not in ("unit", "route") else "",
            shown_by=("number",) if name != "unit" and draw(st.integers(0, 4)) == 0 else (),
        )
    return found


# --- expressions ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Here:
    """Where an expression stands. `known`: whether what looks at missingness itself may be used."""

    tables: dict[str, Table]
    table: str
    recurring: bool
    known: bool
    depth: int = 4
    nested: int = 2  # child functions inside each other

    def deeper(self) -> Here:
        return replace(self, depth=self.depth - 1)

    def inside(self, child: str) -> Here:
        return replace(
            self, table=child, depth=min(self.depth - 1, 3 if self.nested == 2 else 1), nested=self.nested - 1
        )

    @property
    def child_tables(self) -> list[str]:
        # Those that have child tables themselves come twice.
        below = [child for child, above in PARENTS.items() if self.table in above and self.nested > 0]
        return [*below, *(child for child in below if child in ("institution", "bus"))]


def _one(draw: DrawFn, options: Sequence[Callable[[], Expr]]) -> Expr:
    return draw(st.sampled_from(options))()


@st.composite
def fields(draw: DrawFn, here: Here, types: Sequence[str]) -> Field:
    table, hops = here.table, ()  # type: str, tuple[str, ...]
    while draw(st.integers(0, 3)) == 3:
        ways = (*PARENTS[table], *LINKS.get(table, ()))
        if not ways:
            break
        table = draw(st.sampled_from(ways))
        hops = (*hops, table)
    name = draw(st.sampled_from(types))
    type = here.tables[table].fields[name].type if name in here.tables[table].fields else "date"
    kind: Any = KINDS.get(type, type)
    return Field(name, kind, table, hops, CODES if name == "rank" else ())


def _number(value: Any, kind: Any = "number") -> Const:
    return Const(None if value is None else Fraction(str(value)), kind)


NUMBERS = st.sampled_from([1, 2, 0, 3, 1, 2, "1/2", "1/3", -1, "0.07", "7/5", 4, None])


@st.composite
def numbers(draw: DrawFn, here: Here) -> Expr:
    simple: list[Callable[[], Expr]] = [
        lambda: draw(fields(here, ["count", "number", "percent", "count"])),
        lambda: _number(draw(NUMBERS)),
    ]
    if here.depth <= 0:
        return _one(draw, simple)
    down = here.deeper()

    def aggregate() -> Expr:
        if not here.child_tables:
            return _one(draw, simple)
        child = draw(st.sampled_from(here.child_tables))
        inner = here.inside(child)
        name = draw(st.sampled_from(["count", "share", "sum", "count", "share", "sum", "last"]))
        where = draw(st.none() | conditions(inner))
        if name == "count":
            return Agg("count", child, where, draw(st.none() | conditions(inner)), "number")
        if name == "sum":
            # Numbers of child tables are not negative.
            plain = fields(inner, ["count", "number", "percent"])
            if inner.child_tables and draw(st.integers(0, 2)) == 0:
                below = draw(st.sampled_from(inner.child_tables))
                nested = Agg("count", below, None, draw(conditions(inner.inside(below))), "number")
                return Agg("sum", child, where, nested, "number")
            field = draw(plain)
            return Agg("sum", child, where, field, field.kind)
        if name == "share":
            return Agg("share", child, where, draw(conditions(inner)), "percent")
        body = draw(fields(inner, ["count", "number"]))
        return Agg("last", child, where, body, body.kind, draw(fields(inner, ["date", "day", "datetime"])))

    options: list[Callable[[], Expr]] = [
        *simple,
        *[aggregate] * 12,
        *[lambda: Arith(draw(st.sampled_from(["+", "-", "*", "/"])), draw(numbers(down)), draw(numbers(down)))] * 4,
        lambda: Call(draw(st.sampled_from(["ceil", "floor", "round", "abs"])), (draw(numbers(down)),), "number"),
        lambda: Call(draw(st.sampled_from(["min", "max"])), (draw(numbers(down)), draw(numbers(down))), "number"),
        lambda: Call("if", (draw(conditions(down)), draw(numbers(down)), draw(numbers(down))), "number"),
        lambda: Call("age", (draw(dates(down)), draw(dates(down))), "number"),
        lambda: Arith("-", draw(numbers(down)), aggregate()),
        lambda: Call("working_days", (draw(dates(down)), draw(dates(down))), "number"),
        lambda: Arith("/", draw(lengths(down)), _number(1440)),
        lambda: _bands(draw, draw(numbers(down))),
        lambda: Scale(
            "scale.y",
            draw(fields(down, ["choice", "rank"])),
            "number",
            by_choice=tuple((code, Fraction(n, 2)) for n, code in enumerate(CODES)),
            bound=True,
        ),
    ]
    if here.known:
        options.append(lambda: Call("first_known", (draw(numbers(down)), draw(numbers(down))), "number"))
    return _one(draw, options)


def _bands(draw: DrawFn, argument: Expr) -> Scale:
    if draw(st.integers(0, 4)) == 0:
        return Scale("scale.x", argument, "number", bound=True)
    bands = (
        Bracket(Fraction(0), True, Fraction(1), True, Fraction(1)),
        Bracket(Fraction(1), False, Fraction(5, 2), True, Fraction(3, 2)),
        Bracket(Fraction(5, 2), False, None, False, Fraction(2), Fraction(1, 2), Fraction(1), draw(st.booleans())),
    )
    return Scale("scale.x", argument, "number", brackets=bands[: draw(st.integers(1, 3))], bound=True)


@st.composite
def lengths(draw: DrawFn, here: Here) -> Expr:
    """Durations, in minutes."""
    down = here.deeper()
    options: list[Callable[[], Expr]] = [
        lambda: _number(draw(st.sampled_from([0, 60, 1440, 43200, 1470])), "duration"),
        lambda: Diff(draw(fields(here, ["date", "day", "datetime"])), draw(fields(here, ["date", "datetime"]))),
    ]
    if here.depth > 0:
        options.append(lambda: Diff(draw(dates(down)), draw(dates(down))))
    return _one(draw, options)


@st.composite
def dates(draw: DrawFn, here: Here) -> Expr:
    names = ["date", "day"]
    clocks = ["as_of", *(["period.start", "period.end"] if here.recurring else [])]
    simple: list[Callable[[], Expr]] = [
        lambda: draw(fields(here, [*names, "received_on"])),
        lambda: Const(draw(st.sampled_from([*DAYS, None])), "date"),
        lambda: Clock(draw(st.sampled_from(clocks)), "date"),
    ]
    if here.depth <= 0:
        return _one(draw, simple)
    down = here.deeper()

    def aggregate() -> Expr:
        if not here.child_tables:
            return _one(draw, simple)
        child = draw(st.sampled_from(here.child_tables))
        inner = here.inside(child)
        where = draw(st.none() | conditions(inner))
        name = draw(st.sampled_from(["latest", "earliest", "latest", "earliest", "last"]))
        if name == "last":
            body: Expr = draw(fields(inner, names))
            return Agg("last", child, where, body, "date", draw(fields(inner, names)))
        body = draw(dates(replace(inner, depth=min(inner.depth, 1))))
        return Agg(name, child, where, body, "date")

    options: list[Callable[[], Expr]] = [
        *simple,
        *[aggregate] * 6,
        lambda: Shift(draw(dates(down)), _amount(draw, down), "day"),
        lambda: Shift(draw(dates(down)), _number(draw(st.sampled_from([None, 6, 12, 1, -1]))), "month"),
        lambda: Shift(draw(dates(down)), _number(draw(st.sampled_from([1, 5, 10]))), "working_day"),
        lambda: Call(draw(st.sampled_from(["min", "max"])), (draw(dates(down)), draw(dates(down))), "date"),
        lambda: Call("if", (draw(conditions(down)), draw(dates(down)), draw(dates(down))), "date"),
    ]
    if here.known:
        options.append(lambda: Call("first_known", (draw(dates(down)), draw(dates(down))), "date"))
    return _one(draw, options)


def _amount(draw: DrawFn, here: Here) -> Expr:
    return (
        draw(fields(here, ["count"])) if draw(st.booleans()) else _number(draw(st.sampled_from([15, 1, 0, -14, None])))
    )


@st.composite
def moments(draw: DrawFn, here: Here) -> Expr:
    """Datetimes."""
    options: list[Callable[[], Expr]] = [
        lambda: draw(fields(here, ["datetime"])),
        lambda: Const(datetime(2020, 6, 30, 10), "datetime"),
        lambda: Shift(draw(fields(here, ["datetime", "date"])), _number(120), "minute", "datetime"),
        lambda: Shift(draw(fields(here, ["datetime"])), _number(1), "day", "datetime"),
        lambda: Shift(draw(fields(here, ["datetime"])), _number(1), "month", "datetime"),
    ]
    if here.depth > 0:
        down = here.deeper()
        options.append(
            lambda: Call(draw(st.sampled_from(["min", "max"])), (draw(dates(down)), draw(moments(down))), "datetime")
        )
    if here.child_tables and here.depth > 0:
        child = draw(st.sampled_from(here.child_tables))
        inner = here.inside(child)
        options.append(
            lambda: Agg(
                draw(st.sampled_from(["latest", "earliest"])),
                child,
                draw(st.none() | conditions(inner)),
                draw(fields(inner, ["datetime"])),
                "datetime",
            )
        )
    return _one(draw, options)


@st.composite
def conditions(draw: DrawFn, here: Here) -> Expr:
    op = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
    same = st.sampled_from(["=", "!="])
    code = st.sampled_from([*CODES, *CODES, *CODES, None])
    plain: list[Callable[[], Expr]] = [
        lambda: draw(fields(here, ["yes_no"])),
        lambda: Compare(draw(op), draw(fields(here, ["count", "number", "percent"])), _number(draw(NUMBERS))),
        lambda: Compare(draw(same), draw(fields(here, ["choice"])), Const(draw(code), "choice")),
        lambda: Compare(draw(op), draw(fields(here, ["rank"])), Const(draw(code), "choice")),
        lambda: OneOf(
            draw(fields(here, ["choice", "rank"])),
            tuple(Const(draw(code), "choice") for _ in range(draw(st.integers(1, 2)))),
        ),
        lambda: Has(
            draw(fields(here, ["choices"])),
            tuple(draw(st.sets(st.sampled_from(CODES), min_size=1))),
            draw(st.booleans()),
        ),
        lambda: Compare(
            draw(same), draw(fields(here, ["text"])), Const(draw(st.sampled_from(["a", "2020-05"])), "text")
        ),
    ]
    if here.recurring:
        plain += [
            *[lambda: _in_period(draw, draw(fields(here, ["date", "day", "datetime"])))] * 3,
            *[lambda: Compare("=", draw(fields(here, ["text"])), Clock("period.name", "text"))] * 2,
        ]
    if here.known:
        plain.append(lambda: Known(draw(fields(here, list(DTYPES)))))
    if here.depth <= 0:
        return _one(draw, plain)
    down = here.deeper()

    def aggregate() -> Expr:
        if not here.child_tables:
            return _one(draw, plain)
        child = draw(st.sampled_from(here.child_tables))
        inner = here.inside(child)
        name = draw(st.sampled_from(["every", "any", "none", "every", "any", "none", "last"]))
        where = draw(st.none() | conditions(inner))
        if name == "last":
            body: Expr = draw(fields(inner, ["yes_no"]))
            return Agg("last", child, where, body, "yes_no", draw(fields(inner, ["date", "day"])))
        if name == "every":
            return Agg("every", child, where, draw(conditions(inner)), "yes_no")
        return Agg(name, child, where, draw(st.none() | conditions(inner)), "yes_no")

    several = st.lists(conditions(down), min_size=1, max_size=3).map(tuple)
    options: list[Callable[[], Expr]] = [
        *plain,
        *[aggregate] * 8,
        lambda: Compare(draw(op), draw(numbers(down)), draw(numbers(down))),
        *[lambda: Compare(draw(op), draw(numbers(down)), _number(draw(NUMBERS)))] * 6,
        lambda: Compare(draw(op), draw(dates(down)), draw(dates(down))),
        lambda: Compare(draw(op), draw(moments(down)), draw(dates(down))),
        lambda: Compare(draw(op), draw(moments(down)), draw(moments(down))),
        lambda: Compare(draw(op), draw(lengths(down)), draw(lengths(down))),
        lambda: OneOf(draw(numbers(down)), (draw(numbers(down)), _number(draw(NUMBERS)))),
        lambda: OneOf(draw(dates(down)), (draw(dates(down)),)),
        lambda: Not(draw(conditions(down))),
        lambda: And(draw(several)),
        lambda: Or(draw(several)),
        lambda: Call("if", (draw(conditions(down)), draw(conditions(down)), draw(conditions(down))), "yes_no"),
    ]
    if here.known:
        options.append(lambda: Known(draw(numbers(down) | dates(down) | conditions(down))))
    return _one(draw, options)


def _in_period(draw: DrawFn, item: Expr) -> Expr:
    start: Expr = Clock("period.start", "date")
    if draw(st.booleans()):
        start = Shift(start, _number(-14), "day")
    return And((Compare(">=", item, start), Compare("<=", item, Clock("period.end", "date"))))


def leaves_of(expr: Expr) -> tuple[Leaf, ...]:
    found: dict[Expr, None] = {}

    def walk(part: Expr) -> None:
        if isinstance(part, Field | Agg | Scale):
            found.setdefault(part)
        if not isinstance(part, Field | Agg):
            for inner in children(part):
                walk(inner)

    walk(expr)
    return tuple(Leaf(f"leaf {number}", part) for number, part in enumerate(found))


# --- obligations ---------------------------------------------------------------------------------


def item_of(name: str, expr: Expr) -> Item:
    return Item(name, expr, leaves_of(expr), NO_TEXT)


@st.composite
def requirements(draw: DrawFn, here: Here) -> Condition:
    number = 0

    def build(depth: int) -> Condition:
        nonlocal number
        if depth == 0 or draw(st.booleans()):
            number += 1
            return item_of(str(number), draw(conditions(here)))
        op = draw(st.sampled_from(["all_of", "any_of", "none_of", "at_least", "when"]))
        size = 2 if op == "when" else draw(st.integers(1, 3))
        parts = tuple(build(depth - 1) for _ in range(size))
        return Group(op, parts, draw(st.integers(1, size)) if op == "at_least" else 0)

    return build(2)


@st.composite
def obligations(draw: DrawFn, tables: dict[str, Table], known: bool) -> Obligation:
    subject = draw(st.sampled_from(["institution", "institution", "unit", "bus", "hazard"]))
    periods = draw(st.none() | st.sampled_from([PERIODS, PERIODS[1:], PERIODS]))
    here = Here(tables, subject, periods is not None, known)
    shallow = replace(here, depth=1)
    applies = draw(st.none() | conditions(shallow))
    fixed = st.sampled_from([AS_OF, AS_OF - timedelta(1), date(2020, 1, 1), None]).map(lambda d: Const(d, "date"))
    due = draw(st.none() | fixed | dates(shallow) | moments(shallow))
    done_on = draw(st.none() | dates(shallow) | moments(shallow)) if due is not None else None
    revision = Revision(date(2020, 1, 1), NOWHERE)
    rule = Rule("r", NO_TEXT, (), subject, "low", "", (), NO_TEXT, (revision,), (), NOWHERE)
    return Obligation(
        rule,
        revision,
        subject,
        None if applies is None else item_of("applies", applies),
        draw(requirements(here)),
        due,
        None if done_on is None else item_of("done_on", done_on),
        periods,
    )


# --- records -------------------------------------------------------------------------------------

# How many rows of each table there may be.
KEYS = {"unit": 3, "route": 2, "institution": 4, "bus": 6, "trip": 9, "hazard": 8, "report": 6}
Record = dict[str, Any]


def record(random: Random, table: Table, key: str) -> Record:
    gaps = random.choice([0, 0, 0.1, 0.3])

    def cell(name: str) -> Any:
        return None if random.random() < gaps else random.choice(CELLS[table.fields[name].type])

    row = {name: cell(name) for name in table.fields}
    row["code"] = key
    for other in (*PARENTS[table.id], *LINKS.get(table.id, ())):
        # A few keys lead nowhere.
        near = [f"{other}0", f"{other}1"] * 2
        row[f"{other}_code"] = random.choice([*near, *(f"{other}{n}" for n in range(KEYS[other])), None])
    if table.id == "unit":
        row["valid_from"] = random.choice([None, None, None, date(2020, 6, 1)])
        row["valid_to"] = random.choice([None, None, None, date(2020, 5, 31), AS_OF])
        later = [f"unit{n}" for n in range(int(key[-1]) + 1, KEYS["unit"])]
        row["successor"] = random.choice([None, *later])
    if table.dated and random.random() < 0.2:
        row[table.dated] = None
    row["received_on"] = random.choice([None, None, AS_OF, date(2020, 6, 1), AS_OF + timedelta(1)])
    for child, above in PARENTS.items():
        if table.id in above:
            row[f"_returned_{child}"] = random.choice([None, date(2020, 5, 31), date(2020, 5, 1), AS_OF])
    return row


@st.composite
def worlds(draw: DrawFn, known: bool = True) -> World:
    tables = draw(tables_of_pack())
    plan = Plan(
        _pack(tables),
        AS_OF,
        draw(st.sampled_from([None, None, AS_OF, date(2020, 6, 1)])),
        tuple(draw(obligations(tables, known)) for _ in range(draw(st.integers(1, 4)))),
        (),
        {},
    )
    # Cells come from a seed of their own: drawing each by itself would leave room only for tiny worlds.
    seed = draw(st.integers(0, 2**20))
    sizes = {name: draw(st.sampled_from([2, 3, *range(KEYS[name] + 1)])) for name in tables}
    rows = {
        name: [record(Random(f"{seed}:{name}:{n}"), table, f"{name}{n}") for n in range(sizes[name])]
        for name, table in tables.items()
    }
    return World(plan, rows, draw(st.integers(0, 3)) == 3)


@dataclass(frozen=True)
class World:
    """`without_returns`: the tables come without the columns for returns."""

    plan: Plan
    rows: dict[str, list[Record]]
    without_returns: bool = False

    @property
    def tables(self) -> Tables:
        frames = {}
        for name, table in self.plan.pack.tables.items():
            schema = {field.id: DTYPES[field.type] for field in table.fields.values()} | {"received_on": pl.Date}
            if not self.without_returns:
                schema |= {f"_returned_{child}": pl.Date for child, above in PARENTS.items() if name in above}
            frames[name] = pl.DataFrame(
                [{column: row.get(column) for column in schema} for row in self.rows[name]], schema=schema
            )
        origins = pl.DataFrame(schema={"table": pl.String, "row": pl.UInt32, "source": pl.UInt32, "line": pl.UInt32})
        return Tables(frames, origins, (), pl.DataFrame())


def _pack(tables: dict[str, Table]) -> Pack:
    return Pack(
        "p", "1", NO_TEXT, "en", NO_TEXT, "", (), None, None, {}, {}, tables, {}, {}, (), {}, (), {}, {}, WORKING_DAYS, "", ""
    )  # fmt: skip


# --- completions ---------------------------------------------------------------------------------


def completed(world: World, random: Random) -> World:
    """One way in which what is missing may turn out: cells filled, rows arrived, as far as registers allow it."""
    plan, tables = world.plan, world.plan.pack.tables
    rows = {name: [dict(row) for row in found] for name, found in world.rows.items()}
    share = random.choice([0.3, 0.7, 1.0])
    # Children first: how many more a parent may get depends on what it had before anything was filled.
    for name, table in tables.items():
        for parent in PARENTS[name]:
            for owner in rows[parent]:
                may = _may_come(world, table, tables[parent], owner)
                come = random.randint(0, min(may, 2)) if random.random() < share else 0
                for _ in range(come):
                    rows[name].append(_arriving(random, world, table, parent, owner["code"], len(rows[name])))
    for name, table in tables.items():
        for row in rows[name]:
            _fill(random, table, row, share, plan)
    for table in tables.values():
        for parent, declared in table.declared_in.items():
            for owner, before in zip(rows[parent], world.rows[parent], strict=False):
                if before[declared] is None and owner[declared] is not None:
                    owner[declared] = _declarable(random, world, rows, table, tables[parent], before)
    return replace(world, rows=rows)


def _possible(world: World, table: Table, row: Record) -> bool | None:
    """Membership of a row, as the contract of the engines has it."""
    known_at, received = world.plan.known_at, row["received_on"]
    if known_at is not None and received is not None and received > known_at:
        return False
    sure = True
    if table.dated:
        dated = row[table.dated]
        if dated is not None and (dated.date() if isinstance(dated, datetime) else dated) > AS_OF:
            return False
        sure = dated is not None or (received is not None and received <= AS_OF)
    return True if sure and all(row[name] is not None for name in table.shown_by) else None


def _owned(world: World, rows: list[Record], table: Table, parent: Table, owner: Record) -> list[Record]:
    """The rows of an owner; a unit has those of its predecessors too."""
    codes = {owner["code"]}
    if parent.id == "unit":
        standing = {row["code"]: row for row in world.rows["unit"] if _possible(world, parent, row) is not False}
        for code in standing:
            here: Any = code
            while here in standing and here != owner["code"]:
                here = standing[here]["successor"]
            if here == owner["code"]:
                codes.add(code)
    return [row for row in rows if row[f"{parent.id}_code"] in codes]


def _open(world: World, table: Table, parent: Table, owner: Record) -> float:
    """How many rows may still come to an owner, counted as openly as in any period."""
    had = _owned(world, world.rows[table.id], table, parent, owner)
    n = sum(_possible(world, table, row) is True for row in had)
    declared = owner[table.declared_in[parent.id]] if parent.id in table.declared_in else None
    if declared is not None:
        return max(declared - n, 0)
    if table.returned:
        until = None if world.without_returns else owner.get(f"_returned_{table.id}")
        # A return that covers some period closes it; rows of later periods could be told apart only by their date.
        earliest = min((p.end for o in world.plan.obligations for p in o.periods or ()), default=AS_OF)
        if until is None or until < min(earliest, AS_OF):
            return 9
    if table.when_empty == "zero" or (table.when_empty == "unknown" and n > 0):
        return 0
    return 9


def _may_come(world: World, table: Table, parent: Table, owner: Record) -> int:
    """New rows of an owner; they are its successors' rows too, so those must have room as well."""
    if _possible(world, parent, owner) is False:
        return 0
    room = _open(world, table, parent, owner)
    here = owner
    while parent.id == "unit" and here["successor"] is not None:
        following = [row for row in world.rows["unit"] if row["code"] == here["successor"]]
        if not following or _possible(world, parent, following[0]) is False:
            break
        here = following[0]
        room = min(room, _open(world, table, parent, here))
    # Several predecessors may share one room: one of them gets it.
    return int(min(room, 2)) if room >= 9 else int(min(room, 1)) if parent.id == "unit" else int(room)


def _arriving(random: Random, world: World, table: Table, parent: str, code: str, number: int) -> Record:
    row = record(random, table, f"{table.id}{number + 100}")
    for other in PARENTS[table.id]:
        row[f"{other}_code"] = code if other == parent else None
    row["received_on"] = None
    if table.dated:
        values = CELLS[table.fields[table.dated].type]
        row[table.dated] = random.choice([None, *(value for value in values if _day(value) <= AS_OF)])
    return row


def _fill(random: Random, table: Table, row: Record, share: float, plan: Plan) -> None:
    """Cells that may be learnt. A parent's key stays: it would move a row into a register that counted without it."""
    kept = {"code", "valid_from", "valid_to", "successor", *(f"{parent}_code" for parent in PARENTS[table.id])}
    for name, field in table.fields.items():
        if row[name] is not None or name in kept or random.random() >= share:
            continue
        if name.endswith("_code"):
            row[name] = random.choice([f"{name.removesuffix('_code')}{n}" for n in range(3)])
            continue
        row[name] = random.choice(CELLS[field.type])
        if name == table.dated:
            # What was received by then was dated by then; the rest may turn out to be none of this day's business.
            early = row["received_on"] is not None and row["received_on"] <= AS_OF
            early = early or random.random() < 0.5
            row[name] = random.choice([v for v in CELLS[field.type] if (_day(v) <= AS_OF) is early])


def _day(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else value


def _declarable(
    random: Random, world: World, rows: dict[str, list[Record]], table: Table, parent: Table, owner: Record
) -> int | None:
    """A number that the register, such as it was, could have turned out to declare."""
    after = _owned(world, rows[table.id], table, parent, owner)
    sure = sum(_possible(world, table, row) is True for row in after)
    # A register taken as complete had its rows, maybe fewer than could be declared; an open one may declare more.
    return sure if _open(world, table, parent, owner) == 0 else sure + random.randint(0, 2)
