"""`checker run --since`: built on an earlier run a run is what a full one is, to the byte; what cannot be relied upon is told."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import polars as pl
import pytest
from deferred import SOUND
from generate import World, worlds
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from test_batches import no_questions, with_units
from test_engines_agree import SETTINGS
from test_rejudge import edited
from test_watch import CELLS, little, replaced

from checker import batches, pipeline, resources, signs
from checker.__main__ import main
from checker.compile.gates import gate_tables
from checker.engines import columnar
from checker.intake import one_file
from checker.pipeline.judging import evaluate
from checker.pipeline.running import finished
from checker.plan import Evaluation, Plan, Run

AS_OF = date(2020, 2, 1)
pytestmark = pytest.mark.usefixtures("judged_in_part")


@settings(SETTINGS, max_examples=40)
@given(worlds(), st.integers(0, 2**20), st.integers(0, 4), st.sampled_from(["same", "fewer", "other"]))
def test_any_world_however_it_changes(
    tmp_path_factory: pytest.TempPathFactory, world: World, seed: int, edits: int, rules: str
) -> None:
    """Its rules, its records, or both."""
    folder, random, plan = tmp_path_factory.mktemp("world"), Random(seed), with_units(world)
    plan = replace(plan, gate_tables=gate_tables(plan.pack))
    tables = replace(world.tables, sources=(), questions=no_questions())
    after = edited(tables, plan.pack.tables, random, edits) if any(f.height for f in tables.frames.values()) else tables
    now, first = plan, plan.obligations[0]
    match rules:
        case "fewer":
            now = replace(plan, obligations=plan.obligations[1:])
        case "other":
            now = replace(plan, obligations=(*plan.obligations[1:], replace(first, due=None, done_on=None)))
    pipeline.save(finished(plan, tables, columnar.evaluate(plan, tables)), folder / "before")
    since = pipeline.since(folder / "before", plan.pack)
    built = finished(now, after, since.judge(now, after, "columnar"))
    whole = finished(now, after, columnar.evaluate(now, after))
    assert since.why == []
    event(f"part of it judged again: {0 < since.again < since.verdicts}")
    one, two = (pipeline.save(run, folder / name) for run, name in ((built, "built"), (whole, "whole")))
    assert contents(one) == contents(two)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- files, rules, parameters ----------------------------------------------------------------------

CHANGES = {
    "requirements/video-linked.yaml": ("severity: critical", "severity: low"),
    "requirements/bus-permit.yaml": ("permit_until < as_of", "permit_until <= as_of"),
    "parameters/guards.yaml": ("{up_to: 1000, value: 2}", "{up_to: 1000, value: 3}"),
    "vocabulary/institution.yaml": ("key: code", "key: code\naliases: [院校]"),
}


def made(pack: Path, data: Path, folder: Path, since: Path | None = None) -> tuple[Run, pipeline.Since | None]:
    """A run with everything: deferrals, compared with an earlier one."""
    rules = pipeline.sound_pack(pack)
    before = None if since is None else pipeline.since(since, rules)
    memory = pipeline.reading() if before is None else before.memory
    tables = pipeline.read_data(rules, [data], memory=memory)
    first = folder.parent / "first"
    if not first.exists():
        pipeline.save(pipeline.run(rules, tables, date(2020, 1, 10)), first)
    earlier = pipeline.earlier_runs(rules, AS_OF, [first])
    run = pipeline.run(rules, tables, AS_OF, deferrals=[SOUND], earlier=earlier, since=before)
    pipeline.save(run, folder, memory)
    return run, before


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_changes_in_files_rules_and_parameters(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Run after run, each built on the one before."""
    place = tmp_path_factory.mktemp("runs")
    pack, folder = little(place)
    made(pack, folder, place / "0")
    for n in range(1, data.draw(st.integers(2, 4))):
        for file in sorted(data.draw(st.sets(st.sampled_from(["学校.csv", "报送.csv", "校车.csv"]), max_size=2))):
            path = folder / file
            rows = [row.split(",") for row in path.read_text("utf-8-sig").splitlines()]
            at = data.draw(st.integers(1, len(rows) - 1))
            rows[at][data.draw(st.integers(0, len(rows[at]) - 1))] = data.draw(st.sampled_from(CELLS))
            path.write_text("\n".join(map(",".join, rows)), "utf-8")
        for name in sorted(data.draw(st.sets(st.sampled_from(sorted(CHANGES)), max_size=2))):
            old, new = CHANGES[name]
            said = (pack / name).read_text("utf-8")
            replaced(pack / name, *((old, new) if new not in said else (new, old)))
        _, since = made(pack, folder, place / str(n), place / str(n - 1))
        assert since is not None and since.memory.opened <= 3 == since.memory.asked
        made(pack, folder, place / "whole")
        assert contents(place / str(n)) == contents(place / "whole")


