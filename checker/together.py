"""Pairs that belong together → groups, each of which is known by its smallest member."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T", int, str)


class Together(Generic[T]):
    """Who was never joined is a group alone."""

    def __init__(self) -> None:
        self._below: dict[T, T] = {}

    def root(self, one: T) -> T:
        while one in self._below:
            one = self._below[one]
        return one

    def join(self, one: T, other: T) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        if low != high:
            self._below[high] = low
