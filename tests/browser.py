"""A page on disk → what a headless Chromium makes of it: its text after the script ran, its console, a picture, a PDF."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--enable-logging=stderr",
)


class Browser:
    def __init__(self, program: str, home: Path) -> None:
        self._program, self._home = program, home

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [self._program, *_FLAGS, f"--user-data-dir={self._home}", "--virtual-time-budget=4000", *arguments]
        return subprocess.run(command, capture_output=True, check=True, timeout=240)

    def dom(self, page: Path, fragment: str = "") -> str:
        return self._run("--dump-dom", page.as_uri() + fragment).stdout.decode()

    def console(self, page: Path, fragment: str = "") -> list[str]:
        told = self._run("--dump-dom", page.as_uri() + fragment).stderr.decode(errors="replace")
        return re.findall(r"CONSOLE[^\n]*", told)

    def reach(self, page: Path, width: int) -> int:
        """How far to the right the page reaches in a window of that width; narrow ones by a frame, as windows have a least width."""
        inner, outer = page.with_name("inner.html"), page.with_name("outer.html")
        told = "<script>parent.postMessage(String(document.documentElement.scrollWidth), '*')</script>"
        text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text("utf-8"))
        inner.write_text(text.replace("</body>", f"{told}</body>"), "utf-8")
        frame = f'<iframe src="inner.html" width="{width}" height="800" style="border:0"></iframe>'
        outer.write_text(f"<title>0</title><script>onmessage = e => {{ document.title = e.data }}</script>{frame}")
        found = re.search(r"<title>(\d+)</title>", self.dom(outer))
        return int(found[1]) if found else 0

    def picture(self, page: Path, width: int, height: int, file: Path) -> bytes:
        self._run(f"--window-size={width},{height}", f"--screenshot={file}", page.as_uri())
        return file.read_bytes()

    def pdf(self, page: Path, file: Path) -> Path:
        self._run("--no-pdf-header-footer", f"--print-to-pdf={file}", page.as_uri())
        return file


def found(home: Path) -> Browser:
    """Skips the test where there is none."""
    program = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium here: apt-get install chromium fonts-noto-cjk, or put google-chrome on the PATH")
    return Browser(program, home)
