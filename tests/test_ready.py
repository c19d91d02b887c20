"""`checker run --as-is`: tables as the pack defines them are judged as records that were read in are, whatever the pieces."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from deferred import SOUND
from polars.testing import assert_frame_equal

from checker import pipeline, resources, runs
from checker.__main__ import main
from checker.batches import read
from checker.errors import DataError
from checker.model import Pack
from checker.plan import Run

AS_OF = date(2020, 12, 31)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return pipeline.sound_pack("nantong-2019")


@pytest.fixture(scope="module")
def read_in(pack: Pack) -> Run:
    tables = pipeline.read_data(pack, [resources.demo_folder() / AS_OF.isoformat()])
    return pipeline.run(pack, tables, AS_OF)


@pytest.fixture(scope="module")
def tables(read_in: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Those of a run."""
    return runs.write(read_in, tmp_path_factory.mktemp("made") / "run") / "tables"


def in_pieces(tables: Path, to: Path) -> Path:
    """Every table as a folder of files, in order; numbers smaller."""
    for path in tables.glob("*.parquet"):
        frame = pl.read_parquet(path).with_columns(pl.col(pl.Int64).cast(pl.Int32))
        frame = frame.select(name for name in frame.columns if frame[name].null_count() < max(frame.height, 1))
        if frame.height:
            (to / path.name).mkdir(parents=True)
            for at in range(0, frame.height, 3000):
                frame.slice(at, 3000).write_parquet(to / path.name / f"{at:08}.parquet")
    return to


def shuffled(tables: Path, to: Path) -> Path:
    """Schools in another order: those of a unit do not stand together any more."""
    shutil.copytree(tables, to, dirs_exist_ok=True)
    schools = pl.read_parquet(tables / "institution.parquet")
    schools.sample(fraction=1.0, shuffle=True, seed=7).write_parquet(to / "institution.parquet")
    return to


@pytest.mark.parametrize("most", [600_000, 10**12], ids=["groups", "one group"])
@pytest.mark.parametrize(
    "form", [lambda tables, _: tables, in_pieces, shuffled], ids=["as written", "pieces", "shuffled"]
)
def test_they_give_the_same_run(
    read_in: Run,
    tables: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    most: int,
    form: Callable[[Path, Path], Path],
) -> None:
    monkeypatch.setattr("checker.batches.MOST", most)
    ready = pipeline.ready_data(read_in.plan.pack, form(tables, tmp_path / "tables"))
    assert ready.frames["institution"].shape == (read_in.tables.frames["institution"].height, 0), "nothing in memory"
    done = pipeline.run(read_in.plan.pack, ready, AS_OF)
    beside = ["source", "row"]
    assert_frame_equal(done.findings.drop(beside), read_in.findings.drop(beside))
    assert done.scorecard.targets == read_in.scorecard.targets
    assert [(gate.unit, gate.state) for gate in done.scorecard.gates] == [
        (gate.unit, gate.state) for gate in read_in.scorecard.gates
    ]
    assert done.figures == read_in.figures
    assert [(each.id, each.deadline) for each in done.measures.proposed] == [
        (each.id, each.deadline) for each in read_in.measures.proposed
    ]


