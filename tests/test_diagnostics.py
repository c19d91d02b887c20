"""How a problem is shown: place, line, a mark by display width, a suggestion, and no more than a reader takes in."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.cli import diagnostics as told
from checker.errors import Diagnostic, Span, Text


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def diagnostic(path: Path, line: int, column: int, end: int, code: str = "E11") -> Diagnostic:
    return Diagnostic(code, Span(path.as_posix(), line, column, end), Text("中文", "English"), Text("改", "mend"))


def test_the_mark_counts_han_as_two_columns(tmp_path: Path) -> None:
    path = tmp_path / "规则.yaml"
    path.write_text("要求: 甲 = 视频己联网\n", "utf-8")
    out = told.shown([diagnostic(path, 1, 9, 14)], "zh").splitlines()
    assert out[0] == "错误 E11　规则.yaml:1:9　中文"
    assert told.width(out[2].split("~")[0]) == told.width(out[1].split("视频")[0])
    assert out[2].count("~") == 10
    assert out[3] == "  建议：改"


def test_english_form(tmp_path: Path) -> None:
    path = tmp_path / "rule.yaml"
    path.write_text("require: vido\n", "utf-8")
    out = told.shown([diagnostic(path, 1, 10, 14)], "en").splitlines()
    assert out == ["error E11  rule.yaml:1:10  English", "  1 | require: vido", "    |          ~~~~", "  hint: mend"]


def test_at_most_twenty_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "rule.yaml"
    path.write_text("x\n" * 50, "utf-8")
    other = tmp_path / "other.yaml"
    found = [diagnostic(path, line, 1, 2) for line in range(1, 24)] + [diagnostic(other, 1, 1, 2)]
    out = told.shown(found, "zh")
    assert out.count("错误 E11") == 21
    assert "  另有3处" in out


def test_a_file_that_is_gone_still_has_its_message(tmp_path: Path) -> None:
    assert told.shown([diagnostic(tmp_path / "gone.yaml", 3, 1, 2)], "en").splitlines() == [
        "error E11  gone.yaml:3:1  English",
        "  hint: mend",
    ]
