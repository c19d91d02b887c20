"""CSV and its kin in every encoding, with broken bytes, quotes and lines: what can be read is read, the rest is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_intake import PACK, asked, codes, rows_of

from checker.errors import DataError
from checker.intake import read
from checker.intake.formats import limits
from checker.plan import Tables

HEAD = "学校标识码,学校名称,学校类别,在校生数"
LINES = [HEAD, "2132001201,实验小学,小学,1862", "2132001202,第一初中,初中,950", "2132001203,河口小学,小学,300"]
SCHOOLS = [
    {"code": "2132001201", "name": "实验小学", "school_type": "primary", "students": 1862},
    {"code": "2132001202", "name": "第一初中", "school_type": "junior", "students": 950},
    {"code": "2132001203", "name": "河口小学", "school_type": "primary", "students": 300},
]


def of_bytes(folder: Path, data: bytes, name: str = "学校.csv") -> Tables:
    (folder / name).write_bytes(data)
    return read(PACK, [folder / name])


def of_lines(folder: Path, lines: list[str], encoding: str = "utf-8", end: str = "\n") -> Tables:
    return of_bytes(folder, (end.join(lines) + end).encode(encoding))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_encoding(tmp_path: Path, encoding: str, end: str) -> None:
    tables = of_lines(tmp_path, LINES, encoding, end)
    assert rows_of(tables) == SCHOOLS
    assert codes(tables) == set()


def test_utf16_big_endian_with_its_mark(tmp_path: Path) -> None:
    tables = of_bytes(tmp_path, b"\xfe\xff" + "\n".join(LINES).encode("utf-16-be"))
    assert rows_of(tables) == SCHOOLS


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
@pytest.mark.parametrize("said", [False, True])
def test_separators(tmp_path: Path, mark: str, said: bool) -> None:
    lines = [line.replace(",", mark) for line in LINES]
    tables = of_lines(tmp_path, [f"sep={mark}", *lines] if said else lines)
    assert rows_of(tables) == SCHOOLS
    assert tables.origins["line"].to_list() == [2, 3, 4]  # Excel does not show the line either


def test_the_separator_is_not_the_mark_within_the_cells(tmp_path: Path) -> None:
    lines = [HEAD.replace(",", ";"), '2132001201;"实验小学,东校区,本部";小学;1862', '2132001202;"甲,乙,丙";初中;950']
    tables = of_lines(tmp_path, lines)
    assert [row["name"] for row in rows_of(tables)] == ["实验小学,东校区,本部", "甲,乙,丙"]


def test_lines_within_quotes_empty_lines_and_a_title(tmp_path: Path) -> None:
    lines = ["启东市学校一览表", HEAD, '2132001201,"实验\n小学",小学,1862', "", LINES[2], "", "", ""]
    tables = of_lines(tmp_path, lines, end="\r\n")
    assert [row["name"] for row in rows_of(tables)] == ["实验\n小学", "第一初中"]
    assert asked(tables) == [("title_rows", "A1", "启东市学校一览表", 1)]


def test_a_line_with_broken_bytes_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    data = "\n".join(LINES).encode().replace("第一".encode(), "第".encode() + b"\xe4\xb8")
    tables = of_bytes(tmp_path, data)
    assert [row.get("name") for row in rows_of(tables)] == ["实验小学", None, "河口小学"]
    assert [row["students"] for row in rows_of(tables)] == [1862, 950, 300]
    assert asked(tables) == [("broken_bytes", "A3", None, 1), ("broken_text", "B3", "第\ufffd初中", 1)]


def test_a_few_broken_lines_of_gb18030(tmp_path: Path) -> None:
    lines = [HEAD, *(f"21320012{at:02},第{at}小学,小学,{at}" for at in range(10, 22))]
    data = "\n".join(lines).encode("gb18030").replace("第15".encode("gb18030"), b"\xb5\xff15")
    tables = of_bytes(tmp_path, data)
    assert sum("name" in row for row in rows_of(tables)) == 11 and len(rows_of(tables)) == 12
    assert codes(tables) == {"broken_bytes", "broken_text"}


def test_a_line_in_another_encoding_is_read_and_told(tmp_path: Path) -> None:
    data = b"\n".join([*(line.encode() for line in LINES[:3]), LINES[3].encode("gb18030")])
    tables = of_bytes(tmp_path, data)
    assert rows_of(tables) == SCHOOLS
    assert asked(tables) == [("other_encoding", "A4", None, 1)]


def test_what_is_in_no_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="unknown text encoding"):
        of_bytes(tmp_path, bytes(range(128, 256)) + b"\n" + bytes(range(255, 127, -1)))


def test_zero_bytes_are_left_out(tmp_path: Path) -> None:
    data = ("\n".join(LINES) + "\n").encode().replace(b"950", b"9\x0050") + b"\0" * 100
    tables = of_bytes(tmp_path, data)
    assert rows_of(tables) == SCHOOLS
    assert asked(tables) == [("nul_bytes", "", None, 101)]


@pytest.mark.parametrize("quoted", [False, True])
def test_a_line_longer_than_the_heading_is_not_read_for_its_cells_may_be_shifted(tmp_path: Path, quoted: bool) -> None:
    lines = [*LINES[:2], "2132001202,第一初中,东校区,初中,950", LINES[3]]
    if quoted:
        lines[1] = '2132001201,"实验小学","小学",1862'
    tables = of_lines(tmp_path, lines)
    assert rows_of(tables) == [SCHOOLS[0], SCHOOLS[2]]
    assert asked(tables) == [("long_rows", "A3", "2132001202 第一初中 东校区 初中 950", 1)]


def test_a_line_shorter_than_the_heading_is_read_and_told(tmp_path: Path) -> None:
    tables = of_lines(tmp_path, [*LINES[:2], "2132001202,第一初中", LINES[3]])
    assert rows_of(tables)[1] == {"code": "2132001202", "name": "第一初中"}
    assert asked(tables) == [("short_rows", "A3", "2132001202 第一初中", 1)]
    assert codes(of_lines(tmp_path, [f"{line}," for line in LINES])) == set()  # an empty cell more in every line
    assert codes(of_lines(tmp_path, [LINES[0], *(f"{line},注" for line in LINES[1:])])) == {"headless_column"}


@pytest.mark.parametrize("open_mark", ['2132001202,"第一初中,初中,950', '2132001202,"第一"初中,初中,950'])
def test_a_quotation_mark_that_nothing_closes(tmp_path: Path, open_mark: str) -> None:
    tables = of_lines(tmp_path, [*LINES[:2], open_mark, LINES[3]])
    assert [row["code"] for row in rows_of(tables)] == ["2132001201", "2132001202", "2132001203"]
    assert rows_of(tables)[0] == SCHOOLS[0] and rows_of(tables)[2] == SCHOOLS[2]
    assert asked(tables, "broken_quotes") == [("broken_quotes", "A3", None, 1)]


def test_two_open_quotation_marks_do_not_swallow_what_stands_between(tmp_path: Path) -> None:
    rows = [f"2132{at:06},第{at}小学,小学,{at}" for at in range(300)]
    rows[10], rows[250] = rows[10].replace("第", '"第'), rows[250].replace(",小学", '",小学')
    tables = of_lines(tmp_path, [HEAD, *rows])
    assert len(rows_of(tables)) == 300
    assert codes(tables) == {"broken_quotes"}


def test_a_line_of_nothing_but_separators_does_not_widen_the_table(tmp_path: Path) -> None:
    tables = of_lines(tmp_path, [*LINES, "甲" + "," * 5000 + "乙"])
    assert rows_of(tables) == SCHOOLS
    ((code, cell, raw, n),) = asked(tables)
    assert (code, cell, n) == ("overlong_rows", "A5", 1) and len(raw) == 200


def test_limits_of_uneven_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [*LINES, '2132001204,"甲"小学,小学,1']
    monkeypatch.setattr(limits, "MAX_UNEVEN_CELLS", 5)
    with pytest.raises(DataError, match="5 × 4 > 5"):
        of_lines(tmp_path, lines)
    monkeypatch.setattr(limits, "MAX_UNEVEN_TEXT", 100)
    with pytest.raises(DataError, match=r"limit: 0\.0001 MB"):
        of_lines(tmp_path, lines)
    assert rows_of(of_lines(tmp_path, LINES)) == SCHOOLS


# --- JSON by lines -------------------------------------------------------------------------------


def of_records(folder: Path, lines: list[str], encoding: str = "utf-8") -> Tables:
    return of_bytes(folder, "\n".join(lines).encode(encoding), "学校.jsonl")


RECORDS = [
    '{"code": "2132001201", "学校名称": "实验小学", "school_type": "小学", "students": 1862}',
    '{"students": 950, "code": 2132001202, "学校名称": "第一初中", "school_type": "初中"}',
    '{"code": "2132001203", "学校名称": "河口小学", "school_type": "primary", "students": 300.0, "alarm_linked": null}',
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_records(tmp_path: Path, encoding: str) -> None:
    tables = of_records(tmp_path, RECORDS, encoding)
    assert rows_of(tables) == SCHOOLS
    assert tables.origins["line"].to_list() == [1, 2, 3]
    assert rows_of(of_bytes(tmp_path, "\n".join(RECORDS).encode(), "学校.ndjson")) == SCHOOLS


def test_broken_records_are_told_with_their_line_and_the_others_are_read(tmp_path: Path) -> None:
    lines = [
        RECORDS[0],
        "",
        RECORDS[1][:40],
        RECORDS[1],
        "[1, 2]",
        "3",
        "[" * 100_000,
        '{"students": ' + "9" * 5000 + "}",
    ]
    tables = of_records(tmp_path, [*lines, RECORDS[2]])
    assert rows_of(tables) == SCHOOLS
    assert tables.origins["line"].to_list() == [1, 4, 9]
    assert asked(tables) == [("broken_records", "A3", RECORDS[1][:40], 5)]
    with pytest.raises(DataError, match="no line is a whole JSON record"):
        of_records(tmp_path, ['[{"code": "2132001201"},', '{"code": "2132001202"}]'])


def test_what_else_a_record_may_hold(tmp_path: Path) -> None:
    lines = [
        '{"code": "2132001201", "name": "甲\\ud83d", "students": NaN, "post": true, "school_type": ["小学"]}',
        '{"code": "2132001202", "name": {"zh": "乙"}, "students": 1e999, "students": 3, "boarders": Infinity}',
        '{"code": "2132001203", "名\\u202e字": 1}',
    ]
    tables = of_records(tmp_path, lines)
    assert rows_of(tables) == [
        {"code": "2132001201", "post": True, "school_type": "primary"},
        {"code": "2132001202", "name": '{"zh": "乙"}'},
        {"code": "2132001203"},
    ]
    assert asked(tables, "broken_text", "not_known", "repeated_keys", "unmapped_column") == [
        ("repeated_keys", "A2", None, 1),
        ("unmapped_column", "名<U+202E>字", "名<U+202E>字", 1),
        ("broken_text", "name:1", "甲\ufffd", 1),
        ("not_known", "students:1", "NaN", 1),
    ]


def test_records_with_a_key_of_their_own_each_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_UNEVEN_CELLS", 100)
    with pytest.raises(DataError, match="20 lines with 6 different keys"):
        of_records(tmp_path, [f'{{"k{at}": 1}}' for at in range(20)])
