"""What holds for all sheets of one reading, and what one sheet gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from dataclasses import field as made
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING

from checker.errors import NOWHERE, Diagnostic, Span, Text, UsageError
from checker.intake import kinds
from checker.intake.layout import Layout
from checker.intake.mapped import NOTHING, About, about, unused
from checker.intake.names import Index
from checker.intake.values import Readers
from checker.mapping import NO_MAP, DataMap
from checker.model import Pack, Unit
from checker.plan import Source
from checker.tables import Part, Question, Return
from checker.tables.questions import Said
from checker.understood import Sheet

if TYPE_CHECKING:
    from checker.intake.memory import Memory

_NO_SHEET = Text("没有这样的工作表", "no such sheet")
_NO_TABLE = Text("数据库的这张表没有读", "this table of the database was not read")


@dataclass(slots=True)
class Context:
    """`used` and `faults` grow: the lines of the mappings that found their sheet or column, and those that cannot hold."""

    pack: Pack
    index: Index
    readers: Readers
    unit: Unit | None
    received_on: date | None
    looking: bool = False  # also record how each sheet was understood
    hidden: bool = False  # read hidden sheets too
    mapping: DataMap = NO_MAP
    used: set[Span] = made(default_factory=set)
    faults: list[Diagnostic] = made(default_factory=list)
    memory: Memory | None = None  # of earlier readings
    keep: Callable[[Part], Part] = lambda part: part  # puts rows away as soon as they are read

    @classmethod
    def of(
        cls,
        pack: Pack,
        received_on: date | None,
        unit: Unit | None = None,
        looking: bool = False,
        hidden: bool = False,
        mapping: DataMap = NO_MAP,
        memory: Memory | None = None,
    ) -> Context:
        place = (pack, Index.of(pack), Readers(pack, received_on), unit, received_on)
        return cls(*place, looking, hidden, mapping, memory=memory)

    def __reduce__(self) -> tuple[Callable[..., Context], tuple[object, ...]]:
        """To another process goes what it is made of; what was learned stays here."""
        return Context.of, (self.pack, self.received_on, self.unit, self.looking, self.hidden, self.mapping)

    def apart(self) -> Context:
        """The same, noting for itself what it learns."""
        return replace(self, used=set(), faults=[])

    def said(self, file: str, sheet: str) -> About:
        """What the mappings say of a sheet."""
        found = about(self.mapping, file, sheet) if self.mapping.sheets else NOTHING
        self.used |= {each.span for each in found.settled}
        return found

    def confirm(self, layout: Layout, said: About) -> None:
        """Notes which lines of the mappings held for the sheet."""
        self.used |= {each.span for each in said.of(layout.table)}
        self.used |= {column.span for column in layout.confirmed.values()}
        self.faults += layout.faults

    def documents(self) -> list[Source]:
        """The mappings, as something that the reading rests on."""
        return [Source(name, "", "", {}, digest) for name, digest in dict.fromkeys(self.mapping.documents)]

    def about_mapping(self) -> list[Question]:
        """Once all is read: what the mappings say in vain. UsageError if something they say cannot hold."""
        if self.faults:
            raise UsageError(self.faults)
        asked = []
        bases = {entry.span for entry in self.mapping.databases}
        for span, heading in unused(self.mapping, self.used):
            what = _NO_TABLE if span in bases else _NO_SHEET
            if heading:
                what = Text(f"没有表头为“{heading}”的列", f'no column "{heading}"')
            place = Source(PurePath(span.path).name, "", "", {})
            said: dict[str, Said] = {"line": str(span.line), "what": what}
            asked.append(Question(kinds.MAPPING_UNUSED, place, raw=heading or None, values=said))
        return asked

    def with_unit(self, name: str | None) -> Context:
        """The unit that a caller names by code, name or alias."""
        if not name:
            return self
        found = self.readers.unit()[name]
        if not isinstance(found, str):
            known = "、".join(unit.name.zh for unit in self.pack.units.values())
            unknown = Text(f"没有名为“{name}”的单位", f'no unit "{name}"')
            raise UsageError([Diagnostic("U36", NOWHERE, unknown, Text(f"可用：{known}", f"units: {known}"))])
        return replace(self, unit=self.pack.units[found])


@dataclass(slots=True)
class Found:
    part: Part | None = None
    questions: list[Question] = made(default_factory=list)
    returns: list[Return] = made(default_factory=list)
    sheet: Sheet | None = None  # only if the context is looking


@dataclass(frozen=True, slots=True)
class Apart:
    """What came of one file, and what it taught about the mappings, before it counts."""

    found: list[Found]
    used: set[Span]
    faults: list[Diagnostic]

    def rows(self) -> int:
        return sum(found.part.frame.height for found in self.found if found.part is not None)

    def told(self, context: Context) -> list[Found]:
        context.used |= self.used
        context.faults += self.faults
        return self.found
