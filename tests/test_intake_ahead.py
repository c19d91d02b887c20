"""Workbooks read by several processes → the same, to the byte, as read by one, whatever becomes of the others."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from test_intake import PACK, write_xlsx
from test_stored_tables import files_of, same

from checker import intake, pipeline, processes
from checker.__main__ import main
from checker.errors import Span, UsageError
from checker.intake import Memory, ahead, beside
from checker.intake.ahead import Ahead
from checker.intake.beside import Helper
from checker.intake.early import Early
from checker.intake.formats import limits
from checker.mapping import ColumnMap, DataMap, SheetMap
from checker.model import Pack
from checker.plan import Correction
from checker.understood import Looked

CITY = Path(__file__).parents[1] / "examples" / "nantong" / "2019-12-31"
DAY = date(2019, 12, 31)
HEADING = ["学校标识码", "学校名称", "在校生数", "护学岗"]


class Helpers:
    """Of several processes, this one reads nothing ahead until another has answered. `read`: what others have read."""

    def __init__(self, patch: pytest.MonkeyPatch, many: int = 3) -> None:
        self.patch, self.read, self.started = patch, set[str](), list[beside.Program]()
        self.answered = Event()
        keep, start = Ahead._keep, ahead.started

        def kept(of: Ahead, path: Path, early: Early | None) -> None:
            if early is not None:
                self.read.add(path.name)
            self.answered.set()
            keep(of, path, early)

        def started(*asked: Any) -> Iterator[Helper]:
            for helper in start(*asked):
                assert isinstance(helper, beside.Program)  # Polars has threads already
                self.started.append(helper)
                yield helper

        def waiting(*_: object) -> None:
            assert self.answered.wait(120)

        patch.setattr(processes, "cores", lambda: many)
        patch.setattr(ahead, "_WORTH", 1)
        patch.setattr(ahead, "read", waiting)
        patch.setattr(Ahead, "_keep", kept)
        patch.setattr(ahead, "started", started)

    def have_read_some(self) -> bool:
        return bool(self.read) and all(helper._process.returncode is not None for helper in self.started)


@pytest.fixture
def helpers(monkeypatch: pytest.MonkeyPatch) -> Helpers:
    return Helpers(monkeypatch)


def look(paths: Sequence[Path], pack: Pack = PACK, **more: Any) -> Looked:
    return intake.look(pack, paths, received_on=DAY, **more)


def alone(paths: Sequence[Path], pack: Pack = PACK, **more: Any) -> Looked:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "cores", lambda: 1)
        return look(paths, pack, **more)


def alike(one: Looked, other: Looked) -> None:
    same(one.tables, other.tables)
    assert (one.sheets, one.returns, one.unit) == (other.sheets, other.returns, other.unit)


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """Some as they should be, and one of each kind that is told about as a file."""
    folder = tmp_path / "books"
    folder.mkdir()
    for at in range(5):
        rows = [
            [f"21320012{at}{no}", f"第{at}{no}小学", str(no * 90), "是" if no % 2 else "有吧"] for no in range(10, 40)
        ]
        write_xlsx(folder / f"{at}.xlsx", ("学校", [HEADING, *rows]))
    whole = (folder / "1.xlsx").read_bytes()
    (folder / "again.xlsx").write_bytes(whole)
    (folder / "cut.xlsx").write_bytes(whole[: len(whole) // 2])
    (folder / "empty.xlsx").write_bytes(b"")
    (folder / "text.xlsx").write_text(",".join(HEADING) + "\n2132001299,末小学,1,是\n", "utf-8")
    return folder


# --- the same ------------------------------------------------------------------------------------


def test_the_city_is_understood_alike(helpers: Helpers) -> None:
    pack = pipeline.sound_pack("nantong-2019")
    alike(look([CITY], pack), alone([CITY], pack))
    assert helpers.have_read_some()


def test_a_run_of_the_city_has_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    start = ahead.started
    monkeypatch.setattr(ahead, "started", lambda several, *more: started.append(several) or start(several, *more))
    for cores in (1, 2):
        monkeypatch.setattr(processes, "cores", lambda cores=cores: cores)
        main(["run", "nantong-2019", str(CITY), "--as-of", "2019-12-31", "--out", str(tmp_path / str(cores))])
    assert started == [1]
    assert files_of(tmp_path / "1") == files_of(tmp_path / "2")


def test_every_file_is_told_in_its_place(books: Path, helpers: Helpers) -> None:
    found, expected = look([books]), alone([books])
    alike(found, expected)
    codes = found.tables.questions["code"].to_list()
    assert codes.count("file_unsupported") == 2
    assert codes.count("duplicate_file") == codes.count("other_content") == 1
    assert helpers.have_read_some()
    assert not {"cut.xlsx", "empty.xlsx"} & helpers.read


def test_a_file_that_is_named_twice_is_told_by_both_names(books: Path, helpers: Helpers) -> None:
    paths = [books.parent, books / "1.xlsx"]
    alike(look(paths), alone(paths))
    assert helpers.have_read_some()


def test_only_so_much_is_read_ahead(books: Path, helpers: Helpers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_AHEAD", 3 * (books / "1.xlsx").stat().st_size)
    alike(look([books]), alone([books]))
    assert len(helpers.started) > 2


def test_what_is_put_away_has_the_same_bytes(books: Path, tmp_path: Path, helpers: Helpers) -> None:
    for name, many in (("one", 1), ("several", 3)):
        helpers.patch.setattr(processes, "cores", lambda many=many: many)
        intake.store(PACK, [books], tmp_path / name, received_on=DAY, about={})
    assert helpers.have_read_some()
    assert files_of(tmp_path / "one") == files_of(tmp_path / "several")


# --- what goes with the files --------------------------------------------------------------------


def test_answers_and_mappings_travel(books: Path, helpers: Helpers) -> None:
    doubted = alone([books]).tables.questions.filter(raw="有吧").row(0, named=True)
    answer = Correction(doubted["digest"], doubted["sheet"], doubted["cell"], "是")
    used = SheetMap(
        table="institution", columns=(ColumnMap("护学岗", "", span=Span("m.yaml", 3)),), span=Span("m.yaml", 2)
    )
    vain = SheetMap(sheet="无此表", span=Span("m.yaml", 5))
    for more in ({"corrections": [answer]}, {"mapping": DataMap((used, vain))}):
        alike(look([books], **more), alone([books], **more))
    assert helpers.have_read_some()


def test_a_mapping_that_cannot_hold_is_refused(books: Path, helpers: Helpers) -> None:
    twice = tuple(
        ColumnMap(heading, "name", span=Span("m.yaml", at)) for at, heading in enumerate(("学校名称", "#B"), 3)
    )
    wrong = DataMap((SheetMap("*.xlsx", "学校", "institution", columns=twice, span=Span("m.yaml", 2)),))
    with pytest.raises(UsageError) as here:
        alone([books], mapping=wrong)
    with pytest.raises(UsageError) as there:
        look([books], mapping=wrong)
    assert here.value.diagnostics == there.value.diagnostics
    assert helpers.have_read_some()


def test_what_is_remembered_is_not_read_ahead_again(books: Path, helpers: Helpers) -> None:
    memory = Memory()
    for path in books.iterdir():
        os.utime(path, (0, 0))  # long settled
    first = intake.read(PACK, [books], received_on=DAY, memory=memory)
    assert helpers.have_read_some()
    before = len(helpers.started)
    for name in ("cut.xlsx", "empty.xlsx", "again.xlsx"):
        (books / name).unlink()
    second = intake.read(PACK, [books], received_on=DAY, memory=memory)
    same(second, alone([books]).tables)
    assert not second.questions.equals(first.questions)
    assert len(helpers.started) == before


# --- the other processes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "program",
    [
        "",  # ends at once
        "import sys, pickle; pickle.load(sys.stdin.buffer); pickle.load(sys.stdin.buffer)",  # ends over its first file
        "import time; time.sleep(1000)",  # never ends
        r"import sys; sys.stdout.buffer.write(b'\x80\x05\x95\x10')",  # ends in the middle of a word
    ],
)
def test_a_process_that_perishes_costs_nothing(books: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    expected, popen = alone([books]), subprocess.Popen
    monkeypatch.setattr(processes, "cores", lambda: 3)
    monkeypatch.setattr(ahead, "_WORTH", 1)
    monkeypatch.setattr(limits, "MAX_SECONDS_APART", 0.5)
    monkeypatch.setattr(subprocess, "Popen", lambda _, **more: popen([sys.executable, "-c", program], **more))
    alike(look([books]), expected)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process is never copied")
def test_a_copy_of_a_process_reads_alike(tmp_path: Path) -> None:
    program = """
