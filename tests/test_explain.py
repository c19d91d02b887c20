"""The screen that answers “why is my school red?”: from a run folder alone, by number, rule and name."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from checker import pipeline
from checker.errors import Language, UsageError
from checker.model import Expression, RawGroup
from checker.plan import Run

LITTLE, DATA = Path(__file__).parent / "little", Path(__file__).parent / "little_data"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Read back from a folder whose pack and data lie nowhere else any more."""
    from datetime import date

    home = tmp_path_factory.mktemp("home")
    shutil.copytree(LITTLE, home / "pack")
    shutil.copytree(DATA, home / "data")
    pack = pipeline.sound_pack(home / "pack")
    done = pipeline.run(pack, pipeline.read_data(pack, [home / "data"]), date(2020, 1, 31))
    pipeline.save(done, home / "run")
    shutil.rmtree(home / "pack")
    shutil.rmtree(home / "data")
    return pipeline.open_run(home / "run")


def screen(run: Run, what: str, subject: str | None = None, lang: Language = "zh", period: str | None = None) -> str:
    return pipeline.explain(run, what, subject, period=period, lang=lang)


def number_of(run: Run, rule: str, name: str) -> str:
    rows = run.findings.select("number", "rule", "name").iter_rows()
    return next(number for number, each, called in rows if (each, called) == (rule, name))


def test_a_fail_with_everything_one_asks(run: Run) -> None:
    assert screen(run, "video-linked", "阳光幼儿园").splitlines() == [
        f"{number_of(run, 'video-linked', '阳光幼儿园')}　阳光幼儿园（2132000011）　视频监控系统与公安机关联网　"
        "不达标（期限2019年12月31日，已逾期31天）",
        "  要求  × 视频监控已联网 → 否　学校.csv!F2",
        "  适用  √ 学校类别 属于 （幼儿园、小学） → 幼儿园　学校.csv!D2",
        "        √ 在办 → 是　学校.csv!E2",
        "  条款  一（一）　“2019年底前，学校视频监控系统与公安机关联网率达到100%。”　（1-a）",
        "  期限  2019年12月31日（含当日）",
        "  版次  自2019年12月10日起，无后续修订",
        "  怎样才会达标  接入属地公安机关视频平台，并取得联网回执。",
        "        做到：视频监控已联网",
    ]


def test_the_same_in_english(run: Run) -> None:
    lines = screen(run, "video-linked", "阳光幼儿园", "en").splitlines()
    assert lines[1] == "  required  × video_linked → no  学校.csv!F2"
    assert lines[-2] == "  to pass   Connect to the police platform and obtain the receipt."


def test_what_was_doubtful_is_quoted(run: Run) -> None:
    line = screen(run, "video-linked", "河口幼儿园").splitlines()[1]
    assert "→ 否　学校.csv!F4" in line
    assert "“拟联网”是计划，不作完成" in line


def test_claimed_and_not_shown(run: Run) -> None:
    text = screen(run, "video-linked", "城关小学")
    assert "仍待核" in text.splitlines()[0]
    assert "△ 视频监控已联网 → 未报（已申报，未见佐证）" in text
    assert text.splitlines()[-1] == "  怎样才能定论  补报：视频监控已联网（并填联网回执编号）"


def test_failing_child_rows_with_their_line(run: Run) -> None:
    lines = screen(run, "bus-monitored", "阳光").splitlines()
    at = next(n for n, line in enumerate(lines) if "全部（校车，已接入监管系统）" in line)
    assert "不符合1辆" in lines[at]
    assert lines[at + 1].strip() == "× 苏F00002　已接入监管系统 → 否　校车.csv!C3"
    assert "苏F00001" not in "\n".join(lines)


def test_a_scale_shows_what_it_gives_and_what_it_rests_on(run: Run) -> None:
    text = screen(run, "guards-standard", "阳光幼儿园")
    assert "专职保安人数 → 1　学校.csv!I2" in text
    assert "标准.专职保安配备（在校生数） → 2" in text
    assert "  采用  专职保安配备（未核实的取值，安防规范）" in text


def test_a_group_that_forbids(run: Run) -> None:
    """Inside “none of” a truth is neither good nor bad: it is said in words."""
    lines = screen(run, "bus-permit", "苏F00002").splitlines()
    assert lines[1] == "  要求  × 均不得有"
    assert lines[2].strip() == "是 标牌有效期至 < 统计时点 → 2019年6月1日　校车.csv!D3"
    assert lines[-1].strip() == "不再是：标牌有效期至 < 统计时点"


