"""A document → every way in which it departs from the JSON Schema of its kind, in our own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from checker import resources, words
from checker.errors import Diagnostic, Span, Text
from checker.model import Document
from checker.validate.reading import chinese_value, nearest

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

_Path = tuple[str | int, ...]
_Test = Callable[[Any], bool]

_TYPES: dict[str, type] = {"object": dict, "array": list, "string": str}
_TYPE_NAMES = {
    "string": Text("一段文字", "a text"),
    "array": Text("列表", "a list"),
    "object": Text("“键: 值”", "keys and values"),
}
_SILENT = {"$schema", "$defs", "title", "description", "x-zh", "format"}


def faults(document: Document) -> list[Diagnostic]:
    """All faults of one document against its schema."""
    if _fits(document.kind)(document.data):
        return []
    found: list[Diagnostic] = []
    for error in _validator(document.kind).iter_errors(document.data):
        found += _told(document, error)
    return found


# --- the usual case: nothing wrong, and no need to import a library ---------------------------------------


@cache
def _fits(kind: str) -> _Test:
    """A yes or no for a whole document. Importing jsonschema and asking it costs more than all the rest of reading a
    sound pack, so it is asked only for the faults; a test holds the two to the same answer."""
    schema = resources.schema(kind)
    tests: dict[str, _Test] = {}

    def reference(name: str) -> _Test:
        return lambda value: tests[name](value)

    tests.update({f"#/$defs/{name}": _compiled(part, reference) for name, part in schema.get("$defs", {}).items()})
    return _compiled(schema, reference)


def _compiled(schema: Mapping[str, Any], reference: Callable[[str], _Test]) -> _Test:
    by_type: dict[type, list[_Test]] = {_TYPES[name]: [] for name in _as_list(schema.get("type", list(_TYPES)))}
    always: list[_Test] = []

    def on(kind: type, test: _Test) -> None:
        if kind in by_type:
            by_type[kind].append(test)

    for word, rule in schema.items():
        if word in _SILENT or word in ("type", "additionalProperties"):
            continue
        if word == "$ref":
            always.append(reference(rule))
        elif word == "enum":
            on(str, frozenset(rule).__contains__)
        elif word == "pattern":
            on(str, _matches(rule))
        elif word in ("minLength", "minItems", "minProperties"):
            on({"minLength": str, "minItems": list, "minProperties": dict}[word], _longer(rule))
        elif word == "items":
            on(list, _each(_compiled(rule, reference)))
        elif word == "required":
            on(dict, frozenset(rule).issubset)
        elif word == "dependentRequired":
            on(dict, _dependent({key: frozenset(others) for key, others in rule.items()}))
        elif word != "properties":
            raise NotImplementedError(f"the schemas say {word}, and _compiled does not know it")
    if "properties" in schema or "additionalProperties" in schema:
        known = {key: _compiled(part, reference) for key, part in schema.get("properties", {}).items()}
        rest = schema.get("additionalProperties", True)
        on(dict, _members(known, _compiled(rest, reference) if isinstance(rest, dict) else None, rest is not False))

    def test(value: object) -> bool:
        for part in always:
            if not part(value):
                return False
        rest = by_type.get(type(value))
        return rest is not None and all(part(value) for part in rest)

    return test


def _as_list(types: str | list[str]) -> list[str]:
    return [types] if isinstance(types, str) else types


def _matches(pattern: str) -> _Test:
    search = re.compile(pattern).search
    return lambda value: search(value) is not None


def _longer(least: int) -> _Test:
    return lambda value: len(value) >= least


def _each(item: _Test) -> _Test:
    return lambda value: all(map(item, value))


def _dependent(needs: Mapping[str, frozenset[str]]) -> _Test:
    return lambda value: all(others.issubset(value) for key, others in needs.items() if key in value)


def _members(known: Mapping[str, _Test], other: _Test | None, others_welcome: bool) -> _Test:
    def test(value: Any) -> bool:
        for key, part in value.items():
            expected = known.get(key, other)
            if expected is None:
                if not others_welcome:
                    return False
            elif not expected(part):
                return False
        return True

    return test


# --- the faults ---------------------------------------------------------------------------------------


@cache
def _validator(kind: str) -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(resources.schema(kind))


def _told(document: Document, error: ValidationError) -> Iterable[Diagnostic]:
    path: _Path = tuple(error.absolute_path)
    value: Any = error.instance
    rule: Any = error.validator_value
    schema = error.schema
    assert isinstance(schema, dict)
    match error.validator:
        case "additionalProperties":
            for key in value:
                if key not in schema.get("properties", {}) and not key.startswith(("\u3000", "\u00a0", "\t")):
                    yield _unknown_key(document, path, key)
        case "required":
            # The library makes one error for each missing key and names it only in its sentence; repetition is dropped.
            for key in rule:
                if key not in value:
                    yield missing_key(document, path, key, schema)
        case "dependentRequired":
            for key, others in rule.items():
                for other in others:
                    if key in value and other not in value:
                        yield missing_key(document, path, other, schema)
        case "enum":
            yield _unknown_word(document, path, value, rule)
        case "type" if value == "":
            yield _empty(document, path, schema)
        case "type":
            yield _wrong_type(document, path, _as_list(rule), schema)
        case "minLength" | "minItems" | "minProperties":
            yield _empty(document, path, schema)
        case _:
            name = _name(document, path)
            message = Text(f"{name.zh}的写法不对：{value}", f"{name.en} cannot be written like this: {value}")
            yield Diagnostic("E57", _span(document, path), message, _description(schema))


def _span(document: Document, path: _Path) -> Span:
    if path and path in document.spans:
        return document.spans[path]
    return Span(document.path, 1, 1, 2)


def _name(document: Document, path: _Path) -> Text:
    """The key that a place belongs to, in quotation marks."""
    at = max((number for number, step in enumerate(path) if isinstance(step, str)), default=-1)
    if at < 0:
        return Text("文件", "the file")
    key = str(path[at])
    return Text(f"“{words.chinese_key(document.kind, path[:at], key)}”", f'"{key}"')


def _description(schema: Mapping[str, Any]) -> Text | None:
    if "description" not in schema:
        return None
    return Text(str(schema["x-zh"]).rstrip("。"), str(schema["description"]).rstrip("."))


def _unknown_key(document: Document, path: _Path, key: str) -> Diagnostic:
    shape = words.shape_of(document.kind).at(path)
    # A file in Chinese is helped in Chinese: the near word may be a spelling of either language.
    near = nearest(key, shape.english)
    names_zh = "、".join(shape.chinese.values())
    hint = Text(f"这里可写的键：{names_zh}", f"keys allowed here: {', '.join(shape.chinese)}")
    if near:
        english = shape.english[near]
        hint = Text(f"是否应为 {near}？", f"did you mean {near if near == english else f'{near} ({english})'}?")
    span = document.key_spans.get((*path, key), _span(document, path))
    return Diagnostic("E06", span, Text(f"没有“{key}”这个键", f'no key "{key}"'), hint)


def missing_key(document: Document, path: _Path, key: str, schema: Mapping[str, Any] | None = None) -> Diagnostic:
    """E07, also for what only the cross checks can know to be missing."""
    part = (schema or {}).get("properties", {}).get(key, {})
    chinese = words.chinese_key(document.kind, path, key)
    message = Text(f"缺少“{chinese}”", f'"{key}" is missing')
    return Diagnostic("E07", _span(document, path), message, _description(part))


def _unknown_word(document: Document, path: _Path, value: object, options: list[str]) -> Diagnostic:
    name = _name(document, path)
    shape = words.shape_of(document.kind).at(path)
    listed = Text("、".join(chinese_value(shape, word) for word in options), ", ".join(options))
    near = nearest(str(value), [*options, *shape.values])
    hint = Text(f"可写：{listed.zh}", f"use one of: {listed.en}")
    if near:
        hint = Text(f"是否应为 {near}？可写：{listed.zh}", f"did you mean {near}? Use one of: {listed.en}")
    if value == "":
        return Diagnostic("E55", _span(document, path), Text(f"{name.zh}没有值", f"{name.en} has no value"), hint)
    message = Text(f"{name.zh}不能写“{value}”", f'{name.en} cannot be "{value}"')
    return Diagnostic("E56", _span(document, path), message, hint)


def _empty(document: Document, path: _Path, schema: Mapping[str, Any]) -> Diagnostic:
    name = _name(document, path)
    hint = _description(schema) or Text("填上内容，或删去这一行", "fill it in or delete the line")
    return Diagnostic("E55", _span(document, path), Text(f"{name.zh}没有内容", f"{name.en} is empty"), hint)


def _wrong_type(document: Document, path: _Path, types: list[str], schema: Mapping[str, Any]) -> Diagnostic:
    name = _name(document, path)
    wanted = Text("或".join(_TYPE_NAMES[t].zh for t in types), " or ".join(_TYPE_NAMES[t].en for t in types))
    return Diagnostic(
        "E55",
        _span(document, path),
        Text(f"{name.zh}下面应写{wanted.zh}", f"{name.en} must hold {wanted.en}"),
        _description(schema),
    )