def test_a_deferral_that_names_schools_of_two_units(
    read_in: Run, tables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its subjects must be found, by key and by name, before anything but numbers of rows is in memory."""
    failing = read_in.findings.filter((pl.col("verdict") == "fail") & (pl.col("subject") == "institution"))
    failing = failing.filter(pl.col("rule") == failing["rule"].mode().sort()[0]).unique("unit", maintain_order=True)
    (key, _), (_, name) = failing.select("key", "name").head(2).iter_rows()
    deferral = replace(
        SOUND,
        rule=failing["rule"][0],
        unit="",
        subjects=(key, name),
        approved_on=date(2020, 11, 1),
        expires=date(2020, 12, 31),
    )
    whole = pipeline.run(read_in.plan.pack, read_in.tables, AS_OF, deferrals=[deferral])
    monkeypatch.setattr("checker.batches.MOST", 240_000)
    monkeypatch.setattr("checker.batches._PIECE", 300)
    ready = pipeline.ready_data(read_in.plan.pack, tables)
    done = pipeline.run(read_in.plan.pack, ready, AS_OF, deferrals=[deferral])
    assert whole.deferrals[0].state == "counts"
    assert len(whole.deferrals[0].fingerprints) == 2
    assert done.deferrals == whole.deferrals
    assert_frame_equal(done.findings.drop("source", "row"), whole.findings.drop("source", "row"))


def test_on_the_command_line(read_in: Run, tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "run"
    command = ["run", "nantong-2019", str(tables), "--as-is", "--as-of", AS_OF.isoformat(), "--out", str(folder)]
    assert main(command) == 0
    told = capsys.readouterr().out
    assert "1054所学校" in told
    opened = pipeline.open_run(folder)
    assert_frame_equal(opened.findings.drop("source"), read_in.findings.drop("source"))
    for name, frame in read_in.tables.frames.items():
        assert_frame_equal(opened.tables.frames[name], frame)
    assert pipeline.verify(folder).faults == {}
    assert main(["gate", str(folder)]) == 1
    assert capsys.readouterr().out == pipeline.gates(read_in, "zh")
    unit = read_in.scorecard.gates[1].name.zh
    assert main(["report", str(folder), "--unit", unit]) == 0
    assert unit in capsys.readouterr().out
    number = opened.findings["number"][0]
    assert main(["explain", str(folder), number]) == 0
    assert number in capsys.readouterr().out


@pytest.mark.parametrize("more", [["--unit", "启东市"], ["--received", "2020-12-31"], ["another"]])
def test_one_folder_and_nothing_about_it(
    tables: Path, tmp_path: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    command = [
        "run",
        "nantong-2019",
        str(tables),
        "--as-is",
        "--as-of",
        AS_OF.isoformat(),
        "--out",
        str(tmp_path / "run"),
    ]
    assert main([*command, *more]) == 2
    assert "U64" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def broken(tables: Path, to: Path, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Path:
    to.mkdir()
    change(pl.read_parquet(tables / "institution.parquet")).write_parquet(to / "institution.parquet")
    return to


def told_of(pack: Pack, folder: Path) -> set[str]:
    with pytest.raises(DataError) as refused:
        pipeline.ready_data(pack, folder)
    assert {each.code for each in refused.value.diagnostics} == {"E73"}
    assert all(each.message.en for each in refused.value.diagnostics)
    return {each.message.zh for each in refused.value.diagnostics}


def test_all_that_does_not_fit_is_told(pack: Pack, tables: Path, tmp_path: Path) -> None:
    wrong = broken(
        tables,
        tmp_path / "types",
        lambda frame: frame.with_columns(
            pl.col("students").cast(pl.String), pl.lit(1).alias("extra"), pl.lit(None, pl.Date).alias("_returned_drill")
        ).drop("unit_code"),
    )
    (wrong / "nonsense.parquet").write_bytes(b"")
    assert told_of(pack, wrong) == {
        "“students”是 String，应为 Int64", "规则包里没有“extra”这一项", "缺少“unit_code”这一列", "规则包里没有这张表",
    }  # fmt: skip


def test_codes_and_keys_are_looked_at(pack: Pack, tables: Path, tmp_path: Path) -> None:
    at = pl.int_range(pl.len())
    wrong = broken(
        tables,
        tmp_path / "values",
        lambda frame: frame.with_columns(
            pl.when(at == 3).then(pl.lit("castle")).otherwise("school_type").alias("school_type"),
            pl.when(at == 4).then(None).when(at == 6).then(pl.col("code").get(5)).otherwise("code").alias("code"),
        ),
    )
    assert told_of(pack, wrong) == {"“school_type”有规则包里没有的代码：castle", "1条记录没有“code”", "“code”有1条重复"}


def test_damaged_and_empty(pack: Pack, tmp_path: Path) -> None:
    assert told_of(pack, tmp_path) == {"这个文件夹里没有规则包的表"}
    (tmp_path / "institution.parquet").write_bytes(b"PAR1 not quite")
    assert told_of(pack, tmp_path) == {"不是完好的 Parquet 文件"}


def test_rows_by_position(tmp_path: Path) -> None:
    pl.DataFrame({"a": range(10)}).write_parquet(tmp_path / "x.parquet")
    scan = pl.scan_parquet(tmp_path / "x.parquet")
    for rows in ([2, 3, 4], [1, 5, 9], []):
        assert read(scan, pl.Series(rows, dtype=pl.UInt32))["a"].to_list() == rows
