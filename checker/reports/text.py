"""content → plain text: the screen after a run, the gates with their reasons, the whole report. Safe on a GBK console."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from unicodedata import east_asian_width

from checker.errors import Language
from checker.plan import GateState
from checker.reports.content import Content, GateLine, TargetLine
from checker.reports.counted import counted_lines
from checker.reports.figures import many
from checker.reports.measuring import MeasureLine

MARKS: dict[GateState, str] = {"open": "○", "closed": "■", "undecided": "△"}
# A screen is read to its end only if it is short; the full lists are in the other forms.
SHOWN_FINDINGS = 20
SHOWN_NAMES = 12
SHOWN_GATES = 60
STATES: tuple[GateState, ...] = ("closed", "undecided", "open")
SHOWN_IDS = 4
_ORDINALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三")


def summary(content: Content, folder: str = "", seconds: float | None = None) -> str:
    """The screen after a run. `folder` and `seconds` are told by the command line; nothing here knows a clock."""
    zh = content.lang == "zh"
    took = "" if seconds is None else f"，用时{seconds:.1f}秒" if zh else f", {seconds:.1f} s"
    where = "" if not folder else f"　→ {folder}" if zh else f" → {folder}"
    lines = [f"{'完成：' if zh else 'Done: '}{content.population}{took}{where}", *_gate_table(content)]
    lines += content.changes[:1]
    lines.append(content.questions.sentence)
    lines += [content.measures_sentence] if content.measures else []
    if folder:
        lines += _next_steps(content, folder)
    return "\n".join(lines) + "\n"


def gates(content: Content) -> str:
    """Every gate with all its reasons."""
    lines = [content.basis, content.headline]
    for gate in content.gates:
        lines += _gate_block(gate, content.lang == "zh")
        lines += _measures_of(gate.unit, content)
    return "\n".join(lines) + "\n"


def page(content: Content) -> str:
    """The whole report, section by section; a section that has nothing to tell is left out."""
    zh = content.lang == "zh"
    titles = (
        ("总体结论", "Overall conclusion", [content.headline, content.overdue_sentence]),
        ("目标完成情况", "Targets", list(_targets(content))),
        ("报送情况", "Reports", list(content.reporting)),
        ("关口结论", "Gates", [line for gate in content.gates for line in _gate_block(gate, zh)]),
        ("逾期问题", "Overdue findings", list(_overdue(content))),
        ("督办措施建议", "Proposed measures", list(_measures(content))),
        ("变化情况", "Changes", list(content.changes)),
        ("历次对比", "Trend", list(content.trend)),
        ("统计指标", "Figures", list(counted_lines(content.figures, content.lang))),
        ("延期批准", "Deferrals", list(content.deferrals)),
        ("未到期事项", "Not yet due", [line.sentence for line in content.waiting]),
        ("数据疑问", "Data questions", [content.questions.sentence]),
        ("口径与说明", "Definitions and notes", list(content.notes)),
    )
    lines = [content.title, content.basis]
    for number, (chinese, english, body) in enumerate(part for part in titles if part[2]):
        lines += [
            "",
            f"{_ORDINALS[number]}、{chinese}" if zh else f"{number + 1}. {english}",
            *(f"  {b}" for b in body),
        ]
    return "\n".join(lines) + "\n"


# --- parts ---------------------------------------------------------------------------------------


def width(text: str) -> int:
    """Columns on a terminal: a Han character takes two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, to: int) -> str:
    return text + " " * (to - width(text))


def _gate_table(content: Content) -> Iterator[str]:
    spoken = [gate for gate in content.gates if not gate.silent]
    # Of a nation's counties those that are not through come first, and the rest is only counted.
    worst = sorted(spoken, key=lambda gate: STATES.index(gate.state)) if len(spoken) > SHOWN_GATES else spoken
    told = worst[:SHOWN_GATES]
    silent = [gate.name for gate in content.gates if gate.silent]
    names = max((width(gate.name) for gate in told), default=0)
    words = max((width(gate.word) for gate in told), default=0)
    for gate in told:
        yield f"  {_padded(gate.name, names)}  {MARKS[gate.state]} {_padded(gate.word, words)}  {gate.summary}"
    if len(spoken) > len(told):
        yield f"  {_more_gates(spoken, told, content.lang)}"
    if silent:
        shown = silent[:SHOWN_NAMES]
        if content.lang == "zh":
            more = "等" if len(silent) > len(shown) else ""
            yield f"  {MARKS['undecided']} 另有{len(silent)}个单位未收到报送数据，待定：{'、'.join(shown)}{more}"
        else:
            more = " …" if len(silent) > len(shown) else ""
            yield f"  {MARKS['undecided']} nothing received from {many(len(silent), 'units')}, undecided: {', '.join(shown)}{more}"


