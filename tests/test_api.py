"""The one call for notebooks: frames of any library or files in, a run out, three errors to catch."""

from __future__ import annotations

import shutil
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

import checker
from checker import pipeline
from checker.plan import Run

LITTLE, DATA = Path(__file__).parent / "little", Path(__file__).parent / "little_data"
AS_OF = date(2020, 1, 31)


def schools() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "code": ["2132000011", "2132000012"],
            "name": ["阳光幼儿园", "河口小学"],
            "unit_code": ["320681", "320681"],
            "school_type": ["kindergarten", "primary"],
            "operating": [True, True],
            "video_linked": [False, True],
            "video_receipt": [None, "A"],
            "students": [100, 1500],
            "guards": [2, 3],
            "bus_count": [0, 0],
        }
    )


def failing(run: Run) -> list[tuple[str, str]]:
    failed = run.findings.filter((pl.col("verdict") == "fail") & (pl.col("subject") == "institution"))
    return list(failed.select("rule", "name").iter_rows())


def test_frames_of_three_libraries_give_the_same_run() -> None:
    frame = schools()
    runs = [
        checker.check(LITTLE, {"institution": each}, as_of=AS_OF)
        for each in (frame, frame.to_pandas(), frame.to_arrow())
    ]
    assert failing(runs[0]) == [("video-linked", "阳光幼儿园")]
    assert all(run.findings.equals(runs[0].findings) for run in runs)


def test_chinese_table_names_and_headings() -> None:
    frame = pd.DataFrame(
        {
            "学校标识码": ["2132000011"],
            "学校名称": ["阳光幼儿园"],
            "单位代码": ["启东市"],
            "学校类别": ["幼儿园"],
            "在办": ["是"],
            "视频监控已联网": ["否"],
        }
    )
    run = checker.check(LITTLE, {"学校": frame}, as_of="2020-01-31")
    assert ("video-linked", "阳光幼儿园") in failing(run)


def test_findings_go_to_pandas() -> None:
    run = checker.check(str(LITTLE), {"institution": schools()}, as_of=AS_OF)
    frame = run.findings.to_pandas()
    assert isinstance(frame, pd.DataFrame)
    assert {"number", "rule", "key", "verdict", "status", "due", "days_overdue"} <= set(frame.columns)
    assert [gate.state for gate in run.scorecard.gates if gate.unit == "320681"] == ["closed"]


@pytest.mark.parametrize("engine", [engine for engine in pipeline.ENGINES if engine != "reference"])
def test_engines_agree(engine: pipeline.Engine) -> None:
    if engine == "spark" and shutil.which("java") is None:
        pytest.skip("no Java here: Spark needs Java 17")
    meant = checker.check(LITTLE, DATA, as_of=AS_OF, engine="reference")
    # A session that stayed would be taken for theirs by the tests of Spark.
    with pipeline.cluster(None) if engine == "spark" else nullcontext():
        found = checker.check(LITTLE, DATA, as_of=AS_OF, engine=engine)
    assert found.findings.equals(meant.findings)
    assert found.scorecard.gates == meant.scorecard.gates


def test_a_pack_at_hand_and_paths() -> None:
    pack = pipeline.sound_pack(LITTLE)
    paths = sorted(DATA.glob("*.csv"))
    one = checker.check(pack, paths, as_of=AS_OF)
    other = checker.check(pack, [str(path) for path in paths], as_of="2020-01-31", known_at=None)
    assert one.findings.equals(other.findings)


def test_known_at_counts_only_what_had_come() -> None:
    frame = schools().with_columns(pl.lit(date(2020, 1, 20)).alias("received_on"))
    early = checker.check(LITTLE, {"institution": frame}, as_of=AS_OF, known_at="2020-01-19")
    late = checker.check(LITTLE, {"institution": frame}, as_of=AS_OF, known_at=date(2020, 1, 20))
    assert failing(early) == []
    assert failing(late) == [("video-linked", "阳光幼儿园")]


def test_rules_at_fault(tmp_path: Path) -> None:
    with pytest.raises(checker.PackError) as caught:
        checker.check(tmp_path, {}, as_of=AS_OF)
    assert caught.value.diagnostics


def test_data_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(checker.DataError):
        checker.check(LITTLE, [tmp_path / "gone.xlsx"], as_of=AS_OF)
    with pytest.raises(checker.DataError):
        checker.check(LITTLE, {"no_such_table": schools()}, as_of=AS_OF)


@pytest.mark.parametrize("as_of", ["2019年底", "2019-11-31", "", 20191231])
def test_a_day_must_be_a_day(as_of: str) -> None:
    with pytest.raises(checker.UsageError):
        checker.check(LITTLE, {"institution": schools()}, as_of=as_of)


def test_calls_that_do_not_fit() -> None:
    with pytest.raises(checker.UsageError):
        checker.check("no-such-pack", {}, as_of=AS_OF)
    with pytest.raises(checker.UsageError):
        checker.check(LITTLE, {}, as_of=AS_OF, engine="fast")  # type: ignore[arg-type]


def test_all_refusals_are_one_family() -> None:
    for error in (checker.PackError, checker.DataError, checker.UsageError):
        assert issubclass(error, checker.CheckerError)
    assert set(checker.__all__) <= set(dir(checker))
    with pytest.raises(AttributeError):
        _ = checker.nothing_of_the_kind