def test_only_what_changed_is_judged_again(tmp_path: Path) -> None:
    pack, data = little(tmp_path)
    run, _ = made(pack, data, tmp_path / "0")

    def again(n: int) -> dict[str, int]:
        """Rule → verdicts that are judged again."""
        asked: dict[str, int] = {}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("checker.pipeline.resuming.evaluate", lambda *args, **more: noted(asked, *args, **more))
            _, since = made(pack, data, tmp_path / str(n), tmp_path / str(n - 1))
        assert since is not None and not since.why and since.verdicts == int(run.scorecard.counts["n"].sum())
        return asked

    assert again(1) == {}
    replaced(pack / "requirements" / "video-linked.yaml", "severity: critical", "severity: low")
    assert again(2) == {}
    replaced(pack / "parameters" / "guards.yaml", "{up_to: 1000, value: 2}", "{up_to: 1000, value: 3}")
    assert list(again(3)) == ["guards-standard"]
    replaced(data / "学校.csv", "河口小学,启东市,小学,是,是", "河口小学,启东市,小学,是,否")
    assert again(4) == {"video-linked": 2}  # of one school, then and now


def noted(asked: dict[str, int], plan: Plan, *args: Any, **more: Any) -> Evaluation:
    found = evaluate(plan, *args, **more)
    for number, n in found.counts.group_by("obligation").agg(pl.col("n").sum()).iter_rows():
        rule = plan.obligations[number].rule.id
        asked[rule] = asked.get(rule, 0) + n
    return found


# --- files that were read ------------------------------------------------------------------------


def test_workbooks_that_have_not_changed_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A city's, of some of its units: many sheets and tables, doubts, returns."""
    data = tmp_path / "收数"
    data.mkdir()
    for name in ("市教育局报送登记.xlsx", "市直属学校（单位）.xlsx", "通州湾江海联动开发示范区.xlsx"):
        shutil.copy(resources.demo_folder() / "2020-12-31" / name, data / name)
    changed = data / "市直属学校（单位）.xlsx"
    monkeypatch.chdir(tmp_path)

    def run(out: str, *more: str) -> None:
        assert main(["run", "nantong-2019", "收数", "--as-of", "2020-12-31", "--out", out, *more]) == 0

    opened: list[str] = []
    sheets = one_file.sheets
    monkeypatch.setattr(one_file, "sheets", lambda file, *args: opened.append(file.name) or sheets(file, *args))
    run("甲")
    assert sorted(opened) == sorted(path.name for path in data.iterdir())
    for n, since in enumerate(["甲", "0"]):  # also of what was not read then, but recalled
        opened.clear()
        run(str(n), "--since", since)
        assert opened == [] and contents(tmp_path / str(n)) == contents(tmp_path / "甲")
    book = openpyxl.load_workbook(changed)
    number = next(cell for sheet in book for row in sheet.iter_rows() for cell in row if type(cell.value) is int)
    number.value += 1
    book.save(changed)
    run("乙", "--since", "1")
    assert opened == [changed.name]
    run("丙")
    assert contents(tmp_path / "乙") == contents(tmp_path / "丙") != contents(tmp_path / "甲")
    # On another day everything is judged, but nothing read.
    opened.clear()
    assert main(["run", "nantong-2019", "收数", "--as-of", "2021-01-31", "--out", "丁", "--since", "丙"]) == 0
    assert opened == []
    # Whoever sent them: files that do not say it may mean something else.
    run("戊", "--since", "丙", "--unit", "启东市")
    assert len(opened) == 3


def test_with_a_mapping_nothing_is_kept(tmp_path: Path) -> None:
    """What it said of a file stands in another one."""
    pack, data = map(str, little(tmp_path))
    (tmp_path / "对照.yaml").write_text("格式: 对照表/1\n工作表:\n  - {文件: 学校.csv, 表: 学校}\n", "utf-8")
    out = str(tmp_path / "run")
    said = ["--mapping", str(tmp_path / "对照.yaml")]
    assert main(["run", pack, data, "--as-of", "2020-02-01", "--out", out]) == 0
    assert (tmp_path / "run" / "read").is_dir()
    assert main(["run", pack, data, "--as-of", "2020-02-01", "--out", out, "--since", out, *said]) == 0
    assert not (tmp_path / "run" / "read").exists()
    assert main(["verify", out]) == 0


