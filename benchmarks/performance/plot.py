"""Results of peers → a plot in SVG, logarithmic, that can be read in grey."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.peers.listed import EVIDENCE, FAILURES, PEERS, VERDICTS

GIVES = {
    EVIDENCE: "判定、统计、带依据的问题 · verdicts, counts, findings with evidence",
    VERDICTS: "只有判定 · verdicts only",
    FAILURES: "只有不达标 · failures only",
}
# Dark, middle, hollow: told apart by grey and by shape.
COLOURS = {EVIDENCE: "#0b2e59", VERDICTS: "#7a8a99", FAILURES: "#ffffff"}
SHAPES = {EVIDENCE: "diamond", VERDICTS: "circle", FAILURES: "square"}
RATE = "每秒判定数（对数坐标） · verdicts a second (logarithmic)"
SINGLE = "单条记录、一百条规则，毫秒（对数坐标） · one record, a hundred rules, ms (logarithmic)"


def write(results: Sequence[dict[str, Any]], path: Path) -> None:
    import altair as alt

    listed = {peer.id: peer for peer in PEERS}
    rows = [
        {
            "peer": " · ".join(dict.fromkeys(map(listed[each["peer"]].named, ("zh", "en")))),
            "gives": GIVES[listed[each["peer"]].gives],
            "rate": median(each["rates"]),
            "least": min(each["rates"]),
            "most": max(each["rates"]),
            "single": each["single"] * 1e3,
        }
        for each in results
    ]
    gives = alt.Legend(title=None, orient="top", labelLimit=0, columns=1)
    look = {
        "fill": alt.Fill(
            "gives:N", scale=alt.Scale(domain=list(GIVES.values()), range=list(COLOURS.values())), legend=gives
        ),
        "shape": alt.Shape(
            "gives:N", scale=alt.Scale(domain=list(GIVES.values()), range=list(SHAPES.values())), legend=gives
        ),
    }
    base = alt.Chart(alt.Data(values=rows))

    def panel(field: str, title: str, order: str, number: str, end: str) -> alt.LayerChart:
        x = alt.X(
            f"{field}:Q", scale=alt.Scale(type="log"), title=title, axis=alt.Axis(format=number, grid=True, tickCount=6)
        )
        y = alt.Y(
            "peer:N", sort=alt.EncodingSortField(field, order=order), title=None, axis=alt.Axis(labelLimit=0, grid=True)
        )
        points = base.mark_point(size=90, stroke="#0b2e59", strokeWidth=1.2, opacity=1).encode(x=x, y=y, **look)
        text = base.mark_text(align="left", dx=10, fontSize=10).encode(
            x=alt.X(f"{end}:Q"), y=y, text=alt.Text(f"{field}:Q", format=number)
        )
        spread = base.mark_rule(strokeWidth=1).encode(x=alt.X("least:Q"), x2="most:Q", y=y)
        return alt.layer(*((spread,) if field == "rate" else ()), points, text).properties(width=560)

    rates = panel("rate", RATE, "descending", ".2~s", "most")
    chart = alt.vconcat(rates, panel("single", SINGLE, "ascending", ".2~r", "single"))
    chart.configure_view(stroke=None).configure_axis(labelFontSize=12, titleFontSize=12).save(path)
