"""What README tells newcomers to type works as it stands."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", TEXT, re.DOTALL)
# A closed gate answers 1, an undecided one 3; --propose answers 2 while something is left untried.
ANSWERS = {"gate": {0, 1, 3}, "--propose": {0, 2}}


def test_commands_in_their_order(tmp_path: Path) -> None:
    lines = [
        line.partition("  #")[0] for _, block in BLOCKS for line in block.splitlines() if line.startswith("checker ")
    ]
    assert len(lines) >= 10
    for line in lines:
        words = shlex.split(line)
        done = subprocess.run(
            [sys.executable, "-m", "checker", *words[1:]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        allowed = next((codes for word, codes in ANSWERS.items() if word in words), {0})
        assert done.returncode in allowed, f"{line}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        assert done.stdout.strip()
    assert (tmp_path / "规则.html").stat().st_size > 10_000


def test_python() -> None:
    (code,) = (block for language, block in BLOCKS if language == "python")
    names: dict[str, object] = {}
    exec(code, names)
    found = names["run"].findings.to_pandas()  # type: ignore[attr-defined]
    assert "video-linked" in set(found["rule"])


def test_files_it_points_to_are_there() -> None:
    for path in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (ROOT / path).exists(), path
