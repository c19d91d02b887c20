"""A cell of a yes/no column → yes, no, or missing with a doubt. A plan is a no, a hedge and a contradiction are nothing."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from checker.intake.cells import Reading, mark, normal, squeezed, without_note, words

_YES = words(
    "是 是的 有 对 √ ✓ ✔ ☑ ✅ 🗹 ■ y yes t true r 已 已有 均有 都有 全有 符合 合格 达标 正常 完好 齐全 具备 全部 均是 都是 ok"
)
_NO = words(
    "否 无 不 不是 没有 没 未 尚未 × ✗ ✘ ✕ ✖ ☒ ❌ x n no f false 均无 都无 全无 不符合 不合格 不达标 不齐全 不具备 尚无 暂无 从无"
)
_DONE = (
    "联网|连网|并网|接通|接入|联通|安装|装好|装|配备|配齐|配置|配足|配|设置|设立|设|建立|建成|建|完成|落实|达标|签订|签|购买|投保|检测|检验|"
    "检查|验收|备案|上传|上报|报送|开展|实行|实施|执行|制定|制订|整改|公示|张贴|培训|办理|取得|到位|覆盖|启用|开通|封闭|审核|审批|登记|注册|"
    "年检|纳入|明确|成立|组织|进行|使用|联|接"
)
_WITH = r"(?:全部|均|都|与?公安(?:机关)?(?:系统|平台)?|按(?:要求|规定|标准))*"
_DID = re.compile(rf"(?:均|都|全部)?已经?{_WITH}(?:{_DONE})+(?:了|好|完毕|到位|入网)?")
_DID_NOT = re.compile(rf"(?:均|都)?(?:尚未|还未|还没有?|暂未|从未|未|没有?){_WITH}(?:{_DONE})+(?:好|完毕|到位)?")
_DID_NOT_ALL = re.compile(rf"(?:尚未|还未|未|没有?)(?:全部|完全|全面|全)(?:{_DONE})+")
_SLIP_NOT = re.compile(rf"末{_WITH}(?:{_DONE})+")
_SLIP_DID = re.compile(rf"[己巳]{_WITH}(?:{_DONE})+")
_PART = re.compile(r"(?:大?部分|局部|少数|多数|个别|一半|半数?|未完全|不完全|不全)")
_TWO = re.compile(rf"已经?(?:{_DONE})+[,，但]*(未|没|尚未|待|末)({_DONE})+")
_PLAN = re.compile(
    rf"拟|计划|预计|准备|打算|争取|即将|近期|将|正在|正[建装改]|在建|筹备|筹建|申请中|待(?!核)|(?:{_DONE}|建设|施工|采购|招标|申请|调试|改造|办理)+中$"
    rf"|(?:\d{{2,4}}年)?(?:\d{{1,2}}月)?(?:年|月)?(?:底|末)?前(?:{_DONE})"
)
_HEDGE = re.compile(r"基本|大致|大体|原则上|可能|应该|应当|差不多|大概|估计|似乎|好像|也许")
_TURN = re.compile(r"(.{1,12}?)[,;。、:.]?(?:但是|但|不过|只是|然而|因)(.+)")
_COMMA = re.compile(r"([^,;。、:]{1,12})[,;。、:](.+)")
_AGAINST = re.compile(r"损坏|待修|故障|停用|失效|坏|过期|到期|报废|部分|拟|计划|未|末|不|没|无|待|正在|仅|只|除|拆|旧")
_DATED = re.compile(r"\d{2,4}年(?:\d{1,2}月)?(?:\d{1,2}[日号])?(?:就|即|起|底)?(.+)")
_SOME = re.compile(r"有[1-9]\d*\D{0,2}")
_SHARE = re.compile(r"(\d+(?:\.\d+)?)%")
_TICK, _BOX = "☑√✓✔■●☒", "□○☐"
_BOXED = (re.compile(rf"([{_TICK}{_BOX}])(是|否|有|无)"), re.compile(rf"(是|否|有|无)([{_TICK}{_BOX}])"))
_OPTIONS = frozenset(
    [
        "是/否",
        "有/无",
        "是或否",
        "有或无",
        "是、否",
        "是否",
        "有无",
        "是□否□",
        "□是□否",
        "有□无□",
        "□有□无",
        "y/n",
        "yes/no",
    ]
)

_LINK_WORDS = ("联", "接入", "在线", "上线", "link", "connect", "online")
_SETUP_WORDS = ("安装", "装有", "配备", "设有", "设置", "建有", "已设", "已建", "install")


def reads(label: str, numbers: frozenset[float]) -> tuple[str, bool]:
    """What reading depends on besides the cell: which of two facts the column asks for, and whether it is coded 1 and 0."""
    low = label.lower()
    asked = "link" if any(word in low for word in _LINK_WORDS) else ""
    if not asked and any(word in low for word in _SETUP_WORDS):
        asked = "setup"
    return asked, bool(numbers) and numbers <= {0.0, 1.0}


def read(raw: object, asked: str = "", coded: bool = False) -> Reading:
    if isinstance(raw, bool):
        return Reading(raw)
    if isinstance(raw, (date, datetime, time)):
        return Reading(None, "unreadable")
    text = squeezed(normal(raw)).lower()
    if text in _YES or text in _NO:
        return Reading(text in _YES)
    if (marked := mark(text)) is not None:
        return marked
    if text in _OPTIONS:
        return Reading(None, "template_not_filled")
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        if coded and float(text) in (0, 1):
            return Reading(float(text) == 1, "numeric_bool")
        return Reading(None, "numeric_bool_ambiguous")
    return _families(text, asked)


def _plain(text: str) -> bool | None:
    if text in _YES or _DID.fullmatch(text):
        return True
    if text in _NO or _DID_NOT.fullmatch(text):
        return False
    return None


def _families(text: str, asked: str) -> Reading:
    text = text.rstrip("。.;,、!") or text
    if _DID_NOT_ALL.fullmatch(text):
        return Reading(False, "partial_value")
    said = _plain(text)
    if said is not None:
        return Reading(said)
    if (share := _SHARE.fullmatch(text)) is not None:
        every = float(share[1]) == 100
        return Reading(every, "percent_in_yes_no" if every else "partial_value")
    if _SLIP_NOT.fullmatch(text):
        return Reading(False, "typo_confusable")
    if _SLIP_DID.fullmatch(text):
        return Reading(True, "typo_confusable")
    if _PART.match(text):
        return Reading(False, "partial_value")
    if _TWO.fullmatch(text):
        # 已装未联: installed, not linked. A column that asks for neither of the two learns nothing.
        return Reading({"link": False, "setup": True}.get(asked), "two_facts_in_cell" if asked else "qualified_yes")
    if _HEDGE.match(text):
        return Reading(None, "hedged_value")
    if _PLAN.match(text):
        return Reading(False, "planned_not_done")
    if _SOME.fullmatch(text):
        return Reading(True, "trailing_note")
    if (ticked := _ticked(text)) is not None:
        return ticked
    if (dated := _DATED.fullmatch(text)) is not None:
        if _PLAN.match(dated[1]) or dated[1].startswith("前"):
            return Reading(False, "planned_not_done")
        if (said := _plain(dated[1])) is not None:
            return Reading(said, "trailing_note")
    return _with_note(text)


def _with_note(text: str) -> Reading:
    base, note = without_note(text)
    if not note:
        found = _TURN.fullmatch(text) or _COMMA.fullmatch(text)
        if found is None:
            return Reading(None, "unreadable")
        base, note = found[1], found[2]
    said = _plain(base)
    if said is None:
        return Reading(None, "unreadable")
    if not said:
        return Reading(False, "trailing_note")
    # 是，但损坏待修: what follows takes the yes back.
    return Reading(None, "qualified_yes") if _AGAINST.search(note) else Reading(True, "trailing_note")


def _ticked(text: str) -> Reading | None:
    """☑是□否, 是☑否□: exactly one of the options carries a mark."""
    for at, shape in enumerate(_BOXED):
        options = list(shape.finditer(text))
        if len(options) > 1 and "".join(option[0] for option in options) == text:
            marked = [option[2 - at] for option in options if option[1 + at] in _TICK]
            return Reading(marked[0] in "是有") if len(marked) == 1 else Reading(None, "template_not_filled")
    return None
