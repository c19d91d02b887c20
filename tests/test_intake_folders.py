"""Folders as they are found on people's disks: what is no file to read is told with its reason, and stops nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from test_intake import PACK, PLAIN, asked, codes, read, rows_of, write_csv, write_xlsx

from checker.errors import DataError
from checker.intake import folders
from checker.intake.formats import limits

unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither links nor pipes for everybody")


def told(folder: Path) -> list[tuple[str, str]]:
    found = read(PACK, [folder]).questions
    return found.select("file", "message_zh").rows()


@unix
def test_links_pipes_and_loops_in_a_folder_are_told_and_not_followed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "城关镇").mkdir(parents=True)
    write_csv(data / "城关镇" / "学校.csv", PLAIN)
    outside = write_csv(tmp_path / "别处.csv", PLAIN)
    (data / "链接.csv").symlink_to(outside)
    (data / "绕圈").symlink_to(data, target_is_directory=True)
    os.mkfifo(data / "管道.csv")
    assert told(data) == [
        ("管道.csv", "不是普通文件（是设备或管道），没有读取"),
        ("绕圈", "是指向别处的链接，没有跟随；请放入文件本身"),
        ("链接.csv", "是指向别处的链接，没有跟随；请放入文件本身"),
    ]
    assert len(rows_of(read(PACK, [data]))) == 2


@unix
def test_what_the_caller_names_is_followed_if_it_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "学校.csv").symlink_to(write_csv(tmp_path / "别处.csv", PLAIN))
    assert len(rows_of(read(PACK, [tmp_path / "学校.csv"]))) == 2
    os.mkfifo(tmp_path / "管道.csv")
    with pytest.raises(DataError, match="a device or a pipe"):
        read(PACK, [tmp_path / "管道.csv"])
    (tmp_path / "自己.csv").symlink_to(tmp_path / "自己.csv")
    with pytest.raises(DataError, match=r"cannot read it|no such file"):
        read(PACK, [tmp_path / "自己.csv"])


@pytest.mark.parametrize("name", ["没有.csv", "a\0b.csv", "很长" * 500])
def test_what_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=r"no such file|too long"):
        read(PACK, [f"{tmp_path}/{name}"])


def test_empty_files_are_told(tmp_path: Path) -> None:
    write_csv(tmp_path / "学校.csv", PLAIN)
    for name in ("空.csv", "空.xlsx", "空.parquet"):
        (tmp_path / name).touch()
    assert told(tmp_path) == [(name, "是空文件（0字节）") for name in ("空.csv", "空.parquet", "空.xlsx")]


def test_a_file_that_vanishes_or_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_csv(tmp_path / "学校.csv", PLAIN)
    for name in ("不见了.csv", "不许读.csv", "坏盘.csv"):
        write_csv(tmp_path / name, PLAIN)
    opened = os.open
    faults = {"不见了.csv": FileNotFoundError(2, ""), "不许读.csv": PermissionError(13, ""), "坏盘.csv": OSError(5, "")}

    def failing(path: object, *rest: object) -> int:
        if (fault := faults.get(Path(str(path)).name)) is not None:
            raise fault
        return opened(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(folders.os, "open", failing)
    assert told(tmp_path) == [
        ("不见了.csv", "读取时文件已经不在"),
        ("不许读.csv", "没有读取权限"),
        ("坏盘.csv", "磁盘或网络盘读取出错"),
    ]


def test_folders_that_may_not_be_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_csv(tmp_path / "学校.csv", PLAIN)
    (tmp_path / "锁着").mkdir()
    looked = os.scandir

    def failing(path: object) -> object:
        if Path(str(path)).name == "锁着":
            raise PermissionError(13, "")
        return looked(path)  # type: ignore[call-overload]

    monkeypatch.setattr(folders.os, "scandir", failing)
    assert told(tmp_path) == [("锁着", "没有读取权限")]


def test_leftovers_of_programs_are_told_once(tmp_path: Path) -> None:
    write_csv(tmp_path / "学校.csv", PLAIN)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "a.csv").write_text("a,b")
    (tmp_path / "~$学校.xlsx").write_text("x")
    assert asked(read(PACK, [tmp_path])) == [("file_skipped", "", None, 1)] * 2


@unix
def test_names_that_are_not_utf8_or_steer_the_screen(tmp_path: Path) -> None:
    strange = "学校\x1b[2J\u202exslx\n第二行.csv"
    write_csv(tmp_path / "a.csv", PLAIN).rename(tmp_path / strange)
    halves = os.fsencode(tmp_path) + b"/\xc6\xf4\xb6\xab.csv"
    os.rename(write_csv(tmp_path / "b.csv", [PLAIN[0], ["2132001209", "丙", "1"]]), halves)
    files = [source.file for source in read(PACK, [tmp_path]).sources]
    assert sorted(files) == ["<C6><F4><B6><AB>.csv", "学校<U+001B>[2J<U+202E>xslx 第二行.csv"]
    (tmp_path / "表\x1b.exe\x07").write_text("x")
    (message,) = read(PACK, [tmp_path]).questions.filter(code="file_unsupported")["message_zh"]
    assert message == "不能读取 .exe<U+0007> 文件；请另存为 .xlsx 或 .csv"


def test_sheet_names_that_steer_the_screen(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "学校.xlsx", ("=学校\u202e", PLAIN))
    assert [source.sheet for source in read(PACK, [path]).sources] == ["=学校<U+202E>"]
    assert codes(read(PACK, [path])) == set()


def test_files_too_large_are_refused_with_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_csv(tmp_path / "学校.csv", PLAIN)
    write_xlsx(tmp_path / "大.xlsx", ("学校", PLAIN))
    monkeypatch.setattr(limits, "MAX_WORKBOOK", 1_000)
    ((name, message),) = told(tmp_path)
    assert name == "大.xlsx" and "超过0.001 MB 的限度" in message
