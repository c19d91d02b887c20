"""Elements, attributes and texts, one after the other → an XML document as bytes. Names and texts may hold anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from checker.reports.machine import escape


class Writer:
    """Written as it comes: no tree is kept. An attribute whose value is None is left out."""

    def __init__(self) -> None:
        self._out = BytesIO()
        self._to = XMLGenerator(self._out, "utf-8", short_empty_elements=True)
        self._to.startDocument()
        self._depth = 0
        self._begun = False

    @contextmanager
    def element(self, name: str, /, **attributes: str | None) -> Iterator[None]:
        self._indent()
        self._to.startElement(name, _told(attributes))
        self._depth += 1
        yield
        self._depth -= 1
        self._indent()
        self._to.endElement(name)

    def leaf(self, name: str, text: str = "", /, **attributes: str | None) -> None:
        self._indent()
        self._to.startElement(name, _told(attributes))
        if text:
            self._to.characters(escape.xml(text))
        self._to.endElement(name)

    def written(self) -> bytes:
        self._to.endDocument()
        return self._out.getvalue() + b"\n"

    def _indent(self) -> None:
        if self._depth or self._begun:
            self._to.ignorableWhitespace("\n" + " " * self._depth)
        self._begun = True


def _told(attributes: dict[str, str | None]) -> AttributesImpl[str]:
    """`end_time` stands for end-time."""
    told = {name.replace("_", "-"): escape.xml(value) for name, value in attributes.items() if value is not None}
    return AttributesImpl(told)