def test_why_something_passes_or_does_not_apply(run: Run) -> None:
    passes = screen(run, "video-linked", "河口小学")
    assert passes.splitlines()[0].endswith("达标")
    assert "怎样" not in passes
    assert screen(run, "bus-monitored", "河口小学").splitlines()[0].endswith("不适用")


@pytest.mark.parametrize("what", ["video-linked", "视频监控系统与公安机关联网", "视频", "1-a"])
@pytest.mark.parametrize("subject", ["2132000011", "阳光幼儿园", "阳光"])
def test_what_people_call_it(run: Run, what: str, subject: str) -> None:
    assert "阳光幼儿园（2132000011）　视频监控系统与公安机关联网" in screen(run, what, subject)


def test_by_number_in_any_case(run: Run) -> None:
    number = number_of(run, "video-linked", "阳光幼儿园")
    assert screen(run, number.lower()) == screen(run, "video-linked", "阳光幼儿园")


def test_two_hits_give_a_list(run: Run) -> None:
    text = screen(run, "video-linked", "河口")
    assert "河口幼儿园" in text  # the one with a finding is meant
    text = screen(run, "bus-monitored", "河口")
    assert text.splitlines()[0] == "有2项，请选一项："
    assert text.count("校车接入监管系统　不适用") == 2


def test_a_school_alone_lists_what_is_wrong_with_it(run: Run) -> None:
    lines = screen(run, "阳光幼儿园").splitlines()
    assert lines[0] == "有3项，请选一项："
    assert lines[-1].startswith("例如：checker explain RUN ")
    assert "没有不达标或待核的问题" in screen(run, "河口小学")


def test_a_recurring_duty_by_period(run: Run) -> None:
    listed = screen(run, "weekly-report", "启东市")
    assert "2020年第3周" in listed
    late = screen(run, "weekly-report", "如东县", period="2020-W02")
    assert "迟报（期限2020年1月13日，晚2天）" in late.splitlines()[0]
    assert "完成于" in late
    on_time = screen(run, "weekly-report", "启东市", period="2020-W02")
    assert on_time.splitlines()[0].endswith("达标")


@pytest.mark.parametrize(
    ("what", "subject", "period", "says"),
    [
        ("vidio-linked", None, None, "是否应为“video-linked”"),
        ("XX-0001", None, None, "没有叫“XX-0001”的问题"),
        ("video-linked", "阳光小学", None, "数据里没有叫“阳光小学”的学校"),
        ("weekly-report", "启东市", "2020-W60", "没有“2020-W60”这一期"),
    ],
)
def test_what_is_not_there_is_said(run: Run, what: str, subject: str | None, period: str | None, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        screen(run, what, subject, period=period)
    told = "".join(d.message.zh + (d.hint.zh if d.hint else "") for d in caught.value.diagnostics)
    assert says in told


def test_what_is_missing_from_a_child_table(run: Run) -> None:
    """Three buses declared, two told: nothing to put right yet, a row to report."""
    import polars as pl

    schools = run.tables.frames["institution"].with_columns(pl.lit(3).alias("bus_count"))
    buses = run.tables.frames["bus"].with_columns(pl.lit(True).alias("monitored"), permit_until=pl.date(2021, 1, 1))
    tables = replace(run.tables, frames={**run.tables.frames, "institution": schools, "bus": buses})
    text = screen(pipeline.run(run.plan.pack, tables, run.plan.as_of), "bus-monitored", "阳光幼儿园")
    assert "△ 全部（校车，已接入监管系统） → 共报2辆、符合2辆、未报1辆" in text
    assert "怎样才能定论  补报校车记录1条" in text


def test_nobody_is_asked_to_change_the_condition_of_a_when(run: Run) -> None:
    pack = run.plan.pack
    rule = next(rule for rule in pack.rules if rule.id == "guards-standard")
    when = RawGroup("when", (Expression("在办"), Expression("专职保安人数 >= 9")))
    changed = replace(rule, revisions=(replace(rule.revisions[0], require=when),))
    done = pipeline.run(replace(pack, rules=(changed,)), run.tables, run.plan.as_of)
    lines = screen(done, "guards-standard", "阳光幼儿园").splitlines()
    assert lines[1:4] == [
        "  要求  × 如……则……",
        "          是 在办 → 是　学校.csv!E2",
        "          × 专职保安人数 >= 9 → 1　学校.csv!I2",
    ]
    assert lines[-1].strip() == "做到：专职保安人数 >= 9"
    assert "核实" not in "".join(lines)
