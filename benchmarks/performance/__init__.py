"""What was measured, kept as figures → the page of figures, its plot, the lines of the README; nothing is copied by hand."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
FIGURES = DOCS / "performance.json"


def kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}
    return found


def of_today(part: str) -> list[dict[str, Any]]:
    """What this machine has measured today already."""
    before = kept().get(part, {})
    same = (before.get("day"), before.get("machine")) == (date.today().isoformat(), machine())
    return before["results"] if same else []


def keep(part: str, command: str, figures: Mapping[str, Any]) -> None:
    """Replaces a part of the figures, and writes anew what is made of them."""
    from benchmarks.performance import page, plot

    all_parts = kept()
    all_parts[part] = {"command": command, "day": date.today().isoformat(), "machine": machine(), **figures}
    FIGURES.write_text(json.dumps(all_parts, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    page.write(all_parts)
    if part == "peers":
        plot.write(figures["results"], DOCS / "performance.svg")


def machine() -> dict[str, Any]:
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "polars": version("polars"),
    }


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text("utf-8").splitlines() if told.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
