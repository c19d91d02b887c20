"""Runs compared: what is new, stays, comes back, goes; under which number; and why."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from test_weigh import SCHOOL

from checker import pipeline
from checker.errors import UsageError
from checker.plan import Run

ROOT = Path(__file__).parent
PACK = pipeline.sound_pack(ROOT / "little")
JANUARY, MARCH, JUNE = date(2020, 1, 15), date(2020, 3, 15), date(2020, 6, 15)


def school(code: str, linked: str, receipt: str = "A", unit: str = "320681") -> str:
    return f"{code},校{code},{unit},小学,是,{linked},{receipt},80,1,0"


def data(folder: Path, *schools: str, received: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    head, tail = (f"{SCHOOL},收到日期", f",{received}") if received else (SCHOOL, "")
    (folder / "学校.csv").write_text("\n".join([head, *(row + tail for row in schools)]), "utf-8")
    return folder


def run(folder: Path, as_of: date, *schools: str, out: Path | None = None, pack: Any = PACK, **more: Any) -> Run:
    tables = pipeline.read_data(pack, [data(folder, *schools, received=more.pop("received", ""))])
    done = pipeline.run(pack, tables, as_of, more.pop("known_at", None), **more)
    if out is not None:
        pipeline.save(done, out)
    return done


def changes(done: Run, rule: str = "video-linked") -> dict[str, tuple[str, str]]:
    assert done.changes is not None
    own = done.changes.filter(pl.col("rule") == rule)
    return {key: (change, cause) for key, change, cause in own.select("key", "change", "cause").iter_rows()}


def test_new_persisting_fixed_reopened(tmp_path: Path) -> None:
    out = tmp_path / "运行"
    run(tmp_path / "a", JANUARY, school("S1", "否"), school("S2", "否"), school("S3", "是"), out=out / "1")
    run(tmp_path / "b", MARCH, school("S1", "否"), school("S2", "是"), school("S3", "是"), out=out / "2")
    earlier = pipeline.earlier_runs(PACK, JUNE, history=out)
    assert [each.name for each in earlier] == ["1", "2"]
    done = run(tmp_path / "c", JUNE, school("S1", "否"), school("S2", "否"), school("S3", "否"), earlier=earlier)
    assert changes(done) == {"S1": ("persisting", ""), "S2": ("reopened", "facts"), "S3": ("new", "facts")}
    assert dict(done.findings.filter(pl.col("rule") == "video-linked").select("key", "change").iter_rows()) == {
        "S1": "persisting", "S2": "reopened", "S3": "new",
    }  # fmt: skip
    gone = run(tmp_path / "d", JUNE, school("S1", "是"), school("S2", "是"), school("S3", "是"), earlier=earlier)
    assert changes(gone) == {"S1": ("fixed", "facts")}


def test_the_same_in_another_order_and_file_is_nothing_new(tmp_path: Path) -> None:
    rows = [school("S1", "否"), school("S2", "是"), school("S3", "不详")]
    run(tmp_path / "a", JANUARY, *rows, out=tmp_path / "r" / "1")
    tables = pipeline.read_data(
        PACK, [shutil.copyfile(data(tmp_path / "b", *rows[::-1]) / "学校.csv", tmp_path / "改名.csv")]
    )
    done = pipeline.run(PACK, tables, JANUARY, earlier=pipeline.earlier_runs(PACK, JANUARY, [tmp_path / "r" / "1"]))
    assert done.changes is not None
    assert set(done.changes["change"]) == {"persisting"}


def test_a_finding_keeps_its_number_and_a_number_is_never_given_twice(tmp_path: Path) -> None:
    first = run(tmp_path / "a", JANUARY, school("S2", "否"), school("S3", "否"), out=tmp_path / "r" / "1")
    numbers = dict(first.findings.select("fingerprint", "number").iter_rows())
    earlier = pipeline.earlier_runs(PACK, MARCH, history=tmp_path / "r")
    second = run(tmp_path / "b", MARCH, school("S1", "否"), school("S3", "否"), earlier=earlier)
    again = dict(second.findings.select("fingerprint", "number").iter_rows())
    assert all(again[print_] == number for print_, number in numbers.items() if print_ in again)
    fresh = [number for print_, number in again.items() if print_ not in numbers]
    assert fresh
    assert not set(fresh) & set(numbers.values())
    assert len(set(again.values())) == len(again)


@pytest.mark.parametrize(
    ("was", "now", "expect"),
    [
        ("require: video_linked", "require: students > 0", "rules"),  # the text of the rule is another
        ("background:", "  - {since: 2020-03-01, repealed: yes}\nbackground:", "time"),  # its day has come
    ],
)
def test_rules_that_changed_are_told_from_facts(tmp_path: Path, was: str, now: str, expect: str) -> None:
    run(tmp_path / "a", JANUARY, school("S1", "否"), out=tmp_path / "r" / "1")
    changed = shutil.copytree(ROOT / "little", tmp_path / "pack")
    path = changed / "requirements" / "video-linked.yaml"
    path.write_text(path.read_text("utf-8").replace(was, now), "utf-8")
    pack = pipeline.sound_pack(changed)
    earlier = pipeline.earlier_runs(pack, MARCH, history=tmp_path / "r")
    assert changes(run(tmp_path / "b", MARCH, school("S1", "否"), pack=pack, earlier=earlier)) == {
        "S1": ("fixed", expect)
    }


def test_late_entries_and_corrections_are_told_from_facts(tmp_path: Path) -> None:
    """Rows that were there by the day of the earlier run, though it did not know them so."""
    run(tmp_path / "a", JANUARY, school("S1", "不详"), school("S2", "否"), school("S3", "否"), out=tmp_path / "r" / "1")
    earlier = pipeline.earlier_runs(PACK, MARCH, history=tmp_path / "r")
    folder = data(tmp_path / "b", school("S1", "是"), school("S2", "是"), received="2020-01-10")
    (folder / "后报.csv").write_text(f"{SCHOOL},收到日期\n{school('S3', '是')},2020-03-01", "utf-8")
    done = pipeline.run(PACK, pipeline.read_data(PACK, [folder]), MARCH, earlier=earlier)
    assert changes(done) == {"S1": ("fixed", "late_entry"), "S2": ("fixed", "correction"), "S3": ("fixed", "facts")}


def test_time_alone(tmp_path: Path) -> None:
    bus = "号牌号码,所属学校,已接入监管系统,标牌有效期至\n苏F00001,S1,是,2020-02-01"
    for name in ("a", "b"):
        folder = data(tmp_path / name, school("S1", "是").replace(",0", ",1"))
        (folder / "校车.csv").write_text(bus, "utf-8")
    first = pipeline.run(PACK, pipeline.read_data(PACK, [tmp_path / "a"]), JANUARY)
    pipeline.save(first, tmp_path / "r" / "1")
    earlier = pipeline.earlier_runs(PACK, MARCH, history=tmp_path / "r")
    done = pipeline.run(PACK, pipeline.read_data(PACK, [tmp_path / "b"]), MARCH, earlier=earlier)
    assert changes(done, "bus-permit") == {"苏F00001": ("new", "time")}


def test_a_run_of_another_plan_is_not_comparable(tmp_path: Path) -> None:
    pipeline.save(pipeline.run(PACK, pipeline.read_data(PACK, [ROOT / "little_data"]), JANUARY), tmp_path / "run")
    other = pipeline.sound_pack("nantong-2019")
    with pytest.raises(UsageError, match="U37"):
        pipeline.earlier_runs(other, MARCH, [tmp_path / "run"])
    assert pipeline.earlier_runs(other, MARCH, history=tmp_path) == []


def test_a_run_read_back_knows_what_it_was_compared_with(tmp_path: Path) -> None:
    run(tmp_path / "a", JANUARY, school("S1", "否"), out=tmp_path / "r" / "1")
    earlier = pipeline.earlier_runs(PACK, MARCH, history=tmp_path / "r")
    done = run(tmp_path / "b", MARCH, school("S1", "否"), school("S2", "否"), earlier=earlier, out=tmp_path / "2")
    shutil.rmtree(tmp_path / "r")  # the earlier run need not be there any more
    again = pipeline.open_run(tmp_path / "2")
    assert again.changes is not None
    assert again.changes.equals(done.changes)
    assert [(each.name, each.as_of) for each in again.earlier] == [("1", JANUARY)]
    assert again.earlier[0].findings.equals(earlier[0].findings)


def test_units_of_july_2020(tmp_path: Path) -> None:
    pack = pipeline.sound_pack("nantong-2019")

    def city(linked: bool) -> Any:
        row = {"code": ["2132000001"], "unit_code": ["320684"], "video_linked": [linked]}
        frame = pl.DataFrame({**row, "school_type": ["primary"], "operating_status": ["operating"]})
        return pipeline.from_frames(pack, {"institution": frame})

    pipeline.save(pipeline.run(pack, city(False), MARCH), tmp_path / "r" / "1")
    earlier = pipeline.earlier_runs(pack, date(2020, 8, 1), history=tmp_path / "r")
    done = pipeline.run(pack, city(False), date(2020, 8, 1), earlier=earlier)
    row = done.findings.filter(pl.col("rule") == "video-linked").select("unit", "number", "change").row(0)
    assert (row[0], row[1][:2], row[2]) == ("320614", "HM", "persisting")
    fixed = pipeline.run(pack, city(True), date(2020, 8, 1), earlier=earlier)
    assert fixed.changes is not None
    gone = fixed.changes.filter((pl.col("rule") == "video-linked") & (pl.col("change") == "fixed"))
    assert gone["unit"].to_list() == ["320614"]


def test_rates_and_overdue_run_by_run(tmp_path: Path) -> None:
    out = tmp_path / "r"
    pack = replace(PACK, rules=tuple(rule for rule in PACK.rules if rule.id == "video-linked"))
    many = [f"S{at}" for at in range(12)]
    run(tmp_path / "a", JANUARY, *(school(code, "否") for code in many), out=out / "1", pack=pack)
    halfway = [school(code, "是" if at < 6 else "否") for at, code in enumerate(many)]
    run(tmp_path / "b", MARCH, *halfway, out=out / "2", pack=pack)
    earlier = pipeline.earlier_runs(PACK, JUNE, history=out)
    done = run(tmp_path / "c", JUNE, *(school(code, "是") for code in many), earlier=earlier, pack=pack)
    pipeline.save(done, tmp_path / "3")
    for told in (done, pipeline.open_run(tmp_path / "3")):
        text = pipeline.report(told, "text", "zh").decode()
        assert "视频监控系统与公安机关联网：0% → 50% → 100%（目标100%，期限2019年12月31日）" in text
        assert "启东市　逾期不达标：12 → 6 → 0" in text
        assert "12 → 6 → 0" in pipeline.report(told, "text", "en").decode()
