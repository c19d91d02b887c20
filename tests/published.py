"""The bytes of a report → what its format's published schema has against them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema_rs
import xmlschema

ROOT = Path(__file__).parents[1]
SCHEMAS = ROOT / "tests" / "data" / "schemas"


@cache
def json_schema(path: Path) -> Any:
    # The published SARIF schema has a bracket too many in one expression; a strict reader of expressions refuses it.
    schema = json.loads(path.read_text("utf-8").replace("{2}]?$", "{2}$"))
    registry = jsonschema_rs.Registry([("finding.schema.json", _own("finding"))])
    return jsonschema_rs.validator_for(schema, validate_formats=True, registry=registry)


def _own(name: str) -> Any:
    return json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text("utf-8"))


@cache
def xml_schema(name: str) -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(SCHEMAS / name))


def _by_json(path: Path) -> Callable[[bytes], list[str]]:
    def faults(written: bytes) -> list[str]:
        assert not written.startswith(b"\xef\xbb\xbf"), "JSON has no byte order mark"
        found = json_schema(path).iter_errors(json.loads(written.decode("utf-8")))
        return [f"{list(error.instance_path)}: {error.message[:200]}" for error in found]

    return faults


def _by_xml(*names: str) -> Callable[[bytes], list[str]]:
    def faults(written: bytes) -> list[str]:
        tree = ElementTree.fromstring(written)
        return [f"{name} {e.path}: {e.reason}" for name in names for e in xml_schema(name).iter_errors(tree)]

    return faults


def _by_lines(written: bytes) -> list[str]:
    schema = json_schema(ROOT / "schemas" / "finding.schema.json")
    lines = written.decode("utf-8").split("\n")
    assert lines.pop() == ""
    return [error.message for line in lines for error in schema.iter_errors(json.loads(line))]


FAULTS: dict[str, Callable[[bytes], list[str]]] = {
    "json": _by_json(ROOT / "schemas" / "report.schema.json"),
    "jsonl": _by_lines,
    "sarif": _by_json(SCHEMAS / "sarif-schema-2.1.0.json"),
    "sarif-github": _by_json(SCHEMAS / "sarif-schema-2.1.0.json"),
    "junit": _by_xml("junit-10.xsd", "junit-strict.xsd"),
    "oscal": _by_json(SCHEMAS / "oscal-1.2.1-assessment-results.json"),
    "oscal-poam": _by_json(SCHEMAS / "oscal-1.2.1-poam.json"),
    "xccdf": _by_xml("xccdf/xccdf_1.2.xsd"),
    "gitlab": _by_json(SCHEMAS / "gitlab-codequality.json"),
}
