"""Program + facts → the measures that follow by durable-rules in a process of its own, or why there are none from there."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import IO, Any

from checker.errors import Text
from checker.escalate.program import Derive, Fact, Program, Raised

# A city takes a second or two; what takes longer has stopped for good.
SECONDS = 120.0
COMMAND = (sys.executable, "-P", "-m", "checker.escalate.worker")


def follow(program: Program, facts: Iterable[Fact], derive: Derive, seconds: float = SECONDS) -> Raised | Text:
    """The process is killed when its time is up; an end without an answer is told like any other failure."""
    path = os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])])
    process = subprocess.Popen(
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    late: list[bool] = []

    def stop() -> None:
        late.append(True)
        process.kill()

    timer = Timer(seconds, stop)
    timer.start()
    try:
        return _talk(process.stdin, process.stdout, (program, list(facts)), derive)
    except (OSError, EOFError, pickle.UnpicklingError):
        return _ended(bool(late))
    finally:
        timer.cancel()
        process.kill()
        process.stdout.close()
        _shut(process.stdin)
        process.wait()


def _talk(to: IO[bytes], back: IO[bytes], asked: object, derive: Derive) -> Raised | Text:
    _send(to, asked)
    while True:
        meant, what = pickle.load(back)
        match meant:
            case "derive":
                _send(to, derive(what))
            case "done":
                raised: Raised = what
                return raised
            case "no_extension":
                return Text(
                    "没有安装 durable-rules 扩展（pip install 'school-safety-checker[rete]'，需要 C 编译器），由参考引擎推算",
                    "the durable-rules extension is not installed (pip install 'school-safety-checker[rete]', needs a C "
                    "compiler); worked out by the reference",
                )
            case _:
                return Text(
                    f"超出 durable-rules 可靠的范围（{what}），由参考引擎推算",
                    f"beyond what durable-rules does right ({what}); worked out by the reference",
                )


def _send(to: IO[bytes], what: Any) -> None:
    pickle.dump(what, to, pickle.HIGHEST_PROTOCOL)
    to.flush()


def _shut(pipe: IO[bytes]) -> None:
    """What was still to be written has no reader any more."""
    with suppress(OSError):
        pipe.close()


def _ended(late: bool) -> Text:
    if late:
        return Text(
            "durable-rules 进程没有在限定时间内完成，已终止，由参考引擎推算",
            "the durable-rules process did not finish in time and was stopped; worked out by the reference",
        )
    return Text(
        "durable-rules 进程中途退出，由参考引擎推算",
        "the durable-rules process ended before its time; worked out by the reference",
    )