import sys
from checker import processes
from checker.intake import ahead
start, helpers = ahead.started, []
def started(*asked):
    for helper in start(*asked):
        helpers.append(type(helper).__name__)
        yield helper
ahead.started, processes.cores = started, lambda: 2
from checker.__main__ import main
city, *folders = sys.argv[1:]
for folder in folders:
    main(["run", "nantong-2019", city, "--as-of", "2019-12-31", "--out", folder])
print(*helpers)
"""
    folders = [tmp_path / name for name in ("first", "second")]
    done = subprocess.run([sys.executable, "-c", program, CITY, *folders], capture_output=True, text=True, check=True)
    # By the second time Polars has threads, which a copy would lack.
    assert done.stdout.splitlines()[-1] == "Copy Program"
    assert files_of(folders[0]) == files_of(folders[1])


def test_where_no_process_can_be_started_all_is_read_here(books: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = alone([books])
    monkeypatch.setattr(processes, "cores", lambda: 3)
    monkeypatch.setattr(ahead, "_WORTH", 1)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    alike(look([books]), expected)


def test_an_interruption_leaves_no_process_behind(books: Path, helpers: Helpers) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    helpers.patch.setattr(ahead, "read", interrupted)
    with pytest.raises(KeyboardInterrupt):
        look([books])
    assert helpers.started
    assert all(helper._process.wait(60) is not None for helper in helpers.started)


@pytest.mark.parametrize(("waiting", "several"), [(0.0, True), (4.0, True), (4.1, False)])
def test_on_a_busy_machine_one_reads(monkeypatch: pytest.MonkeyPatch, waiting: float, several: bool) -> None:
    monkeypatch.setenv(processes.THREADS, "2")
    monkeypatch.setattr(os, "getloadavg", lambda: (waiting, 0.0, 0.0))
    assert processes.cores() == (2 if several else 1)


def test_few_workbooks_are_read_here(books: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*asked: object) -> Iterator[Helper]:
        raise AssertionError(asked)

    monkeypatch.setattr(processes, "cores", lambda: 8)
    monkeypatch.setattr(ahead, "started", started)
    assert look([books]).tables.frames["institution"].height > 100
