"""Duties → a folder of rules as policy staff write them: a pack like any other, which `checker` loads from its YAML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from benchmarks.peers.conditions import AllOf, AnyOf, Condition, Duty, Leaf, Of, Value, opposite
from benchmarks.peers.duties import CHOICES, COUNTS, DATES, DUTIES, PERCENTS, YES_NO

UNITS = tuple(f"32{number:04d}" for number in range(1, 131))
SEVERITIES = ("critical", "high", "medium", "low")
_PACK = """\
schema: pack/1
id: duties
version: 1.0.0
title: {zh: 许多规则, en: Many rules}
language: zh
text_status: [{since: 2019-12-10, status: draft}]
begins: 2019-12-10
"""
_CLAUSES = """\
schema: clauses/1
clauses:
  - {id: 1-a, section: 一, gist: {zh: 学校安全的各项要求。, en: What schools owe.}, standing: automated}
"""
_GATES = """\
schema: gates/1
gates:
  - id: critical-overdue
    name: {zh: 关键要求无逾期未达标, en: No overdue critical failure}
    effect: blocks
    require: count(result, failed and severity = critical and status = overdue and not deferred) = 0
  - id: targets-met
    name: {zh: 到期目标已完成, en: Due targets are met}
    effect: blocks
    require: every(target where state != not_due, met)
"""
_UNIT = """\
schema: vocabulary/1
table: unit
label: {zh: 单位, en: Unit}
key: code
title: name
fields:
  code: {name: {zh: 单位代码}, type: text}
  name: {name: {zh: 单位名称}, type: text}
  kind: {name: {zh: 单位类别}, type: choice, choices: {county: 县市区}}
  valid_from: {name: {zh: 启用日期}, type: date}
  valid_to: {name: {zh: 停用日期}, type: date}
  successor: {name: {zh: 承接单位}, type: text}
"""
_INSTITUTION = """\
schema: vocabulary/1
table: institution
label: {zh: 学校, en: School}
key: code
title: name
parents: {unit: unit_code}
fields:
  code: {name: {zh: 学校标识码}, type: text}
  name: {name: {zh: 学校名称}, type: text}
  unit_code: {name: {zh: 单位代码}, type: text}
"""
_RULE = """\
schema: rule/1
id: %(id)s
title: {zh: 要求%(id)s, en: Duty %(id)s}
clause: 1-a
subject: institution
severity: %(severity)s
responsible: {lead: 市教育局}
remedy: {zh: 按要求整改。, en: Put it right.}
revisions:
  - since: 2019-12-10
    applies: %(applies)s
    require: %(require)s
    due: %(due)s
    target: {rate: 100%%, per: unit}
cases:
  - {name: as asked, as_of: 2020-12-31, given: {%(passing)s}, expect: pass}
  - {name: not as asked, as_of: 2020-12-31, given: {%(failing)s}, expect: fail}
"""


def write(folder: Path, duties: Sequence[Duty] = DUTIES) -> Path:
    """The pack's folder."""
    pack = folder / "duties"
    files = {
        "pack.yaml": _PACK,
        "clauses.yaml": _CLAUSES,
        "gates.yaml": _GATES,
        "units.yaml": "\n".join(["schema: units/1", "units:", *_units(), ""]),
        "vocabulary/unit.yaml": _UNIT,
        "vocabulary/institution.yaml": _INSTITUTION + "".join(_fields()),
        **{f"requirements/{duty.id}.yaml": _rule(number, duty) for number, duty in enumerate(duties)},
    }
    for name, content in files.items():
        path = pack / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return pack


def _units() -> Iterator[str]:
    for code in UNITS:
        number = code[2:].lstrip("0")
        yield f"  - {{code: '{code}', name: {{zh: 第{number}县, en: County {number}}}, short: C{number}, kind: county}}"


def _fields() -> Iterator[str]:
    kinds = {
        "yes_no": YES_NO,
        "choice": CHOICES,
        "count": COUNTS,
        "percent": PERCENTS,
        "date": DATES,
    }
    for kind, names in kinds.items():
        for name in names:
            choices = (
                f", choices: {{{', '.join(f'{each}: {each}' for each in CHOICES[name])}}}" if name in CHOICES else ""
            )
            yield f"  {name}: {{name: {{zh: {name}}}, type: {kind}{choices}}}\n"


def _rule(number: int, duty: Duty) -> str:
    return _RULE % {
        "id": duty.id,
        "severity": SEVERITIES[number % len(SEVERITIES)],
        "applies": _written(duty.applies),
        "require": _written(duty.require),
        "due": duty.due,
        "passing": _given(AllOf((duty.applies, duty.require))),
        "failing": _given(AllOf((duty.applies, opposite(duty.require)))),
    }


def _given(condition: Condition) -> str:
    """A record for which it is true."""
    return ", ".join(f"{field}: {_cell(value)}" for field, value in dict(_true_for(condition)).items())


def _true_for(condition: Condition) -> Iterator[tuple[str, Value]]:
    match condition:
        case AllOf(parts):
            for part in parts:
                yield from _true_for(part)
        case AnyOf(parts):
            yield from _true_for(parts[0])
        case Leaf(field, op, Of(other)):
            yield from ((other, 1), (field, 1 if "=" in op else 0))
        case Leaf(field, "=" | "in" | "not in" | "!=" as op, value):
            named = value if isinstance(value, tuple) else (value,)
            possible = CHOICES.get(field, (True, False) if isinstance(value, bool) else (value, 1))
            yield field, next(each for each in possible if (each in named) == (op in ("=", "in")))
        case Leaf(field, op, value):
            step = timedelta(1) if isinstance(value, date) else 0.01 if isinstance(value, float) else 1
            yield field, value if "=" in op else value + step if op == ">" else value - step


def _cell(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.0%}" if isinstance(value, float) else str(value)


def _written(condition: Condition, inside: bool = False) -> str:
    match condition:
        case Leaf(written=str(words)) if words:
            return words
        case Leaf(field, op, value):
            return f"{field} {op} {_value(value)}"
        case _:
            joined = f" {'and' if isinstance(condition, AllOf) else 'or'} ".join(
                _written(p, True) for p in condition.parts
            )
            return f"({joined})" if inside else joined


def _value(value: object) -> str:
    match value:
        case Of(field):
            return field
        case tuple():
            return f"({', '.join(value)})"
        case date() | int() | str():
            return str(value)
        case _:
            raise AssertionError(f"a rule would write {value!r} in words of its own")
