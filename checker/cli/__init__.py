"""Arguments → what is printed and an exit code. 0 done, 1 a gate is closed, 2 nothing decided, 3 a gate is undecided."""

from __future__ import annotations

from collections.abc import Sequence

import click

from checker.cli import daily, rules
from checker.cli.bilingual import Speech, usage_message
from checker.cli.console import DEFAULT_LANGUAGE, asked_language, complain
from checker.cli.diagnostics import shown
from checker.cli.group import NOTHING_DECIDED, cli
from checker.errors import DiagnosedError

__all__ = ["cli", "daily", "execute", "rules"]

INTERRUPTED = 130


def execute(args: Sequence[str]) -> int:
    """One command. What click or we refuse is told and is 2; everything unforeseen is the caller's to catch."""
    speech = Speech(asked_language(args))
    try:
        code = cli.main(list(args), prog_name="checker", standalone_mode=False, obj=speech)
    except DiagnosedError as refusal:
        complain(shown(refusal.diagnostics, speech.lang or DEFAULT_LANGUAGE))
        return NOTHING_DECIDED
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as refusal:
        complain(usage_message(refusal, speech.lang or DEFAULT_LANGUAGE))
        return NOTHING_DECIDED
    return code if isinstance(code, int) else 0
