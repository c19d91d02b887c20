"""content, of the whole and unit by unit → the page: templates filled, style and script within, bytes that never vary."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from checker.errors import CheckerError, Language, Text
from checker.plan import NO_UNIT, Run, Schools, Way
from checker.reports.content import Content
from checker.reports.counted import counted_lines
from checker.reports.figures import day
from checker.reports.html import rows
from checker.reports.html.first import first, signed, still_unknown, sums_agree
from checker.reports.html.pictures import steps_line
from checker.reports.html.rules import clauses, rules, text_status
from checker.reports.html.words import script_words
from checker.reports.machine import stamps
from checker.reports.sentences import Names
from checker.reports.steps import first_steps
from checker.reports.text import MARKS
from checker.reports.trending import overdue_by_unit
from checker.reports.ways import WayTold, ways_told
from checker.visible import visible

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
# Of one unit's overdue findings a page names so many; the list below holds all of them.
SHOWN_OF_UNIT = 20
SHOWN_QUESTIONS = 200


@dataclass(frozen=True, slots=True)
class UnitPage:
    """`overdue`, `waiting`: the most urgent; `more` overdue ones are left out, `unknown` is how many wait in all."""

    unit: str
    told: Content
    way: WayTold | None
    overdue: tuple[rows.Row, ...]
    waiting: tuple[rows.Row, ...]
    more: int
    unknown: int
    figures: tuple[str, ...]


def render(
    told: Content,
    run: Run,
    manifest: Mapping[str, Any],
    parts: Mapping[str, Content],
    ways: Iterable[Way],
    schools: Schools,
) -> bytes:
    """`parts`: what is told of each unit that has a gate, in order."""
    names, lang = Names(run.plan, told.lang), told.lang
    known_ways = list(ways)
    opening = first(run, told, names)
    if not sums_agree(opening):
        raise CheckerError("the table of units does not add up")
    findings = rows.ordered(told.findings.hstack(schools.held))
    digest = manifest.get("run") or stamps.of_manifest(manifest)
    style, script = _part("page.css") + _margins(run, digest, lang), _part("page.js")
    text = (
        _environment(lang)
        .get_template("page.html")
        .render(
            told=told,
            lang=lang,
            policy=_policy(style, script),
            style=_raw(style),
            script=_raw(script),
            data=_raw(rows.data(findings, told, script_words(lang), schools.passed)),
            first=opening,
            steps=list(first_steps(run, told, known_ways, names)),
            line=steps_line([(day(when, lang), sum(counts.values())) for when, counts in overdue_by_unit(run)]),
            before=day(run.earlier[-1].as_of, lang) if run.earlier else "",
            marks=MARKS,
            states=rows.STATES,
            rows=list(rows.shown(findings.head(rows.PAGE), lang)),
            total=findings.height,
            units=_units(run, told, parts, known_ways, names),
            rules=list(rules(run, told, names)),
            in_force={obligation.rule.id for obligation in run.plan.obligations},
            clauses=list(clauses(run, names)),
            questions=_questions(run, lang),
            text_status=text_status(run, lang),
            pack=run.plan.pack,
            manifest=manifest,
            version=manifest["versions"]["checker"],
            digest=digest,
        )
    )
    return text.encode()


def _units(run: Run, told: Content, parts: Mapping[str, Content], ways: Iterable[Way], names: Names) -> list[UnitPage]:
    by_unit = {each.way.unit: each for each in ways_told(run, ways, names)}
    return [
        UnitPage(
            unit,
            part,
            by_unit.get(unit),
            tuple(rows.shown(rows.ordered(part.overdue).head(SHOWN_OF_UNIT), told.lang)),
            tuple(rows.shown(rows.ordered(waiting).head(SHOWN_OF_UNIT), told.lang)),
            max(part.overdue.height - SHOWN_OF_UNIT, 0),
            waiting.height,
            tuple(counted_lines(part.figures, told.lang)),
        )
        for unit, part in parts.items()
        for waiting in [still_unknown(part.findings)]
        if unit != NO_UNIT or part.findings.height
    ]


def _questions(run: Run, lang: Language) -> list[dict[str, Any]]:
    """What could not be used first, then what was used on an assumption, then what is to be looked into."""
    asked = run.tables.questions.filter(pl.col("severity") != "info")
    order = pl.col("severity").replace_strict({"lost": 0, "doubt": 1, "review": 2}, default=3, return_dtype=pl.Int8)
    chosen = asked.sort(order, maintain_order=True).head(SHOWN_QUESTIONS)
    return [
        {**row, "message": row[f"message_{lang}"], "file": row["file"].replace("\\", "/").rsplit("/", 1)[-1]}
        for row in chosen.iter_rows(named=True)
    ]


# --- the template --------------------------------------------------------------------------------


def _environment(lang: Language) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def shown(value: Any) -> Any:
        """Whatever a school or a file is called, nothing in it steers the reader's eye."""
        return visible(value) if type(value) is str else value

    def t(zh: str, en: str) -> str:
        return zh if lang == "zh" else en

    made = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(t=t, signed=lambda number: signed(number, lang), raw=Markup)
    return made


def _part(name: str) -> str:
    return (HERE / name).read_text("utf-8")


def _raw(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)


def _margins(run: Run, digest: str, lang: Language) -> str:
    """What stands at the foot of every sheet: of which run it is, and which of how many. Browsers that know no such margins
    print their own foot instead."""
    whose = f"{run.plan.pack.id} {run.plan.as_of.isoformat()} {digest[:12]}"
    name = Text("运行", "Run").of(lang)
    page = Text('"第" counter(page) "页　共" counter(pages) "页"', '"Page " counter(page) " of " counter(pages)').of(
        lang
    )
    return (
        f'@media print {{ @page {{ @bottom-left {{ content: "{name} {whose}"; font-size: 8pt; color: #555; }}'
        f" @bottom-right {{ content: {page}; font-size: 8pt; color: #555; }} }} }}\n"
    )


def _policy(style: str, script: str) -> str:
    """Nothing may be loaded, and of what stands in the page only our own script and style count."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
