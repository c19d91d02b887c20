"""A clause such as 已与公安联网, 尚未安装, 装而未用 → the facts that it states: which act, done or not. Every letter must be understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from checker.intake.amounts import CLASSIFIER
from checker.intake.numerals import LETTERS

# Acts: whoever says 已联网 says nothing about 验收. A group is named after its first word in English.
ACTS: dict[str, str] = {
    "link": "联网 连网 并网 接通 接入 联通 连通 连接 联接 对接 直连 直联 上线 在线 入网 联 连 接",
    "setup": "安装 加装 新装 装设 装好 装 配备 配齐 配置 配足 配全 配好 配 设置 设立 布设 架设 增设 设 建立 建成 建好 "
    "新建 建 布置 制定 制订 成立 组建 "
    "出台 编制 印发 建档 建设",
    "use": "使用 启用 开通 投用 投入使用 投入运行 运行 在用 用",
    "check": "检测 检验 检查 年检 审验 检定 校验 自查 排查 巡查 检",
    "accept": "验收 核验 审核 审批 批准 核准 审定 验",
    "sign": "签订 签署 签约 签",
    "buy": "购买 采购 购置 投保 参保 续保 缴纳 买",
    "report": "上传 上报 报送 报告 报备 报 录入",
    "record": "备案 登记 注册 记录",
    "do": "落实 实现 完成 到位 实行 实施 执行 推行 开展 做到 做好 办理 办 取得 进行 组织",
    "train": "培训 培训过 教育 宣传",
    "publish": "公示 公布 张贴 公开",
    "close": "封闭式 封闭 隔离 分流 限速 硬化",
    "include": "纳入 列入",
    "name": "明确 确定 指定",
    "cover": "覆盖",
    "state": "健全 合格 达标 齐全 完好 正常 有效 符合 具备 完整 完善 规范 达到 良好",
    "fix": "整改 整治 修复 治理 销号 处置 清理 清洗 疏通 更换 处理 改造",
    "arrange": "安排 部署 启动 动员",
}  # fmt: skip
_LATIN = {"link": "link connect online", "setup": "install equip", "use": "in_use", "state": "valid"}
# Acts that answer for any other: whatever was asked for has been done.
ANY_ACT = frozenset(["do", "cover"])

# Words by their part in the clause, one letter each.
_PARTS: dict[str, str] = {
    "d": "已 已经 业已 早已 早就 已于",
    "x": "否 没得 未 没 没有 没能 未能 未曾 未予 未有 无 不 不是 不曾 不能 无法 并无 并非 非 不再 毫未 ",
    "o": "联不上 连不上 接不上 接不通 连不通 装不上",
    "i": "是 有 存在 属于 属 具有 备有",
    "I": "设有 装有 配有 建有 建立有",
    "l": "均 都 全 全部 全面 完全 全都 皆 一律 统统",
    "a": "目前 现 现在 当前 现阶段 截至目前 到目前 至今 迄今 仍 仍然 一直 始终 也 并 就 即 便 确 确实 实际 按要求 "
    "按规定 按标准 按照要求 "
    "按照规定 依法 及时 统一 正式 独立 自行 新 于 在 由 自 起 后 各 每 真的",
    "m": "还 尚 暂 暂时 从 从来",
    "w": "市局 县局 区局 分局 市局平台 县局平台 区局平台 公安平台 "
    "公安部门 公安局 与公安 与公安机关 与公安系统 与公安平台 与公安部门 与公安局 与公安分局 和公安 和公安局 同公安 跟公安 "
    "到公安 至公安 与派出所 与当地派出所 与属地派出所 "
    "与属地公安 与属地公安机关 与当地公安 与当地公安机关 与110 与警方 公安 公安机关 公安系统 派出所 110",
    "n": "点位 探头 摄像头 按钮 "
    "岗 岗位 学校 本校 我校 本园 我园 全校 全园 该校 该园 设备 装置 系统 设施 平台 情况 工作 手续 任务",
    "t": "了 好 好了 完 完毕 成功 上 上了 的 妥 起来",
    "s": "半 部分 部份 大部分 大部份 大部 大多 大多数 多数 少数 个别 局部 一部分 少部分 小部分 一半 半数 过半 近半 绝大部分 "
    "绝大多数 主要 不全 不齐 不足 不够 不完整 不完善 "
    "仅 只 只有 仅有 尚缺 缺 缺少 还缺 差 还差 尚差 有些 一些 某些 陆续 逐步 分批 试点",
    "h": "应已 似 似已 疑似 据称 未必 有的 基本 基本上 大致 大体 大体上 原则上 "
    "可能 应该 应当 差不多 大概 估计 似乎 好像 也许 或许 据说 听说 看来 "
    "貌似 理论上 一般 多半 算是 尚可 勉强 较 比较 "
    "初步 临时 偶尔 有时 经常 不定期 视情况 口头 不一定 或",
    "p": "正联系 正对接 正协调 正申请 正报批 正采购 正招标 正筹建 正准备 等 年后 节后 春节后 开学后 暑假后 新学期 明年初 "
    "明年底 明年春 明年上半年 明年下半年 到位后 落实后 批准后 审批后 资金到位后 经费到位后 经费落实后 预算已批 "
    "预算已下 经费已批 资金已落实 经费已落实 资金已到位 已订购 已订货 已定购 合同已签 已签合同 已签协议 拟 计划 "
    "规划 预计 预期 准备 打算 争取 力争 确保 即将 将 将于 近期 正在 正建 正装 正改 正办 在建 在装 在办 "
    "在办理 在协调 协调中 联调 联调中 在施工 在建设 "
    "筹备 筹建 筹划 申请 申请中 报批 报批中 审批中 招标 招标中 "
    "采购中 施工 施工中 调试 调试中 建设中 改造中 进行中 待 等待 尚待 还待 有待 下月 下周 下个月 下学期 下学年 "
    "下半年 下步 下一步 明年 后年 来年 "
    "明春 次年 年内 本月内 寒假 暑假 暑期 期末 学期末 期末前 限期 立项 已立项 动工 开工 进场 列入计划 纳入计划 "
    "列入预算 纳入预算 打报告 下单 尽快 抓紧 推进 "
    "推进中 试运行 谈判 洽谈 联系 联系中 商谈",
    "b": "不能用 不能使用 不能正常使用 无法使用 无法正常使用 不好用 用不了 不能工作 无法工作 不工作 失灵 不灵 已拆 "
    "损坏 坏 坏了 故障 停用 失效 过期 到期 报废 拆除 拆 离线 掉线 "
    "断网 断开 断线 关闭 停 停止 中断 异常 待修 "
    "维修 维修中 损毁 老化 闲置 弃用 瘫痪 不通 "
    "退网 问题 隐患 停运 停办",
    "turn": "但 但是 不过 然而 只是 可是 而 却 且 并且 以及 及 其中 因 因为 由于 又 和 同时",
    "q": "大门口 校门口 门口 教学楼 操场 行政楼 实验楼 宿舍楼 周界 本部 校本部 分校 分部 "
    "分园 总校 总园 校区 东校区 西校区 南校区 北校区 新校区 老校区 小学部 中学部 初中部 "
    "高中部 幼儿园部 幼儿部 幼教部 学前部 教学点 村小 "
    "幼儿园 小学 初中 高中 大门 正门 南门 北门 东门 西门 后门 侧门 主校区 其他 其它 其余",
    "z": "中",
}  # fmt: skip
_GROUP = {word: group for group, listed in ACTS.items() for word in listed.split()}
_PART = {word: part for part, listed in _PARTS.items() for word in listed.split()}
_PART |= dict.fromkeys(_GROUP, "v")
WORDS = frozenset(_PART)
_LEXICON = re.compile("|".join(sorted(map(re.escape, _PART), key=len, reverse=True)))

_YEAR, _END = (
    r"(?:20|19)?[0-9]{2}年",
    r"(?:年|月)?(?:初|中|底|末|上旬|中旬|下旬)|[春夏秋冬]季?|[上下]半年|[暑寒]假|第?[一二三四]季度",
)
_DATE = (
    rf"(?:{_YEAR}[0-9]{{1,2}}月(?:份|[0-9]{{1,2}}[日号])?|{_YEAR}度?|(?:20|19)[0-9]{{2}}[-./][0-9]{{1,2}}(?:[-./][0-9]{{1,2}})?|"
    rf"[0-9]{{1,2}}月(?:份|[0-9]{{1,2}}[日号])?|[0-9]{{1,2}}[日号]|(?:20|19)[0-9]{{2}})(?:{_END})?"
)
_DATED = re.compile(
    rf"{_DATE}|(?:去|前|上|今)年年?[初中底末]|去年|前年|上年|上月|上个月|上学期|上周|此前|日前|前期|本月|本周|今年|本学期|本学年|昨天|今天|半年前|(?:[0-9]{{1,2}}|[一两三几数])个?[年月]前"
)
PAST = frozenset(["去年", "前年", "上年", "上月", "上个月", "上学期", "上周", "此前", "日前", "前期", "昨天", "半年前"])
_BEFORE = re.compile(
    rf"(?:{_DATE}|今年|年|月|本月|本学期|春节|元旦|寒假|暑假|开学|学期末|放假|节|汛|冬|国庆)(?:底|末)?(?:之前|以前|前|内)|[年月][底末]"
)
_WITH = re.compile(r"[与和同跟][^未不没无非否但而且并、已]{1,8}?(?=联网|连网|并网|联通|连接|对接|直连)")
_COUNT = re.compile(rf"(?:[0-9]+|[{LETTERS}]+)(?:多|余)?{CLASSIFIER}(?:校区|点位|部位|学校|地方)?")


class Token(NamedTuple):
    part: str
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """`acts`: which acts are spoken of; none: 是, 有, whatever is asked. `value`: done, not done, or why that cannot be said:
    plan, part, hedge, twice (a double negative), broken, worn (some of it is broken), bare (no 已, no 未), dated (a bare act with
    a date), absent (无食堂), strange."""

    value: bool | str
    acts: frozenset[str] = frozenset()
    noted: bool = False  # carries a date or a number besides
    when: str = ""
    place: bool = False  # speaks of a part of the school
    text: str = ""
    thing: bool = False  # says that something is there, and no more: 有监控


@lru_cache(maxsize=2000)
def acts_of(text: str) -> frozenset[str]:
    """The acts that a heading names."""
    low = text.lower()
    latin = {group for group, listed in _LATIN.items() if any(word in low for word in listed.split())}
    return frozenset(latin | {_GROUP.get(word, "setup") for _, word in _words_in(text) if _PART[word] in "vI"})


def _words_in(text: str) -> Iterator[tuple[int, str]]:
    """Place and word. Of one letter only after 已, 未 and 否: single letters stand in too many words (设备, 报警)."""
    at = 0
    while at < len(text):
        found = _LEXICON.match(text, at)
        if found is None:
            at += 1
            continue
        word = found[0]
        if len(word) > 1 or _PART[word] in "dxil" or text[at - 1 : at] in ("已", "未", "否"):
            yield at, word
        at = found.end()


@lru_cache(maxsize=2000)
def nouns_of(label: str) -> frozenset[str]:
    """Stretches of a heading that are neither acts nor 已 and 未: 一键报警, 护学岗, and what they are made of."""
    stretches: list[str] = []
    for piece in re.findall(r"[\u4e00-\u9fff]+", label):
        start = 0
        for at, word in _words_in(piece):
            if _PART[word] in "dxiIvlw":
                stretches.append(piece[start:at])
                start = at + len(word)
        stretches.append(piece[start:])
    return frozenset(
        stretch[first:last]
        for stretch in stretches
        for first in range(len(stretch) - 1)
        for last in range(first + 2, len(stretch) + 1)
    )


# --- tokens ---------------------------------------------------------------------------------------


def tokens(text: str, nouns: frozenset[str]) -> list[Token]:
    """The longest word at each place; a letter of no word is strange (u)."""
    found: list[Token] = []
    at = 0
    longest = max(map(len, nouns), default=0)
    while at < len(text):
        best = Token("u", text[at])
        for part, shape in (("f", _BEFORE), ("y", _DATED), ("k", _COUNT), ("w", _WITH)):
            if (match := shape.match(text, at)) is not None and len(match[0]) > len(best.text):
                best = Token(part, match[0])
        if (match := _LEXICON.match(text, at)) is not None and (best.part == "u" or len(match[0]) > len(best.text)):
            best = Token(_PART[match[0]], match[0])
        for length in range(min(longest, len(text) - at), 1, -1):
            if text[at : at + length] in nouns:
                if length >= len(best.text):
                    best = Token("n", text[at : at + length])
                break
        found.append(best)
        at += len(best.text)
    return found


# --- facts ----------------------------------------------------------------------------------------

# Acts that come before another one and do not tell that it is done.
_BEFOREHAND = frozenset(
    ["arrange", "sign", "report", "include", "name", "publish", "train", "buy", "record", "accept", "check"]
)
_JOINING = frozenset(["并", "且", "并且", "及", "以及", "又", "和", "同时"])
_NOTHING = frozenset(["无", "没有", "并无", "未有"])
_SHAPES: tuple[tuple[str, bool | str], ...] = (
    (r"[nawlqkyf]*d[awlnyqk]*(?:v+[tn]*)+[nwk]*t?y?", True),  # 已与公安联网
    (r"[nawlqkyf]*d?[il]*[iI][nkqy]*t?", True),  # 有, 已有护学岗, 设有2个
    (r"[nawlqk]*v+t+[nwk]*", True),  # 联网了, 装好了
    (r"n+k|kn+", True),  # 护学岗2个, 2个食堂
    (r"[nawlm]*o[nw]*", False),  # 连不上
    (r"[nawlqyfm]*x[awy]*(?:v+[tn]*)+[nw]*", False),  # 尚未联网
    (r"[nawlqyfm]*xn*t?", False),  # 没有护学岗
    (r"[nawlqyfm]*xa*i?n+", False),
    (r"[nawlqk]*v+[nw]*", "bare"),
    (r"[nawlqk]*y[aknw]*v+[tn]*", "dated"),  # 2018年安装
    (r"[nawlqk]*(?:v+[tn]*)y", "dated"),
)
_SHAPED = tuple((re.compile(shape), value) for shape, value in _SHAPES)


def facts(text: str, nouns: frozenset[str]) -> list[Fact]:
    """已装未联 states two facts, 已安装并联网 two of one kind."""
    found: list[Fact] = []
    for clause, joined in _clauses(tokens(text, nouns)):
        fact = _fact(clause)
        if joined and fact.value == "bare" and found and found[-1].value is True:
            fact = Fact(True, fact.acts, fact.noted, text=fact.text)
        found.append(fact)
    if len(found) > 1:
        # 装而未用: beside a 未, what is merely named is there.
        negative = any(fact.value is False for fact in found)
        found = [Fact(True, f.acts, f.noted, text=f.text) if f.value == "bare" and negative else f for f in found]
    return found


def _clauses(all_tokens: list[Token]) -> Iterator[tuple[list[Token], bool]]:
    """Cut at 但, 而, 且 …, and where a new 已 or 未 follows an act. The flag: joined to the one before by 并, 且, 及."""
    current: list[Token] = []
    acted = joined = False
    for at, token in enumerate(all_tokens):
        turn = token.part == "turn" or (token.text in ("并", "也", "仍", "还") and acted)
        starts = token.part in "dxpb" and acted and not (token.part == "b" and current[-1].part in "dx")
        if (turn or starts) and current:
            # 已安装 | 尚未联网
            end = next((last for last in range(len(current), 0, -1) if current[last - 1].part not in "alm"), 0)
            end = end if starts else len(current)
            yield current[:end], joined
            current, acted = current[end:], False
            joined = turn and token.text in _JOINING
        if turn and at in (0, len(all_tokens) - 1):
            yield [Token("u", token.text)], False  # 已联网但: and then?
        elif not turn:
            current.append(token)
            acted |= token.part in "viIbo"
    if current:
        yield current, joined


def _fact(clause: list[Token]) -> Fact:
    shape = "".join(token.part[0] for token in clause)
    text = "".join(token.text for token in clause)
    in_order = [_GROUP.get(token.text, "setup") for token in clause if token.part in "vI"]
    # 已完成安装: the completing is not the act.
    acts = frozenset(in_order) - ANY_ACT or frozenset(in_order)
    when = next((token.text for token in clause if token.part in "yf"), "")

    def fact(value: bool | str) -> Fact:
        thing = value is True and not acts and "i" in shape and "n" in shape
        return Fact(value, acts, bool(when) or "k" in shape, when, "q" in shape, text, thing)

    if "h" in shape:
        return fact("hedge")
    if any(token.part == "k" and token.text[0] in "0零〇" for token in clause):
        return fact("strange")  # 有0个
    if "u" in shape:
        # 没有食堂: the column does not ask for a canteen.
        lacking = re.fullmatch(r"[am]*x[nu]{1,8}", shape) and any(token.text in _NOTHING for token in clause)
        return fact("absent" if lacking else "strange")
    if shape.count("x") > 1:
        return fact("twice")
    if "b" in shape:
        part = "s" in shape or "k" in shape
        return fact("sound" if "x" in shape else "worn" if part else "broken")
    if "z" in shape:
        return fact({"use": True}.get(next(iter(acts), ""), "hedge" if "link" in acts else "plan"))
    if "s" in shape:
        return fact("part")
    prepared = "arrange" in in_order or (in_order[-1:] != ["state"] and any(g in _BEFOREHAND for g in in_order[:-1]))
    if len(acts) > 1 and prepared:
        return fact("strange")  # 已启动联网, 已批准安装
    if "p" in shape:
        return fact("strange" if _done_besides(clause) else "plan")
    if re.search(r"x[aw]*l", shape):
        return fact("part")  # 未全部联网
    if "f" in shape and "d" not in shape:
        return fact("plan" if "x" not in shape and "v" in shape else "strange")  # 年底前联网
    if "x" in shape and (("k" in shape and shape.index("k") < shape.index("x")) or re.search(r"x.*k", shape)):
        return fact("part")  # 1个未联网
    for pattern, value in _SHAPED:
        if pattern.fullmatch(shape):
            if value == "bare" and clause[-1].text in ("在用", "在线", "到位"):
                return fact(True)
            counted = value is True and "k" in shape and "v" in shape and "l" not in shape
            # 2个已联网: of how many? But 已安装2个.
            return fact(
                "some" if counted and not (acts <= {"setup"} and shape.index("k") > shape.index("v")) else value
            )
    return fact("strange")


def _done_besides(clause: list[Token]) -> bool:
    """计划已完成: the plan, or what was planned?"""
    at = next(at for at, token in enumerate(clause) if token.part == "p")
    return any(token.part == "d" for token in clause[at:])
