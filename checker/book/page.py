"""A book in Markdown → one HTML page that needs nothing else."""

from __future__ import annotations

from html import escape

from checker.errors import Language

_STYLE = """
body { font: 16px/1.7 "Noto Serif SC", "Source Han Serif SC", "SimSun", Georgia, serif; max-width: 50em; margin: 2em auto;
       padding: 0 1em; color: #1a1a1a; }
h1, h2, h3 { font-family: "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", Arial, sans-serif; line-height: 1.3; }
h2 { border-top: 2px solid #444; padding-top: .6em; margin-top: 2em; }
h3 { margin-bottom: .2em; }
table { border-collapse: collapse; font-size: 90%; }
td, th { border: 1px solid #bbb; padding: .2em .6em; text-align: left; vertical-align: top; }
em { color: #555; font-style: normal; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } h2 { break-before: page; } table, h3 { break-inside: avoid; } }
"""


def page(markdown: str, title: str, lang: Language) -> str:
    from markdown_it import MarkdownIt

    body = MarkdownIt("commonmark").enable("table").render(markdown)
    language = "zh-CN" if lang == "zh" else "en"
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style></head>\n<body>\n{body}</body>\n</html>\n"
    )
