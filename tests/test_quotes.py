"""A clause's words beside a rule: planted contradictions are told, agreement is silent, and so is the whole real pack."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from checker import pipeline
from checker.model import Expression, Pack, RawGroup, Repeats, Target
from checker.quotes import disagreements, number

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def pack() -> Pack:
    return pipeline.sound_pack(ROOT / "rules" / "nantong-2019")


def with_rule(
    pack: Pack, quote: str, require: str = "alarm_linked", due: str = "", rate: str = "", each: Any = None, **more: Any
) -> Pack:
    rule = next(rule for rule in pack.rules if rule.id == "alarm-linked")
    clause = pack.clauses[rule.clauses[0]]
    parts = tuple(Expression(part) for part in require.split(";"))
    revision = replace(
        rule.revisions[0],
        applies=None,
        require=parts[0] if len(parts) == 1 else RawGroup("all_of", parts),
        due=Expression(due) if due else None,
        done_on=None,
        target=Target(Fraction(rate) / 100) if rate else None,
        repeats=Repeats(each, "", None, None) if each else None,
    )
    one = replace(rule, clauses=(clause.id,), readings=(), revisions=(revision,), **more)
    return replace(pack, rules=(one,), clauses={clause.id: replace(clause, quote=quote)})


CONTRADICTIONS: list[tuple[str, dict[str, Any], str]] = [
    ("2019年底前联网率达到100%", {"due": "2020-12-31", "rate": "100"}, "2019年12月31日"),
    ("2020年底前配备率达到100%", {"due": "2019-12-31", "rate": "100"}, "2020年12月31日"),
    ("2020年12月10日前报送总结", {"due": "2020-12-20"}, "2020年12月10日"),
    ("2019年12月底前完成", {"due": "2019-12-30"}, "2019年12月31日"),
    ("2020年1月至3月底前完成", {"due": "2020-04-30"}, "2020年3月31日"),
    ("2020年9月底前完成全覆盖", {"due": "2020-09-01"}, "2020年9月30日"),
    ("2020年2月底前开学准备就绪", {"due": "2020-02-28"}, "2020年2月29日"),
    ("联网率达到百分之百", {"rate": "95"}, "100%"),
    ("配备率达到百分之九十五", {"rate": "100"}, "95%"),
    ("达标率达到98.5%", {"rate": "98"}, "98.5%"),
    ("覆盖率达到100％", {"require": "key_areas_covered / key_areas >= 90%"}, "100%"),
    ("每周报送进展", {"each": "month"}, "每周"),
    ("每月上传隐患清单", {"each": "week"}, "每月"),
    ("每季度开展一次演练", {"each": "month"}, "每季度"),
    ("每年检测", {"each": "quarter"}, "每年"),
    ("每天巡查", {"each": "week"}, "每天"),
    ("专职保安不少于2名", {"require": "guards_full_time >= 1"}, "不少于2"),
    ("专职保安不少于两名", {"require": "guards_full_time >= 3"}, "不少于2"),
    ("专职保安不少于3人", {"require": "guards_full_time > 3"}, "> 3"),
    ("录像保存不少于三十天", {"require": "retention_days >= 15"}, "不少于30"),
    ("每班不超过四十五人", {"require": "students <= 50"}, "不超过45"),
    ("班额不得超过45人", {"require": "students >= 45"}, ">= 45"),
    ("培训40学时以上", {"require": "guard_training_hours >= 24"}, "不少于40"),
    ("校门不超过2个", {"require": "gates < 2"}, "< 2"),
    ("至少1名专职安全管理人员", {"require": "safety_managers >= 2"}, "不少于1"),
    ("录像保存不少于90天", {"require": "retention_days >= param.retention_days"}, "不少于90"),
]

AGREEMENTS: list[tuple[str, dict[str, Any]]] = [
    ("2019年底前联网率达到100%", {"due": "2019-12-31", "rate": "100"}),
    ("2019年底前公办、2020年底前民办配备率达到100%", {"due": "2020-12-31", "rate": "100"}),
    ("每月1日前上传", {"each": "month", "due": "period.end + 1 day"}),
    ("每周报送", {"each": "week"}),
    ("专职保安不少于两名", {"require": "guards_full_time >= 2"}),
    ("录像保存不少于30天", {"require": "retention_days >= param.retention_days"}),
    ("联网率达到百分之百", {"require": "video_linked"}),
    ("2020年1月至9月底", {"due": "2020-12-31"}),
    ("二是结合岁末年初特点，开展三年行动", {"require": "guards_full_time >= 1"}),
    ("班额不超过45人", {"require": "students <= 45"}),
]


@pytest.mark.parametrize(("quote", "facts", "says"), CONTRADICTIONS, ids=[quote for quote, _, _ in CONTRADICTIONS])
def test_a_contradiction_is_told(pack: Pack, quote: str, facts: dict[str, Any], says: str) -> None:
    (found,) = disagreements(with_rule(pack, quote, **facts))
    assert found.code == "Q01" and not found.is_error
    assert says in found.message.zh
    assert found.message.en.isascii() or "、" in found.message.en or "“" in found.message.en


@pytest.mark.parametrize(("quote", "facts"), AGREEMENTS, ids=[quote for quote, _ in AGREEMENTS])
def test_agreement_is_silent(pack: Pack, quote: str, facts: dict[str, Any]) -> None:
    assert disagreements(with_rule(pack, quote, **facts)) == []


def test_a_reading_settles_it(pack: Pack) -> None:
    doubtful = with_rule(pack, "专职保安不少于2名", "guards_full_time >= 1")
    assert disagreements(doubtful) != []
    assert disagreements(replace(doubtful, rules=(replace(doubtful.rules[0], readings=("A01",)),))) == []


def test_the_real_pack_agrees_with_its_text(pack: Pack) -> None:
    assert disagreements(pack) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("三十六", 36),
        ("一百", 100),
        ("两百零五", 205),
        ("两", 2),
        ("12.5", 12.5),
        ("九", 9),
    ],
)
def test_numerals(text: str, value: float) -> None:
    assert number(text) == value
