"""Verdicts, targets and gate reasons → sentences in Chinese and English, as a bureau's clerk would write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil
from typing import Any

from checker.errors import Language, Text
from checker.model import Pack
from checker.plan import GateState, Obligation, Plan, Reason, TargetResult, TargetState
from checker.reports.figures import amount, day, interval, many, period, share

TARGET_STATES: dict[TargetState, Text] = {
    "met": Text("已完成", "met"),
    "missed": Text("未完成", "missed"),
    "undecided": Text("待定", "undecided"),
    "not_due": Text("未到期", "not yet due"),
    "not_applicable": Text("无适用对象", "not applicable"),
}
GATE_STATES: dict[GateState, Text] = {
    "open": Text("通过", "open"),
    "closed": Text("未通过", "closed"),
    "undecided": Text("待定", "undecided"),
}
NO_UNIT_NAME = Text("未列入单位", "no unit")
# After that many days the number says nothing any more.
LONG_OVERDUE = 180
NAMED_RULES = 3


class Names:
    """What rules and units are called in one language, and in what a rule's subjects are counted."""

    def __init__(self, plan: Plan, lang: Language) -> None:
        self.lang = lang
        self.pack: Pack = plan.pack
        self._rules = {obligation.rule.id: obligation for obligation in plan.obligations}

    def rule(self, rule: str) -> str:
        found = self._rules.get(rule)
        return rule if found is None else found.rule.title.of(self.lang)

    def quoted(self, rule: str) -> str:
        return f"“{self.rule(rule)}”"

    def subject(self, rule: str) -> str:
        """The table whose records the rule counts, within one period."""
        found = self._rules.get(rule)
        return "" if found is None else found.subject

    def is_report(self, rule: str) -> bool:
        found = self._rules.get(rule)
        return found is not None and is_report(found)

    def unit(self, code: str) -> str:
        known = self.pack.units.get(code)
        return NO_UNIT_NAME.of(self.lang) if known is None else known.name.of(self.lang)

    def amount(self, number: int, rule: str) -> str:
        """So many subjects of a rule, within one period."""
        return amount(number, self.subject(rule), self.lang)

    def pooled(self, number: int, rule: str) -> str:
        """So many results of a rule over all its periods: those of one unit are its periods."""
        found = self._rules.get(rule)
        if found is None or found.periods is None:
            return self.amount(number, rule)
        return amount(number, "period" if found.subject == "unit" else "", self.lang)


def is_report(obligation: Obligation) -> bool:
    """Reports are on time, late or not there; nobody says that a weekly report does not comply."""
    return obligation.subject == "unit" and obligation.periods is not None and obligation.done_on is not None


def listed(parts: Sequence[str], lang: Language) -> str:
    return ("、" if lang == "zh" else ", ").join(parts)


# --- targets -------------------------------------------------------------------------------------


def target_sentence(target: TargetResult, names: Names) -> str:
    """The rate against the target and the gap in subjects: the same sentence in tables, reasons and headlines."""
    zh = names.lang == "zh"
    when = f"（{period(target.period, 'zh')}）" if zh else f" ({target.period})"
    title = names.quoted(target.rule) + (when if target.period else "")
    if target.owed == 0:
        if target.state == "not_applicable":
            return f"{title}：没有适用对象。" if zh else f"{title}: nobody to whom it applies."
        return f"{title}：未收到数据，不能定论。" if zh else f"{title}: nothing was reported, undecided."
    # The printed rates never touch the target unless they are it, so "below" is what the reader sees too.
    rate, goal = interval(target, names.lang), share(target.rate, names.lang)
    owes, does = ("应报", "按时") if names.is_report(target.rule) else ("应达标", "达标")
    if rate:
        text = f"{title}{does}率{rate}，目标{goal}" if zh else f"{title} {rate}, target {goal}"
    else:
        owed, passed = names.amount(target.owed, target.rule), target.passed
        if zh:
            text = f"{title}{owes}{owed}，{does}{names.amount(passed, target.rule)}，目标{goal}"
        else:
            text = f"{title} {passed} of {owed}, target {goal}"
    gap = gap_phrase(target, names)
    if target.state == "not_due":
        until = "未到期" if zh else "not yet due"
        if target.due is not None:
            until = f"期限{day(target.due, 'zh')}，未到期" if zh else f"due {day(target.due, 'en')}, not yet due"
        return f"{text}（{until}）。" if zh else f"{text} ({until})."
    if not gap:
        return f"{text}，已完成。" if zh else f"{text}, met."
    return f"{text}：{gap}。" if zh else f"{text}: {gap}."


def needed(target: TargetResult) -> int:
    """How many more must pass."""
    return max(ceil(target.rate * target.owed) - target.passed, 0)


