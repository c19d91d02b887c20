"""Reading YAML: what was typed is what is read, and what YAML would misunderstand is told at its place."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from checker.errors import Diagnostic
from checker.load import load_file, load_folder, load_text
from checker.model import Document


def read(text: str, path: str = "rule.yaml") -> tuple[Document, list[Diagnostic]]:
    return load_text(text, path)


def told(text: str, path: str = "rule.yaml") -> list[tuple[str, int, int]]:
    return [(fault.code, fault.span.line, fault.span.column) for fault in read(text, path)[1]]


def only(text: str, path: str = "rule.yaml") -> Diagnostic:
    faults = read(text, path)[1]
    assert len(faults) == 1, [(fault.code, str(fault.span), fault.message.en) for fault in faults]
    return faults[0]


# --- scalars stay text --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["no", "yes", "on", "012345", "5.4", "3.10", "12:30", "2019-11-31", "2019-12-31", "~", "null", "1e3", "0x1F", ".5"],
)
def test_scalars_stay_what_was_typed(typed: str) -> None:
    document, faults = read(f"schema: rule/1\nid: {typed}\n")
    assert document.data["id"] == typed
    assert faults == []


def test_keys_that_yaml_takes_for_truth_stay_keys() -> None:
    document, _ = read("schema: rule/1\nbackground: {on: yes, no: no}\n")
    assert document.data["background"] == {"on": "yes", "no": "no"}


def test_byte_order_mark_and_crlf() -> None:
    document, faults = read("\ufeffschema: rule/1\r\nid: a\r\n")
    assert document.data == {"schema": "rule/1", "id": "a"}
    assert str(document.spans[("id",)]) == "rule.yaml:2:5"
    assert faults == []


# --- places -------------------------------------------------------------------------------------------


def test_places_count_characters_from_one() -> None:
    document, _ = read('格式: 规则/1\n名称: 视频监控\n版次:\n  - 施行日期: 2019-12-10\n    要求: "甲 = 乙"\n')
    assert str(document.spans[("title",)]) == "rule.yaml:2:5"
    assert str(document.key_spans[("title",)]) == "rule.yaml:2:1"
    assert str(document.spans[("revisions", 0)]) == "rule.yaml:4:5"
    require = document.spans[("revisions", 0, "require")]
    assert (require.line, require.column, require.end_column) == (5, 10, 15)  # inside the quotation marks
    assert document.lines[4][require.column - 1 :].startswith("甲 = 乙")


# --- two languages ------------------------------------------------------------------------------------

CHINESE = """\
格式: 规则/1
编号: weekly-report
名称: {中文: 每周报送, 英文: Weekly report}
条款: [4.2-j]
对象: unit
重要程度: 一般
责任单位: {牵头: 市教育局, 会同: [市公安局]}
整改建议: 补报。
可否延期: 否
版次:
  - 施行日期: 2020-01-06
    周期: {每: 周, 起: 2020-01-06, 止: 2020-09-27, 不完整期: 提示}
    适用: operating
    要求:
      同时满足:
        - 至少满足: {项数: 1, 之中: [a, b]}
        - {如: a, 则: {满足其一: [b, c]}}
        - 均不满足: [d]
    期限: period.end
    完成于: received_on
    目标: {比例: 100%, 按: 单位}
    仅提示: 是
    理由说明: 见条款
  - 施行日期: 2021-01-01
    废止: 是
背景: {在办: 是}
样例:
  - {说明: 未报, 统计时点: 2020-02-10, 收数截止: 2020-02-11, 期次: 2020-W06,
     给定: {名称: 是, 报送: [{期限: 否}]}, 应判: 不达标, 时限: 逾期, 天数: 1}
  - {说明: 校外, 统计时点: 2020-02-10, 给定: {}, 应判: 不是对象}
备注: 略
"""
ENGLISH = """\
schema: rule/1
id: weekly-report
title: {zh: 每周报送, en: Weekly report}
clause: [4.2-j]
subject: unit
severity: medium
responsible: {lead: 市教育局, with: [市公安局]}
remedy: 补报。
may_defer: no
revisions:
  - since: 2020-01-06
    repeats: {each: week, from: 2020-01-06, until: 2020-09-27, partial: warn}
    applies: operating
    require:
      all_of:
        - at_least: {count: 1, of: [a, b]}
        - {when: a, then: {any_of: [b, c]}}
        - none_of: [d]
    due: period.end
    done_on: received_on
    target: {rate: 100%, per: unit}
    advisory: yes
    because: 见条款
  - since: 2021-01-01
    repealed: yes
