"""Documents of kind `document` → the papers of the pack, each with a template that can be filled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from checker.errors import Text
from checker.model import Expression, Pack
from checker.papers import Paper, Rate
from checker.validate.reading import Reader, did_you_mean
from checker.validate.tables import Vocabulary


def read_papers(readers: Sequence[Reader], vocabulary: Vocabulary) -> dict[str, Paper]:
    """By id. A pack below says its own of a paper that the pack above has too; within one folder an id stands once."""
    found: dict[str, Paper] = {}
    owner: dict[str, Path] = {}
    for reader in readers:
        paper = _paper(reader, vocabulary)
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


def _paper(reader: Reader, vocabulary: Vocabulary) -> Paper:
    name = reader.text("template")
    folder = Path(reader.document.path).parent
    if name and Path(name).name != name:
        zh, en = "模板要和本文件放在同一个文件夹，只写文件名", "the template lies beside this file: its name alone"
        reader.report.error("E57", reader.span("template"), zh, en)
    each = reader.text("each")
    applies = reader.expression("applies")
    if applies is not None and not each:
        zh, en = "写了“适用”就要写“每个”：哪张表的记录", "applies says of whose records: each is missing"
        reader.report.error("E07", reader.key_span("applies"), zh, en)
    figures = {
        key: Expression(str(text), reader.span("figures", key)) for key, text in reader.mapping("figures").items()
    }
    rates = {key: Rate(inner.text("part"), inner.text("of")) for key, inner in reader.named("rates")}
    for key, rate in rates.items():
        for part, word in (("part", rate.part), ("of", rate.of)):
            if word and word not in figures:
                zh, en = f"“数字”中没有“{word}”", f'no figure "{word}"'
                reader.report.error("E58", reader.span("rates", key, part), zh, en, did_you_mean(word, figures))
    return Paper(
        id=reader.text("id"),
        name=reader.both("name"),
        template=(folder / Path(name).name).as_posix(),
        aliases=reader.texts("aliases"),
        each=vocabulary.table(reader, reader.span("each"), each) if each else "",
        applies=applies,
        figures=figures,
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
