"""A school → what happened there: inspections with their hazards, drills, lessons, visits, outbreaks, internships."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from facts import Facts, Row, Unit

EVERYTHING = "lab、fire、security、traffic、food、epidemic、building、internship、risk、education"


def work(unit: Unit, chance: Facts, school: Row, as_of: date) -> None:
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