background: {在办: 是}
cases:
  - {name: 未报, as_of: 2020-02-10, known_at: 2020-02-11, period: 2020-W06,
     given: {名称: 是, 报送: [{期限: 否}]}, expect: fail, status: overdue, days: 1}
  - {name: 校外, as_of: 2020-02-10, given: {}, expect: no_subject}
notes: 略
"""
PAIRS = {
    "rule": (CHINESE, ENGLISH),
    "vocabulary": (
        "格式: 词表/1\n表: bus\n名称: 校车\n标识列: plate\n显示列: plate\n上级表: {institution: code}\n关联: {driver: driver_id}\n"
        "无记录时: 视为待核\n申报数: {institution: bus_count}\n须有收表: 是\n日期列: found_on\n凭据: [title]\n别名: [校车表]\n"
        "列:\n  kind: {名称: 类型, 类型: 单选, 有序: 是, 表头: 车型, 选项: {a: 甲, b: {中文: 乙, 别名: [二]}}}\n"
        "  名称: {名称: {中文: 号牌}, 类型: 文字, 写法: 号牌, 计量单位: 块, 凭据: {是: [title]}}\n"
        "定义:\n  ok: {名称: 有效, 内容: a = b}\n",
        "schema: vocabulary/1\ntable: bus\nlabel: 校车\nkey: plate\ntitle: plate\nparents: {institution: code}\n"
        "links: {driver: driver_id}\nwhen_empty: unknown\ndeclared_in: {institution: bus_count}\nreturned: yes\n"
        "dated: found_on\nshown_by: [title]\naliases: [校车表]\n"
        "fields:\n  kind: {name: 类型, type: choice, ordered: yes, header: 车型, choices: {a: 甲, b: {zh: 乙, aliases: [二]}}}\n"
        "  名称: {name: {zh: 号牌}, type: text, pattern: plate, measure: 块, shown_by: {是: [title]}}\n"
        "define:\n  ok: {name: 有效, is: a = b}\n",
    ),
    "scale": (
        "格式: 标准/1\n编号: guards\n名称: 专职保安配备\n自变量: students\n类型: 个数\n取值:\n"
        "  - 施行日期: 2015-03-16\n    止: 2022-05-31\n    出处: 规范\n    文号: 公治〔2015〕168号\n    条文: 第七条\n"
        "    核实情况: 未核实\n    档次:\n"
        "      - {不足: 100, 人数: 1}\n      - {不超过: 1000, 取值: 2}\n"
        "      - {超过: 1000, 值: 2, 每增加: 500, 增配: 1, 不足一档: 不计}\n",
        "schema: scale/1\nid: guards\nname: 专职保安配备\nargument: students\ntype: count\nvalues:\n"
        "  - since: 2015-03-16\n    until: 2022-05-31\n    source: 规范\n    doc_no: 公治〔2015〕168号\n    article: 第七条\n"
        "    confirmation: unconfirmed\n    brackets:\n"
        "      - {below: 100, value: 1}\n      - {up_to: 1000, value: 2}\n"
        "      - {above: 1000, value: 2, per: 500, add: 1, part: ignore}\n",
    ),
    "pack": (
        "格式: 规则包/1\n编号: p\n版本: 1\n名称: 方案\n语言: 中文\n原文: {文件: s.txt, 名称: 方案}\n"
        "文本状态: [{施行日期: 2019-12-10, 状态: 初稿}]\n方案实施期起: 2019-12-10\n方案实施期止: 2020-12-31\n"
        "阶段: {mobilise: {名称: 动员, 起: 2019-12-10, 止: 2019-12-31}}\n",
        "schema: pack/1\nid: p\nversion: 1\ntitle: 方案\nlanguage: zh\nsource: {file: s.txt, title: 方案}\n"
        "text_status: [{since: 2019-12-10, status: draft}]\nbegins: 2019-12-10\nends: 2020-12-31\n"
        "phases: {mobilise: {name: 动员, from: 2019-12-10, until: 2019-12-31}}\n",
    ),
}


@pytest.mark.parametrize("kind", PAIRS)
def test_chinese_file_reads_as_the_english_one(kind: str) -> None:
    chinese, english = (read(text) for text in PAIRS[kind])
    assert chinese[1] == english[1] == []
    assert chinese[0].data == english[0].data
    assert set(chinese[0].spans) == set(english[0].spans)
    assert chinese[0].kind == english[0].kind == kind
    assert (chinese[0].lang, english[0].lang) == ("zh", "en")


# --- thirty messages: those of the file -----------------------------------------------------------------


def test_e01_full_width_colon() -> None:
    fault = only("格式: 规则/1\n责任单位:\n  牵头：市教育局\n")
    assert (fault.code, str(fault.span)) == ("E01", "rule.yaml:3:3")
    assert fault.message.zh == "“牵头”后面用了全角冒号“：”"
    assert fault.hint is not None
    assert "牵头: 市教育局" in fault.hint.zh
    assert 'full-width colon after the key "牵头"' in fault.message.en


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("标题: x\n条款：5.4\n编号: a\n", (2, 1)),  # YAML stumbles over the next line
        ("格式：规则/1\n编号：a\n", (1, 1)),  # one text to YAML, without an error
        ("样例:\n  - {说明：未报, 应判: 待核}\n", (2, 6)),
        ("样例:\n  - 说明：未报\n    应判: 待核\n", (2, 5)),
        ("编号:a\n条款: 5.4\n", (1, 1)),  # no space after the colon
    ],
)
def test_e01_wherever_the_colon_is_wrong(text: str, place: tuple[int, int]) -> None:
    assert ("E01", *place) in told(text)
    assert {code for code, *_ in told(text)} == {"E01"}


def test_colons_inside_texts_are_no_fault() -> None:
    text = 'schema: rule/1\nremedy: "注：\n  条款：见附件"\nnotes: |\n  条款：一\n  \t二\n  时间:10:30\ntitle: 时间：上午\n'
    assert told(text) == []


@pytest.mark.parametrize(
    ("indent", "name"), [("\t", "制表符"), ("\u3000\u3000", "全角空格"), ("\u00a0\u00a0", "不间断空格")]
)
def test_e02_odd_indent(indent: str, name: str) -> None:
    fault = only(f"schema: rule/1\nresponsible:\n  lead: a\n{indent}with: b\n")
    assert (fault.code, str(fault.span)) == ("E02", "rule.yaml:4:1")
    assert fault.message.zh == f"行首有{name}"
    assert fault.hint is not None
    assert fault.hint.zh == "用两个半角空格缩进"


def test_e03_colon_inside_an_expression() -> None:
    head = "schema: rule/1\nrevisions:\n  - require:\n      all_of:\n"
    fault = only(head + "        - every(bus: monitored)\n")
    assert (fault.code, str(fault.span)) == ("E03", "rule.yaml:5:20")
    assert fault.hint is not None
    assert "every(bus, monitored)" in fault.hint.en
    # Not even YAML in this place.
    fault = only("schema: rule/1\nrevisions:\n  - since: 2020-01-01\n    require: any(report: kind = x)\n")
    assert (fault.code, fault.span.line) == ("E03", 4)


def test_e04_comma_in_a_text() -> None:
    fault = only("schema: rule/1\ncases:\n  - {name: not linked, late, as_of: 2020-01-15}\n")
    assert (fault.code, str(fault.span)) == ("E04", "rule.yaml:3:24")
    assert fault.message.zh == "花括号里多出没有值的“late”，文字中有半角逗号？"
    fault = only("schema: rule/1\nrevisions:\n  - {require: [every(bus, ok), b]}\n")
    assert (fault.code, fault.span.line) == ("E04", 3)


def test_e05_key_twice() -> None:
    fault = only("schema: rule/1\nrevisions:\n  - due: 2020-01-01\n    require: a\n    due: 2020-02-01\n")
    assert (fault.code, str(fault.span)) == ("E05", "rule.yaml:5:5")
    assert fault.message.zh == "“due”写了两次（另一处在第3行），不知以哪个为准"
    assert "(also line 3)" in fault.message.en


def test_e05_one_key_in_both_languages() -> None:
    fault = only("格式: 规则/1\n编号: a\nid: b\n")
    assert (fault.code, fault.span.line) == ("E05", 3)


@pytest.mark.parametrize(
    "line", ["    require: a = 1 #2", "    require: a = 1  # why", "    due: 2019-12-31 # see 5.4"]
)
def test_e08_comment_in_an_expression(line: str) -> None:
    fault = only(f"schema: rule/1\nrevisions:\n  - since: 2019-12-10  # comments are welcome elsewhere\n{line}\n")
    assert (fault.code, fault.span.line, fault.span.column) == ("E08", 4, line.index("#") + 1)


def test_quoted_hash_is_text() -> None:
    document, faults = read("schema: rule/1\nrevisions:\n  - require: \"name = '3 #楼'\"\n")
    assert faults == []
    assert document.data["revisions"] == [{"require": "name = '3 #楼'"}]


# --- files that are no documents ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E52"),
        ("# only a comment\n", "E52"),
        ("---\n", "E52"),
        ("just a text\n", "E52"),
        ("- a\n- b\n", "E52"),
        ("id: a\n---\nid: b\n", "E54"),
        ("id: &x a\n", "E53"),
        ("id: *x\n", "E53"),
        ("id: !!str a\n", "E53"),
        ("? [a, b]\n: c\n", "E50"),
        ("id: 'a\ntitle: b\n", "E50"),
        ("id: a\n   title: b\n", "E50"),
        ("id: @a\n", "E50"),
        ("id: {a: b\n", "E50"),
        ("id: a\x01b\n", "E50"),
        ("id: " + "[" * 500 + "\n", "E50"),
        ("require: 'text' = kind\n", "E50"),
        ("require: >= 3\n", "E50"),
    ],
)
def test_refused(text: str, code: str) -> None:
    faults = read(text)[1]
    assert [fault.code for fault in faults] == [code]
    for word in ("YAML", "invalid", "scalar", "token", "None"):
        assert word not in faults[0].message.zh + faults[0].message.en


def test_unclosed_quote_is_told_where_it_begins() -> None:
    assert told("id: a\ntitle: 'b\nclause: c\nremedy: d\n") == [("E50", 2, 8)]


def test_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "rule.yaml"
    path.write_bytes("格式: 规则/1\n".encode("gbk"))
    _, (fault,) = load_file(path, "rule.yaml")
    assert (fault.code, fault.span.line) == ("E51", 1)
    assert fault.hint is not None
    assert "UTF-8" in fault.hint.zh


def test_all_faults_of_one_file_at_once() -> None:
    text = (
        "格式: 规则/1\n编号: a\n名称：视频\n条款: 5.4\n版次:\n  - 施行日期: 2019-12-10\n\t要求: a\n"
        "    期限: 2019-12-31 # 见五（四）\n    期限: 2020-01-01\n样例:\n  - {说明: x, y, 应判: 待核}\n"
    )
    assert [(code, line) for code, line, _ in told(text)] == [
        ("E01", 3),
        ("E02", 7),
        ("E08", 8),
        ("E05", 9),
        ("E04", 11),
    ]
    document, _ = read(text)
    assert document.data["title"] == "视频"  # read as it was meant, so that the next stage can go on


def test_unreadable_file_keeps_its_other_messages() -> None:
    text = "编号: a\n名称：视频\n条款: [5.4\n对象: b\n"
    assert [code for code, *_ in told(text)] == ["E01", "E50"]
    assert () not in read(text)[0].spans


# --- folders ------------------------------------------------------------------------------------------


def test_folder_reads_every_file_and_tells_all(tmp_path: Path) -> None:
    (tmp_path / "requirements" / "fire").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.yaml").write_text("[", encoding="utf-8")
    (tmp_path / "pack.yaml").write_text("schema: pack/1\nid: a\nid: b\n", encoding="utf-8")
    (tmp_path / "requirements" / "fire" / "b.yml").write_text("schema: rule/1\nid：b\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("[", encoding="utf-8")
    documents, faults = load_folder(tmp_path)
    assert [document.kind for document in documents] == ["pack", "rule"]
    assert documents[1].path == f"{tmp_path.as_posix()}/requirements/fire/b.yml"
    assert [fault.code for fault in faults] == ["E05", "E01"]


def test_empty_folder(tmp_path: Path) -> None:
    documents, (fault,) = load_folder(tmp_path)
    assert documents == []
    assert fault.code == "E60"


def test_kind_by_place_when_the_first_line_is_missing() -> None:
    document, _ = read("编号: a\n重要程度: 关键\n", "p/requirements/fire/a.yaml")
    assert document.kind == "rule"
    assert document.data["severity"] == "critical"


def test_import_is_light() -> None:
    heavy = ["polars", "pandas", "rich", "jsonschema", "lark", "numpy", "pyarrow"]
    code = f"import sys, checker.load, checker.validate; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_nothing_raises_whatever_is_typed() -> None:
    """Small slips of the keyboard at random places: always a document or a message, at a place that exists."""
    chance = random.Random(20191210)
    odd = "\t\u3000\u00a0：:，,#&*!|>-?[]{}()'\"%@`\n \\\x85\u2028\x01（）0aé"
    for _ in range(1500):
        typed = list(chance.choice(chance.choice(list(PAIRS.values()))))
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(typed))
            typed[place : place + chance.choice((0, 1, 1, 4))] = chance.choice(odd)
        document, faults = read("".join(typed))
        assert faults or () in document.spans
        for fault in faults:
            assert 0 <= fault.span.line <= len(document.lines)
            assert fault.message.zh
            assert fault.message.en
