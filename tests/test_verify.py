"""`checker verify`: a run judged again gives the same bytes; whatever was touched is named. And the index of runs."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from deferred import SOUND

from checker import check, pipeline

ROOT = Path(__file__).parent
PACK = pipeline.sound_pack(ROOT / "little")
AS_OF = date(2020, 2, 1)


def made(folder: Path) -> Path:
    """A run with everything: deferrals that count and not, compared with an earlier one."""
    tables = pipeline.read_data(PACK, [ROOT / "little_data"])
    pipeline.save(pipeline.run(PACK, tables, date(2020, 1, 10)), folder / "early")
    earlier = pipeline.earlier_runs(PACK, AS_OF, [folder / "early"])
    run = pipeline.run(PACK, tables, AS_OF, deferrals=[SOUND], earlier=earlier)
    return pipeline.save(run, folder / "run")


def test_judged_again_it_is_the_same(tmp_path: Path) -> None:
    folder = made(tmp_path)
    shutil.rmtree(tmp_path / "early")
    found = pipeline.verify(shutil.move(folder, tmp_path / "elsewhere"))
    assert (found.faults, found.other_versions) == ({}, {})
    assert found.checked > 20


def test_what_was_touched_is_named(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder / "pack" / "gates.yaml").write_text((folder / "pack" / "gates.yaml").read_text("utf-8") + "\n", "utf-8")
    (folder / "tables" / "bus.parquet").unlink()
    (folder / "pack" / "new.txt").write_text("x", "utf-8")
    faults = pipeline.verify(folder).faults
    assert {name: faults[name] for name in ("pack/gates.yaml", "tables/bus.parquet", "pack/new.txt")} == {
        "pack/gates.yaml": "altered", "tables/bus.parquet": "lost", "pack/new.txt": "added",
    }  # fmt: skip


def test_findings_that_were_made_up_do_not_come_out_again(tmp_path: Path) -> None:
    """Somebody who also mends the digest in the manifest is found by judging again."""
    folder = made(tmp_path)
    path = folder / "findings.parquet"
    frame = pl.read_parquet(path)
    frame.with_columns(pl.lit("pass").alias("verdict")).write_parquet(path)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    from checker import runs

    manifest["files"] = runs.digests(folder)
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert pipeline.verify(folder).faults == {"findings.parquet": "differs"}


def test_another_version_is_told(tmp_path: Path) -> None:
    folder = made(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["versions"]["polars"] = "0.1"
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert pipeline.verify(folder).other_versions["polars"] == ("0.1", pl.__version__)


@pytest.mark.parametrize(
    ("zone", "locale", "threads"), [("Asia/Shanghai", "zh_CN.GB18030", "1"), ("America/Lima", "C", "4")]
)
def test_the_same_bytes_in_another_zone_locale_and_with_other_threads(
    tmp_path: Path, zone: str, locale: str, threads: str
) -> None:
    """Hashes of Python differ from process to process, too."""
    here = made(tmp_path / "here")
    code = f"from pathlib import Path; from test_verify import made; made(Path({str(tmp_path / 'there')!r}))"
    environ = {**os.environ, "TZ": zone, "LC_ALL": locale, "POLARS_MAX_THREADS": threads, "PYTHONHASHSEED": threads}
    environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT.parent)])
    subprocess.run([sys.executable, "-c", code], env=environ, check=True, cwd=tmp_path)
    there = tmp_path / "there" / "run"
    assert (there / "manifest.json").read_bytes() == (here / "manifest.json").read_bytes()


def checker(*args: str, cwd: Path) -> tuple[int, str]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT.parent)}
    done = subprocess.run([sys.executable, "-m", "checker", *args], capture_output=True, cwd=cwd, env=environ)
    return done.returncode, done.stdout.decode() + done.stderr.decode()


def test_exit_codes_and_the_index(tmp_path: Path) -> None:
    little, data = str(ROOT / "little"), str(ROOT / "little_data")
    for day in ("2020-01-10", "2020-02-01"):
        assert checker("run", little, data, "--as-of", day, cwd=tmp_path)[0] == 0
    with (tmp_path / "运行" / "目录.csv").open(encoding="utf-8-sig", newline="") as lines:
        index = list(csv.DictReader(lines))
    assert [(line["运行"], line["统计时点"]) for line in index] == [("2020-02-01",) * 2, ("2020-01-10",) * 2]
    code, text = checker("verify", "运行/2020-02-01", cwd=tmp_path)
    assert (code, "逐字节相同" in text) == (0, True)
    (tmp_path / "运行" / "2020-02-01" / "gates.json").write_text("[]", "utf-8")
    code, text = checker("verify", "运行/2020-02-01", cwd=tmp_path)
    assert (code, text.splitlines()[0]) == (1, "已改动　gates.json")
    assert checker("verify", "运行/nothing", cwd=tmp_path)[0] == 2


def test_an_expired_deferral_fails_in_command_line_api_and_report_alike(tmp_path: Path) -> None:
    (tmp_path / "延期.yaml").write_text(
        "格式: 延期批准/1\n延期批准:\n"
        "  - {规则: video-linked, 对象: 阳光幼儿园, 理由: 搬迁, 申请单位: 甲, 批准单位: 乙, 批准日期: 2019-12-20,"
        " 批准文号: 1号, 延期至: 2020-01-31, 防控措施: 巡查, 盯防责任人: 张某}\n",
        "utf-8",
    )
    little, data = str(ROOT / "little"), str(ROOT / "little_data")
    code, text = checker("run", little, data, "--as-of", "2020-02-01", "--deferrals", "延期.yaml", cwd=tmp_path)
    assert code == 0
    assert "W28　延期.yaml:3:" in text
    assert "延期已于2020年1月31日到期，不再生效；1项问题恢复计算" in text
    said = "延期已于2020年1月31日到期，不再生效；1项问题恢复计算。"
    for form in ("text", "html", "json"):
        assert said in checker("report", "运行/2020-02-01", "--format", form, cwd=tmp_path)[1]
    run = check(little, data, as_of="2020-02-01", deferrals=tmp_path / "延期.yaml")
    assert [outcome.state for outcome in run.deferrals] == ["expired"]
    assert not run.findings["deferred"].any()
    assert pipeline.overall(run) == "closed"
    assert checker("gate", "运行/2020-02-01", cwd=tmp_path)[0] == 1
