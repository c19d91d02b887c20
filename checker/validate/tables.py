"""Vocabulary documents → tables, with every name checked and every reference among them resolved to identifiers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from checker import lexicon
from checker.errors import Span, Text
from checker.model import Definition, Expression, FieldDef, FieldType, Table, WhenEmpty
from checker.validate.choices import read_ambiguous, read_choices
from checker.validate.expected import read_checks, with_expectations
from checker.validate.reading import Path, Reader, did_you_mean, is_identifier
from checker.words import FIELD_TYPE

# What a gate sees beside the pack's own tables.
_GATE_TABLES = ("result", "target")
_UNIT_FIELDS = ("code", "name", "kind")
_IMPLIED_FIELD = "received_on"

_QUESTION = re.compile(r"是否|能否|可否|有无|有没有|是不是|[吗？?]$")
_LOOKALIKES = str.maketrans({"己": "已", "巳": "已", "末": "未", "O": "0", "o": "0", "l": "1", "I": "1"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tables, and the words of both languages that lead to them. Not complete: some file could not be read."""

    tables: Mapping[str, Table]
    table_of: Mapping[str, str]
    field_of: Mapping[str, Mapping[str, str]]
    complete: bool = True

    def table(self, reader: Reader, span: Span, word: str) -> str:
        """The identifier of the table called `word`; an unknown one is reported and stays as it is."""
        if word in self.table_of or not self.complete or not word:
            return self.table_of.get(word, word)
        known = Text("、".join(t.label.zh for t in self.tables.values()), ", ".join(self.tables))
        hint = did_you_mean(word, self.table_of, Text(f"已有的表：{known.zh}", f"tables: {known.en}"))
        reader.report.error("E58", span, f"没有名为“{word}”的表", f'no table "{word}"', hint)
        return word

    def column(self, reader: Reader, span: Span, table: str, word: str) -> str:
        """The identifier of a table's field called `word`."""
        names = self.field_of.get(table)
        if word in lexicon.ROOTS[_IMPLIED_FIELD]:
            return _IMPLIED_FIELD
        if not word or names is None:
            return word
        if word in names:
            return names[word]
        zh, en = f"“{self._label(table)}”表没有名为“{word}”的列", f'no field "{word}" in table {table}'
        reader.report.error("E11", span, zh, en, did_you_mean(word, names))
        return word

    def _label(self, table: str) -> str:
        return self.tables[table].label.zh if table in self.tables else table


@dataclass(slots=True)
class _Draft:
    """A table whose references are not resolved yet."""

    reader: Reader
    id: str
    label: Text
    fields: dict[str, FieldDef] = field(default_factory=dict)
    define: dict[str, Definition] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # word in either language → field


def read_tables(readers: Sequence[Reader], complete: bool) -> Vocabulary:
    drafts: dict[str, _Draft] = {}
    table_of: dict[str, str] = {}
    for reader in readers:
        draft = _draft(reader)
        if draft.id in drafts:
            other = drafts[draft.id].reader.document.path
            reader.report.error(
                "E59",
                reader.span("table"),
                f"表“{draft.id}”写了两次（另见 {other}）",
                f'table "{draft.id}" twice ({other})',
            )
            continue
        drafts[draft.id] = draft
        for word, span in ((draft.id, reader.span("table")), (draft.label.zh, reader.span("label"))):
            _check_name(reader, span, word, table=True)
            if table_of.setdefault(word, draft.id) != draft.id:
                zh, en = f"“{word}”已是另一张表的名称", f'"{word}" is the name of another table'
                reader.report.error("V03", span, zh, en)
    # Half-finished tables first: references are resolved against all of them.
    half = {
        draft.id: Table(draft.id, draft.label, draft.reader.text("key"), "", draft.fields, draft.define)
        for draft in drafts.values()
    }
    vocabulary = Vocabulary(half, table_of, {draft.id: draft.names for draft in drafts.values()}, complete)
    tables = {draft.id: _table(draft, vocabulary) for draft in drafts.values()}
    _check_circles(drafts, tables)
    if "unit" in drafts:
        _check_unit_table(drafts["unit"])
    return Vocabulary(tables, table_of, vocabulary.field_of, complete)


