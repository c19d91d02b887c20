"""Arguments → what is printed and an exit code. 0 done, 1 a gate is closed, 2 nothing decided, 3 a gate is undecided."""

from __future__ import annotations

from collections.abc import Sequence

import click

from checker.cli import clustering, daily, receiving, rules, standing, watching
from checker.cli.bilingual import Speech, usage_message
from checker.cli.console import DEFAULT_LANGUAGE, asked_language, complain
from checker.cli.diagnostics import shown
from checker.cli.group import NOTHING_DECIDED, cli
from checker.errors import DiagnosedError, Diagnostic, Span, Text

__all__ = ["cli", "clustering", "daily", "execute", "receiving", "rules", "standing", "watching"]

INTERRUPTED = 130


def execute(args: Sequence[str]) -> int:
    """One command. What click or we refuse is told and is 2; everything unforeseen is the caller's to catch."""
    speech = Speech(asked_language(args))
    try:
        code = cli.main(list(args), prog_name="checker", standalone_mode=False, obj=speech)
    except DiagnosedError as refusal:
        complain(shown(refusal.diagnostics, speech.lang or DEFAULT_LANGUAGE))
        return NOTHING_DECIDED
    except OSError as error:
        complain(shown([_no_access(error)], speech.lang or DEFAULT_LANGUAGE))
        return NOTHING_DECIDED
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as refusal:
        complain(usage_message(refusal, speech.lang or DEFAULT_LANGUAGE))
        return NOTHING_DECIDED
    return code if isinstance(code, int) else 0


def _no_access(error: OSError) -> Diagnostic:
    """A folder that may not be written, a disk that is full: for the user to mend, not for us."""
    if error.filename is None:
        raise error
    reason = error.strerror or type(error).__name__
    return Diagnostic(
        "U13", Span(str(error.filename)), Text(f"不能读写：{reason}", f"cannot be read or written: {reason}")
    )
