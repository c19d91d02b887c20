"""A number → so many duties on one record, of the kinds that the pack of Nantong has, and the fields that they read."""

from __future__ import annotations

from datetime import date, timedelta

from benchmarks.peers.conditions import AllOf, AnyOf, Condition, Duty, Leaf, Of

AS_OF = date(2020, 12, 31)
SCHOOL_TYPES = ("kindergarten", "primary", "junior", "nine_year", "senior", "vocational", "university")
CHOICES = {
    "school_type": SCHOOL_TYPES,
    "ownership": ("public", "private"),
    "operating_status": ("operating", "suspended", "closed"),
    "fire_duty_level": ("none", "junior", "intermediate", "senior"),
}
YES_NO = (
    *("alarm_installed", "alarm_linked", "video_linked", "perimeter_alarm", "access_control", "physical_standard"),
    *("technical_standard", "protection_post", "closed_management", "defence_equipment", "principal_first"),
    *("safety_appraised", "fire_duty_24h", "night_patrol", "gas_alarm", "bright_kitchen", "water_ok", "epidemic_rules"),
    *("reporter_named", "absence_tracked", "gate_plan", "gate_staff", "campus_separation"),
    *("has_gas", "has_canteen", "uses_bus", "fire_control_room"),
)
# A number and, where there is one, the number that it should reach.
COUNTS = {
    "students": "",
    "guards_full_time": "",
    "guards_certified": "guards_full_time",
    "safety_managers": "",
    "retention_days": "",
    "gates": "",
    "barrier_gates": "gates",
    "key_areas": "",
    "key_areas_covered": "key_areas",
    "meals_served": "",
    "meals_accompanied": "meals_served",
    "school_days": "",
    "patrol_days": "school_days",
    "posts": "",
    "posts_with_letters": "posts",
    "ebike_violations": "",
    "ebike_cleared": "ebike_violations",
    "lab_count": "",
    "dorm_count": "",
    "guard_training_hours": "",
}
PERCENTS = ("traceable_rate", "sample_rate", "screen_rate")
DATES = {
    "wiring_tested_on": 365,
    "gas_checked_on": 180,
    "flue_cleaned_on": 90,
    "water_tested_on": 365,
    "tank_cleaned_on": 180,
    "fire_checked_on": 31,
    "food_checked_on": 31,
}


def _yes(field: str) -> Leaf:
    return Leaf(field, "=", True, field)


def _no(field: str) -> Leaf:
    return Leaf(field, "=", False, f"not {field}")


def _least(field: str, number: int) -> Leaf:
    return Leaf(field, ">=", number)


def _reaches(field: str) -> Leaf:
    return Leaf(field, ">=", Of(COUNTS[field]))


def _rate(field: str, percent: int) -> Leaf:
    return Leaf(field, ">=", percent / 100, f"{field} >= {percent}%")


def _lately(field: str) -> Leaf:
    """Not longer ago than usual; rules say it as a sum, for peers it is worked out beforehand."""
    days = DATES[field]
    return Leaf(field, ">=", AS_OF - timedelta(days), f"{field} + {days} days >= as_of")


def _is(field: str, *choices: str) -> Leaf:
    return Leaf(field, "=", choices[0]) if len(choices) == 1 else Leaf(field, "in", choices)


_OPERATING = _is("operating_status", "operating")
_REQUIRED: tuple[Condition, ...] = (
    *map(_yes, YES_NO[:23]),
    *map(_reaches, ("guards_certified", "barrier_gates", "key_areas_covered", "patrol_days", "posts_with_letters")),
    *(_least("guards_full_time", 1), _least("safety_managers", 1), _least("retention_days", 30)),
    *(_rate("traceable_rate", 90), _rate("sample_rate", 95), _rate("screen_rate", 100)),
    *map(_lately, DATES),
    _is("fire_duty_level", "intermediate", "senior"),
    Leaf("fire_duty_level", "!=", "none"),
    AllOf((_yes("alarm_installed"), _yes("alarm_linked"), _yes("video_linked"))),
    AllOf((Leaf("meals_served", ">", 0), _reaches("meals_accompanied"))),
    AllOf((_yes("physical_standard"), _yes("technical_standard"), _yes("closed_management"), _yes("gate_staff"))),
    AllOf((_yes("water_ok"), _lately("water_tested_on"), _lately("tank_cleaned_on"))),
    AnyOf((_no("has_gas"), AllOf((_yes("gas_alarm"), _lately("gas_checked_on"))))),
    AnyOf((Leaf("ebike_violations", "=", 0), _reaches("ebike_cleared"))),
    AllOf((_least("guards_full_time", 2), AnyOf((_least("guard_training_hours", 8), _reaches("guards_certified"))))),
)
_SCOPES: tuple[tuple[Condition, ...], ...] = (
    (_OPERATING,),
    (_OPERATING, _is("school_type", "primary", "junior", "nine_year", "senior", "vocational")),
    (_OPERATING, _is("school_type", "kindergarten")),
    (_OPERATING, _yes("has_canteen"), Leaf("school_type", "!=", "university")),
    (_OPERATING, _yes("fire_control_room")),
    (_OPERATING, _is("ownership", "private"), _is("school_type", "kindergarten", "primary")),
    (_OPERATING, _least("students", 500), Leaf("dorm_count", ">", 0)),
    (_OPERATING, AnyOf((_yes("uses_bus"), Leaf("lab_count", ">", 0)))),
)
_DUE = (date(2019, 12, 31), date(2020, 6, 30), date(2020, 12, 31), date(2021, 6, 30))


def _duty(number: int) -> Duty:
    # Each further fifty ask the same of others, as a plan asks of kindergartens what schools owed a year before.
    turn, which = divmod(number, len(_REQUIRED))
    scope = _SCOPES[(which + 3 * turn) % len(_SCOPES)]
    applies = scope[0] if len(scope) == 1 else AllOf(scope)
    return Duty(f"duty-{number + 1:03d}", applies, _REQUIRED[which], _DUE[(which + turn) % len(_DUE)])


def duties(number: int) -> tuple[Duty, ...]:
    """No two ask the same of the same schools; there are eight times fifty of them."""
    found = tuple(map(_duty, range(number)))
    assert len({(duty.applies, duty.require) for duty in found}) == number
    return found


DUTIES = duties(100)