def _draft(reader: Reader) -> _Draft:
    identifier = reader.text("table")
    draft = _Draft(reader, identifier, reader.both("label", Text(identifier, identifier)))
    taken: dict[str, Path] = {}
    for name, inner in reader.named("fields"):
        column = _field(name, inner)
        draft.fields[name] = column
        _claim(inner, name, column.name.zh, taken)
        draft.names |= {name: name, column.name.zh: name}
    for name, inner in reader.named("define"):
        zh = inner.both("name", Text(name, name)).zh
        told = {mark: str(reason) for mark, reason in inner.mapping("tolerates").items()}
        draft.define[name] = Definition(name, Text(zh, name), inner.expression("is") or Expression(""), told)
        _claim(inner, name, zh, taken)
    _check_headings(draft)
    return draft


def _claim(reader: Reader, identifier: str, zh: str, taken: dict[str, Path]) -> None:
    """Both names of a field or definition: well built, and nobody else's in this table."""
    for word, span in ((identifier, reader.key_span()), (zh, reader.span("name"))):
        _check_name(reader, span, word)
        if taken.setdefault(word, reader.path) != reader.path:
            other = taken[word][-1]
            reader.report.error(
                "V03", span, f"“{word}”在本表中已是“{other}”的名称", f'"{word}" already names "{other}" in this table'
            )
    written = reader.get("name")
    if isinstance(written, dict) and written.get("en", identifier) != identifier:
        reader.report.error(
            "V01",
            reader.span("name", "en"),
            f"英文名称就是键“{identifier}”，不能另写“{written['en']}”",
            f'the English name is the key "{identifier}"; it cannot be "{written["en"]}" too',
            Text("删去 en；印在表头上的文字写在“表头”", "delete en; what is printed goes under header"),
        )
    folded = {word.translate(_LOOKALIKES): word for word in taken}
    near = folded.get(zh.translate(_LOOKALIKES), zh)
    if near != zh or (re.search("[己巳]", zh) and "自己" not in zh):
        meant = near if near != zh else zh.translate(_LOOKALIKES)
        reader.report.warning(
            "V04",
            reader.span("name"),
            f"“{zh}”与“{meant}”只差形近字，容易写错",
            f'"{zh}" and "{meant}" differ by look-alike characters only',
            Text("核对“己／已”“末／未”“O／0”，或换一个名称", "check the characters, or choose another name"),
        )


def _check_name(reader: Reader, span: Span, word: str, table: bool = False) -> None:
    if not word:
        return
    if not is_identifier(word):
        zh = f"“{word}”不能作名称：只用汉字、字母、数字和下划线，不以数字开头"
        en = f'"{word}" cannot be a name: letters, digits and _ only, no digit first'
        hint = Text("印在表头上的写法放在“表头”或“别名”", "put a printed heading under header or aliases")
        reader.report.error("V01", span, zh, en, None if table else hint)
    elif word in lexicon.RESERVED or word in lexicon.ROOT_OF or (table and word in _GATE_TABLES):
        zh, en = f"“{word}”是规则语言的词，不能作名称", f'"{word}" is a word of the rule language and cannot be a name'
        reader.report.error("V01", span, zh, en, Text("换一个名称", "choose another name"))