def test_no_more_rows_are_kept_than_memory_allows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first files, in their order; whoever wrote the run."""
    pack, data = little(tmp_path)
    monkeypatch.setattr("checker.intake.kept.MOST_ROWS", 4)
    monkeypatch.setattr("checker.intake.MOST_ROWS", 4)
    made(pack, data, tmp_path / "0")
    kept = json.loads((tmp_path / "0" / "read" / "files.json").read_text("utf-8"))["files"]
    assert 0 < len(kept) < 3
    _, since = made(pack, data, tmp_path / "1", tmp_path / "0")
    assert since is not None and since.memory.opened == 3 - len(kept)
    assert contents(tmp_path / "0") == contents(tmp_path / "1")


# --- what cannot be relied upon ------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["basis.json", "findings.parquet", "scorecard.parquet", "tables/bus.parquet", "gates.json", "read/found.parquet"],
)
@pytest.mark.parametrize("how", ["altered", "lost"])
def test_damage_is_told_and_everything_judged(tmp_path: Path, name: str, how: str) -> None:
    pack, data = little(tmp_path)
    made(pack, data, tmp_path / "0")
    path = tmp_path / "0" / name
    path.unlink() if how == "lost" else path.write_bytes(path.read_bytes() + b" ")
    _, since = made(pack, data, tmp_path / "1", tmp_path / "0")
    assert since is not None and [why.zh for why in since.why] == ["那次运行的文件有改动或缺失"]
    made(pack, data, tmp_path / "whole")
    assert contents(tmp_path / "1") == contents(tmp_path / "whole")


def test_no_other_program_is_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack, data = little(tmp_path)
    made(pack, data, tmp_path / "0")
    monkeypatch.setattr("checker.signs.program", lambda: "another")
    _, since = made(pack, data, tmp_path / "1", tmp_path / "0")
    assert since is not None and [why.zh for why in since.why] == ["那次运行是另一版本的程序写的"]


def test_the_program_is_its_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_bytes(b"x = 1\n")
    monkeypatch.setattr("checker.signs._CODE", tmp_path)
    first = signs.program()
    (tmp_path / "a.py").write_bytes(b"x = 1\r\n")
    assert signs.program() == first
    (tmp_path / "a.py").write_bytes(b"x = 2\n")
    assert signs.program() != first


# --- on the command line -------------------------------------------------------------------------


def test_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pack, data = map(str, little(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(*more: str) -> tuple[int, str]:
        code = main(["run", pack, data, "--as-of", "2020-02-01", *more])
        out, err = capsys.readouterr()
        return code, out + err

    assert run("--out", "甲")[0] == 0
    code, text = run("--out", "乙", "--since", "甲")
    assert code == 0 and re.search(r"(?m)^接着 甲 做：3个文件中重新读取0个；[\d,]+项判定中重新判定0项。$", text)
    assert contents(tmp_path / "甲") == contents(tmp_path / "乙")
    assert main(["verify", "乙"]) == 0
    # Into the very folder that it builds on.
    replaced(Path(data, "学校.csv"), "河口小学,启东市,小学,是,是", "河口小学,启东市,小学,是,否")
    assert run("--out", "甲", "--since", "甲")[0] == 0
    assert run("--out", "乙")[0] == 0
    assert contents(tmp_path / "甲") == contents(tmp_path / "乙")
    code, text = run("--out", "丙", "--since", "甲", "--known-at", "2020-01-31", "--lang", "en")
    assert code == 0
    assert (
        "Building on 甲: of 3 files 0 were read again; everything was judged again, because that run's known-at is not set."
        in text
    )
    assert "那次运行的统计时点是2020-02-01" in run("--out", "丙", "--since", "甲", "--as-of", "2020-01-31")[1]
    monkeypatch.setattr(batches, "MOST", 1)
    assert "数据是分组判定的" in run("--out", "丙", "--since", "甲")[1]
    for engine in ("rete", "spark"):
        assert run("--since", "甲", "--engine", engine) == (2, f"错误 U65　--since 不与 --engine {engine} 同用\n")
    assert (run("--since", "没有"))[0] == 2
    shutil.copytree("甲", "别的")
    manifest = json.loads(Path("别的", "manifest.json").read_text("utf-8"))
    manifest["pack"]["id"] = "another"
    Path("别的", "manifest.json").write_text(json.dumps(manifest), "utf-8")
    code, text = run("--since", "别的")
    assert code == 2 and "不是本方案" in text
