"""What a matter says of licences: the types that its materials and results name stand in the pack, with the fields they name."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from yiwang.kernel.packs import Document, PackReader
from yiwang.serve.matters.pack.vocabulary import Vocabulary

_TYPES: Final = "licences/*/type.yaml"
Place = tuple[str | int, ...]


def check(reader: PackReader, document: Document, vocabulary: Vocabulary) -> None:
    """Report each type, field and fact that is not there, with its file and line."""
    known = {file.split("/")[1]: file for file in reader.files(_TYPES)}
    for place, named in _named(document.data):
        if named not in known:
            mend = f"可用的证照类型：{'、'.join(sorted(known))}" if known else "在 licences 文件夹中补上这种证照"
            reader.report.add(*document.at(*place), f"没有证照类型 licences/{named}/type.yaml", mend)
    for place, way in _ways(document.data):
        file = known.get(str(way.get("licence_type") or ""))
        for field, fact in (way.get("facts") or {}).items():
            if file is not None and field not in _fields(reader, file):
                reader.report.add(*document.at(*place, "facts", field), f"{file} 里没有 {field}", "改为这种证照的内容")
            if vocabulary.facts and fact not in vocabulary:
                reader.report.add(
                    *document.at(*place, "facts", field), f"{fact} 不在事实表中", "在 facts.yaml 中定义，或改正名称"
                )


def _ways(data: Mapping[str, Any]) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """All ways to provide materials, also of those whose terms differ."""
    for number, material in enumerate(data.get("materials") or ()):
        for index, way in enumerate(material.get("satisfiers") or ()):
            yield ("materials", number, "satisfiers", index), way


def _named(data: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    for place, way in _ways(data):
        if way.get("kind") == "licence":
            yield (*place, "licence_type"), str(way.get("licence_type") or "")
    for number, result in enumerate(data.get("results") or ()):
        if result.get("licence"):
            yield ("results", number, "licence"), str(result["licence"])


def _fields(reader: PackReader, file: str) -> frozenset[str]:
    """The facts of a type; a faulty file is reported by its own part."""
    document = reader.yaml(file)
    fields = document.data.get("fields") if document is not None else None
    return frozenset(str(each.get("fact")) for each in fields or () if isinstance(each, dict))
