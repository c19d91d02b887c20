"""On Spark the same is said as by the columnar engine, however the rows are cut."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import generate
import polars as pl
import pytest
import spark_faults
from generate import World, worlds
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st
from test_engines_agree import SETTINGS
from test_targets import with_targets

from checker import find, pipeline, runs
from checker.__main__ import main
from checker.engines import columnar
from checker.plan import Evaluation, Tables
from checker.tables import assemble

if shutil.which("java") is None:
    pytest.skip("no Java here: Spark needs Java 17", allow_module_level=True)
pytest.importorskip("pyspark", reason="pip install -e '.[spark]'")

from checker.engines import spark
from checker.engines.spark.passes import passes
from checker.engines.spark.session import session as session_of
from checker.errors import DiagnosedError, UsageError
from checker.pipeline.clustering import Clustered

LITTLE, DATA = Path(__file__).parent / "little", Path(__file__).parent / "little_data"
DAY = date(2020, 1, 15)
UNITS = partial(assemble, pipeline.sound_pack(LITTLE))
COLUMNS = spark.Columns(find.FINDING_COLUMNS, find.COUNT_COLUMNS, tuple(find.CELL), find.REGISTERS)


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """A task may fail once. Tables four times as large as elsewhere: what costs is the run, not the row."""
    with pytest.MonkeyPatch.context() as patch, spark.cluster("local[2,2]") as running:
        patch.setattr(generate, "KEYS", {name: 4 * n for name, n in generate.KEYS.items()})
        yield running


def same(found: Evaluation, meant: Evaluation) -> None:
    assert found.findings.equals(meant.findings), f"{found.findings}\n{meant.findings}"
    assert found.counts.equals(meant.counts), f"{found.counts}\n{meant.counts}"
    assert found.verdicts is None or meant.verdicts is None or found.verdicts.equals(meant.verdicts)


def twins(tables: Tables) -> Tables:
    """Two institutions, and two buses of different ones, that bear one key."""
    frames = dict(tables.frames)
    for name in ("institution", "bus"):
        frame = frames[name]
        code = [*frame["code"][:-1], *frame["code"][: min(frame.height, 1)]]
        frames[name] = frame.with_columns(pl.Series("code", code, dtype=pl.String))
    return replace(tables, frames=frames)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
# A failure is told as it is: making it smaller would take Spark many minutes.
@settings(SETTINGS, max_examples=8, phases=[Phase.generate])
@given(
    worlds(),
    st.sampled_from([7, 2, 1]),
    st.sampled_from([7, 2, None]),
    st.sampled_from(["as drawn", "twins", "twins", "empty"]),
    st.sampled_from(sorted(generate.PARENTS)),
    st.booleans(),
)
def test_any_cut_says_the_same(
    session: Any, world: World, shards: int, partitions: int | None, what: str, table: str, some: bool
) -> None:
    tables = twins(world.tables) if what == "twins" else world.tables
    if what == "empty":
        tables = replace(tables, frames={**tables.frames, table: tables.frames[table].clear()})
    only = {world.plan.obligations[0].subject: pl.Series([0, 2], dtype=pl.UInt32)} if some else None
    found = spark.evaluate(world.plan, tables, verdicts=True, only=only, shards=shards, partitions=partitions)
    meant = columnar.evaluate(world.plan, tables, verdicts=True, only=only)
    event(f"findings: {meant.findings.height > 0}")
    same(found, meant)


@settings(SETTINGS, max_examples=100)
@given(worlds(), st.sets(st.sampled_from(sorted(generate.PARENTS))))
def test_passes_hold_together_whichever_tables_came(world: World, absent: set[str]) -> None:
    there = {name: frame.columns for name, frame in world.tables.frames.items() if name not in absent}
    found = passes(world.plan, there)
    assert sorted(number for each in found for number in each.numbers) == list(range(len(world.plan.obligations)))
    for each in found:
        followed = list(each.follows)
        assert all(
            parent is None or parent in followed[: followed.index(name)] for name, parent in each.follows.items()
        )
        assert {name for pair in each.below for name in pair} <= {*followed} <= {*there}
        assert {above for _, above, _ in each.up} <= {*each.reads}


def test_without_java_or_pyspark_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="no Java found") as refused:
        session_of()
    assert "JAVA_HOME" in refused.value.diagnostics[0].hint.zh  # type: ignore[union-attr]
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(UsageError, match="not installed"):
        session_of()


# --- tables on a path ----------------------------------------------------------------------------


def written(tables: Tables, folder: Path) -> Path:
    """Institutions in three files, the others in one each."""
    folder.mkdir()
    for name, frame in tables.frames.items():
        path = folder / f"{name}.parquet"
        if name != "institution":
            frame.write_parquet(path)
            continue
        path.mkdir()
        for at in range(3):
            frame.filter(pl.int_range(pl.len()) * 3 // pl.len() == at).write_parquet(path / f"{at}.parquet")
    return folder


def test_findings_on_a_path_are_those_of_a_run(session: Any, tmp_path: Path) -> None:
    pack = pipeline.sound_pack(LITTLE)
    tables = pipeline.read_data(pack, [DATA])
    done = pipeline.run(pack, tables, DAY)
    out = tmp_path / "问题"
    told = spark.judge_folder(
        done.plan, str(written(tables, tmp_path / "表")), str(out), find.find_part, UNITS, COLUMNS, shards=3
    )
    found = pl.concat(pl.read_parquet(path) for path in sorted(out.glob("*.parquet")))
    found = found.cast(find.FINDING_COLUMNS).sort("unit", maintain_order=True)
    assert found.height > 5
    assert found.drop("source").equals(done.findings.drop("source"))
    assert told.counts.equals(done.scorecard.counts)
    assert told.rows["institution"] == tables.frames["institution"].height


def test_the_scorecard_is_that_of_a_run(
    session: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = pipeline.sound_pack(LITTLE)
    tables = pipeline.read_data(pack, [DATA])
    frames = {name: frame for name, frame in tables.frames.items() if name != "unit"}
    folder = str(written(replace(tables, frames=frames), tmp_path / "tables"))
    done = pipeline.run(pack, pipeline.ready_data(pack, folder), DAY)
    runs.write(done, tmp_path / "run")
    command = ["cluster", str(LITTLE), folder, "--as-of", DAY.isoformat(), "--findings"]
    assert main([*command, str(tmp_path / "问题")]) == 0
    assert capsys.readouterr().out.endswith("\n\n" + pipeline.gates(done, "zh"))
    for name in ("scorecard.parquet", "targets.parquet", "gates.json"):
        assert (tmp_path / "问题-scorecard" / name).read_bytes() == (tmp_path / "run" / name).read_bytes()
    shutil.rmtree(tmp_path / "问题")
    assert main([*command, str(tmp_path / "问题")]) == 2
    said = capsys.readouterr().err
    assert "U63" in said and "问题-scorecard" in said
    assert not (tmp_path / "问题").exists()
    clustered = Clustered(done, {"bus": 7}, "beside")
    monkeypatch.setattr(pipeline, "judge_folder", lambda *_, **__: clustered)
    assert main([*command, "there", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["gates"] == json.loads(pipeline.report(done, "json", lang="zh"))["gates"]
    assert (told["rows"], told["findings"], told["scorecard"]) == ({"bus": 7}, "there", "beside")


@settings(SETTINGS, max_examples=3, phases=[Phase.generate])
@given(worlds(), st.sampled_from([7, 2, 1]), st.booleans())
def test_rates_are_those_of_the_whole(session: Any, world: World, shards: int, doubled: bool) -> None:
    plan = with_targets(world)
    tables = twins(world.tables) if doubled else world.tables
    _, counts = find.find(plan, tables, columnar.evaluate(plan, tables))
    units = replace(tables, frames={"unit": tables.frames["unit"]})
    with tempfile.TemporaryDirectory() as folder:
        place = str(written(tables, Path(folder, "tables")))
        args = (find.find_part, lambda _: units, COLUMNS)
        told = spark.judge_folder(plan, place, str(Path(folder, "found")), *args, shards=shards)
    assert told.counts.equals(counts)
    meant = find.targets(plan, tables, counts)
    event(f"missing: {any(target.missing for target in meant)}")
    assert find.targets(plan, units, told.counts, told.registers) == meant


def test_an_executor_that_dies_changes_nothing(session: Any, tmp_path: Path) -> None:
    pack = pipeline.sound_pack(LITTLE)
    tables = pipeline.read_data(pack, [DATA])
    done = pipeline.run(pack, tables, DAY)
    session.sparkContext.addPyFile(spark_faults.__file__)
    dying = partial(spark_faults.dying, str(tmp_path))
    folder = str(written(tables, tmp_path / "tables"))
    told = spark.judge_folder(done.plan, folder, str(tmp_path / "out"), dying, UNITS, COLUMNS, shards=2)
    assert (tmp_path / "died").exists()
    assert told.counts.equals(done.scorecard.counts)
    with pytest.raises(UsageError, match="broken on purpose"):
        spark.judge_folder(done.plan, folder, str(tmp_path / "no"), spark_faults.raising, UNITS, COLUMNS, shards=2)
    assert not (tmp_path / "no").exists()


def test_one_unit_with_nearly_all_schools(session: Any) -> None:
    pack = pipeline.sound_pack(LITTLE)
    plan, tables = pipeline.compile_rules(pack, DAY), pipeline.read_data(pack, [DATA])
    schools, n = tables.frames["institution"], pl.int_range(pl.len())
    many = pl.concat([schools] * 50).with_columns(
        (pl.col("code") + "-" + n.cast(pl.String)).alias("code"),
        pl.when(n % 10 > 0).then(pl.lit(schools["unit_code"][0])).otherwise("unit_code").alias("unit_code"),
    )
    tables = replace(tables, frames={**tables.frames, "institution": many})
    same(spark.evaluate(plan, tables, shards=5, partitions=9), columnar.evaluate(plan, tables))


def test_what_is_wrong_with_tables_on_a_path_is_told(session: Any, tmp_path: Path) -> None:
    pack = pipeline.sound_pack(LITTLE)
    plan, tables = pipeline.compile_rules(pack, DAY), pipeline.read_data(pack, [DATA])

    def refusal(folder: Path, out: Path) -> str:
        with pytest.raises(DiagnosedError) as refused:
            spark.judge_folder(plan, str(folder), str(out), find.find_part, UNITS, COLUMNS)
        return str(refused.value)

    assert "no such folder" in refusal(tmp_path / "none", tmp_path / "out")
    (tmp_path / "empty").mkdir()
    assert "no table of the pack" in refusal(tmp_path / "empty", tmp_path / "out")
    wrong = replace(tables, frames={**tables.frames, "bus": tables.frames["bus"].cast(pl.String).drop("plate")})
    report = tables.frames["report"].cast(pl.String).with_columns(pl.lit(1).alias("extra"))
    wrong = replace(wrong, frames={**wrong.frames, "report": report})
    said = refusal(written(wrong, tmp_path / "wrong"), tmp_path / "out")
    assert 'the column "plate" is missing' in said and "is string, not date" in said
    assert 'the pack has no field "extra"' in said
    assert "was not overwritten" in refusal(written(tables, tmp_path / "right"), tmp_path / "wrong")
    assert not (tmp_path / "out").exists()
