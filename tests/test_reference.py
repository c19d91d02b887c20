"""Hand-built expression trees → the values that A5 and A6 of the language give them in the reference engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from conformance.trees import AS_OF, c, d, f, value

from checker.engines.values import (
    FIRST_DAY,
    INFINITY,
    LAST_DAY,
    Interval,
    arithmetic,
    compare,
    conjunction,
    disjunction,
    negation,
)
from checker.expr import (
    Agg,
    And,
    Arith,
    Bracket,
    Call,
    Clock,
    Compare,
    Diff,
    Expr,
    Has,
    Known,
    Not,
    OneOf,
    Or,
    Scale,
    Shift,
)
from checker.model import Period

WEEK = Period("2020-W06", date(2020, 2, 3), date(2020, 2, 9))
T, F, U = True, False, None
TRUTHS = (T, F, U)


# --- A6: truths, comparisons, numbers -------------------------------------------------------------


def test_kleene() -> None:
    worse = {F: 0, U: 1, T: 2}
    for a, b in product(TRUTHS, repeat=2):
        assert conjunction([a, b]) is min(a, b, key=worse.__getitem__)
        assert disjunction([a, b]) is max(a, b, key=worse.__getitem__)
        assert value(And((c(a), c(b)))) is conjunction([a, b])
        assert value(Or((c(a), c(b)))) is disjunction([a, b])
    assert [negation(t) for t in TRUTHS] == [value(Not(c(t))) for t in TRUTHS] == [F, T, U]


@pytest.mark.parametrize("op", ["=", "!=", "<", "<=", ">", ">="])
def test_a_missing_side_makes_every_comparison_unknown(op: Any) -> None:
    assert value(Compare(op, c(None, "number"), c(0))) is U
    assert value(Compare(op, c(0), c(None, "number"))) is U


def test_one_of() -> None:
    missing = c(None, "number")
    assert value(OneOf(c(2), (missing, c(2)))) is T
    assert value(OneOf(c(2), (missing, c(1)))) is U
    assert value(OneOf(c(2), (c(1), c(3)))) is F
    assert value(OneOf(missing, (c(1),))) is U


def test_if_is_known_where_both_branches_agree() -> None:
    assert value(Call("if", (c(T), c(1), c(2)), "number")) == 1
    assert value(Call("if", (c(U), c(2), c(2)), "number")) == 2
    assert value(Call("if", (c(U), c(1), c(2)), "number")) is None
    assert value(Call("if", (c(U), c(None, "number"), c(None, "number")), "number")) is None
    sets = (c(U), c(frozenset({"lab"})), c(frozenset({"fire"})))
    assert value(Call("if", sets, "choices")) is None


def test_rounding_is_exact_and_half_goes_away_from_zero() -> None:
    def call(name: Any, number: Fraction | int) -> Any:
        return value(Call(name, (c(number),), "number"))

    assert [call("round", Fraction(n, 2)) for n in (5, -5, 3, 1, -1)] == [3, -3, 2, 1, -1]
    assert [call("ceil", Fraction(n, 2)) for n in (3, -3)] == [2, -1]
    assert [call("floor", Fraction(n, 2)) for n in (3, -3)] == [1, -2]
    share = Arith("*", c(Fraction(7, 100), "percent"), f("students", "number"))
    assert value(Call("ceil", (share,), "number"), {"students": 100}) == 7


@pytest.mark.parametrize(
    ("op", "left", "right", "low", "high"),
    [
        ("+", (1, 2), (10, INFINITY), 11, INFINITY),
        ("-", (0, INFINITY), (0, INFINITY), -INFINITY, INFINITY),
        ("-", (-INFINITY, 0), (-INFINITY, 0), -INFINITY, INFINITY),
        ("*", (-1, 2), (3, 4), -4, 8),
        ("*", (0, 0), (0, INFINITY), 0, 0),
        ("/", (1, 2), (2, 4), Fraction(1, 4), 1),
        ("/", (5, INFINITY), (1, INFINITY), 0, INFINITY),
        ("/", (1, 2), (-4, -2), -1, Fraction(-1, 4)),
    ],
)
def test_arithmetic_of_intervals(op: str, left: Any, right: Any, low: Any, high: Any) -> None:
    a, b = (
        Interval(*(end if end in (INFINITY, -INFINITY) else Fraction(end) for end in ends)) for ends in (left, right)
    )
    assert arithmetic(op, a, b) == Interval(low, high)


def test_division_by_what_may_be_zero_is_unknown() -> None:
    assert value(Arith("/", c(1), c(0))) is None
    assert arithmetic("/", Fraction(1), Interval(Fraction(0), Fraction(2))) is None
    assert arithmetic("/", Fraction(1), Interval(Fraction(-1), Fraction(1))) is None
    assert arithmetic("+", None, Interval(Fraction(0), Fraction(1))) is None


def test_comparison_of_intervals() -> None:
    one_two, two_three, two = Interval(Fraction(1), Fraction(2)), Interval(Fraction(2), Fraction(3)), Fraction(2)
    assert [compare("<", one_two, Fraction(n)) for n in (1, 2, 3)] == [F, U, T]
    assert [compare("<=", one_two, Fraction(n)) for n in (0, 1, 2)] == [F, U, T]
    assert [compare(">=", two_three, Fraction(n)) for n in (2, 3, 4)] == [T, U, F]
    assert [compare("=", one_two, Fraction(n)) for n in (0, 1)] == [F, U]
    assert [compare("!=", one_two, Fraction(n)) for n in (0, 1)] == [T, U]
    assert compare("=", Interval(two, two), two) is T
    assert compare(">=", Interval(Fraction(0), INFINITY), Fraction(0)) is T


BUSES = {"bus": [{"seats": 20, "monitored": "yes"}, {"seats": 30, "monitored": "no"}, {"seats": 40}]}
MONITORED = Agg("count", "bus", None, f("monitored", table="bus"), "number")  # 1..2 of BUSES


def test_functions_of_intervals_go_end_by_end() -> None:
    def call(name: Any, *args: Expr) -> Any:
        return value(Call(name, args, "number"), {"bus_count": 3}, BUSES)

    half = Arith("/", MONITORED, c(2))
    assert call("ceil", half) == Interval(1, 1)
    assert call("floor", half) == Interval(0, 1)
    assert call("round", half) == Interval(1, 1)
    assert call("min", MONITORED, c(1)) == Interval(1, 1)
    assert call("max", MONITORED, c(2)) == Interval(2, 2)
    assert call("max", MONITORED, c(None, "number")) is None
    assert call("abs", Arith("-", MONITORED, c(2))) == Interval(0, 1)
    assert call("abs", Arith("-", MONITORED, c(5))) == Interval(3, 4)


def test_everything_else_takes_an_interval_only_as_a_point() -> None:
    def of(expr: Expr) -> Any:
        return value(expr, {"bus_count": 3}, BUSES)

    exact = Agg("count", "bus", None, None, "number")
    assert (of(Known(MONITORED)), of(Known(exact))) == (F, T)
    assert (of(OneOf(MONITORED, (c(1), c(2)))), of(OneOf(exact, (c(3),)))) == (U, T)
    assert of(Call("first_known", (MONITORED, c(9)), "number")) == 9
    bands = (Bracket(None, False, None, False, Fraction(7)),)
    assert of(Scale("scale.x", MONITORED, "number", bands, bound=True)) is None
    assert of(Scale("scale.x", exact, "number", bands, bound=True)) == 7


# --- A5: dates, choices, scales, names ------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "amount", "unit", "expected"),
    [
        ("2019-08-31", 6, "month", "2020-02-29"),
        ("2018-08-31", 6, "month", "2019-02-28"),
        ("2020-03-31", -1, "month", "2020-02-29"),
        ("2020-01-15T08:30", 1, "month", "2020-02-15T08:30"),
        ("2020-06-23", 5, "working_day", "2020-06-30"),
        ("2020-06-26", 1, "working_day", "2020-06-29"),
        ("2020-12-30", 1, "working_day", "2020-12-31"),
        ("2020-12-30", 2, "working_day", None),
        ("2019-12-31", 1, "working_day", None),
        ("2020-06-23", 0, "working_day", None),
        ("2020-06-30", -14, "day", "2020-06-16"),
        ("2020-06-30", Fraction(1, 2), "day", None),
        ("2020-06-30", 90, "minute", "2020-06-30T01:30"),
        ("9999-12-01", 2, "month", None),
    ],
)
def test_shift(day: str, amount: Any, unit: Any, expected: str | None) -> None:
    assert value(Shift(c(d(day)), c(amount), unit)) == (None if expected is None else d(expected))


def test_shift_and_diff_of_an_interval_keep_the_infinite_end() -> None:
    happened = Agg("latest", "incident", None, f("happened_on", "date", "incident"), "date")
    began = replace(happened, name="earliest")
    permit = Agg("latest", "bus", None, f("permit_until", "date", "bus"), "date")
    rows = {"incident": [{"happened_on": "2020-01-31"}], "bus": [{"permit_until": "2020-01-31"}]}

    def of(expr: Expr) -> Any:
        return value(expr, {"bus_count": 2}, rows)

    # Both registers lack rows. The dated field ends at as_of, any other date never; nothing has a beginning.
    assert of(happened) == Interval(d("2020-01-31"), AS_OF)
    assert of(permit) == Interval(d("2020-01-31"), LAST_DAY)
    assert of(began) == Interval(FIRST_DAY, d("2020-01-31"))
    assert of(Shift(happened, c(1), "month")) == Interval(d("2020-02-29"), d("2020-07-30"))
    assert of(Shift(permit, c(1), "month")) == Interval(d("2020-02-29"), LAST_DAY)
    assert of(Shift(happened, MONITORED, "day")) is None  # 0..∞ days
    assert of(Diff(happened, c(d("2020-01-30")))) == Interval(1440, 152 * 1440)
    assert of(Diff(c(d("2020-01-31")), began)) == Interval(0, INFINITY)
    assert of(Diff(permit, permit)) == Interval(-INFINITY, INFINITY)
    moved = of(Shift(permit, c(120), "minute", "datetime"))
    assert moved.low == d("2020-01-31T02:00")
    assert isinstance(moved.high, datetime)
    assert moved.high.date() == LAST_DAY


def test_lengths_of_time() -> None:
    assert value(Diff(c(d("2020-06-30")), c(d("2020-06-15")))) == 15 * 1440
    assert value(Diff(c(d("2020-06-30T01:30")), c(d("2020-06-29T23:00")))) == 150
    assert value(Diff(c(d("2020-06-30T01:30")), c(d("2020-06-29")))) == 1440  # beside a date: days


def test_a_date_and_a_datetime_meet_as_days() -> None:
    day, moment = c(d("2020-12-10")), c(d("2020-12-10T23:59"))
    assert [value(Compare(op, moment, day)) for op in ("=", "<=", ">", "<")] == [T, T, F, F]  # type: ignore[arg-type]
    assert value(Call("min", (day, moment), "date")) == d("2020-12-10")
    assert value(Call("max", (moment, c(d("2020-12-09"))), "date")) == d("2020-12-10")
    assert value(Call("first_known", (c(None, "date"), moment), "date")) == d("2020-12-10")


def test_age_and_working_days() -> None:
    def age(born: str, on: str) -> Any:
        return value(Call("age", (c(d(born)), c(d(on))), "number"))

    def days(a: str, b: str) -> Any:
        return value(Call("working_days", (c(d(a)), c(d(b))), "number"))

    assert [age("1959-07-01", day) for day in ("2020-06-30", "2020-07-01")] == [60, 61]
    assert [age("2000-02-29", day) for day in ("2019-02-28", "2019-03-01")] == [18, 19]
    assert days("2020-06-26", "2020-06-30") == 2  # after Friday, up to Tuesday
    assert days("2020-06-30", "2020-06-30") == 0
    assert days("2020-06-30", "2021-01-04") is None


def test_ordered_choices_compare_by_rank() -> None:
    order = ("junior_cert", "middle_cert", "senior_cert")
    cert = f("cert", "choice", order=order)

    def at_least(left: Expr, record: Any, right: Expr | None = None) -> Any:
        return value(Compare(">=", left, right or c("middle_cert", "choice")), record)

    assert [at_least(cert, {"cert": code}) for code in (*order, None)] == [F, T, T, U]
    assert at_least(cert, {"cert": "junior_cert"}, cert) is T
    assert at_least(Call("first_known", (cert, cert), "choice"), {"cert": "senior_cert"}) is T
    level = f("level", "choice", "hazard", order=("general", "major"))
    last = Agg("last", "hazard", None, level, "choice", f("found_on", "date", "hazard"))
    hazards = {"hazard": [{"found_on": "2020-01-01", "level": "major"}]}
    assert value(Compare(">", last, c("general", "choice")), None, hazards) is T


def test_has() -> None:
    topics = f("topics", "choices")

    def has(held: Any, *codes: str, some: bool = False) -> Any:
        return value(Has(topics, codes, some), {"topics": held})

    assert [has(["lab"], "lab", "fire", some=some) for some in (F, T)] == [F, T]
    assert has(["lab", "fire"], "lab", "fire") is T
    assert [has([], "lab"), has(None, "lab")] == [F, U]


def test_scales() -> None:
    bands = (
        Bracket(None, False, Fraction(100), False, Fraction(1)),
        Bracket(Fraction(100), True, Fraction(1000), True, Fraction(2)),
        Bracket(Fraction(1000), False, Fraction(3000), True, Fraction(2), Fraction(500), Fraction(1), True),
    )

    def scaled(number: int | None, bands: tuple[Bracket, ...] = bands) -> Any:
        return value(Scale("scale.x", c(number, "number"), "number", bands, bound=True))

    assert [scaled(n) for n in (99, 100, 1000, 1001, 1500, 1501)] == [1, 2, 2, 3, 3, 4]
    assert [scaled(3001), scaled(None), scaled(5, ())] == [None, None, None]
    assert scaled(1499, (replace(bands[2], count_part=False),)) == 2
    by_choice = Scale("scale.y", f("road", "choice"), "number", by_choice=(("other", Fraction(60)),), bound=True)
    assert [value(by_choice, {"road": road}) for road in ("other", "expressway", None)] == [60, None, None]


def test_names_reach_parents_and_links() -> None:
    school = Agg(
        "count", "bus", None, Compare(">", f("students", "number", "institution", "institution"), c(5)), "number"
    )
    assert value(school, {"students": 6, "bus_count": 3}, BUSES) == Interval(3, 3)
    approved = f("approved", "yes_no", "route", "route")
    assert value(approved, {}, table="trip", links={"route": {"approved": "yes"}}) is T
    assert value(approved, {}, table="trip", links={"route": None}) is U


def test_clock() -> None:
    names: tuple[Any, ...] = ("as_of", "period.start", "period.end", "period.name")
    assert [value(Clock(name, "date"), period=WEEK) for name in names] == [AS_OF, WEEK.start, WEEK.end, WEEK.name]
