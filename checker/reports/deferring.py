"""A run's deferrals → a sentence for each: until when it counts, or why it does not; and the reminders after a run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from checker.errors import Diagnostic, Language, Text
from checker.plan import DeferralOutcome, Run
from checker.reports.figures import day, many
from checker.reports.sentences import Names, listed
from checker.words import chinese_key


def deferral_lines(run: Run, names: Names) -> Iterator[str]:
    """Those that count first; each with what it is about."""
    for outcome in sorted(run.deferrals, key=lambda each: each.state != "counts"):
        gap = "　" if names.lang == "zh" else "  "
        yield f"{_about(outcome, names)}{gap}{verdict(outcome, run).of(names.lang)}"


def reminders(run: Run) -> list[Diagnostic]:
    """One for each that does not count: nobody may think that it protects."""
    return [
        Diagnostic(
            _CODES.get(each.state, "W27"), each.deferral.span, _message(each, run), _HINTS.get(each.state), "warning"
        )
        for each in run.deferrals
        if each.state != "counts"
    ]


_CODES = {"expired": "W28", "unmatched": "W29", "over_limit": "W30", "too_long": "W30"}
_HINTS = {
    "incomplete": Text("补填后方可生效", "fill them in; until then it does not count"),
    "self_approved": Text("由上级或主管部门批准", "somebody else has to approve it"),
    "unmatched": Text(
        "核对规则、对象和单位；问题已解决的可以撤下", "check rule, subject and unit; remove it if all is done"
    ),
    "unknown_rule": Text("写规则的编号、名称，或条款编号", "give the rule's id, title or clause"),
    "unknown_unit": Text("写单位的代码或名称", "give the unit's code or name"),
    "expired": Text("仍需延期的，重新报批", "apply again if more time is needed"),
}


def _message(outcome: DeferralOutcome, run: Run) -> Text:
    said = verdict(outcome, run)
    return Text(
        f"{_about(outcome, Names(run.plan, 'zh'))}：{said.zh.removesuffix('。')}",
        f"{_about(outcome, Names(run.plan, 'en'))}: {said.en.removesuffix('.')}",
    )


def _about(outcome: DeferralOutcome, names: Names) -> str:
    own = outcome.deferral
    rule = names.rule(outcome.rules[0]) if len(outcome.rules) == 1 else own.rule
    whom = listed(own.subjects, names.lang) or (names.unit(own.unit) if own.unit in names.pack.units else own.unit)
    return f"“{rule}”{whom}" if names.lang == "zh" else f'"{rule}" {whom}'.rstrip()


def verdict(outcome: DeferralOutcome, run: Run) -> Text:
    """Whether it counts, and else why not."""
    own, n = outcome.deferral, len(outcome.fingerprints)
    match outcome.state:
        case "counts":
            until, papers = _day(own.expires, "zh"), f"{own.document}），涉及{n}项"
            watch = f"防控措施：{own.interim}；盯防责任人：{own.watched_by}。"
            return Text(
                f"经{own.approver}批准延期至{until}（{papers}；{watch}",
                f"deferred until {_day(own.expires, 'en')} by {own.approver} ({own.document}), {many(n, 'findings')}; "
                f"meanwhile: {own.interim}; watched by {own.watched_by}.",
            )
        case "expired":
            return Text(
                f"延期已于{_day(own.expires, 'zh')}到期，不再生效；{n}项问题恢复计算。",
                f"expired on {_day(own.expires, 'en')} and no longer counts; {many(n, 'findings')} count again.",
            )
        case "not_yet":
            return Text(
                f"{_day(own.approved_on, 'zh')}才批准，统计时点尚未生效。",
                f"approved only on {_day(own.approved_on, 'en')}: not in force yet.",
            )
        case "incomplete":
            zh = "、".join(f"“{chinese_key('deferrals', ('deferrals', 0), name)}”" for name in outcome.lacking)
            return Text(
                f"缺{zh}（方案五（三）），不生效。" if outcome.lacking else "批准日期或延期日期写法不对，不生效。",
                f"lacks {', '.join(outcome.lacking)}: does not count.",
            )
        case "self_approved":
            return Text(
                f"申请与批准都是{own.approver}，不生效。", f"{own.approver} approved its own request: does not count."
            )
        case "forbidden":
            return Text("这条要求不得延期，不生效。", "this requirement cannot be deferred: does not count.")
        case "too_long":
            return Text(
                f"延期至{_day(own.expires, 'zh')}，超过允许的最长时限，不生效。",
                f"until {_day(own.expires, 'en')} is longer than allowed: does not count.",
            )
        case "over_limit":
            return Text(
                "该单位这条要求延期的比例超过上限，均不生效。",
                "more of the unit is deferred than allowed: none of them counts.",
            )
        case "unmatched":
            return Text("没有对应的问题。", "matches no finding.")
        case "unknown_rule":
            return Text(f"没有规则“{own.rule}”，不生效。", f'no rule "{own.rule}": does not count.')
        case "unknown_unit":
            return Text(f"没有单位“{own.unit}”，不生效。", f'no unit "{own.unit}": does not count.')


def _day(value: date | None, lang: Language) -> str:
    return "?" if value is None else day(value, lang)
