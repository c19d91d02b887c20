"""The run folder: what is in it, the same bytes twice, read back as it was written, refusals that help."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import hand_built as make
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from checker import runs
from checker.errors import Text, UsageError
from checker.find import find, targets
from checker.plan import GateResult, Plan, Reason, Run, Scorecard, Source


def finished(root: str = "", shuffled: bool = False) -> Run:
    plan: Plan = make.plan(make.video(), make.weekly(), known_at=date(2020, 1, 20), root=root)
    sources = (Source("/home/somebody/上报/启东.xlsx", "Sheet1", "institution", {"video_linked": "M"}, "ab12"),)
    tables = make.data(
        [{"code": "1", "name": "城关小学", "unit_code": "320681"}], sources=sources, origins=[("institution", 0, 0, 9)]
    )
    found = [
        make.found(0, 0, "1", "320681", due=date(2019, 12, 31), days=15, observed={"1": {"video_linked": False}}),
        make.found(1, 0, "320681", "320681", period="2020-W02"),
    ]
    cells = [make.counted(0, "320681", "fail", 1), make.counted(1, "320681", "fail", 1, period="2020-W02")]
    if shuffled:
        found, cells = found[::-1], cells[::-1]
    findings, counts = find(plan, tables, make.evaluation(found, cells))
    reason = Reason("critical", "blocks", "false", {"failing": 1, "unknown": 0, "rules": [], "targets": []})
    gates = (GateResult("320681", Text("启东市", "Qidong"), "closed", (reason,)),)
    return Run(plan, tables, findings, Scorecard(counts, targets(plan, tables, counts), gates), "reference")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_in_the_folder(tmp_path: Path) -> None:
    rules = make.rules_folder(tmp_path / "rules")
    folder = runs.write(finished(str(rules)), tmp_path / "运行" / "2020-01-15")
    assert sorted(contents(folder)) == [
        "basis.json",
        "findings.parquet",
        "gates.json",
        "manifest.json",
        "origins.parquet",
        "pack/pack.yaml",
        "pack/requirements/video-linked.yaml",
        "questions.parquet",
        "scorecard.parquet",
        "sources.json",
        "tables/bus.parquet",
        "tables/institution.parquet",
        "tables/report.parquet",
        "tables/unit.parquet",
        "targets.parquet",
    ]


def test_the_same_run_gives_the_same_bytes_anywhere(tmp_path: Path) -> None:
    one = runs.write(finished(), tmp_path / "one")
    two = runs.write(finished(shuffled=True), tmp_path / "deep" / "two")
    assert contents(one) == contents(two)


def test_the_manifest_tells_no_path(tmp_path: Path) -> None:
    folder = runs.write(finished(), tmp_path / "run")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["data"] == [{"digest": "ab12", "file": "启东.xlsx", "sheet": "Sheet1", "table": "institution"}]
    assert manifest["pack"] == {"digest": "d0", "id": "nantong-2019", "version": "0.1.0"}
    assert (manifest["as_of"], manifest["known_at"], manifest["engine"]) == ("2020-01-15", "2020-01-20", "reference")
    assert manifest["counts"]["verdicts"] == {"pass": 0, "fail": 2, "unknown": 0, "not_applicable": 0}
    assert all(b"somebody" not in content for content in contents(folder).values())


def test_read_back(tmp_path: Path) -> None:
    run = finished(str(make.rules_folder(tmp_path / "rules")))
    stored = runs.read(runs.write(run, tmp_path / "run"))
    assert_frame_equal(stored.findings(), run.findings)
    assert_frame_equal(stored.scorecard.counts, run.scorecard.counts)
    assert stored.scorecard.targets == run.scorecard.targets
    assert stored.scorecard.gates == run.scorecard.gates
    assert (stored.as_of, stored.known_at) == (date(2020, 1, 15), date(2020, 1, 20))
    assert (stored.pack_folder / "pack.yaml").is_file()
    tables = stored.tables()
    assert set(tables.frames) == set(run.tables.frames)
    for name, frame in run.tables.frames.items():
        assert_frame_equal(tables.frames[name], frame)
    assert_frame_equal(tables.origins, run.tables.origins)
    assert tables.sources[0].columns == {"video_linked": "M"}


def test_a_run_is_replaced_but_the_reports_beside_it_stay(tmp_path: Path) -> None:
    folder = runs.write(finished(str(make.rules_folder(tmp_path / "rules"))), tmp_path / "run")
    (folder / "总览.html").write_text("report", "utf-8")
    (folder / "tables" / "old.parquet").write_bytes(b"")
    # The rules may be the folder's own copy.
    runs.write(finished(str(folder / "pack")), folder)
    assert (folder / "总览.html").is_file()
    assert (folder / "pack" / "pack.yaml").is_file()
    assert not (folder / "tables" / "old.parquet").exists()


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "收数").mkdir()
    (tmp_path / "收数" / "启东.xlsx").write_bytes(b"data")
    with pytest.raises(UsageError) as refused:
        runs.write(finished(), tmp_path / "收数")
    assert refused.value.diagnostics[0].code == "U31"
    assert [path.name for path in (tmp_path / "收数").iterdir()] == ["启东.xlsx"]


def test_no_such_run_names_the_latest(tmp_path: Path) -> None:
    for day in ("2019-12-20", "2019-12-31"):
        runs.write(finished(), tmp_path / "运行" / day)
    with pytest.raises(UsageError) as refused:
        runs.read(tmp_path / "运行" / "x")
    (problem,) = refused.value.diagnostics
    assert problem.code == "U30"
    assert problem.message.zh == f"没有这次运行。最近的有：{tmp_path}/运行/2019-12-31、{tmp_path}/运行/2019-12-20"


def test_no_run_at_all(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        runs.read(tmp_path / "nowhere" / "x")
    assert refused.value.diagnostics[0].message.zh == "没有这次运行"


@pytest.mark.parametrize("name", ["findings.parquet", "gates.json", "manifest.json"])
def test_a_damaged_run_is_refused(tmp_path: Path, name: str) -> None:
    folder = runs.write(finished(), tmp_path / "run")
    (folder / name).write_bytes(b"\x00")
    with pytest.raises(UsageError) as refused:
        runs.read(folder).findings()
    assert refused.value.diagnostics[0].code == "U30"


def test_an_interrupted_write_leaves_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = runs.write(finished(), tmp_path / "run")

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(OSError, match="no space left"):
        runs.write(finished(), folder)
    assert not (folder / "manifest.json").exists()
