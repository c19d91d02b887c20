"""The list of deferrals that might be asked for: as written it counts for nothing, completed it is taken; what it leaves out it tells."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pytest

from checker import pipeline
from checker.errors import Language
from checker.forms import PROPOSAL_FORMS, ProposalForm
from checker.model import Deferral, DeferralLimits, Pack
from checker.plan import Run
from checker.propose import propose

ROOT = Path(__file__).parent
PACK = pipeline.sound_pack(ROOT / "little")
AS_OF = date(2020, 2, 1)
LANGUAGES = get_args(Language)
ANSWERS = {
    "理由": "整体搬迁", "申请单位": "启东市教育体育局", "批准单位": "市教育局", "批准日期": "2020-01-20",
    "批准文号": "通教安〔2020〕3号", "延期至": "2020-06-30", "防控措施": "增派保安，专人值守", "盯防责任人": "张某（园长）",
    "reason": "moving", "requested_by": "county", "approver": "city", "approved_on": "2020-01-20", "document": "3",
    "expires": "2020-06-30", "interim": "one more guard", "watched_by": "Zhang",
}  # fmt: skip


def run(*deferrals: Deferral, pack: Pack = PACK, as_of: date = AS_OF, **limits: Any) -> Run:
    tables = pipeline.read_data(PACK, [ROOT / "little_data"])
    return pipeline.run(replace(pack, deferral_limits=DeferralLimits(**limits)), tables, as_of, deferrals=deferrals)


def open_failures(done: Run) -> list[str]:
    counted = done.findings.filter(verdict="fail", deferred=False, advisory=False)
    return sorted(counted.filter(counted["status"].is_in(["in_force", "overdue"]))["number"])


def written(folder: Path, form: ProposalForm, lang: Language = "zh") -> Path:
    path = folder / f"延期.{form}"
    path.write_bytes(pipeline.deferrals_proposed(run(), form, lang)[0])
    return path


def completed(path: Path) -> Path:
    match path.suffix:
        case ".yaml":
            lines = path.read_text("utf-8").splitlines()
            filled = [
                line.replace("''", ANSWERS[line.split(":")[0].strip()]) if line.endswith(": ''") else line
                for line in lines
            ]
            path.write_text("\n".join(filled), "utf-8")
        case ".csv":
            rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
            filled_rows = [
                [ANSWERS.get(head, cell) for head, cell in zip(rows[0], row, strict=True)] for row in rows[1:]
            ]
            with path.open("w", encoding="gb18030", newline="") as file:
                csv.writer(file).writerows([rows[0], *filled_rows])
        case _:
            book = openpyxl.load_workbook(path)
            sheet = book.worksheets[0]
            heads = [cell.value for cell in sheet[4]]
            for row in range(5, sheet.max_row + 1):
                for column, head in enumerate(heads, 1):
                    answer = ANSWERS.get(str(head))
                    if answer is not None:
                        days = head in ("批准日期", "延期至", "approved_on", "expires")
                        sheet.cell(row, column, date.fromisoformat(answer) if days else answer)
            book.save(path)
    return path


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", PROPOSAL_FORMS)
def test_as_written_it_counts_for_nothing(form: ProposalForm, lang: Language, tmp_path: Path) -> None:
    deferrals = pipeline.deferrals([written(tmp_path, form, lang)])
    done = run(*deferrals)
    assert {outcome.state for outcome in done.deferrals} == {"incomplete"}
    assert open_failures(done) == open_failures(run()) != []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", PROPOSAL_FORMS)
def test_completed_it_is_taken(form: ProposalForm, lang: Language, tmp_path: Path) -> None:
    deferrals = pipeline.deferrals([completed(written(tmp_path, form, lang))])
    done = run(*deferrals)
    assert [outcome.state for outcome in done.deferrals] == ["counts"] * len(propose(run()).proposals)
    assert open_failures(done) == []


def test_it_goes_school_by_school() -> None:
    before = run()
    proposals = propose(before).proposals
    assert sorted(number for each in proposals for number in each.numbers) == open_failures(before)
    bus = next(each for each in proposals if each.rule == "bus-permit")
    assert (bus.holder, bus.subjects) == (("2132000011", "阳光幼儿园"), ("苏F00002",))


def test_what_is_deferred_already_is_not_proposed_again(tmp_path: Path) -> None:
    assert propose(run(*pipeline.deferrals([completed(written(tmp_path, "csv"))]))).proposals == ()


def test_what_may_not_be_deferred_is_left_out_and_told() -> None:
    rules = tuple(replace(rule, may_defer=rule.id != "video-linked") for rule in PACK.rules)
    done = run(pack=replace(PACK, rules=rules))
    found = propose(done)
    assert found.forbidden == {"video-linked": 2}
    assert "video-linked" not in {each.rule for each in found.proposals}
    told = pipeline.deferrals_proposed(done, "csv", "zh")[1]
    assert "另有2项属于不得延期的要求，未列入：“视频监控系统与公安机关联网”2项。" in told


@pytest.mark.parametrize(("share", "most"), [(Fraction(1, 2), 1), (Fraction(49, 100), None)])
def test_a_share_says_how_many_it_leaves_room_for(share: Fraction, most: int | None) -> None:
    """One of the two schools of either county, or none."""
    found = propose(run(share=share))
    assert [each.most for each in found.proposals if each.rule == "video-linked"] == (
        [] if most is None else [most, most]
    )
    listed = sum(len(each.numbers) for each in found.proposals)
    assert listed + found.full == len(open_failures(run()))


def test_after_the_end_of_the_plan_nothing_is_proposed() -> None:
    done = run(as_of=date(2021, 1, 5))
    assert propose(done).over
    content, told = pipeline.deferrals_proposed(done, "yaml", "zh")
    assert told == "方案实施期已于2020年12月31日结束，不能再批准延期。"
    assert "延期批准: []" in content.decode()