def gap_phrase(target: TargetResult, names: Names) -> str:
    """差5所，另有4所待核. What is short whatever the unknown turn out to be, then what may still decide."""
    zh, rule = names.lang == "zh", target.rule
    more = needed(target)
    if more == 0:
        return ""
    pending = [(target.unknown, Text("待核", "unknown")), (target.missing, Text("未报", "not reported"))]
    told = [f"{names.amount(n, rule)}{word.zh}" if zh else f"{n} {word.en}" for n, word in pending if n]
    short = max(more - target.unknown - target.missing, 0)
    if short:
        # A deferral is not a pass: it is part of what is short, and said to be.
        deferred = min(target.deferred, short)
        if zh:
            text = f"{'至少' if told else ''}差{names.amount(short, rule)}"
            text += f"（含经批准延期{names.amount(deferred, rule)}）" if deferred else ""
        else:
            text = f"{short} short" + (f" ({deferred} deferred)" if deferred else "")
        return text + (f"，另有{listed(told, 'zh')}" if zh else f", {listed(told, 'en')}") if told else text
    enough = more < target.unknown + target.missing
    if zh:
        return f"{listed(told, 'zh')}，" + (
            f"其中{names.amount(more, rule)}达标即可完成" if enough else "补齐后即可定论"
        )
    return f"{listed(told, 'en')}; " + (f"{more} of them passing would do" if enough else "they decide")


def gap_short(target: TargetResult, names: Names) -> str:
    """差3所，待核7所: the same for a cell of a table, with what is not reported among the unknown."""
    zh, rule = names.lang == "zh", target.rule
    pending = target.unknown + target.missing
    short = max(needed(target) - pending, 0)
    told = [(short, Text("差", "short")), (pending, Text("待核", "unknown"))]
    parts = [f"{word.zh}{names.amount(n, rule)}" if zh else f"{n} {word.en}" for n, word in told if n]
    return ("，" if zh else ", ").join(parts)


def reporting_sentence(unit: str, rule: str, numbers: Mapping[str, int], names: Names) -> str:
    """启东市　每周进展报送：应报38期，按时35期，迟报2期，缺报1期。"""
    words = {
        "on_time": Text("按时", "on time"),
        "late": Text("迟报", "late"),
        "missing": Text("缺报", "not sent"),
        "unknown": Text("待核", "unknown"),
    }
    told = [(word, numbers[name]) for name, word in words.items() if numbers[name] or name != "unknown"]
    owed = sum(numbers[name] for name in words)
    if names.lang == "zh":
        parts = "，".join(f"{word.zh}{names.pooled(n, rule)}" for word, n in told)
        return f"{names.unit(unit)}　{names.rule(rule)}：应报{names.pooled(owed, rule)}，{parts}。"
    parts = ", ".join(f"{n} {word.en}" for word, n in told)
    return f"{names.unit(unit)}  {names.rule(rule)}: {names.pooled(owed, rule)}, {parts}."


# --- gates ---------------------------------------------------------------------------------------


def nothing_sentence(count: int, lang: Language) -> str:
    """Targets of a unit from which no subject came, in one sentence."""
    return (
        f"{count}项目标未收到数据，不能定论。"
        if lang == "zh"
        else f"Nothing was reported for {count} targets: undecided."
    )


def reason_sentence(reason: Reason, plan: Plan, targets: Mapping[tuple[str, str], TargetResult], names: Names) -> str:
    """Why a condition is not met. `targets`: this unit's, by rule and period."""
    zh = names.lang == "zh"
    if reason.values.get("code") == "no_results":
        return "未收到该单位报送数据，全部待核。" if zh else "Nothing received from this unit: everything is unknown."
    gate = next((bound.gate for bound in plan.gates if bound.gate.id == reason.gate), None)
    name = reason.gate if gate is None else gate.name.of(names.lang)
    known = [
        targets[entry["rule"], entry["period"]]
        for entry in _entries(reason, "targets")
        if (entry["rule"], entry["period"]) in targets
    ]
    told = [target_sentence(target, names) for target in known if target.owed]
    if nothing := [target for target in known if not target.owed]:
        told.append(
            target_sentence(nothing[0], names) if len(nothing) == 1 else nothing_sentence(len(nothing), names.lang)
        )
    rules = _rules_phrase(reason, names)
    if isinstance(asked := reason.values.get("questions"), int):
        told.append(f"数据疑问{asked}条。" if zh else f"{many(asked, 'data questions')}.")
    if zh:
        head = f"“{name}”" + ("未满足" if reason.state == "false" else "尚不能定论")
        own = f"{head}：{rules}。" if rules else "" if told else f"{head}。"
    else:
        head = f"“{name}” " + ("does not hold" if reason.state == "false" else "is undecided")
        own = f"{head}: {rules}." if rules else "" if told else f"{head}."
    text = ("" if zh else " ").join([part for part in (own, *told) if part])
    return (("提示：" if zh else "Note: ") if reason.effect == "warns" else "") + text


