"""A few numbers over time → a step line as SVG points: no curve between two days that nobody measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, EDGE = 560, 120, 28


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class StepLine:
    width: int
    height: int
    base: int
    path: str
    points: tuple[Point, ...]


def steps_line(numbers: Sequence[tuple[str, int]]) -> StepLine | None:
    """Nothing for a single day."""
    if len(numbers) < 2:
        return None
    most = max(number for _, number in numbers) or 1
    step = (WIDTH - 2 * EDGE - 80) // (len(numbers) - 1)
    points = tuple(
        Point(EDGE + 20 + at * step, HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * number // most, label, number)
        for at, (label, number) in enumerate(numbers)
    )
    path = f"M{points[0].x} {points[0].y}" + "".join(f"H{point.x}V{point.y}" for point in points[1:])
    return StepLine(WIDTH, HEIGHT, HEIGHT - EDGE, path, points)
