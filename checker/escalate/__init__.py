"""plan + the world of a run (its findings, targets and gates among the records) → the measures that the ladder proposes."""

from __future__ import annotations

from hashlib import sha256

from checker.engines.world import Record, World
from checker.errors import Text
from checker.escalate.fixpoint import fixpoint
from checker.escalate.lowering import UNIT, Lowering
from checker.escalate.needed import columns_needed as columns_needed
from checker.escalate.program import Head, Program, Raised
from checker.measures import MEASURE, Ground, Measure, Measures, MeasuresEngine
from checker.network.patterns import Fact
from checker.plan import NO_UNIT, Plan

WORKER = "checker.escalate.worker"


def propose(plan: Plan, world: World, engine: MeasuresEngine = "reference") -> Measures:
    """Proposals in the order of units, kinds (as the pack lists them), rules and subjects."""
    lowering = Lowering(plan.ladder, world)
    program = lowering.program()
    facts = list(lowering.facts())
    raised = fixpoint(program, facts, lowering.derived)
    instead = _other_opinion(program, facts, lowering, raised) if engine == "rete" else None
    told = _Told(plan, lowering)
    proposed = sorted((told.measure(head, grounds) for head, grounds in raised.items()), key=told.place)
    return Measures(tuple(proposed), "reference" if instead is not None else engine, instead)


def proposes(plan: Plan, world: World) -> set[tuple[str, str]]:
    """The rules that propose something, and about whom."""
    lowering = Lowering(plan.ladder, world)
    raised = fixpoint(lowering.program(), lowering.facts(), lowering.derived)
    return {(head.rule, head.about) for head in raised}


def _other_opinion(program: Program, facts: list[Fact], lowering: Lowering, raised: Raised) -> Text | None:
    """Why durable-rules' answer does not stand beside the reference; None if it is the same, fact by fact."""
    from checker.network import apart

    try:
        found: Raised = apart.ask(WORKER, (program, facts), lowering.derived)
    except apart.Lost as lost:
        return Text(f"{lost.why.zh}，由参考引擎推算", f"{lost.why.en}; worked out by the reference")
    if found != raised:
        return Text(
            "durable-rules 的结果与参考引擎不同，采用参考引擎的结果",
            "durable-rules came to another result; that of the reference stands",
        )
    return None


class _Told:
    """Facts and measures as a reader knows them."""

    def __init__(self, plan: Plan, lowering: Lowering) -> None:
        self.plan, self.lowering, self.world = plan, lowering, lowering.world
        self.rules = {bound.rule.id: bound for bound in plan.ladder.rules}
        self.kinds = list(plan.pack.escalations.kinds)
        self.deadlines = {
            name: None if bound.deadline is None else self.world.value(bound.deadline, Record(UNIT, 0, {}))
            for name, bound in self.rules.items()
        }

    def place(self, measure: Measure) -> tuple[object, ...]:
        return measure.unit, self.kinds.index(measure.kind), list(self.rules).index(measure.rule), measure.key

    def measure(self, head: Head, grounds: frozenset[str]) -> Measure:
        by = self.rules[head.rule].rule.by
        subject = self.lowering.subject(by, head.about)
        unit = head.about if by == UNIT else self._unit(subject)
        return Measure(
            id=self.id(head, unit),
            kind=head.kind,
            rule=head.rule,
            subject=by,
            key=head.about,
            name=self._name(subject) or head.about,
            unit=unit,
            deadline=self.deadlines[head.rule],
            grounds=tuple(sorted((self._ground(fact) for fact in grounds), key=lambda g: (g.table, g.text, g.key))),
        )

    def id(self, head: Head, unit: str) -> str:
        """The same in every run: of the rule, the kind and the subject."""
        known = self.plan.pack.units.get(unit)
        written = f"{self.plan.pack.id}|{head.rule}|{head.kind}|{head.about}"
        short = unit if known is None else known.short
        return f"{short}-M{sha256(written.encode()).hexdigest()[:8]}"

    def _unit(self, record: Record) -> str:
        return self.lowering.about(record, UNIT) or NO_UNIT

    def _name(self, record: Record) -> str:
        table = self.world.tables[record.table]
        return str(record.values.get(table.title or table.key) or "")

    def _ground(self, fact: str) -> Ground:
        record, origin = self.lowering.records[fact], self.lowering.origins[fact]
        table = self.world.tables[record.table]
        match record.table:
            case "finding":
                values = record.values
                rule = next(o.rule for o in self.plan.obligations if o.rule.id == values["rule"])
                period = f"（{values['period']}）" if values["period"] else ""
                name = values["name"] or values["key"] or ""
                text = Text(
                    f"{values['number']} {name}：{rule.title.zh}{period}", f"{values['number']} {name}: {rule.title.en}"
                )
                return Ground("finding", str(values["fingerprint"]), text)
            case "target":
                title = next(o.rule.title for o in self.plan.obligations if o.rule.id == record.values["rule"])
                key = "|".join(str(record.values[name] or "") for name in ("rule", "unit", "period"))
                period = f"（{record.values['period']}）" if record.values["period"] else ""
                return Ground(
                    "target", key, Text(f"{title.zh}{period}", f"{title.en} {record.values['period'] or ''}".strip())
                )
            case "measure":
                return self._measure_ground(record, origin)
            case _:
                key = str(record.values.get(table.key) or self._name(record))
                day = record.values.get(table.dated) if table.dated else None
                dated = Text(f"（{day}）", f" ({day})") if day else Text("", "")
                name = self._name(record) or key
                return Ground(
                    record.table, key, Text(f"{table.label.zh}{name}{dated.zh}", f"{table.id} {name}{dated.en}")
                )

    def _measure_ground(self, record: Record, origin: Record) -> Ground:
        values = record.values
        kind = self.plan.pack.escalations.kinds[str(values["kind"])].name
        if values["state"] == "proposed":
            by = self.rules[str(values["rule"])].rule.by
            head = Head(str(values["rule"]), str(values["kind"]), self._key(by, origin))
            unit = head.about if by == UNIT else self._unit(origin)
            id = self.id(head, unit)
            return Ground(MEASURE, id, Text(f"建议{kind.zh}（{id}）", f"proposed {kind.en} ({id})"))
        key = str(origin.values.get(self.world.tables[origin.table].key) or "")
        due = f"，限期{values['answer_by']}" if values["answer_by"] else ""
        by_day = f", due {values['answer_by']}" if values["answer_by"] else ""
        return Ground(
            origin.table,
            key,
            Text(f"{values['taken_on']}{kind.zh}{due}（{key}）", f"{kind.en} of {values['taken_on']}{by_day} ({key})"),
        )

    def _key(self, by: str, record: Record) -> str:
        return str(record.values[self.world.tables[by].key])
