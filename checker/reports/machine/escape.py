"""A text from anywhere → the same in XML, Markdown, a line for GitHub: names of schools may hold whatever people type."""

from __future__ import annotations

import re
from urllib.parse import quote

from checker.visible import visible_lines

# What XML 1.0 cannot hold in any spelling. Half characters come from file names that are not UTF-8.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What begins markup, a link, a mention, a reference or a formula in the dialects of GitHub and GitLab.
_ACTIVE = re.compile(r"[&<>|`*_\[\]\\~@#!$^{}]|%(?=[\"\w])")
_INSTEAD = "\ufffd"


def line(text: str) -> str:
    """On one line, without anything that a terminal or a parser would obey."""
    return " ".join(visible_lines(text).split())


def xml(text: str) -> str:
    """Line breaks stay; `<` and the like are for the writer to escape."""
    return _NOT_XML.sub(_INSTEAD, text)


def markdown(text: str) -> str:
    """For a cell of a table or within a sentence: shown as it is, and nothing more."""
    return _ACTIVE.sub(lambda found: f"&#{ord(found.group())};", line(text))


def sarif(text: str) -> str:
    """A message that holds neither placeholders nor links, whatever people typed."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")


def workflow_data(text: str) -> str:
    """The message of a workflow command: it must end where it ends, or data could give commands."""
    return visible_lines(text).replace("%", "%25").replace("\n", "%0A")


def workflow_property(text: str) -> str:
    return workflow_data(text).replace(":", "%3A").replace(",", "%2C")


def uri(name: str) -> str:
    """A file's name or relative path as a URI reference."""
    return quote(name.encode("utf-8", "replace"), safe="/")
