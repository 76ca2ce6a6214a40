"""The part of a pack that cases loads: `documents.yaml`, the city's own wording of legal documents."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from yiwang.commons.rules.engine import FeelSyntaxError, compile_expression
from yiwang.kernel.actor import Actor
from yiwang.kernel.packs import Document, PackReader, Tally, pack_part
from yiwang.kernel.packs.reader import load_schema
from yiwang.serve.cases import commands, queries, rules
from yiwang.serve.cases.contracts import DocumentKind

_FILE = "documents.yaml"
_SCHEMA = Path(__file__).parent / "schemas" / "documents.json"


@pack_part("documents", order=60)
class DocumentPart:
    """`documents.yaml`: `version`, and for single kinds `title`, `word`, `paragraphs` in the place of the shipped ones."""

    def check(self, reader: PackReader) -> None:
        self._read(reader)

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        tally = Tally()
        for kind, version, content in self._read(reader):
            new = commands.publish_template(kind=kind, version=version, content=content, by=by, at=at)
            if new:
                tally.created += 1
            else:
                tally.unchanged += 1
        return tally

    def _read(self, reader: PackReader) -> list[tuple[DocumentKind, str, Mapping[str, Any]]]:
        if not reader.exists(_FILE):
            return []
        document = reader.yaml(_FILE, schema=load_schema(_SCHEMA))
        if document is None:
            return []
        found = []
        for kind, content in document.data["documents"].items():
            self._examine(reader, document, kind, content)
            found.append((DocumentKind(kind), str(document.data["version"]), content))
        return found

    def _examine(self, reader: PackReader, document: Document, kind: str, content: Mapping[str, Any]) -> None:
        """Places that no case fills and conditions that are no FEEL."""
        known = queries.known_places(kind=DocumentKind(kind))
        for n, paragraph in enumerate(content["paragraphs"]):
            line = document.line("documents", kind, "paragraphs", n)
            template = rules.Template(kind, "", "", "", (rules.Paragraph(paragraph["text"]),))
            unknown = sorted(rules.places(template) - known)
            if unknown:
                reader.report.add(
                    _FILE, line, f"没有这样的内容：{'、'.join(unknown)}", f"可以用 {'、'.join(sorted(known))}"
                )
            try:
                compile_expression(paragraph.get("when", "") or "true")
            except FeelSyntaxError as error:
                reader.report.add(_FILE, line, f"条件不是 FEEL：{error}", "例如 count(members) > 0")
