"""The content of an OFD page: each object in a box of its own, coordinates relative to that box."""

from collections.abc import Mapping
from dataclasses import dataclass

from yiwang.commons.seals.engine.ofd.marking import deltas, element, number, words
from yiwang.commons.seals.engine.ofd.pages import Colour, OfdImage, OfdPage, OfdPath, OfdText
from yiwang.commons.seals.engine.typefaces import typeface


@dataclass(slots=True)
class Ids:
    """Numbers of a document's objects, each given once."""

    last: int = 0

    def next(self) -> int:
        """The next number."""
        self.last += 1
        return self.last


def advances_of(item: OfdText) -> list[float]:
    """Millimetres from each character to the next. Raises ValueError where their count does not fit the text."""
    if item.advances:
        if len(item.advances) != len(item.text) - 1:
            raise ValueError("a text has one advance fewer than characters")
        return list(item.advances)
    font = typeface(item.face)
    return [font.advance(character) * item.size for character in item.text[:-1]]


def page_xml(
    page: OfdPage, fonts: Mapping[str, int], images: Mapping[bytes, int], ids: Ids
) -> tuple[str, list[tuple[str, int]]]:
    """The body of Content.xml, and the tagged texts with their numbers."""
    layer = ids.next()
    told: list[str] = []
    tagged: list[tuple[str, int]] = []
    for item in page.objects:
        object_id = ids.next()
        if isinstance(item, OfdText):
            told.append(_text(item, object_id, fonts[item.face]))
            if item.tag:
                tagged.append((item.tag, object_id))
        elif isinstance(item, OfdPath):
            told.append(_path(item, object_id))
        else:
            told.append(_image(item, object_id, images[item.data]))
    body = element("Content", element("Layer", "".join(told), {"ID": str(layer), "Type": "Body"}))
    return body, tagged


def _colour(name: str, colour: Colour) -> str:
    return element(name, "", {"Value": " ".join(map(str, colour))})


def _text(item: OfdText, object_id: int, font: int) -> str:
    if not item.text:
        raise ValueError("a text has no characters")
    steps = advances_of(item)
    rise, fall = item.size, item.size * 0.35
    width = sum(steps) + item.size * 1.1
    about = {
        "ID": str(object_id),
        "Boundary": _box(item.x, item.y - rise, width, rise + fall),
        "Font": str(font),
        "Size": number(item.size),
    }
    body = ""
    if item.bold:
        about |= {"Stroke": "true", "Fill": "true", "LineWidth": number(item.bold), "Weight": "700"}
    if any(item.colour) or item.bold:
        body += _colour("FillColor", item.colour)
    if item.bold:
        body += _colour("StrokeColor", item.colour)
    code = {"X": "0", "Y": number(rise)}
    if steps:
        code["DeltaX"] = deltas(steps)
    return element("TextObject", body + element("TextCode", words(item.text), code), about)


def _path(item: OfdPath, object_id: int) -> str:
    points = [value for _, values in item.steps for value in values]
    edge = item.width if item.stroke is not None else 0.0
    left, top = min(points[0::2]) - edge, min(points[1::2]) - edge
    about = {
        "ID": str(object_id),
        "Boundary": _box(left, top, max(points[0::2]) + edge - left, max(points[1::2]) + edge - top),
        "Stroke": "true" if item.stroke is not None else "false",
        "Fill": "true" if item.fill is not None else "false",
    }
    body = ""
    if item.stroke is not None:
        about["LineWidth"] = number(item.width)
        if item.dash:
            about["DashPattern"] = " ".join(map(number, item.dash))
    if item.fill is not None:
        body += _colour("FillColor", item.fill)
    if item.stroke is not None:
        body += _colour("StrokeColor", item.stroke)
    drawn = " ".join(
        " ".join([step, *(number(value - (left, top)[at % 2], 2) for at, value in enumerate(values))])
        for step, values in item.steps
    )
    return element("PathObject", body + element("AbbreviatedData", drawn), about)


def _image(item: OfdImage, object_id: int, resource: int) -> str:
    width, height = number(item.width), number(item.height)
    about = {
        "ID": str(object_id),
        "Boundary": _box(item.x, item.y, item.width, item.height),
        "CTM": f"{width} 0 0 {height} 0 0",
        "ResourceID": str(resource),
    }
    return element("ImageObject", "", about)


def _box(x: float, y: float, width: float, height: float) -> str:
    return " ".join(map(number, (x, y, width, height)))
