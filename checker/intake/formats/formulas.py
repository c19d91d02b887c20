"""An .xlsx file → the cells whose formula gave no value (#N/A, or never calculated); the workbook reader shows them as empty."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape

_SHEET = re.compile(r"<sheet\b[^>]*>")
_RELATION = re.compile(r"<Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_ERROR = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]* t="e"[^>]*>.*?<v>([^<]*)</v>', re.DOTALL)
_BARE = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*><f[^>]*>([^<]*)</f>(?:<v></v>|<v ?/>)?</c>')
# Looked for first: hardly any sheet has such a cell, and then nothing needs to be searched.
_ERRORS, _FORMULAS = b' t="e"', b"</f>"
_WITHOUT = (b"</f></c>", b"</f><v></v>", b"</f><v/>", b"</f><v />")

Cell = tuple[int, int]  # row, column


def without_value(data: bytes) -> tuple[dict[str, dict[Cell, str]], bool]:
    """Per sheet the cells and what they show; and whether the workbook counts its days from 1904."""
    found: dict[str, dict[Cell, str]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return {}, False
        book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        parts = [_attributes(tag) for tag in _RELATION.findall(relations)]
        targets = {part.get("Id", ""): part.get("Target", "") for part in parts}
        for sheet in map(_attributes, _SHEET.findall(book)):
            target = targets.get(sheet.get("r:id", ""), "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if path in names and (cells := _cells(archive.read(path))):
                found[sheet.get("name", "")] = cells
    return found, re.search(r'date1904="(?:1|true)"', book) is not None


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}


def _cells(xml: bytes) -> dict[Cell, str]:
    if _ERRORS not in xml and not (_FORMULAS in xml and any(sign in xml for sign in _WITHOUT)):
        return {}
    found = {_place(match): unescape(match[3].decode("utf-8", "replace")) for match in _ERROR.finditer(xml)}
    for match in _BARE.finditer(xml):
        found.setdefault(_place(match), "=" + unescape(match[3].decode("utf-8", "replace")))
    return found


def _place(match: re.Match[bytes]) -> Cell:
    column = 0
    for letter in match[1]:
        column = column * 26 + letter - ord("A") + 1
    return int(match[2]) - 1, column - 1
