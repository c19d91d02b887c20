"""A seed and a date → the records of every unit, as a county office would hold them: table → rows of plain cells."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from events import work
from facts import Facts, Row, Unit, reached
from places import CATEGORY, GIVEN, KINDS, PLACES, PUPILS, SUFFIX, Place


def units(as_of: date) -> list[Unit]:
    """All units with schools on `as_of`. After July 2020 the merged ones report together."""
    found: dict[str, Unit] = {}
    serial = 1000
    for place in PLACES:
        later = as_of >= date(2020, 7, 3) and place.code_later
        code, name = (place.code_later, place.name_later) if later else (place.code, place.name)
        unit = found.setdefault(code, Unit(place, code, name))
        done = reached(place.progress, as_of, 0.2)
        before = len(unit.rows.get("institution", []))
        for kind, count in zip(KINDS, place.schools, strict=True):
            for number in range(count):
                serial += 1
                _school(unit, place, kind, number, serial, done, as_of)
        added = len(unit.rows["institution"]) - before
        summary = unit.rows.setdefault(
            "unit", [{"code": code, "institution_count": 0, "rural_need": 0, "rural_served": 0, **_spending(unit)}]
        )[0]
        need = added * 6
        for name_, more in (
            ("institution_count", added),
            ("rural_need", need),
            ("rural_served", int(need * min(1.0, done + 0.03))),
        ):
            summary[name_] = int(str(summary[name_])) + more
    for unit in found.values():
        _returns(unit, as_of)
        for row in unit.rows.get("inspection", []):
            # One unit leaves the look back to its schools, another inspects without a checklist.
            own = row["mode"] == "self" or (unit.code == "320671" and str(row["inspected_on"]) >= "2020-10-01")
            row["organiser"] = "school" if own else "county"
            row["checklist"] = "2020版" if str(row["inspected_on"]) >= "2020-01-01" and unit.code != "320623" else None
    return list(found.values())


def offices(as_of: date) -> list[Unit]:
    """The city itself and the universities: no schools, but duties of their own. In 2019 the city has hardly begun."""
    found = [("320600", "南通市", 0.0 if as_of.year == 2019 else 1.0)]
    found += [(f"U{number:02}", "", 0.3 if number in (3, 6) else 0.97) for number in range(1, 9)]
    return [
        Unit(
            replace(PLACES[0], progress=progress, care=1.0),
            code,
            name,
            {"unit": [{"code": code, "institution_count": 0}]},
        )
        for code, name, progress in found
    ]


def _spending(unit: Unit) -> Row:
    """Money, lines and buses of this year and the last."""
    chance = Facts(unit.code, unit.place.progress, 1.0)
    money, lines, buses = (
        chance.number("money", 300, 900),
        chance.number("lines", 20, 60),
        chance.number("special buses", 15, 60),
    )
    return {
        "security_budget": money,
        "security_budget_before": money - chance.number("more money", -20, 90),
        "transport_lines": lines,
        "transport_lines_before": lines - chance.number("more lines", 0, 4),
        "special_buses": buses,
        "special_buses_before": buses - chance.number("more buses", -1, 5),
    }


def _relapsed(chance: Facts, place: Place, as_of: date) -> bool:
    """Some of those that were linked only in 2020 are cut off again by the end of the year."""
    begun = Facts(chance.key, place.progress, 1.0).holds("video", 0.9)
    return as_of >= date(2020, 12, 1) and not begun and chance.draw("video again") < 0.3


def _name(place: Place, kind: str, number: int, town: str) -> str:
    place_name = place.name.removesuffix("区").removesuffix("市").removesuffix("县")
    if kind == "special":
        return f"{place_name}特殊教育学校"
    given = GIVEN[number % len(GIVEN)]
    stem = town.removesuffix("街道").removesuffix("镇").removesuffix("片区")
    return f"{stem}{given}{SUFFIX[kind]}" if kind != "senior" else f"{place_name}{given}{SUFFIX[kind]}"


def _school(unit: Unit, place: Place, kind: str, number: int, serial: int, done: float, as_of: date) -> None:
    code = f"{CATEGORY[kind]}32{serial:06}"
    chance = Facts(code, done, place.care)
    town = place.towns[number % len(place.towns)]
    private = kind == "kindergarten" and chance.draw("private") < 0.38
    pupils = chance.number("pupils", *PUPILS[kind])
    boarders = int(pupils * 0.6) if kind in ("senior", "complete", "vocational") else 0
    if kind in ("junior", "nine_year") and chance.draw("boards") < 0.25:
        boarders = int(pupils * 0.2)
    closing = kind == "primary" and pupils < 300 and as_of.year == 2020 and chance.draw("merged") < 0.5
    buses = (
        chance.number("buses", 1, 3)
        if chance.draw("bus") < (0.22 if kind in ("kindergarten", "primary") else 0.03)
        else 0
    )
    labs = 0 if kind == "kindergarten" else chance.number("labs", 1, 2 if kind == "primary" else 3)
    dorms = max(1, boarders // 700) if boarders else 0
    buildings = chance.number("buildings", 1, 2 if kind == "kindergarten" else 4)
    lifts = (1 if chance.draw("lift") < 0.25 else 0) + (3 if kind in ("senior", "complete", "vocational") else 0)
    wanted = 1 if pupils < 100 else 2 if pupils <= 1000 else 2 + (pupils - 1000) // 500
    if boarders:
        wanted = max(wanted, 2 + max(boarders - 300, 0) // 300)
    interns = 1 if kind == "vocational" else 0
    guards = wanted if chance.holds("guards", 2.5 if private else 0.7) else (0 if chance.draw("no guard") < 0.6 else 1)
    areas = chance.number("areas", 4, 14)
    gates = chance.number("gates", 1, 3)
    canteen = chance.draw("canteen") < 0.9
    row: Row = {
        "town": town,
        "name": _name(place, kind, number, town),
        "code": code,
        "school_type": kind,
        "ownership": "private" if private else "public",
        "operating_status": "merged" if closing else "operating",
        "students": 0 if closing else pupils,
        "boarders": boarders,
        "guards_full_time": chance.kept("guards", guards),
        "guards_certified": chance.kept("certified", guards if chance.holds("certified", 1.5) else max(guards - 1, 0)),
        "safety_managers": chance.kept(
            "managers", chance.number("managers", 1, 3) if chance.holds("managers", 0.3) else 0
        ),
        "guard_training_hours": chance.kept("training", 8 if chance.holds("training") else 0),
        "defence_equipment": chance.kept("defence", chance.holds("defence", 0.5)),
        "alarm_installed": chance.kept("alarm", chance.holds("alarm", 0.6) or chance.draw("button") < 0.8),
        "alarm_linked": chance.kept("alarm", chance.holds("alarm", 0.6)),
        "video_linked": chance.kept("video", chance.holds("video", 0.9) and not _relapsed(chance, place, as_of)),
        "video_linked_on": chance.day("video on", date(2018, 3, 1), date(2019, 11, 30))
        if chance.holds("video", 0.9)
        else None,
        "key_areas": areas,
        "key_areas_covered": chance.kept("covered", areas if chance.holds("covered") else areas - 1),
        "retention_days": 30 if chance.holds("days") else 15,
        "perimeter_alarm": chance.kept("perimeter", chance.holds("perimeter")),
        "access_control": chance.kept("entry", chance.holds("entry", 0.5)),
        "physical_standard": chance.kept("physical", chance.holds("physical", 0.8)),
        "technical_standard": chance.kept("technical", chance.holds("technical", 0.9)),
        "gates": gates,
        "barrier_gates": chance.kept("barrier", gates if chance.holds("barrier", 2) else gates - 1),
        "protection_post": chance.kept("post", chance.holds("post")),
        "closed_management": chance.kept("closed", chance.holds("closed", 0.5)),
        "uses_bus": buses > 0,
        "bus_count": buses,
        "building_count": buildings,
        "lab_count": labs,
        "dorm_count": dorms,
        "equipment_count": lifts,
        "internship_count": interns if as_of.year == 2020 else 0,
        "internship_unit_count": interns if as_of.year == 2020 else 0,
        "fire_test_on": chance.kept("fire", _recent(chance, "fire", as_of, 12)),
        "fire_facilities_ok": chance.kept("fire ok", chance.holds("fire ok")),
        "has_canteen": canteen,
        "canteen_licence_until": as_of + timedelta(days=chance.number("licence", 20, 1200))
        if chance.holds("licence", 0.6)
        else as_of - timedelta(days=12),
        "canteen_staff": pupils // 90 + 2 if canteen else 0,
        "canteen_staff_certified": pupils // 90 + (2 if chance.holds("health", 1.2) else 1) if canteen else 0,
        "principal_responsible": chance.kept("principal", chance.holds("principal", 0.4)),
        "platform_joined": chance.holds("platform"),
        "platform_uploaded_on": as_of
        - timedelta(days=chance.number("upload", 0, 6) if chance.holds("upload", 0.5) else 20),
        "stability_rules": chance.holds("stability", 0.6),
        "stability_rules_title": "稳定风险分析研判预警制度" if chance.holds("stability title", 1.5) else None,
        "stability_rules_on": chance.day("stability on", date(2019, 12, 12), date(2019, 12, 28)),
    }
    unit.add("institution", **row)
    if not closing:
        _children(unit, chance, row, as_of)


def _recent(chance: Facts, question: str, as_of: date, months: int, weight: float = 1.0) -> date:
    """A date within the last months if the duty is met, else somewhat longer ago."""
    days = months * 30 - 10
    ago = chance.number(f"{question} ago", 15, days) if chance.holds(question, weight) else days + 40
    return as_of - timedelta(days=ago)


def _children(unit: Unit, chance: Facts, school: Row, as_of: date) -> None:
    code = str(school["code"])

    def each(count: object, make: Callable[[int], None]) -> None:
        for number in range(int(str(count))):
            # Now and then a line is forgotten: declared, but not sent.
            if chance.draw(f"forgotten {make.__name__} {number}") < 0.985 + (chance.care - 0.94) * 0.25:
                make(number)

    def bus(number: int) -> None:
        plate = f"苏F{random.Random(f'{code}{number}').randrange(10000, 99999)}"
        driver = f"J{code[-6:]}{number}"
        ok = chance.holds(f"bus {number}", 0.8)
        unit.add(
            "bus",
            plate=plate,
            institution_code=code,
            driver_id=driver,
            in_use=chance.draw(f"in use {number}") < 0.95,
            permit_until=as_of + timedelta(days=90 if ok else -10),
            inspected_on=_recent(chance, f"bus inspected {number}", as_of, 6),
            insured_until=as_of + timedelta(days=chance.number(f"insured {number}", 10, 360)),
            seats=chance.number(f"seats {number}", 19, 45),
            gps=True,
            monitored=chance.kept(f"monitored {number}", chance.holds(f"monitored {number}")),
            equipment_ok=True,
        )
        unit.add(
            "driver",
            id=driver,
            qualified=chance.holds(f"driver {number}", 0.2),
            born_on=chance.day(f"born {number}", date(1966, 1, 1), date(1990, 1, 1)),
            bad_record=chance.draw(f"record {number}") < 0.02,
            reviewed_on=_recent(chance, f"reviewed {number}", as_of, 12),
        )

    def building(number: int) -> None:
        grade = (
            "grade_d"
            if chance.draw(f"grade {number}") > 0.997 + (chance.done - 0.9) * 0.03
            else ("grade_a", "grade_b", "not_rated")[number % 3]
        )
        unit.add(
            "building",
            id=f"{code}-{number + 1}",
            institution_code=code,
            name=("教学楼", "综合楼", "食堂", "体育馆")[number],
            in_use=True,
            fire_approval=chance.kept(
                f"approval {number}",
                ("acceptance" if number % 2 else "filing") if chance.holds(f"approval {number}", 0.5) else "none",
            ),
            structural_grade=grade,
            checked_on=_recent(chance, f"checked {number}", as_of, 6, 0.6),
            lightning_protected=number == 0,
            lightning_tested_on=_recent(chance, f"lightning {number}", as_of, 12) if number == 0 else None,
        )

    def lab(number: int) -> None:
        lab_id = f"S{code[-6:]}{number + 1}"
        unit.add(
            "lab",
            id=lab_id,
            institution_code=code,
            officer=f"实验员{number + 1}" if chance.holds(f"officer {number}") else None,
            access_controlled=chance.holds(f"access {number}"),
            protection_ok=chance.kept(f"ppe {number}", chance.holds(f"ppe {number}", 0.7)),
            ventilation_ok=chance.holds(f"air {number}", 0.8),
            hazmat_count=int(school["school_type"] != "primary"),
        )
        if school["school_type"] != "primary":
            bought = as_of - timedelta(days=chance.number(f"bought {number}", 30, 200))
            # A precursor is filed before it is bought, the others within five days.
            filed = (-2 if number % 3 == 1 else 3) if chance.holds(f"filed {number}", 0.5) else 8
            unit.add(
                "hazmat",
                id=f"{lab_id}-1",
                lab_id=lab_id,
                kind=("other", "drug_precursor", "explosive_precursor")[number % 3],
                purchased_on=bought,
                filed_on=bought + timedelta(days=filed),
                dedicated_storage=chance.holds(f"store {number}", 0.5),
                dual_control=chance.holds(f"dual {number}", 0.5),
                stock_kg=round(chance.draw(f"stock {number}") * 20, 1),
            )

    def dorm(number: int) -> None:
        unit.add(
            "dorm",
            id=f"D{code[-6:]}{number + 1}",
            institution_code=code,
            warden_24h=True,
            access_controlled=chance.holds(f"register {number}"),
            cameras=chance.holds(f"cameras {number}"),
            checked_on=_recent(chance, f"dorm {number}", as_of, 1, 0.4),
            exit_blocked=not chance.holds(f"exit {number}", 0.3),
        )

    def lift(number: int) -> None:
        unit.add(
            "equipment",
            id=f"T{code[-6:]}{number + 1}",
            institution_code=code,
            kind=("elevator", "boiler", "pressure_vessel", "other")[number % 4],
            in_use=True,
            registered=True,
            next_inspection_on=as_of + timedelta(days=200 if chance.holds(f"lift {number}") else -20),
            serviced_on=as_of - timedelta(days=9),
        )

    for name, make in (
        ("bus_count", bus),
        ("building_count", building),
        ("lab_count", lab),
        ("dorm_count", dorm),
        ("equipment_count", lift),
    ):
        each(school[name], make)
    work(unit, chance, school, as_of)


def _returns(unit: Unit, as_of: date) -> None:
    """The unit confirms which ledgers it has sent in full."""
    if unit.place.care > 0.94:
        unit.rows["returns"] = [{"table": "演练", "unit": unit.name, "until": as_of}]
