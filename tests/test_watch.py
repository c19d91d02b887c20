"""`checker watch`: after every change the run is what a fresh one would be, and only what changed was read again."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from published import ROOT, json_schema

from checker import pipeline, runs
from checker.errors import DataError, PackError
from checker.pipeline.watching import Watch, Watched, follow, line, told, update

AS_OF = date(2020, 2, 1)
LITTLE = ROOT / "tests" / "little"


def little(folder: Path) -> tuple[Path, Path]:
    """Copies of the rules and of the data, saved long enough ago."""
    places = []
    for name in ("little", "little_data"):
        place = Path(shutil.copytree(ROOT / "tests" / name, folder / name))
        for path in place.rglob("*"):
            os.utime(path, (1_600_000_000, 1_600_000_000))
        places.append(place)
    return places[0], places[1]


def fresh(pack: Path, data: Path) -> dict[str, str]:
    """The files of a run made from nothing."""
    rules = pipeline.sound_pack(pack)
    memory = pipeline.reading()
    run = pipeline.run(rules, pipeline.read_data(rules, [data], memory=memory), AS_OF)
    folder = data.parent / "fresh"
    shutil.rmtree(folder, ignore_errors=True)
    return runs.digests(pipeline.save(run, folder, memory))


def kept(watch: Watch) -> dict[str, str]:
    folder = Path(watch.watched.data[0]).parent / "kept"
    shutil.rmtree(folder, ignore_errors=True)
    watch.save(folder)
    return runs.digests(folder)


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_only_the_file_that_changed_is_read(tmp_path: Path) -> None:
    pack, data = little(tmp_path)
    watch = Watch(Watched(pack, (str(data),), AS_OF))
    watch.refresh()
    first = watch.run
    assert first is not None and watch._memory is not None
    opened = watch._memory.opened
    assert opened == len(list(data.iterdir()))
    assert not watch.has_changed()
    replaced(data / "校车.csv", "苏F00001", "苏F00009")
    assert watch.has_changed()
    assert watch.refresh() == ("校车.csv",)
    assert watch._memory.opened == opened + 1
    assert kept(watch) == fresh(pack, data)


CELLS = ["是", "否", "不详", "", "12", "2019-12-01", "S1", "320681"]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_it_is_what_a_fresh_run_would_be(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    pack, folder = little(tmp_path_factory.mktemp("watched"))
    watch = Watch(Watched(pack, (str(folder),), AS_OF))
    watch.refresh()
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(sorted(folder.glob("*.csv"))))
        rows = [row.split(",") for row in path.read_text("utf-8-sig").splitlines()]
        at = data.draw(st.integers(1, len(rows) - 1))
        match data.draw(st.sampled_from(["cell", "cell", "drop", "double", "move"])):
            case "cell":
                rows[at][data.draw(st.integers(0, len(rows[at]) - 1))] = data.draw(st.sampled_from(CELLS))
            case "drop" if len(rows) > 2:
                del rows[at]
            case "double":
                rows.append(list(rows[at]))
            case _:
                rows.append(rows.pop(at))
        path.write_text("\n".join(map(",".join, rows)), "utf-8")
        watch.refresh()
        assert kept(watch) == fresh(pack, folder)


def test_a_rule_that_is_edited_is_judged_anew_and_one_that_is_broken_is_told(tmp_path: Path) -> None:
    pack, data = little(tmp_path)
    watch = Watch(Watched(pack, (str(data),), AS_OF))
    watch.refresh()
    rule = next(
        path
        for path in sorted((pack / "requirements").rglob("*.yaml"))
        if "severity: critical" in path.read_text("utf-8")
    )
    replaced(rule, "severity: critical", "severity: high")
    assert watch.refresh() == (rule.name,)
    assert kept(watch) == fresh(pack, data)
    before = watch.run
    replaced(rule, "severity: high", "severity: hight")
    with pytest.raises(PackError):
        watch.refresh()
    assert watch.run is before and not watch.has_changed()  # it is not tried again and again
    replaced(rule, "severity: hight", "severity: low")
    watch.refresh()
    assert kept(watch) == fresh(pack, data)


def test_files_that_vanish_and_come_back(tmp_path: Path) -> None:
    pack, data = little(tmp_path)
    watch = Watch(Watched(pack, (str(data),), AS_OF))
    watch.refresh()
    away = shutil.move(data, tmp_path / "away")
    assert watch.has_changed()
    with pytest.raises(DataError):
        watch.refresh()
    shutil.move(away, data)
    watch.refresh()
    assert kept(watch) == fresh(pack, data)


def test_what_a_change_led_to_is_told(tmp_path: Path) -> None:
    pack, data = little(tmp_path)
    watch = Watch(Watched(pack, (str(data),), AS_OF))
    watch.refresh()
    before = watch.run
    rows = (data / "学校.csv").read_text("utf-8-sig").splitlines()
    column = rows[0].split(",").index("视频监控已联网")
    at = next(at for at, row in enumerate(rows) if row.split(",")[column] == "是")
    cells = rows[at].split(",")
    cells[column] = "否"
    (data / "学校.csv").write_text("\n".join([*rows[:at], ",".join(cells), *rows[at + 1 :]]), "utf-8")
    files = watch.refresh()
    assert before is not None and watch.run is not None
    found = update(before, watch.run, files, "zh")
    assert "video-linked" in found.appeared["rule"].to_list() and not found.gone.height
    assert told(found, 0.4, "zh").startswith("学校.csv 有改动：新出现")
    assert told(found, 0.4, "en").startswith("学校.csv changed: ")
    undone = update(watch.run, before, files, "zh")
    assert undone.gone["fingerprint"].to_list() == found.appeared["fingerprint"].to_list()
    schema = json_schema(ROOT / "schemas" / "update.schema.json")
    for each in (found, undone):
        content = json.loads(line(each, "2020-02-01T10:00:00+08:00", 0.4))
        assert not [error.message for error in schema.iter_errors(content)]
    nothing = update(before, before, files, "zh")
    assert nothing.is_empty and told(nothing, 0.4, "zh") == "学校.csv 有改动：结论不变（0.4秒）"


def test_nobody_is_disturbed_while_saving(tmp_path: Path) -> None:
    pack, data = little(tmp_path)
    watch = Watch(Watched(pack, (str(data),), AS_OF))
    watch.refresh()
    saves = iter(["a", "ab", "abc"])
    pauses = []

    def pause() -> None:
        pauses.append(1)
        if (text := next(saves, None)) is not None:
            (data / "note.txt").write_text(text, "utf-8")

    next(follow(watch, pause))
    assert len(pauses) == 4  # the third save was followed by a pause in which nothing happened


@contextmanager
def listening() -> Iterator[tuple[str, list[Any]]]:
    came: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", came
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C is sent otherwise there")
def test_the_command(tmp_path: Path) -> None:
    pack, data = little(tmp_path)
    log, out = tmp_path / "变化.jsonl", data / "运行"  # even within the watched folder it is no input
    with listening() as (address, came):
        command = [
            sys.executable, "-u", "-m", "checker", "watch", str(pack), str(data), "--as-of", str(AS_OF), "--out", str(out),
            "--every", "0.05", "--log", str(log), "--webhook", address,
        ]  # fmt: skip
        running = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, encoding="utf-8"
        )
        said: queue.Queue[str] = queue.Queue()
        assert running.stdout is not None
        reader = threading.Thread(target=lambda: [said.put(each) for each in running.stdout or ()])
        reader.start()

        def until(words: str) -> str:
            while words not in (got := said.get(timeout=120)):
                pass
            return got

        try:
            until("正在跟踪改动")
            replaced(data / "校车.csv", "苏F00001", "苏F00009")
            until("校车.csv 有改动")
            rule = sorted((pack / "requirements").rglob("*.yaml"))[0]
            text = rule.read_text("utf-8")
            rule.write_text(text + "\n没有的键: 1\n", "utf-8")
            until("仍以前一次的结果为准")
            rule.write_text(text, "utf-8")
            until(f"{rule.name} 有改动")
            running.send_signal(signal.SIGINT)
            until("已结束")
            assert running.wait(timeout=60) == 0
        finally:
            running.kill()
            reader.join()
            running.stdout.close()
    lines = [json.loads(each) for each in log.read_text("utf-8").splitlines()]
    assert [bool(each["problems"]) for each in lines] == [False, True, False]
    assert came == lines
    schema = json_schema(ROOT / "schemas" / "update.schema.json")
    assert not [error.message for each in lines for error in schema.iter_errors(each)]
    assert runs.digests(out) == fresh(pack, data)


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "checker",
        "watch",
        str(LITTLE),
        str(tmp_path),
        "--as-of",
        str(AS_OF),
        "--webhook",
        "file:///etc",
    ]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 2 and "U14" in done.stderr.decode()
