"""The command line → its exit code. Whatever goes wrong, never 1: that is Python's own code for a crash and our "gate closed"."""

from __future__ import annotations

import gc
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

UNFORESEEN = 2
INTERRUPTED = 130
# Rules are many small objects that stay: looking through them for garbage as often as Python does takes a twentieth of a run.
_NEW_OBJECTS = 50_000


def main(args: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if args is None else args)
    gc.set_threshold(_NEW_OBJECTS)
    try:
        from checker.cli import console, execute

        console.make_streams_safe()
        code = execute(given)
        console.flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit:
        raise
    except BaseException as error:  # a panic in a compiled library is no Exception
        _tell(error, given)
        return UNFORESEEN


def _tell(error: BaseException, args: Sequence[str]) -> None:
    """One sentence for people; the details go into a file, and even that must not fail."""
    english = os.environ.get("CHECKER_LANG") == "en" or "--lang=en" in args or "--lang en" in " ".join(args)
    try:
        log = str(_written(_details(error, args), english))
    except OSError:
        log = ""
    if english:
        text = "Internal error; nothing was decided."
        text += f" Please send {log} to the maintainers (it holds no school data)." if log else ""
    else:
        text = "程序出错，未作任何判定。" + (f"请把 {log} 发给维护人员（不含学校数据）。" if log else "")
    try:
        print(text, file=sys.stderr)
    except (OSError, ValueError):
        return


def _details(error: BaseException, args: Sequence[str]) -> str:
    """Where it happened. Not the message of the error nor the arguments: both may name schools."""
    from importlib.metadata import version

    versions = [f"{name} {version(name)}" for name in ("polars", "click") if name in sys.modules]
    lines = [f"command: {next((arg for arg in args if arg.isascii() and arg.isalpha()), '')}"]
    lines.append(f"python {platform.python_version()} {platform.system()} {' '.join(versions)}")
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        lines.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        lines += [
            f"  {'/'.join(Path(frame.filename).parts[-3:])}:{frame.lineno} in {frame.name}: {frame.line}"
            for frame in traceback.extract_tb(cause.__traceback__)
        ]
        cause = cause.__cause__ or cause.__context__
    return "\n".join(lines) + "\n"


def _written(text: str, english: bool) -> Path:
    """Beside the runs; where nothing may be written, in the folder for passing things."""
    folder, name = ("runs", "error.txt") if english else ("运行", "错误.txt")
    for place in (Path(folder), Path(tempfile.gettempdir())):
        try:
            place.mkdir(exist_ok=True)
            (place / name).write_text(text, "utf-8")
            return place / name
        except OSError:
            continue
    raise OSError(name)


if __name__ == "__main__":
    sys.exit(main())