def _entries(reason: Reason, name: str) -> list[dict[str, Any]]:
    entries = reason.values.get(name, [])
    return entries if isinstance(entries, list) else []


def _rules_phrase(reason: Reason, names: Names) -> str:
    """校车标牌、检验均在有效期内3辆不达标；……等5项要求共9项不达标，2项待核."""
    rules, zh = _entries(reason, "rules"), names.lang == "zh"
    parts = []
    for entry in rules[:NAMED_RULES]:
        failing, unknown = int(entry["failing"]), int(entry["unknown"])
        failed = Text("迟报或缺报", "late or not sent") if names.is_report(entry["rule"]) else Text("不达标", "fail")
        numbers = [(failing, failed), (unknown, Text("待核", "unknown"))]
        told = [f"{names.pooled(n, entry['rule'])}{w.zh}" if zh else f"{n} {w.en}" for n, w in numbers if n]
        parts.append(names.quoted(entry["rule"]) + ("" if zh else " ") + listed(told, names.lang))
    if not parts:
        return ""
    text = ("，" if zh else ", ").join(parts)
    if len(rules) > NAMED_RULES:
        failing, unknown = int(str(reason.values["failing"])), int(str(reason.values["unknown"]))
        if zh:
            sums = listed([f"{n}项{w}" for n, w in ((failing, "不达标"), (unknown, "待核")) if n], "zh")
            return f"{text}等{len(rules)}条规则，共{sums}"
        return f"{text} and {len(rules) - NAMED_RULES} more rules, {failing} fail and {unknown} unknown in all"
    return text


def open_sentence(failing: int, unknown: int, waiting: int, next_due: date | None, lang: Language) -> str:
    """“通过” needs its limits beside it: what else is amiss, and what is still to come."""
    zh = lang == "zh"
    if failing or unknown:
        numbers = [(failing, Text("不达标", "fail")), (unknown, Text("待核", "unknown"))]
        told = listed([f"{n}项{w.zh}" if zh else f"{n} {w.en}" for n, w in numbers if n], lang)
        text = f"关口条件均已满足；另有{told}" if zh else f"The gate's conditions hold; {told} besides"
    else:
        text = "到期要求均已达标" if zh else "Every due requirement is met"
    if waiting:
        nearest = (
            "" if next_due is None else f"（最近期限{day(next_due, 'zh')}）" if zh else f" (next {day(next_due, 'en')})"
        )
        text += f"；未到期{waiting}项{nearest}" if zh else f"; {waiting} not yet due{nearest}"
    return text + ("。" if zh else ".")


# --- findings ------------------------------------------------------------------------------------


def finding_phrase(
    obligation: Obligation, verdict: str, status: str | None, due: date | None, days: int | None, lang: Language
) -> str:
    """What is the matter and since when, without the record and without what was reported."""
    zh = lang == "zh"
    until = "" if due is None else f"期限{day(due, 'zh')}" if zh else f"due {day(due, 'en')}"
    report = is_report(obligation)
    failed = (Text("缺报", "not sent") if report else Text("不达标", "not met")).of(lang)
    late = (Text("迟报", "sent late") if report else Text("超过期限才完成", "done after the deadline")).of(lang)
    by = "" if days is None else f"，晚{days}天" if zh else f" by {days} days"
    overdue = ""
    if days is not None and days > LONG_OVERDUE:
        overdue = f"，已逾期{LONG_OVERDUE}天以上" if zh else f", more than {LONG_OVERDUE} days overdue"
    elif days is not None:
        overdue = f"，已逾期{days}天" if zh else f", {days} day{'' if days == 1 else 's'} overdue"
    match verdict, status:
        case "fail", "not_due":
            return f"尚未达标（{until}，未到期）" if zh else f"not met yet ({until}, not yet due)"
        case "fail", "overdue":
            return f"{failed}（{until}{overdue}）" if zh else f"{failed} ({until}{overdue})"
        case "fail", "late":
            return f"{late}（{until}{by}）" if zh else f"{late} ({until}{by})"
        case "fail", _:
            return failed
        case _, "not_due":
            return f"待核（{until}，未到期）" if zh else f"unknown ({until}, not yet due)"
        case _, "overdue":
            # Nothing is shown against the school: never "overdue".
            return f"{until}已过，仍待核" if zh else f"still unknown, {until}"
        case _:
            return "待核" if zh else "unknown"
