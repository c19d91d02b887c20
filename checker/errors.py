"""What went wrong → where (Span), in which words (Text), and what to do (Diagnostic, the exception tree)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Text(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str

    def of(self, lang: Language) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file. Lines and columns start at 1 and count characters; line 0 is the whole file."""

    path: str
    line: int = 0
    column: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        if self.line == 0:
            return self.path
        return f"{self.path}:{self.line}:{self.column}"

    def inside(self, start: int, end: int) -> Span:
        """The part of this one-line span from character `start` to `end` (0-based, half open)."""
        return Span(self.path, self.line, self.column + start, self.column + max(end, start + 1))


NOWHERE = Span("")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem, told in both languages. `code` is stable (E11, MISS01 …)."""

    code: str
    span: Span
    message: Text
    hint: Text | None = None
    severity: Literal["error", "warning"] = "error"

    @property
    def is_error(self) -> bool:
        return self.severity == "error"


# postgresql://user:password@host, and ?password=…; up to the last @, for a password may hold one.
_LOGIN = re.compile(r"(:/{1,3}[^\s/:@]*:)[^\n]*@|([?&]\w*password=)[^&\s]*")


def without_password(text: str) -> str:
    """Addresses of databases as anybody may see them."""
    return _LOGIN.sub(lambda found: f"{found[1]}***@" if found[1] else f"{found[2]}***", text) if ":" in text else text


def _fit_to_print(diagnostic: Diagnostic) -> Diagnostic:
    """Whatever was given where something else belongs (an address for a folder, say) is repeated without its password."""
    span, message, hint = diagnostic.span, diagnostic.message, diagnostic.hint
    return replace(
        diagnostic,
        span=replace(span, path=without_password(span.path)),
        message=Text(*map(without_password, message)),
        hint=None if hint is None else Text(*map(without_password, hint)),
    )


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The same diagnostics without repetition, by file, line, column, code."""
    return sorted(set(diagnostics), key=lambda d: (d.span, d.code, d.message.en))


class CheckerError(Exception):
    """Everything that `checker` itself refuses; the command line turns it into exit code 2."""


class DiagnosedError(CheckerError):
    """Refused, with the reasons as diagnostics."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = in_order(map(_fit_to_print, diagnostics))
        super().__init__("; ".join(f"{d.code} {d.span} {d.message.en}" for d in self.diagnostics))


class PackError(DiagnosedError):
    """The rules cannot be used."""


class DataError(DiagnosedError):
    """The data cannot be read at all (a single bad cell is a data question, not an error)."""


class UsageError(DiagnosedError):
    """The command or the call does not fit (no such run, date, unit …)."""
