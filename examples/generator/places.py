"""The reporting units of Nantong, their towns, how many institutions each has and how well each does. Shapes only; no real school."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """`schools`: kindergartens, primary, junior, nine-year, senior, complete, vocational, special.

    `care`: how well kept the records are, 1 = nothing missing. `progress`: share of requirements met at the end of 2019.
    """

    code: str
    name: str
    towns: tuple[str, ...]
    schools: tuple[int, int, int, int, int, int, int, int]
    care: float
    progress: float
    code_later: str = ""
    name_later: str = ""


def _towns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PLACES = (
    Place(
        "320602",
        "崇川区",
        _towns("城东街道 和平桥街道 任港街道 虹桥街道 学田街道 钟秀街道 文峰街道 观音山街道 狼山镇街道"),
        (58, 30, 12, 3, 4, 2, 2, 1),
        0.97,
        0.97,
        "320613",
        "崇川区",
    ),
    Place(
        "320611",
        "港闸区",
        _towns("永兴街道 唐闸镇街道 天生港镇街道 秦灶街道 陈桥街道 幸福街道"),
        (26, 13, 6, 1, 1, 1, 1, 0),
        0.95,
        0.94,
        "320613",
        "崇川区",
    ),
    Place(
        "320612",
        "通州区",
        _towns("金沙街道 西亭镇 二甲镇 东社镇 三余镇 十总镇 石港镇 刘桥镇 平潮镇 五接镇 兴仁镇 先锋街道 川姜镇"),
        (66, 42, 25, 2, 6, 2, 2, 1),
        0.96,
        0.93,
    ),
    Place(
        "320623",
        "如东县",
        _towns("掘港街道 洋口镇 苴镇街道 长沙镇 大豫镇 马塘镇 丰利镇 曹埠镇 岔河镇 双甸镇 新店镇 河口镇 袁庄镇"),
        (52, 34, 22, 2, 6, 1, 2, 1),
        0.99,
        0.985,
    ),
    Place(
        "320681",
        "启东市",
        _towns("汇龙镇 北新镇 惠萍镇 东海镇 南阳镇 海复镇 合作镇 王鲍镇 吕四港镇 近海镇 寅阳镇"),
        (60, 38, 23, 2, 6, 2, 2, 1),
        0.95,
        0.91,
    ),
    Place(
        "320682",
        "如皋市",
        _towns("如城街道 东陈镇 丁堰镇 白蒲镇 下原镇 九华镇 石庄镇 长江镇 吴窑镇 江安镇 搬经镇 磨头镇"),
        (80, 50, 30, 3, 8, 3, 3, 1),
        0.94,
        0.92,
    ),
    Place(
        "320684",
        "海门市",
        _towns("海门街道 三厂街道 常乐镇 悦来镇 四甲镇 余东镇 正余镇 包场镇 临江镇"),
        (56, 38, 22, 2, 6, 2, 2, 1),
        0.97,
        0.95,
        "320614",
        "海门区",
    ),
    Place(
        "320685",
        "海安市",
        _towns("海安街道 城东镇 曲塘镇 李堡镇 角斜镇 大公镇 雅周镇 白甸镇 南莫镇 墩头镇"),
        (54, 34, 22, 2, 6, 2, 2, 1),
        0.98,
        0.96,
    ),
    Place(
        "320671",
        "南通经济技术开发区",
        _towns("小海街道 竹行街道 中兴街道 新开街道"),
        (20, 10, 4, 1, 1, 0, 0, 0),
        0.985,
        0.98,
    ),
    Place("TZW", "通州湾江海联动开发示范区", _towns("三余片区 滨海片区"), (6, 4, 2, 0, 0, 0, 0, 0), 1.0, 1.0),
    Place("DIRECT", "市直属学校（单位）", _towns("市区"), (3, 2, 2, 0, 3, 1, 3, 1), 0.99, 0.98),
)

KINDS = ("kindergarten", "primary", "junior", "nine_year", "senior", "complete", "vocational", "special")
# Category digits of the school code, and the word in an invented name.
CATEGORY = {
    "kindergarten": "11",
    "primary": "21",
    "junior": "31",
    "nine_year": "31",
    "senior": "34",
    "complete": "34",
    "vocational": "36",
    "special": "51",
}
PUPILS = {
    "kindergarten": (90, 420),
    "primary": (260, 2100),
    "junior": (300, 1700),
    "nine_year": (500, 1900),
    "senior": (1100, 3300),
    "complete": (1200, 3000),
    "vocational": (900, 3500),
    "special": (60, 180),
}
SUFFIX = {
    "kindergarten": "幼儿园",
    "primary": "小学",
    "junior": "初级中学",
    "nine_year": "九年制学校",
    "senior": "高级中学",
    "complete": "中学",
    "vocational": "中等专业学校",
    "special": "特殊教育学校",
}
GIVEN = (
    "阳光",
    "育才",
    "新苗",
    "向阳",
    "启明",
    "春晖",
    "博文",
    "明德",
    "致远",
    "朝晖",
    "文昌",
    "海韵",
    "江畔",
    "晨星",
    "金桥",
    "星河",
    "百花",
    "新桥",
    "东升",
    "锦绣",
    "青藤",
    "知行",
    "润泽",
    "弘毅",
    "思源",
    "小太阳",
    "蓝天",
    "七彩",
    "童心",
    "未来",
)
