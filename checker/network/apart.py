"""What a network is asked → its answer from a process of its own, or why there is none from there. Both ends of the pipe."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Timer
from typing import IO, Any

from checker import processes
from checker.errors import Text
from checker.network.patterns import Refused

# A step takes a second or two; what says nothing for so long has stopped for good.
SECONDS = 120.0
# What a worker asks meanwhile → what it is told.
Reply = Callable[[Any], Any]


class Lost(Exception):
    """No answer came; `why` without who does the work instead."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


# --- here -----------------------------------------------------------------------------------------


def command(worker: str) -> tuple[str, ...]:
    """How the module `worker`, which ends in `serve`, is started."""
    return (sys.executable, "-P", "-m", worker)


def ask(worker: str, asked: object, reply: Reply, seconds: float = SECONDS) -> Any:
    """The process is killed when it says nothing for so long; an end without an answer is told like any other failure."""
    process = subprocess.Popen(
        command(worker),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=processes.environment(),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    watch = _Watch(process, seconds)
    try:
        return _talk(process.stdin, process.stdout, asked, reply, watch)
    except (OSError, EOFError, pickle.UnpicklingError):
        raise Lost(_ended(watch.late)) from None
    finally:
        watch.stop()
        process.kill()
        process.stdout.close()
        _shut(process.stdin)
        process.wait()


class _Watch:
    """Kills the process when nothing was heard of it for `seconds`."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process, self._seconds = process, seconds
        self.late = False
        self._timer: Timer | None = None

    def start(self) -> None:
        self._timer = Timer(self._seconds, self._kill)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _kill(self) -> None:
        self.late = True
        self._process.kill()


def _talk(to: IO[bytes], back: IO[bytes], asked: object, reply: Reply, watch: _Watch) -> Any:
    told = asked
    while True:
        watch.start()
        _send(to, told)
        meant, what = pickle.load(back)
        watch.stop()
        match meant:
            case "ask":
                told = reply(what)
            case "done":
                return what
            case "no_extension":
                raise Lost(
                    Text(
                        "没有安装 durable-rules 扩展（pip install 'school-safety-checker[rete]'，需要 C 编译器）",
                        "the durable-rules extension is not installed (pip install 'school-safety-checker[rete]', needs "
                        "a C compiler)",
                    )
                )
            case _:
                raise Lost(
                    Text(f"超出 durable-rules 可靠的范围（{what}）", f"beyond what durable-rules does right ({what})")
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
            "durable-rules 进程没有在限定时间内完成，已终止",
            "the durable-rules process did not finish in time and was stopped",
        )
    return Text("durable-rules 进程中途退出", "the durable-rules process ended before its time")


# --- over there -----------------------------------------------------------------------------------


def serve(work: Callable[[Any, Reply], object]) -> None:
    """Answers the one question that comes through the pipe. Whatever happens in `work`, only this process is lost."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer

    def ask_back(what: Any) -> Any:
        _send(sink, ("ask", what))
        return pickle.load(source)

    asked = pickle.load(source)
    try:
        _send(sink, ("done", work(asked, ask_back)))
    except ImportError as error:
        _send(sink, ("no_extension", str(error)))
    except Refused as refusal:
        _send(sink, ("refused", str(refusal)))