def _field(name: str, reader: Reader) -> FieldDef:
    zh = reader.both("name", Text(name, name)).zh
    kind = cast(FieldType, reader.text("type", "text"))
    chosen = kind in ("choice", "choices")
    if kind == "yes_no" and _QUESTION.search(zh):
        statement = zh.removeprefix("是否").replace("是否", "已")
        reader.report.warning(
            "V07",
            reader.span("name"),
            f"列名“{zh}”是问句，写进规则不通",
            f'the name "{zh}" is a question and reads badly in a rule',
            Text(
                f"改为陈述，如“{statement}”，问句列入别名",
                f'use a statement such as "{statement}"; keep the question as alias',
            ),
        )
    if chosen and not reader.has("choices"):
        wanted = Text("单选和多选要列出选项", "a choice field lists its choices")
        reader.report.error("E07", reader.span(), "缺少“选项”", '"choices" is missing', wanted)
    for key, fitting, where in (
        ("choices", chosen, Text("单选、多选", "choice and choices")),
        ("ambiguous", chosen, Text("单选、多选", "choice and choices")),
        ("ordered", kind == "choice", Text("单选", "choice")),
        ("pattern", kind == "text", Text("文字", "text")),
    ):
        if reader.has(key) and not fitting:
            called = reader.word(key)
            zh_text, en_text = f"“{called.zh}”只用于{where.zh}列", f'"{key}" is only for {where.en} fields'
            reader.report.error("E61", reader.key_span(key), zh_text, en_text)
    choices = tuple(read_choices(reader))
    return FieldDef(
        id=name,
        name=Text(zh, name),
        type=kind,
        header=reader.both("header", Text(zh, name)),
        aliases=reader.texts("aliases"),
        pattern=reader.text("pattern"),
        measure=reader.text("measure"),
        choices=choices,
        ordered=reader.flag("ordered"),
        span=reader.key_span(),
        ambiguous=read_ambiguous(reader, choices),
    )


def _check_headings(draft: _Draft) -> None:
    """Two columns under one heading: intake could not tell them apart."""
    taken: dict[str, str] = {}
    for column in draft.fields.values():
        for word in {column.name.zh, *column.header, *column.aliases}:
            other = taken.setdefault(word, column.id)
            if other != column.id:
                draft.reader.report.warning(
                    "V03",
                    column.span,
                    f"“{word}”是“{column.id}”和“{other}”两列的表头，收数时分不清",
                    f'"{word}" heads both "{column.id}" and "{other}"; intake cannot tell them apart',
                )


def _table(draft: _Draft, vocabulary: Vocabulary) -> Table:
    reader, own = draft.reader, draft.id

    def column(key: str, table: str = own) -> str:
        return vocabulary.column(reader, reader.span(key), table, reader.text(key))

    parents = _relations(reader, "parents", own, vocabulary)
    links = _relations(reader, "links", own, vocabulary)
    if not reader.has("key") and not parents:
        wanted = Text("没有上级表的表要有一列区分各行", "a table without parents needs a field that identifies a row")
        reader.report.error("E07", reader.span(), "缺少“标识列”", '"key" is missing', wanted)
    key = column("key")
    dated = column("dated")
    if dated in draft.fields and draft.fields[dated].type not in ("date", "datetime"):
        zh, en = f"“{draft.fields[dated].name.zh}”不是日期列", f'"{dated}" is not a date field'
        reader.report.error("E61", reader.span("dated"), zh, en)
    fields = {}
    for name, plain in draft.fields.items():
        inner = reader.at("fields", name)
        expecting = with_expectations(inner, plain, draft.names, draft.fields)
        fields[name] = _with_evidence(inner, expecting, own, vocabulary)
    return Table(
        id=own,
        label=draft.label,
        key=key,
        title=column("title") or key,
        fields=fields,
        define=draft.define,
        parents=parents,
        links=links,
        declared_in=_declared(reader, parents, vocabulary),
        when_empty=cast(WhenEmpty, reader.text("when_empty", "unknown")),
        returned=reader.flag("returned"),
        dated=dated,
        shown_by=_columns(reader, "shown_by", reader.texts("shown_by"), own, vocabulary),
        aliases=reader.texts("aliases"),
        span=reader.span("table"),
        checks=read_checks(reader),
    )


