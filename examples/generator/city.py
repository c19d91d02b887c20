"""A seed and a date → the records of every unit, as a county office would hold them: table → rows of plain cells."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from places import CATEGORY, GIVEN, KINDS, PLACES, PUPILS, SUFFIX, Place

Row = dict[str, object]
SEED = 2019
EVERYTHING = "lab、fire、security、traffic、food、epidemic、building、internship、risk、education"


@dataclass
class Unit:
    """What one unit sends: rows by table, with the fields of the vocabulary as keys."""

    place: Place
    code: str
    name: str
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, **row: object) -> None:
        self.rows.setdefault(table, []).append(row)


class Facts:
    """Repeatable chance for one school: the same question gets the same draw in every snapshot, so progress only grows."""

    def __init__(self, key: str, done: float, care: float) -> None:
        self.key, self.done, self.care = key, done, care

    def draw(self, question: str) -> float:
        return random.Random(f"{SEED}/{self.key}/{question}").random()

    def number(self, question: str, low: int, high: int) -> int:
        return low + int(self.draw(question) * (high - low + 1))

    def holds(self, question: str, weight: float = 1.0) -> bool:
        """A requirement that is met by a share of `done` (weight > 1: harder)."""
        return self.draw(question) < 1 - (1 - self.done) * weight

    def kept(self, question: str, value: object) -> object:
        """The value, or a blank where the record was not kept."""
        return value if self.draw(f"kept {question}") < self.care else None

    def day(self, question: str, first: date, last: date) -> date:
        return first + timedelta(days=int(self.draw(question) * ((last - first).days + 1)))


def units(as_of: date) -> list[Unit]:
    """All units with schools on `as_of`. After July 2020 the merged ones report together."""
    found: dict[str, Unit] = {}
    serial = 1000
    for place in PLACES:
        later = as_of >= date(2020, 7, 3) and place.code_later
        code, name = (place.code_later, place.name_later) if later else (place.code, place.name)
        unit = found.setdefault(code, Unit(place, code, name))
        done = place.progress if as_of.year == 2019 else 1 - (1 - place.progress) * 0.2
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
        "video_linked": chance.kept("video", chance.holds("video", 0.9)),
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
        "internship_unit_count": interns,
        "fire_test_on": chance.kept("fire", _recent(chance, "fire", as_of, 12)),
        "fire_facilities_ok": chance.kept("fire ok", chance.holds("fire ok")),
        "has_canteen": chance.draw("canteen") < 0.9,
        "canteen_licence_until": as_of + timedelta(days=chance.number("licence", 20, 1200))
        if chance.holds("licence", 0.6)
        else as_of - timedelta(days=12),
        "canteen_staff": pupils // 90 + 2,
        "canteen_staff_certified": pupils // 90 + (2 if chance.holds("health", 1.2) else 1),
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
    _work(unit, chance, school, as_of)


def _work(unit: Unit, chance: Facts, school: Row, as_of: date) -> None:
    """Inspections with their hazards, drills, lessons, visits, outbreaks, internships."""
    code = str(school["code"])
    first = [(date(2019, 5, 10), date(2019, 10, 20), "provincial", "cross")]
    later = [
        (date(2020, 1, 5), date(2020, 3, 25), "cross", "cross"),
        (date(2020, 4, 15), date(2020, 9, 20), "supervision", "special"),
    ]
    for number, (start, end, source, mode) in enumerate(first if as_of.year == 2019 else first + later):
        if number and not chance.holds(f"inspected {number}", 0.5):
            continue
        when = chance.day(f"inspected on {number}", start, end)
        hazards = chance.number(f"hazards {number}", 0, 2) if chance.draw(f"any {number}") < 0.45 else 0
        unit.add(
            "inspection",
            id=f"JC{code[-6:]}{number}",
            institution_code=code,
            inspected_on=when,
            mode=mode,
            domains=(
                "fire、security",
                "fire、food",
                EVERYTHING if chance.holds("all domains", 0.6) else "building、traffic",
            )[number],
            hazards_found=hazards,
            evacuation_blocked=0,
        )
        for n in range(hazards):
            _hazard(unit, chance, code, f"{number}{n}", when, source, as_of)
    if as_of.year == 2020:
        if chance.holds("self check", 0.4):
            unit.add(
                "inspection",
                id=f"JC{code[-6:]}S",
                institution_code=code,
                inspected_on=chance.day("self check", date(2020, 3, 2), date(2020, 6, 30)),
                mode="self",
                domains=EVERYTHING,
                hazards_found=0,
                evacuation_blocked=0,
            )
        if chance.draw("expert") < 0.1:
            unit.add(
                "inspection",
                id=f"JC{code[-6:]}E",
                institution_code=code,
                inspected_on=chance.day("expert", date(2020, 4, 20), date(2020, 9, 10)),
                mode="expert",
                domains="fire、building",
                hazards_found=0,
                evacuation_blocked=0,
            )
        if chance.draw("look back") < 0.15:
            unit.add(
                "inspection",
                id=f"JC{code[-6:]}H",
                institution_code=code,
                inspected_on=chance.day("look back", date(2020, 10, 12), date(2020, 12, 11)),
                mode=("surprise", "look_back", "random")[chance.number("look back mode", 0, 2)],
                domains="fire、security",
                hazards_found=0,
                evacuation_blocked=0,
            )
        autumn = (9, 10, 11, 12) if school["school_type"] != "kindergarten" else (9, 11)
        for month in autumn:
            if chance.holds(f"drill {month}", 0.6):
                unit.add(
                    "drill",
                    id=f"YL{code[-6:]}{month}",
                    institution_code=code,
                    held_on=date(2020, month, chance.number(f"drill {month}", 5, 25)),
                    kind=("fire", "earthquake")[month % 2],
                    participants=int(int(str(school["students"])) * 0.95),
                )
        for window, start in (
            ("寒假", date(2020, 1, 3)),
            ("开学", date(2020, 4, 13)),
            ("暑假", date(2020, 7, 4)),
            ("秋季", date(2020, 9, 1)),
        ):
            if chance.holds(f"visit {window}", 0.4):
                unit.add(
                    "visit",
                    id=f"DD{code[-6:]}{start.month}",
                    institution_code=code,
                    visited_on=chance.day(window, start, start + timedelta(days=13)),
                    inspector=f"督学{chance.number('inspector', 1, 12)}",
                )
        if school["school_type"] == "vocational":
            interns = chance.number("interns", 30, 200)
            unit.add(
                "internship",
                id=f"SX{code[-6:]}",
                institution_code=code,
                starts_on=date(2020, 9, 10),
                students=interns,
                educated=interns,
                agreements=interns,
                insured=interns if chance.holds("insured interns") else interns - 3,
            )
            unit.add(
                "internship_unit",
                id=f"SD{code[-6:]}",
                institution_code=code,
                name=f"实习基地{code[-3:]}",
                emergency_plan_on=chance.day("emergency plan", date(2018, 3, 1), date(2020, 8, 30)),
                safety_equipment=chance.holds("intern equipment"),
                protective_gear=chance.holds("intern gear"),
            )
        if chance.draw("outbreak") < 0.02:
            start_at = datetime(2020, 11, chance.number("outbreak", 2, 27), 9, 0)
            unit.add(
                "epidemic",
                id=f"YQ{code[-6:]}",
                institution_code=code,
                report_class="cluster",
                triggered_at=start_at,
                reported_at=start_at + timedelta(hours=3 if chance.holds("report") else 40),
                controlled=True,
            )
    for term, day in ((0, date(2019, 11, 12)), (1, date(2020, 5, 20)), (2, date(2020, 10, 14))):
        if day <= as_of and chance.holds(f"lesson {term}", 2.0 if school["uses_bus"] else 0.4):
            unit.add(
                "education",
                id=f"JY{code[-6:]}{term}",
                institution_code=code,
                topic="traffic",
                held_on=day,
                participants=school["students"],
            )


def _hazard(unit: Unit, chance: Facts, code: str, number: str, found: date, source: str, as_of: date) -> None:
    quick = chance.draw(f"quick {number}") < 0.4
    deadline = found + timedelta(days=7 if quick else chance.number(f"deadline {number}", 30, 90))
    closed = deadline < as_of and chance.holds(f"accepted {number}", 0.8)
    fixed = found + timedelta(days=2) if quick else deadline - timedelta(days=5)
    shown = chance.holds(f"acceptor {number}", 0.5)
    unit.add(
        "hazard",
        id=f"YH{code[-6:]}{number}",
        institution_code=code,
        description=("应急灯损坏", "灭火器过期", "围墙裂缝", "监控探头故障", "线路老化")[int(number) % 5],
        level="major" if chance.draw(f"level {number}") < 0.03 else "general",
        found_on=found,
        source=source,
        status="accepted" if closed else "rectified" if chance.draw(f"claims {number}") < 0.6 else "in_progress",
        owner="总务主任" if chance.holds(f"owner {number}", 0.5) else None,
        measures="更换维修" if chance.holds(f"measures {number}", 0.4) else None,
        deadline=deadline,
        rectified_on=fixed if closed else None,
        accepted_on=fixed + timedelta(days=3) if closed else None,
        acceptor="县教育局安稳科" if closed and shown else None,
        fixable_at_once=quick,
        watched_by="副校长" if not quick and chance.holds(f"watched {number}") else None,
        interim="设置警示、专人值守" if not quick else None,
        uploaded_on=found + timedelta(days=5),
        province_id=f"JS{code[-6:]}{number}" if unit.code == "TZW" or chance.holds(f"uploaded {number}", 0.5) else None,
        looked_back_on=date(2020, 10, 20)
        if closed and as_of.year == 2020 and chance.holds(f"looked back {number}")
        else None,
        recurred=False if closed and as_of.year == 2020 else None,
    )


def _returns(unit: Unit, as_of: date) -> None:
    """The unit confirms which ledgers it has sent in full."""
    if unit.place.care > 0.94:
        unit.rows["returns"] = [{"table": "演练", "unit": unit.name, "until": as_of}]


def reports(as_of: date) -> list[Row]:
    """What the city bureau has registered: weekly, monthly and single reports of every unit, universities too."""
    found: list[Row] = []
    codes = [(p.code, p.progress, p.code_later) for p in PLACES] + [(f"U{n:02}", 0.95, "") for n in range(1, 9)]

    def add(code: str, kind: str, period: str, at: datetime) -> None:
        if at.date() <= as_of:
            row: Row = {
                "id": f"BS{len(found) + 1:05}",
                "unit_code": code,
                "report_kind": kind,
                "period_of": period,
                "submitted_at": at,
            }
            found.append({**row, "nil_report": False})

    for code, progress, later in codes:
        chance = Facts(f"reports {code}", progress, 1.0)
        if chance.holds("plan", 1.5):
            add(code, "implementation_plan", "", datetime(2019, 12, chance.number("plan", 16, 30), 15, 0))
        start = date(2020, 1, 6)
        while start <= date(2020, 9, 21):
            sunday = start + timedelta(days=6)
            sender = later if later and sunday >= date(2020, 7, 3) else code
            year, week, _ = start.isocalendar()
            if chance.holds(f"week {week}", 0.6) and not (sender == "320613" and code == "320611"):
                late = 0 if chance.holds(f"week {week} in time", 0.8) else 2
                add(
                    sender,
                    "weekly_progress",
                    f"{year}-W{week:02}",
                    datetime(sunday.year, sunday.month, sunday.day, 16, 0) + timedelta(days=late),
                )
            start += timedelta(days=7)
        for month in range(1, 10):
            end = date(2020, month + 1, 1) - timedelta(days=1)
            sender = later if later and end >= date(2020, 7, 3) else code
            if chance.holds(f"month {month}", 0.5) and not (sender == "320613" and code == "320611"):
                add(
                    sender,
                    "monthly_hazard_list",
                    f"2020-{month:02}",
                    datetime(end.year, end.month, end.day, 10, 0)
                    + timedelta(days=0 if chance.holds(f"m{month}") else 3),
                )
        if chance.holds("summary", 0.8) and not (later == "320613" and code == "320611"):
            add(later or code, "summary", "", datetime(2020, 12, chance.number("summary", 7, 10), 11, 0))
    return found
