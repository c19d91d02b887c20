"""The name of a form of the report → for whom it is. Names only: which module writes it is for the pipeline to know."""

from __future__ import annotations

from typing import Literal, get_args

from checker.errors import Text

Form = Literal[
    "text",
    "html",
    "json",
    "jsonl",
    "csv",
    "parquet",
    "sarif",
    "sarif-github",
    "junit",
    "oscal",
    "oscal-poam",
    "xccdf",
    "github",
    "github-summary",
    "gitlab",
    "markdown",
]
FORMS: tuple[Form, ...] = get_args(Form)
# What is wrong with the rules themselves, for the systems that check every change.
FaultForm = Literal["github", "gitlab", "sarif"]
FAULT_FORMS: tuple[FaultForm, ...] = get_args(FaultForm)

# In what a list of deferrals to ask for is written, by the end of the file's name.
ProposalForm = Literal["xlsx", "csv", "yaml"]
PROPOSAL_FORMS: tuple[ProposalForm, ...] = get_args(ProposalForm)

READERS: dict[Form, Text] = {
    "text": Text("屏幕阅读", "people, on a screen"),
    "html": Text("浏览器查看、打印：一页式总览", "people, in a browser or on paper: the overview"),
    "json": Text("程序：整份报告", "programs: the whole report"),
    "jsonl": Text("程序：每行一个问题", "programs: one finding per line"),
    "csv": Text("Excel、WPS：问题清单", "Excel, WPS: the list of findings"),
    "parquet": Text("数据分析：问题清单", "data analysis: the list of findings"),
    "sarif": Text("支持 SARIF 2.1.0 的查看和归集工具", "viewers and collectors of SARIF 2.1.0"),
    "sarif-github": Text("GitHub 代码扫描页", "GitHub code scanning"),
    "junit": Text("Jenkins、GitLab 等的测试报告页", "the test pages of Jenkins, GitLab …"),
    "oscal": Text("OSCAL 评估结果", "OSCAL assessment results"),
    "oscal-poam": Text("OSCAL 整改计划", "OSCAL plan of action and milestones"),
    "xccdf": Text("XCCDF 1.2 检查结果", "XCCDF 1.2 test result"),
    "github": Text("GitHub 运行日志中的标注", "annotations in GitHub's log"),
    "github-summary": Text("GitHub 运行摘要页", "the summary page of a GitHub run"),
    "gitlab": Text("GitLab 合并请求中的代码质量", "code quality of a GitLab merge request"),
    "markdown": Text("合并请求的评论", "a comment on a merge request"),
}
BINARY: frozenset[Form] = frozenset({"parquet"})
