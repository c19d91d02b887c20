"""A file too large to hold, read in pieces → the same tables, questions and looks as if it had been read whole."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packs import field, table, tiny_pack

from checker.intake import look
from checker.intake.formats import limits, long
from checker.plan import Correction
from checker.understood import Looked

SCHOOL = table(
    "institution",
    "学校",
    field("code", "学校标识码", pattern="moe_code"),
    field("name", "学校名称"),
    field("unit_code", "所属单位", aliases=["县市区"]),
    field("town", "乡镇街道"),
    field("students", "在校生数", "count"),
    field("area", "占地面积", "number"),
    field("rate", "到岗率", "percent"),
    field("linked", "视频监控已联网", "yes_no"),
    field("kind", "办学性质", "choice", choices={"public": "公办", "private": "民办"}),
    field("opened_on", "启用日期", "date"),
    key="code",
    title="name",
    parents={"unit": "unit_code"},
)
DRILL = table(
    "drill",
    "演练",
    field("id", "演练编号", aliases=["编号"]),
    field("school", "学校标识码", pattern="moe_code"),
    field("held_on", "演练日期", "date"),
    key="id",
    parents={"institution": "school"},
)
PACK = tiny_pack([SCHOOL, DRILL])
DAY = date(2019, 12, 23)
HEADING = [
    *("序号", "县市区", "乡镇街道", "学校名称", "学校标识码", "在校生数"),
    *("占地面积", "到岗率", "视频监控已联网", "办学性质", "启用日期", "怪列"),
]

Rows = list[list[str]]


def write(path: Path, rows: Rows, encoding: str = "utf-8") -> Path:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


@contextmanager
def pieces_of(size: int) -> Iterator[list[int]]:
    """Files are read in pieces of so many bytes or rows; how many pieces each reading of one took."""
    counted: list[int] = []
    whole = long._Text.__iter__, long._Parquet.__iter__

    def counting(inner: object) -> object:
        def pieces(self: object) -> Iterator[object]:
            counted.append(0)
            for piece in inner(self):  # type: ignore[operator]
                counted[-1] += 1
                yield piece

        return pieces

    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"LONG_TEXT": -1, "LONG_PARQUET": -1, "PIECE_BYTES": size, "PIECE_ROWS": size}.items():
            patch.setattr(limits, name, value)
        patch.setattr(long._Text, "__iter__", counting(whole[0]))
        patch.setattr(long._Parquet, "__iter__", counting(whole[1]))
        yield counted


def same(one: Looked, other: Looked) -> None:
    assert one.sheets == other.sheets
    assert one.tables.sources == other.tables.sources
    assert one.tables.frames.keys() == other.tables.frames.keys()
    for name, frame in one.tables.frames.items():
        assert frame.equals(other.tables.frames[name]) and frame.schema == other.tables.frames[name].schema, name
    assert one.tables.origins.equals(other.tables.origins)
    assert one.tables.questions.rows() == other.tables.questions.rows()


# --- texts ---------------------------------------------------------------------------------------

_CELLS = {
    "序号": st.sampled_from(["1", "2", "", "合计"]),
    "县市区": st.sampled_from(["启东市", "", " ", "海门市", "何处"]),
    "乡镇街道": st.sampled_from(["城关镇", "", "", "河口镇", "　"]),
    "学校名称": st.sampled_from(
        ["第一小学", "实验小学（东校区）", "小计", "备注：无", "", "a,b", 'x"y', "两\n行", "合计"]
    ),
    "学校标识码": st.sampled_from(["2132000001", "2132000002", "2132000003", "学校标识码", "213200000O", "", "12"]),
    "在校生数": st.sampled_from(["120", "约300", "1，240", "9999", "", "-3", "3人", "无"]),
    "占地面积": st.sampled_from(["0.1", "0.2", "1200.55", "", "约5亩", "3.3"]),
    "到岗率": st.sampled_from(["0.5", "95", "1", "98%", "", "百分之百", "0"]),
    "视频监控已联网": st.sampled_from(["是", "1", "0", "2", "拟2020年3月联网", "已装未联", "", "/"]),
    "办学性质": st.sampled_from(["公办", "民办", "不知", ""]),
    "启用日期": st.sampled_from(["2019-11-28", "2019年11月", "2019.13.40", "", "上周"]),
    "怪列": st.sampled_from(["", "", "有话"]),
}
_ROW = st.tuples(*_CELLS.values()).map(list)
_BLANK = st.just([""] * len(HEADING))
_AGAIN = st.just(HEADING)
_ROWS = st.lists(st.one_of(_ROW, _ROW, _ROW, _BLANK, _AGAIN), min_size=20, max_size=90)


@given(
    _ROWS,
    st.integers(20, 1500),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    st.sampled_from([None, ["南通市学校统计表", *[""] * 11], ["南通市学校统计表"]]),
)
@settings(deadline=None, max_examples=40)
def test_texts(rows: Rows, size: int, encoding: str, title: list[str] | None) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "FIRST_LINES", 30)
        path = write(Path(folder, "学校.csv"), [*([title] if title else []), HEADING, *rows], encoding)
        whole = look(PACK, [path], received_on=DAY)
        with pieces_of(size) as counted:
            same(look(PACK, [path], received_on=DAY), whole)
        assert counted


@given(
    st.lists(st.tuples(st.sampled_from(["", "2132000001"]), st.booleans()), min_size=1, max_size=60),
    st.integers(10, 300),
)
@settings(deadline=None, max_examples=25)
def test_serial_keys(drills: list[tuple[str, bool]], size: int) -> None:
    """演练编号 1, 2, 3 … number the rows of the whole sheet, or of none."""
    rows = [[str(at + 1) if told or at % 7 else "", school, "2019-11-28"] for at, (school, told) in enumerate(drills)]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "FIRST_LINES", 3)
        path = write(Path(folder, "演练.csv"), [["编号", "学校标识码", "演练日期"], *rows])
        whole = look(PACK, [path], received_on=DAY)
        with pieces_of(size):
            same(look(PACK, [path], received_on=DAY), whole)


def test_every_piece_is_read_twice_and_none_is_left_out(tmp_path: Path) -> None:
    rows = [
        [str(at), "启东市", "", f"第{at}小学", f"21320{at:05}", str(at), "", "", "是", "公办", "", ""]
        for at in range(500)
    ]
    path = write(tmp_path / "学校.csv", [HEADING, *rows])
    with pieces_of(2000) as counted:
        tables = look(PACK, [path]).tables
    assert tables.frames["institution"]["students"].to_list() == list(range(500))
    assert tables.origins.filter(pl.col("table") == "institution")["line"].to_list() == list(range(2, 502))
    _, *passes = counted
    assert passes and all(count > 10 for count in passes)


def test_doubts_fold_across_pieces(tmp_path: Path) -> None:
    """One question for one cell text, with all its places (the first fifty), wherever the pieces end."""
    rows = [
        [str(at), "启东市", "", f"第{at}小学", f"21320{at:05}", "约300", "", "", "", "", "", ""] for at in range(200)
    ]
    path = write(tmp_path / "学校.csv", [HEADING, *rows])
    with pieces_of(1000):
        questions = look(PACK, [path]).tables.questions
    about = questions.filter(pl.col("code") == "approximate")
    assert about["n"].to_list() == [200]
    assert about["cells"].to_list() == [[f"F{at}" for at in range(2, 52)]]


def test_the_meaning_of_a_column_is_that_of_all_its_pieces(tmp_path: Path) -> None:
    """0.5 is half, unless the column counts in hundreds somewhere, however far below."""
    rows = [["", "", "", "", f"21320{at:05}", "", "", "0.5", "1", "", "", ""] for at in range(99)]
    last = ["", "", "", "", "2132000099", "", "", "98", "2", "", "", ""]
    path = write(tmp_path / "学校.csv", [HEADING, *rows, last])
    whole = look(PACK, [path])
    assert whole.tables.frames["institution"].select(pl.col("rate", "linked").count()).row(0) == (1, 0)
    with pieces_of(500):
        same(look(PACK, [path]), whole)


@pytest.mark.parametrize("end", ['3,"open', "3,4,5\n1\n6,7", "\x00,2"], ids=["quotes", "widths", "zero"])
def test_a_broken_text_is_read_whole(tmp_path: Path, end: str) -> None:
    lines = [",".join(HEADING), *(f"{at},启东市,,第{at}小学,21320{at:05},{at},,,是,公办,," for at in range(300)), end]
    path = tmp_path / "学校.csv"
    path.write_text("\n".join(lines), "utf-8")
    whole = look(PACK, [path])
    with pieces_of(1000):
        same(look(PACK, [path]), whole)


def test_answers_reach_the_piece_that_holds_their_cell(tmp_path: Path) -> None:
    rows = [
        [str(at), "启东市", "", f"第{at}小学", f"21320{at:05}", "约300", "", "", "", "", "", ""] for at in range(100)
    ]
    path = write(tmp_path / "学校.csv", [HEADING, *rows])
    digest = look(PACK, [path]).tables.sources[0].digest
    answer = Correction(digest, "", "F90", "301")
    whole = look(PACK, [path], corrections=[answer])
    assert whole.tables.frames["institution"]["students"][88] == 301
    with pieces_of(1000):
        same(look(PACK, [path], corrections=[answer]), whole)


def test_a_long_text_that_is_no_table_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "通讯录.csv", [["姓名", "手机"], *(["张三", str(at)] for at in range(300))])
    whole = look(PACK, [path])
    assert (
        whole.tables.questions["code"].to_list() == ["sheet_not_recognised"] and whole.tables.questions["n"][0] == 301
    )
    with pieces_of(300):
        same(look(PACK, [path]), whole)


# --- Parquet -------------------------------------------------------------------------------------

_VALUES = {
    "code": st.sampled_from(["2132000001", "2132000002", "12", None]),
    "unit_code": st.sampled_from(["启东市", None, "何处"]),
    "students": st.one_of(st.none(), st.integers(-2, 9000)),
    "area": st.one_of(st.none(), st.sampled_from([0.1, 0.2, 1200.55, float("nan")])),
    "rate": st.one_of(st.none(), st.sampled_from([0.5, 1.0, 95.0])),
    "linked": st.one_of(st.none(), st.sampled_from([0, 1, 2])),
    "opened_on": st.one_of(st.none(), st.dates(date(2015, 1, 1), date(2019, 12, 1))),
    "nonsense": st.one_of(st.none(), st.integers(0, 3)),
}
_TYPES = [pl.String, pl.String, pl.Int64, pl.Float64, pl.Float64, pl.Int8, pl.Date, pl.Int16]
_RECORDS = st.lists(st.tuples(*_VALUES.values()), max_size=30)


@given(_RECORDS, st.integers(1, 12))
@settings(deadline=None, max_examples=60)
def test_parquet(records: list[tuple[object, ...]], size: int) -> None:
    frame = pl.DataFrame(records, schema=dict(zip(_VALUES, _TYPES, strict=True)), orient="row")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "学校.parquet")
        frame.write_parquet(path, row_group_size=7)
        whole = look(PACK, [path], received_on=DAY)
        with pieces_of(size) as counted:
            same(look(PACK, [path], received_on=DAY), whole)
        assert max(counted) == max(-(-frame.height // size), 1)


# --- columns full of doubts ----------------------------------------------------------------------


@given(_ROWS, st.integers(20, 1500), st.integers(1, 4))
@settings(deadline=None, max_examples=25)
def test_crowds_of_doubts_fold_the_same(rows: Rows, size: int, most: int) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "FIRST_LINES", 30)
        patch.setattr(limits, "MOST_TEXTS", most)
        path = write(Path(folder, "学校.csv"), [HEADING, *rows])
        whole = look(PACK, [path], received_on=DAY)
        with pieces_of(size):
            same(look(PACK, [path], received_on=DAY), whole)


@pytest.mark.parametrize("size", [None, 600])
def test_a_column_full_of_doubts_is_one_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int | None
) -> None:
    rows = [
        [str(at), "启东市", "", f"第{at}小学", f"21320{at:05}", f"约{at % 100 + 300}", "", "约95%", "", "", "", ""]
        for at in range(300)
    ]
    path = write(tmp_path / "学校.csv", [HEADING, *rows])
    before = look(PACK, [path]).tables
    monkeypatch.setattr(limits, "MOST_TEXTS", 60)
    if size is None:
        after = look(PACK, [path]).tables
    else:
        with pieces_of(size):
            after = look(PACK, [path]).tables
    assert after.frames["institution"].equals(before.frames["institution"])
    about = after.questions.filter(pl.col("field") == "students")
    ((code, raw, n, cells, zh, en),) = about.select("code", "raw", "n", "cells", "message_zh", "message_en").iter_rows()
    assert (code, raw, n) == ("approximate", None, 300)
    assert cells == [f"F{at}" for at in range(2, 52)]
    assert "约300" in zh and zh.endswith("这一列同类的共300格，写法超过60种，不逐一列出，请按整列核对")
    assert "300 such cells in this column, with more than 60 texts" in en
    others = pl.col("field") != "students"
    assert after.questions.filter(others).equals(before.questions.filter(others))
    assert before.questions.filter(field="students").height == 100
