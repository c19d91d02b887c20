"""Cells of yes/no columns, by kind: what they say, in the light of what the column asks for."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from reading import BARE, LINKED, POST, REPORTED, SETUP, TESTED, check, group, read, table_of

from checker.intake.cells import Reading
from checker.model import FieldDef


@table_of(
    group("plain words", LINKED, "是 | 是的 | 有 | 对 | 已 | 均有 | Y | yes | YES | T | true | TRUE | OK", True),
    group("ticks", LINKED, "√ | ✓ | ✔ | ☑ | ✅ | √√ | ✔️ | (√) | 【√】", True),
    group("R is a ticked box in the font Wingdings 2", LINKED, "R", True),
    group("a boolean of the file", LINKED, [True], True),
    group("done", LINKED, "已联网 | 已与公安联网 | 已经联网 | 均已联网 | 已全部联网 | 已接入公安平台 | "
          "已和公安局联网 | 已实现联网 | 已完成联网", True),
    group("with whom", LINKED, "已与县局联网 | 已与属地派出所对接 | 已接入市局平台 | 全部点位已联网", True),
    group("done, with the subject", LINKED, "一键报警已联网 | 系统已联网 | 我校已联网 | 学校已与公安联网", True),
    group("done by a verb's ending", LINKED, "联网了 | 联网成功 | 联网完毕", True),
    group("stops and quotes do not matter", LINKED, "是。 | 已联网； | “是” | (是) | 是！", True),
    group("full width, blanks, invisible letters", LINKED, ["Ｙ", "已 联 网", "　是　", "是\u200b", "\ufeff是",
          "已与公安\n联网", "是_x000D_\n"], True),
    group("whatever was asked for is done", LINKED, "已完成 | 已落实 | 已到位", True),
    group("installed", SETUP, "已安装 | 已装 | 装好了 | 安装完毕 | 设有一键报警 | 已安装到位 | 已配备 | "
          "已建成投用 | 使用中 | 在用", True),
    group("what is linked is installed", SETUP, "已联网 | 已与公安联网", True),
    group("presence", POST, "有护学岗 | 已设立 | 设有护学岗 | 已有护学岗 | 现有护学岗", True),
    group("a state, where one is asked for", TESTED, "合格 | 正常 | 达标 | 完好 | 已检测合格 | 检测合格了 | 运行正常",
          True),
    group("reported", REPORTED, "已上报 | 已报送", True),
    group("a state needs no 已", TESTED, "均合格 | 全部合格 | 都正常", True),
    group("done by its result", SETUP, "安装到位 | 配备到位", True),
)  # fmt: skip
def test_yes(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


@table_of(
    group("plain words", LINKED, "否 | 无 | 没有 | 不是 | 不对 | 没 | 未 | 尚未 | 暂无 | N | no | F | false | "
          "FALSE | 错", False),
    group("crosses", LINKED, "× | ✗ | ✘ | ✕ | ❌ | x | X | ××", False),
    group("a boolean of the file", LINKED, [False], False),
    group("every shape of not", LINKED, "未联网 | 没联网 | 没有联网 | 尚未联网 | 还没有联网 | 暂未联网 | "
          "目前尚未联网 | 从未联网 | 并未联网 | 未能联网 | 无法联网 | "
          "不能联网 | 未与公安联网 | 均未联网 | 全部未联网 | 至今未联网 | 一直没有联网 | 未完成联网 | 未实现联网",
          False),
    group("what is not installed is not linked", LINKED, "未安装 | 没装 | 无设备", False),
    group("absence", POST, "无护学岗 | 没有护学岗 | 未设立 | 未设护学岗 | 尚未设立护学岗", False),
    group("a state, where one is asked for", TESTED, "不合格 | 不达标 | 不正常 | 未合格", False),
    group("not reported", REPORTED, "未上报 | 未报送 | 没有上报", False),
    group("as it is said here", LINKED, "没得 | 还没 | 没联", False),
    group("in short", POST, "未设岗 | 无岗 | 没有岗", False),
)  # fmt: skip
def test_no(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


@table_of(
    group("a note that takes nothing back", LINKED, "是（已验收） | 是\n（已验收） | 是，已验收 | "
          "已联网（2019年11月） | 是【已验收】 | 是[已验收] | 是〔已验收〕 | "
          "是（已验收 | 有2个 | 已联网（运行正常） | 已联网，无故障 | 是√ | √已联网 | 是；2019年11月验收", True,
          "trailing_note"),
    group("a no with a note", LINKED, "否（未联网） | 否，拟2020年安装 | 未联网，计划2020年3月联网 | 无（待安装）",
          False, "trailing_note"),
    group("a date besides", SETUP, "2018年已安装 | 已于2018年安装 | 去年已安装 | 2019年11月20日已安装 | 半年前已安装",
          True, "trailing_note"),
    group("all places are told", LINKED, "3个校区均已联网 | 本部已联网，分校已联网", True, "trailing_note"),
    group("confusable letters", LINKED, "己联网 | 巳联网 | 以联网 | 己与公安联网", True, "typo_confusable"),
    group("confusable letters", LINKED, "末联网 | 末与公安联网 | 一键报警末联网 | 尚末联网", False, "typo_confusable"),
    group("a misspelling", SETUP, "己安装 | 已按装 | 按装 | 已安裝", True, "typo_confusable"),
    group("a misspelling", LINKED, "已联往 | 已联綱 | 已聯網", True, "typo_confusable"),
    group("all but something", LINKED, "除宿舍外均已联网 | 除东校区外已联网 | 除分校未联网外，其余已联网 | 除大门以外都联网了 | "
          "除了食堂之外全部联网", False, "partial_value"),
    group("some of it does not work", TESTED, "部分损坏 | 个别损坏 | 2个失效", False, "partial_value"),
    group("half of it", POST, "半设立", False, "partial_value"),
    group("numbers in a note do not count places", POST, "已设立（公安1人、家长2人） | 有（教师2名、保安1名）", True,
          "trailing_note"),
    group("parted by a dash", LINKED, "已联网-派出所 | 已联网—城东派出所", True, "trailing_note"),
    group("once the money is there", LINKED, "资金到位后安装 | 等公安部门安装 | 年后联网 | 拟于明年上半年联网 | 正联系公安联网 | "
          "预算已批", False, "planned_not_done"),
    group("being bought", SETUP, "正在采购 | 拟采购", False, "planned_not_done"),
    group("not everywhere", LINKED, "未全覆盖 | 未完全覆盖", False, "partial_value"),
    group("ordered", SETUP, "已订购 | 合同已签 | 已签合同", False, "planned_not_done"),
    group("a tick on a Latin keyboard", LINKED, "v | V", True, "typo_confusable"),
    group("neither 已 nor 未", LINKED, "联网 | 与公安联网 | 全部联网 | 完成联网", True, "bare_verb"),
    group("not all of it", LINKED, "部分联网 | 部份联网 | 部分未联网 | 大部分已联网 | 绝大多数已联网 | 未全部联网 | "
          "未完全联网 | 一半联网 | 个别未联网 | 仅本部联网 | 只有1个联网 | "
          "3个校区已联2个 | 12所已联10所 | 应联10个，实联8个 | 1个未联网 | 还有2个未联网 | 本部已联网，分校未联网 | "
          "不全 | 98% | 80% | 约80% | 九成 | 还差1个", False, "partial_value"),
    group("a share of all or nothing", LINKED, "100%", True, "percent_in_yes_no"),
    group("a share of all or nothing", LINKED, "0%", False, "percent_in_yes_no"),
    group("how many there are", POST, "2名 | 1人 | 3个", True, "count_in_yes_no"),
    group("how many there are", POST, "0人", False, "count_in_yes_no"),
    group("planned, begun, in hand", LINKED, "拟2020年3月联网 | 计划2020年3月完成 | 预计年底联网 | 正在安装 | "
          "正在联网 | 待联网 | 待安装 | 申请中 | 安装中 | 施工中 | 正在施工 | 已招标 | "
          "已立项 | 已申请 | 已列入计划 | 明年联网 | 下学期安装 | 年底前联网 | 2020年3月前联网 | 3月底前完成 | "
          "开学前完成 | 筹备中 | 调试中 | 已装待联 | 没有计划 | 尽快联网 | 将于近期联网",
          False, "planned_not_done"),
    group("two facts: the one that is asked for", LINKED, "已装未联 | 已安装未联网 | 有但未联网 | 有，但未联网 | "
          "安装了但没联网 | 已安装 尚未联网 | 有设备未联网 | 否（已安装未联网）", False, "two_facts_in_cell"),
    group("two facts: the one that is asked for", SETUP, "已装未联 | 有但未联网 | 装而未用 | 已安装，正在联网 | "
          "已装待联 | 已安装未验收", True, "two_facts_in_cell"),
)  # fmt: skip
def test_used_with_a_doubt(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


@table_of(
    group("not told", LINKED, "不详 | 不清楚 | 待核 | 待核实 | 待定 | 未统计 | 未填报 | 暂缺 | 无数据 | 无法提供 | "
          "不详（校长外出） | （不详） | unknown", kind="not_known"),
    group("a dash", LINKED, "— | – | ― | -- | - | / | 一 | ... | …… | * | ～", kind="dash_ambiguous"),
    group("said not to apply", LINKED, "无需 | 无须 | 不需要 | 不用 | 不适用 | 不涉及 | N/A | n/a | 无此项 | "
          "不需要安装 | 无需联网 | 无食堂 | 没有宿舍", kind="na_claim_check_gate"),
    group("see above, see elsewhere", LINKED, "同上 | 〃 | ″ | \" | ” | 仝上 | 同上行 | 同本部 | 见附件 | "
          "详见备注 | ↑", kind="ditto"),
    group("error marks of spreadsheets", LINKED, "#N/A | #REF! | #VALUE! | #DIV/0! | #NAME? | #n/a | ＃Ｎ／Ａ | "
          "##### | #SPILL! | #名称? | Err:502 | #REF", kind="excel_error"),
    group("a formula without its result", LINKED, ["=IF(H5>0,\"是\",\"否\")", "=A1", "=SUM(A1:A3)"],
          kind="formula_no_cached_value"),
    group("the form as it was printed", LINKED, "是/否 | 有/无 | 是否 | 有无 | 是或否 | 是□否□ | □是□否 | "
          "是（ ）否（ ） | □ | ☐ | 请选择 | Y/N | 是\n否 | ( ) | 已联网/未联网", kind="template_not_filled"),
    group("a tick between two options", LINKED, "是√否", None, "template_not_filled", "是"),
    group("hedged", LINKED, "基本联网 | 基本已联网 | 大致联网 | 原则上有 | 应该有 | 应当联网 | 可能有 | 大概有 | "
          "估计有 | 似乎已联网 | 是（基本） | 据说有 | 一般 | 初步联网 | 联网中 | 临时有 | 已联网，但经常掉线",
          kind="hedged_value"),
    group("with a question mark", LINKED, "是？ | 已联网？", None, "hedged_value", "是"),
    group("takes itself back", LINKED, "是，但损坏待修 | 是（部分损坏） | 有（已停用） | 已联网（故障） | "
          "是，但未启用 | 是，未联网 | 已联网但未启用 | 是× | 是；否 | "
          "未联网（2019年12月已联网） | 无（2020年已补） | 否（已整改） | 已联网，正在维修 | 是，正在施工 | √×，已坏",
          kind="qualified_yes"),
    group("the device is there", LINKED, "有一键报警 | 有报警 | 设有一键报警", None, "other_fact", "是"),
    group("there, and of no use", SETUP, "装了但不能用 | 已安装，无法使用 | 有，不好用 | 装了，失灵", kind="qualified_yes"),
    group("does not work", LINKED, "已停用 | 损坏 | 故障 | 已报废 | 离线", None, "qualified_yes", "否"),
    group("no and not no", LINKED, "无未联网 | 没有未安装的 | 不是没有 | 并非未联网 | 无一未联网",
          kind="double_negative") [:4],
    group("another fact", LINKED, "已安装 | 2018年已安装 | 已采购 | 正常 | 已验收 | 达标", None, "other_fact", "是"),
    group("another fact", SETUP, "未联网 | 尚未联网", None, "other_fact", "否"),
    group("another fact", TESTED, "已检测 | 已联网", None, "other_fact", "是"),
    group("another fact", BARE, "已整改 | 已验收", None, "other_fact", "是"),
    group("of some", LINKED, "大门联网 | 本部联网", None, "scope_unknown", "是"),
    group("of some", LINKED, "3个校区已联网 | 本部已联网 | 2个已联网 | 2名", None, "scope_unknown", "是"),
    group("a time and no more", LINKED, ["2019.11", "2019-11-20", "2019年11月", "2019", "2019年11月联网", date(2019,
          11, 20), datetime(2019, 11, 20)], None, "date_in_yes_no", "是"),
    group("a number whose coding nobody tells", LINKED, ["2", 2.0, 3], kind="numeric_bool_ambiguous")[2:],
    group("signs of many meanings", LINKED, "○ | △ | ▲ | ☒ | O | ※", kind="symbol_ambiguous"),
    group("signs that most often mean yes", LINKED, "● | ■ | + | ┼ | ◎ | ★", None, "symbol_ambiguous", "是"),
    group("元 for 无", LINKED, "元", None, "symbol_ambiguous", "否"),
    group("not understood", LINKED, ["是滴", "嗯", "已未联网", "没已联网", "计划已完成", "视频已联网", "末尾",
          time(10, 30)], kind="unreadable"),
    group("a beginning that is understood", LINKED, "已联网画面清晰", None, "unreadable", "是"),
    group("nothing", LINKED, ["", " ", "　", "\u00a0", "\u200b", None, float("nan")]),
)  # fmt: skip
def test_not_used(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        *((raw, True) for raw in (
            "☑是□否", "是☑否□", "是√/否", "√是/否", "R是£否",
            "■是□否", "●是○否", "是（√）否（ ）", "[x]否[√]是", "是√ 否×",
            "☑已联网□未联网", "是 ☑ 否 □", "√是 □否",
            "☒是☐否", "是_√_否___", "1.是√ 2.否",
        )),
        *((raw, False) for raw in ("□是☑否", "是□否☑", "是/否√", "£是R否", "是( )否(√)", "☐有☑无", "□已联网 ☑未联网", "A.是 B.否√")),
        *((raw, None) for raw in ("☑是☑否", "是否√", "是√否", "□是□否")),
    ],
)  # fmt: skip
def test_ticked_options(raw: str, value: bool | None) -> None:
    found = read(LINKED, raw)
    assert found.value is value
    assert (found.kind == "") == (value is not None)


def test_a_dated_act_is_done_if_the_day_is_past_when_the_form_comes_in() -> None:
    received = date(2019, 12, 23)
    assert read(LINKED, "2019年11月联网", received_on=received) == Reading(True, "trailing_note")
    assert read(LINKED, "2020年3月联网", received_on=received) == Reading(False, "planned_not_done")
    assert read(LINKED, "2019年12月联网", received_on=received) == Reading(None, "date_in_yes_no")
    assert read(LINKED, "2019年11月联网") == Reading(None, "date_in_yes_no", "是")


def test_a_column_coded_one_and_nought() -> None:
    assert read(LINKED, 1.0, 0.0) == Reading(True, "numeric_bool")
    assert read(LINKED, "0", "1") == Reading(False, "numeric_bool")
    assert read(LINKED, "１", "0") == Reading(True, "numeric_bool")


def test_a_column_coded_one_and_two_is_a_guess() -> None:
    assert read(LINKED, 1.0, 2.0) == Reading(None, "numeric_bool_ambiguous", "是")
    assert read(LINKED, 2.0, 1.0) == Reading(None, "numeric_bool_ambiguous", "否")
    assert read(LINKED, "2", "3") == Reading(None, "numeric_bool_ambiguous", "")


def test_a_column_that_asks_for_neither_of_two_facts_learns_nothing() -> None:
    assert read(BARE, "已装未联").value is None
    assert read(BARE, "已联网").value is True


def test_the_text_of_a_link_is_read_and_the_link_is_not_followed() -> None:
    assert read(LINKED, '=HYPERLINK("http://x/","是")') == Reading(True, "formula_cell")
    assert read(LINKED, '=HYPERLINK("http://x/","查看")').value is None
