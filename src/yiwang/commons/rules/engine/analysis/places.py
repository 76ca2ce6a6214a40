"""Where things stand in the file: the lines and ids of a table's cells, and ids that are used twice."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from yiwang.commons.rules.engine.dmn_xml import Xml, read_xml
from yiwang.commons.rules.engine.tables import DecisionTable


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of the file and the id of the element there."""

    line: int
    element: str = ""


@dataclass(frozen=True, slots=True)
class TablePlaces:
    """Spots of one decision table; `entries` by rule, inputs before outputs."""

    spot: Spot
    inputs: tuple[Spot, ...]
    outputs: tuple[Spot, ...]
    rules: tuple[Spot, ...]
    entries: tuple[tuple[Spot, ...], ...]


@dataclass(slots=True)
class Places:
    """Read once from the text; `tables` by their line, which is how the compiled model names them too."""

    tables: dict[int, list[TablePlaces]] = field(default_factory=dict)
    doubles: list[tuple[Spot, int]] = field(default_factory=list)

    @classmethod
    def of(cls, xml: bytes) -> "Places":
        """Raises `DmnError` where the text is no DMN."""
        places = cls()
        seen: dict[str, int] = {}
        for element in _all(read_xml(xml)):
            id_ = element.get("id")
            if id_ in seen:
                places.doubles.append((Spot(element.line, id_), seen[id_]))
            elif id_:
                seen[id_] = element.line
            if element.tag == "decisionTable":
                places.tables.setdefault(element.line, []).append(_table(element))
        return places

    def table(self, line: int, table: DecisionTable) -> TablePlaces | None:
        """Of a table that begins on that line; of several the first with these rules. None where the file has none so."""
        return next((found for found in self.tables.get(line, ()) if _is(found, table)), None)


def _is(places: TablePlaces, table: DecisionTable) -> bool:
    width = len(table.inputs) + len(table.outputs)
    return (
        (len(places.inputs), len(places.outputs)) == (len(table.inputs), len(table.outputs))
        and [spot.element for spot in places.rules] == [rule.id for rule in table.rules]
        and all(len(entries) == width for entries in places.entries)
    )


def _all(element: Xml) -> Iterator[Xml]:
    yield element
    for child in element.children:
        yield from _all(child)


def _spot(element: Xml) -> Spot:
    """Of the text inside, where there is one: that is what the author edits."""
    inner = element.first("text", "inputExpression")
    text = inner.first("text") if inner is not None and inner.tag == "inputExpression" else inner
    return Spot(text.line if text is not None else element.line, element.get("id"))


def _table(element: Xml) -> TablePlaces:
    rules = list(element.all("rule"))
    return TablePlaces(
        Spot(element.line, element.get("id")),
        tuple(_spot(e) for e in element.all("input")),
        tuple(Spot(e.line, e.get("id")) for e in element.all("output")),
        tuple(Spot(e.line, e.get("id")) for e in rules),
        tuple(tuple(_spot(e) for tag in ("inputEntry", "outputEntry") for e in rule.all(tag)) for rule in rules),
    )
