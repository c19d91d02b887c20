"""All figures → docs/performance.md in Chinese and English, from the texts beside this file, and the headline of the README."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from string import Template
from typing import Any

from benchmarks.peers.listed import EVIDENCE, FAILURES, GUARDED, NATIVE, NEVER, PEERS, VERDICTS
from benchmarks.performance import DOCS

Figures = Mapping[str, Any]
PAGE, README = DOCS / "performance.md", DOCS.parent / "README.md"
MARKS = re.compile(r"(<!-- performance -->\n).*?(<!-- /performance -->)", re.DOTALL)
LISTED = {peer.id: peer for peer in PEERS}
LESS = ("cel_rust", "zen", "cedar", "durable_rules_failures", "json_logic", "rego")
OPENING = (
    "<!-- make bench-peers 和 make bench-scale 写出本页，数字不要手改。 Written by these commands: do not edit. -->"
)
TITLES = {"zh": "# 性能", "en": "# Performance"}
WORDS = {
    "zh": {
        EVIDENCE: "判定、统计、带依据的问题",
        VERDICTS: "只有判定",
        FAILURES: "只有不达标",
        NATIVE: "语言里就有",
        GUARDED: "每条规则都要写明",
        NEVER: "说不出来",
    },
    "en": {
        EVIDENCE: "verdicts, counts, findings with evidence",
        VERDICTS: "verdicts only",
        FAILURES: "failures only",
        NATIVE: "in the language",
        GUARDED: "written out in every rule",
        NEVER: "cannot be told",
    },
}
HEADLINES = {
    "zh": Template(
        "一百条规则，同样的记录：checker 每秒 $rate 个判定，连同统计和每条问题的依据，是其他工具的：手写 Polars（做同样的事）$same 倍；"
        "只给判定或者只报不达标的，$less 倍。逐项比较、怎样比的，见 [docs/performance.md](docs/performance.md)。"
    ),
    "en": Template(
        "A hundred rules on the same records: $rate verdicts a second, with counts and the evidence of every finding. As a multiple of "
        "others: Polars by hand, doing the same, $same; of those that give verdicts or failures only, $less (`make bench-peers`)."
    ),
}
DASH = {"zh": "—", "en": "–"}
MEASURED = {
    "zh": Template(
        "$day，`$command`。$processor，$cores 核，内存 $memory GB，$system，"
        "CPython $python，polars $polars。原始数字在 performance.json。"
    ),
    "en": Template(
        "$day, `$command`. $processor, $cores cores, $memory GB of memory, $system, "
        "CPython $python, polars $polars. The figures are in performance.json."
    ),
}


def write(parts: Mapping[str, Figures]) -> None:
    PAGE.write_text(page(parts), "utf-8")
    README.write_text(with_headline(README.read_text("utf-8"), parts), "utf-8")


def page(parts: Mapping[str, Figures]) -> str:
    sections = [OPENING]
    for lang in ("zh", "en"):
        sections.append(TITLES[lang])
        sections += [_section(name, parts[name], lang) for name in ROWS if name in parts]
    return "\n\n".join(sections) + "\n"


def with_headline(readme: str, parts: Mapping[str, Figures]) -> str:
    if "peers" not in parts:
        return readme
    return MARKS.sub(lambda found: found[1] + _headline(parts["peers"]) + found[2], readme)


def _section(name: str, part: Figures, lang: str) -> str:
    text = Template((Path(__file__).parent / f"{name}.{lang}.md").read_text("utf-8"))
    measured = {key: part[key] for key in ("day", "command")} | part["machine"]
    return text.substitute(
        rows="\n".join(ROWS[name](part, lang)),
        missing=f"{part['missing']:.1%}" if "missing" in part else "",
        repeats=part.get("repeats", ""),
        measured=MEASURED[lang].substitute(measured),
    ).rstrip()


def _peers(part: Figures, lang: str) -> list[str]:
    ours = _ours(part)
    ordered = sorted(part["results"], key=_rate, reverse=True)
    return [_row(each, ours, lang) for each in ordered]


def _row(each: Figures, ours: Figures, lang: str) -> str:
    peer, rates = LISTED[each["peer"]], each["rates"]
    cells = (
        peer.named(lang),
        each["version"],
        WORDS[lang][peer.gives],
        f"{each['records']:,}",
        f"{_short(median(rates))} ({_short(min(rates))}{DASH[lang]}{_short(max(rates))})",
        "1" if each is ours else f"{_times(_rate(ours) / median(rates))} × ({_times(_cpu(each) / _cpu(ours))} ×)",
        f"{each['single'] * 1e3:.3g} ms",
        WORDS[lang][peer.unknown],
        compared(each["said"], lang),
    )
    return f"| {' | '.join(cells)} |"


def compared(said: Mapping[str, int], lang: str) -> str:
    """`said`: our letter and theirs → how often."""
    wrong = sum(often for pair, often in said.items() if pair[0] != pair[1] and pair[1] != "." and pair != "UF")
    told, untold = said.get("UF", 0), said.get("U.", 0)
    if wrong:
        return {"zh": f"{wrong:,} 个判定不一致", "en": f"{wrong:,} verdicts differ"}[lang]
    if not told and not untold:
        number = f"{sum(said.values()):,}"
        return {"zh": f"{number} 个判定全部一致", "en": f"all {number} verdicts equal"}[lang]
    parts = {
        "zh": ("不达标都一致", f"{told:,} 个待核当成不达标报出", f"{untold:,} 个待核没有报出"),
        "en": ("failures equal", f"{told:,} unknown told as failures", f"{untold:,} unknown not told"),
    }[lang]
    return {"zh": "；", "en": "; "}[lang].join(
        part for part, often in zip(parts, (1, told, untold), strict=True) if often
    )


def _scale(part: Figures, lang: str) -> list[str]:
    """By hand, by the engine alone, the whole run."""
    rows = []
    for each in part["results"]:
        by_hand, engine, run = (list(times) for times in zip(*each["seconds"], strict=True))
        cells = (
            f"{each['schools']:,}",
            f"{each['rules']:,}",
            f"{each['verdicts']:,}",
            f"{each['findings']:,}",
            f"{median(by_hand):.2f}",
            f"{median(engine):.2f}",
            _ratios(by_hand, engine, lang),
            f"{median(run):.2f}",
            _ratios(by_hand, run, lang),
            *(f"{held / 1e6:,.0f} MB" for held in each["held"]),
            str(len(by_hand)),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def _ratios(base: Sequence[float], ours: Sequence[float], lang: str) -> str:
    ratios = [one / other for one, other in zip(ours, base, strict=True)]
    return f"{median(ratios):.2f} ({min(ratios):.2f}{DASH[lang]}{max(ratios):.2f})"


def _headline(part: Figures) -> str:
    ours = _rate(_ours(part))
    times = {each["peer"]: _times(ours / _rate(each)) for each in part["results"]}
    lines = []
    for lang, template in HEADLINES.items():
        others = [f"{LISTED[peer].named(lang)} {times[peer]}" for peer in LESS if peer in times]
        joined = {"zh": "、", "en": ", "}[lang].join(others)
        lines.append(template.substitute(rate=_short(ours), same=times["hand_polars_findings"], less=joined))
    return "\n\n".join(lines) + "\n"


ROWS: dict[str, Callable[[Figures, str], list[str]]] = {"peers": _peers, "scale": _scale}


def _ours(part: Figures) -> Figures:
    found: Figures = next(each for each in part["results"] if each["peer"] == "checker")
    return found


def _rate(each: Figures) -> float:
    return median(each["rates"])


def _cpu(each: Figures) -> float:
    """Of all cores, for one record."""
    return median(each["cpu"]) / float(each["records"])


def _short(number: float) -> str:
    unit, name = next(((unit, name) for unit, name in ((1e6, " M"), (1e3, " k")) if number >= unit), (1.0, ""))
    return f"{number / unit:.3g}{name}" if number / unit < 1000 else f"{number / unit:.0f}{name}"


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2g}"
