"""checker: a rules engine for safety plans of governments. `check` does it all; importing it costs nothing until used."""

from typing import TYPE_CHECKING

from checker.errors import CheckerError, DataError, PackError, UsageError

if TYPE_CHECKING:
    from checker.api import check
    from checker.plan import Run

__all__ = ["CheckerError", "DataError", "PackError", "Run", "UsageError", "check"]


def __getattr__(name: str) -> object:
    if name == "check":
        from checker.api import check

        return check
    if name == "Run":
        from checker.plan import Run

        return Run
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