def _more_gates(spoken: list[GateLine], told: list[GateLine], lang: Language) -> str:
    """其余2804个单位：未通过301个，待定12个，通过2491个."""
    states = [gate.state for gate in spoken]
    shown = [gate.state for gate in told]
    left = {state: states.count(state) - shown.count(state) for state in STATES}
    words = {gate.state: gate.word for gate in spoken}
    n = len(spoken) - len(told)
    if lang == "zh":
        return f"… 其余{n}个单位：{'，'.join(f'{words[state]}{k}个' for state, k in left.items() if k)}"
    return f"… {many(n, 'more units')}: {', '.join(f'{k} {words[state]}' for state, k in left.items() if k)}"


def _next_steps(content: Content, folder: str) -> list[str]:
    zh = content.lang == "zh"
    steps = [(f"checker report {folder}", "看一页总览" if zh else "the report on one page")]
    first = [*content.overdue["number"].head(1), *content.findings["number"].head(1)][:1]
    steps += [(f"checker explain {folder} {number}", "为什么不达标" if zh else "why it fails") for number in first]
    shut = [gate.name for gate in content.gates if gate.state != "open"]
    if not first and shut:  # there are too many findings to hold them: those of one unit can be looked at
        steps = [(f"checker report {folder} --unit {shut[0]}", "看一个单位的报告" if zh else "the report of one unit")]
    wide = max(width(command) for command, _ in steps)
    head = "下一步：" if zh else "Next: "
    return [
        f"{head if at == 0 else ' ' * width(head)}  {_padded(command, wide)}    {what}"
        for at, (command, what) in enumerate(steps)
    ]


def _targets(content: Content) -> Iterator[str]:
    """All units together, then the units that have not got there."""
    by_target: dict[tuple[str, str], list[TargetLine]] = {}
    for line in content.targets:
        by_target.setdefault((line.result.rule, line.result.period), []).append(line)
    for total in content.totals:
        if total.result.state == "not_applicable":
            continue
        yield total.sentence
        if total.result.owed:
            yield f"  {total.reconciliation}"
        for line in by_target[total.result.rule, total.result.period]:
            if line.result.state in ("missed", "undecided") and line.result.owed:
                yield f"  {MARKS['closed' if line.result.state == 'missed' else 'undecided']} {_of_unit(line, content)}"


def _of_unit(line: TargetLine, content: Content) -> str:
    """The unit's own figures; the title stands above already."""
    rate = f"{line.rate}　" if content.lang == "zh" and line.rate else f"{line.rate}  " if line.rate else ""
    return f"{line.unit_name}{'　' if content.lang == 'zh' else '  '}{rate}{line.reconciliation}"


def _gate_block(gate: GateLine, zh: bool) -> Iterable[str]:
    yield f"{MARKS[gate.state]} {gate.name}{'　' if zh else '  '}{gate.word}"
    for reason in gate.reasons:
        yield f"    {reason.text}"


def _measures(content: Content) -> Iterator[str]:
    if content.measures_sentence:
        yield content.measures_sentence
    for line in content.measures:
        yield f"{line.unit_name}{'　' if content.lang == 'zh' else '  '}{_measure(line, content)}"


def _measures_of(unit: str, content: Content) -> Iterator[str]:
    yield from (f"    {_measure(line, content)}" for line in content.measures if line.unit == unit)


def _measure(line: MeasureLine, content: Content) -> str:
    """With the numbers by which `checker explain` tells the chain."""
    shown, more = line.ids[:SHOWN_IDS], len(line.ids) - SHOWN_IDS
    if content.lang == "zh":
        return f"{line.sentence}〔{'、'.join(shown)}{'等' if more > 0 else ''}〕"
    return f"{line.sentence} [{', '.join(shown)}{' …' if more > 0 else ''}]"


def _overdue(content: Content) -> Iterator[str]:
    zh = content.lang == "zh"
    wanted = ["number", "unit_name", "name", "message"]
    for number, unit, name, message in content.overdue.head(SHOWN_FINDINGS).select(wanted).iter_rows():
        yield f"{number}　{unit}　{name}　{message}" if zh else f"{number}  {unit}  {name}  {message}"
    more = content.overdue.height - SHOWN_FINDINGS
    if more > 0:
        yield f"另有{more}项，见问题清单。" if zh else f"{more} more in the list of findings."
