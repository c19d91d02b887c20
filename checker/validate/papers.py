"""Documents of kind `document` → the papers of the pack, each with a template that can be filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from checker.errors import Text
from checker.measures import Escalations
from checker.model import Expression, Pack
from checker.papers import Paper, Rate
from checker.validate.reading import Reader, did_you_mean
from checker.validate.tables import Vocabulary

UNIT = "unit"


def read_papers(readers: Sequence[Reader], vocabulary: Vocabulary, escalations: Escalations) -> dict[str, Paper]:
    """By id. A pack below says its own of a paper that the pack above has too; within one folder an id stands once."""
    found: dict[str, Paper] = {}
    owner: dict[str, Path] = {}
    measures = {word: kind.id for kind in escalations.kinds.values() for word in (kind.id, *kind.name)}
    for reader in readers:
        paper = _paper(reader, vocabulary, measures)
        folder = Path(reader.document.path).parent
        if owner.get(paper.id) == folder:
            zh, en = f"文书“{paper.id}”写了两次", f'paper "{paper.id}" twice'
            reader.report.error("E59", reader.span("id"), zh, en)
        for name in paper.names:
            other = next((o for o in found.values() if name in o.names and o.id != paper.id), None)
            if other is not None:
                zh, en = f"“{name}”同时指两种文书，另见“{other.id}”", f'"{name}" means two papers, see "{other.id}"'
                reader.report.error("E59", reader.span("name"), zh, en)
        found[paper.id], owner[paper.id] = paper, folder
    return found


def _paper(reader: Reader, vocabulary: Vocabulary, measures: Mapping[str, str]) -> Paper:
    name = reader.text("template")
    folder = Path(reader.document.path).parent
    if name and Path(name).name != name:
        zh, en = "模板要和本文件放在同一个文件夹，只写文件名", "the template lies beside this file: its name alone"
        reader.report.error("E57", reader.span("template"), zh, en)
    each = reader.text("each")
    measure = reader.text("measure")
    if measure and each and vocabulary.table_of.get(each) != UNIT:
        zh, en = "写了“措施”的文书按单位起草，“每个”应写单位", "a paper about a measure is written for each unit"
        reader.report.error("E61", reader.span("each"), zh, en)
    if measure and measure not in measures:
        zh, en = f"没有“{measure}”这种督办措施", f'no measure "{measure}"'
        reader.report.error("E58", reader.span("measure"), zh, en, did_you_mean(measure, measures))
    numbers = {
        key: Expression(str(text), reader.span("numbers", key)) for key, text in reader.mapping("numbers").items()
    }
    rates = {key: Rate(inner.text("part"), inner.text("of")) for key, inner in reader.named("rates")}
    for key, rate in rates.items():
        for part, word in (("part", rate.part), ("of", rate.of)):
            if word and word not in numbers:
                zh, en = f"“数字”中没有“{word}”", f'no figure "{word}"'
                reader.report.error("E58", reader.span("rates", key, part), zh, en, did_you_mean(word, numbers))
    return Paper(
        id=reader.text("id"),
        name=reader.both("name"),
        template=(folder / Path(name).name).as_posix(),
        aliases=reader.texts("aliases"),
        each=UNIT if measure else vocabulary.table(reader, reader.span("each"), each) if each else "",
        measure=measures.get(measure, measure),
        numbers=numbers,
        rates=rates,
        span=reader.span("id"),
    )


def unknown_paper(pack: Pack, name: str) -> tuple[Text, Text]:
    """No such paper: what to say, and which there are."""
    names = Text(
        "、".join(paper.name.zh for paper in pack.papers.values()), ", ".join(p.id for p in pack.papers.values())
    )
    return Text(f"规则包里没有“{name}”这种文书", f'the pack has no paper "{name}"'), (
        did_you_mean(name, [n for paper in pack.papers.values() for n in paper.names])
        or Text(f"可写：{names.zh or '（无）'}", f"there are: {names.en or '(none)'}")
    )