def _columns(reader: Reader, key: str, words: Sequence[str], table: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    listed = isinstance(reader.get(key), list)
    return tuple(
        vocabulary.column(reader, reader.span(key, at) if listed else reader.span(key), table, word)
        for at, word in enumerate(words)
    )


def _relations(reader: Reader, key: str, own: str, vocabulary: Vocabulary) -> dict[str, str]:
    """Parents or links: other table → own field that holds its key."""
    found: dict[str, str] = {}
    for word, column in reader.mapping(key).items():
        other = vocabulary.table(reader, reader.key_span(key, word), word)
        found[other] = vocabulary.column(reader, reader.span(key, word), own, str(column))
        target = vocabulary.tables.get(other)
        if target is not None and not target.key:
            zh, en = f"“{target.label.zh}”表没有标识列，不能归属于它", f"table {other} has no key to refer to"
            reader.report.error("E61", reader.key_span(key, word), zh, en)
    return found


def _declared(reader: Reader, parents: Mapping[str, str], vocabulary: Vocabulary) -> dict[str, str]:
    written = reader.get("declared_in")
    if isinstance(written, str) and written:
        if len(parents) != 1:
            zh, en = "有几张上级表时，写明哪一张: 哪一列", "with several parents, write parent: field"
            reader.report.error(
                "E61", reader.span("declared_in"), f"“申报数”不知属于哪张上级表：{zh}", f"declared_in: {en}"
            )
            return {}
        pairs = [(next(iter(parents)), written, reader.span("declared_in"))]
    else:
        pairs = [
            (
                vocabulary.table(reader, reader.key_span("declared_in", word), word),
                str(name),
                reader.span("declared_in", word),
            )
            for word, name in reader.mapping("declared_in").items()
        ]
    found: dict[str, str] = {}
    for parent, name, span in pairs:
        if parent in vocabulary.tables and parent not in parents:
            zh, en = f"“{parent}”不是本表的上级表", f"{parent} is no parent of this table"
            reader.report.error("E61", span, zh, en)
        found[parent] = vocabulary.column(reader, span, parent, name)
        table = vocabulary.tables.get(parent)
        column = table.fields.get(found[parent]) if table else None
        if column is not None and column.type != "count":
            zh, en = f"申报数应是个数列，“{column.name.zh}”不是", f'"{column.id}" is not a count'
            reader.report.error("E61", span, zh, en)
    return found


def _with_evidence(reader: Reader, column: FieldDef, table: str, vocabulary: Vocabulary) -> FieldDef:
    """The field with `shown_by`: value code → fields that must be known for it to count."""
    written = reader.get("shown_by")
    if not written:
        return column
    shown: dict[str, tuple[str, ...]] = {}
    if not isinstance(written, dict):
        if column.type != "yes_no" and column.type in FIELD_TYPE:
            zh, en = "不是是否列时，写明哪个选项: 凭哪些列", "for a choice, write code: fields"
            reader.report.error("E61", reader.key_span("shown_by"), f"“凭据”不知属于哪个选项：{zh}", f"shown_by: {en}")
        shown["yes"] = _columns(reader, "shown_by", reader.texts("shown_by"), table, vocabulary)
    else:
        codes: dict[str, str] = {
            word: choice.code for choice in column.choices for word in (choice.code, *choice.label)
        }
        if column.type == "yes_no":
            codes = {"yes": "yes", "是": "yes"}
        inner = reader.at("shown_by")
        for word in reader.mapping("shown_by"):
            if word not in codes:
                zh, en = f"“{column.name.zh}”没有选项“{word}”", f'{column.id} has no choice "{word}"'
                reader.report.error("E12", inner.key_span(word), zh, en, did_you_mean(word, codes))
            shown[codes.get(word, word)] = _columns(inner, word, inner.texts(word), table, vocabulary)
    return replace(column, shown_by=shown)


def _check_circles(drafts: Mapping[str, _Draft], tables: Mapping[str, Table]) -> None:
    """No table may be its own ancestor."""
    for own in tables:
        seen: set[str] = set()
        waiting = list(tables[own].parents)
        while waiting:
            above = waiting.pop()
            if above not in seen and above in tables:
                seen.add(above)
                waiting += tables[above].parents
        if own in seen:
            reader = drafts[own].reader
            zh, en = f"“{tables[own].label.zh}”成了自己的上级表", f"table {own} is its own ancestor"
            reader.report.error("E61", reader.key_span("parents"), zh, en)


def _check_unit_table(draft: _Draft) -> None:
    for name in _UNIT_FIELDS:
        if name not in draft.fields:
            zh, en = f"“单位”表缺少“{name}”列", f'table unit lacks the field "{name}"'
            wanted = Text("units.yaml 的各单位就是这张表的行", "the units of units.yaml are the rows of this table")
            draft.reader.report.error("E07", draft.reader.key_span("fields"), zh, en, wanted)
