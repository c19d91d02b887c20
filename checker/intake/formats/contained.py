"""A compiled reader that gives up in the middle of its work → an error like any other, and none of its last words on the screen."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class GaveUp(Exception):
    """The file is damaged in a way that its reader did not foresee."""


@contextmanager
def contained() -> Iterator[None]:
    try:
        with _hushed():
            yield
    except BaseException as error:
        # Not an Exception, so that nobody catches it by mistake; but no reason to stop.
        if type(error).__name__ != "PanicException":
            raise
        raise GaveUp from error


@contextmanager
def _hushed() -> Iterator[None]:
    """Such readers write to the stream itself, past Python, where we would tell in plain words."""
    with suppress(OSError, ValueError, AttributeError):  # a window has no streams
        sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
