"""`matters/<code>/process.bpmn`, `bundles/<key>/process.bpmn`, shared `processes/<key>.bpmn`: linted when the pack is checked, published when it is loaded."""

from collections.abc import Iterator
from datetime import datetime

from yiwang.commons.flow import commands, engine, registry
from yiwang.kernel.actor import Actor
from yiwang.kernel.packs import PackReader, Tally, kept_words, pack_part

_PATTERNS = ("processes/*.bpmn", "matters/*/process.bpmn", "bundles/*/process.bpmn")


@pack_part("processes", order=70)
class ProcessesPart:
    """Each file holds one executable process, whose id is the folder's name; that of a shared one the file's."""

    def check(self, reader: PackReader) -> None:
        for file, content in _files(reader):
            parsed = engine.parse({file: content}, evaluator=registry.evaluator())
            for finding in parsed.errors:
                reader.report.add(file, finding.line, f"{finding.element_id} {finding.message}".strip(), finding.mend)
            if parsed.errors:
                continue
            wanted = (
                file.split("/")[-2] if file.endswith("/process.bpmn") else file.split("/")[-1].removesuffix(".bpmn")
            )
            if list(parsed.models) != [wanted]:
                found = "、".join(parsed.models)
                reader.report.add(file, 0, f"流程的 id 是 {found}", f"改为 {wanted}")
            for model in parsed.models.values():
                for name in sorted(model.targets("serviceTask") - set(registry.operations())):
                    known = "、".join(registry.operations())
                    reader.report.add(file, 0, f"操作 {name} 没有登记", f"可用的操作：{known}")

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        tally = Tally()
        for file, content in _files(reader):
            published = commands.publish_definition(bpmn=content, file=file, from_pack=True, by=by, at=at)
            if published.kept is not None:
                tally.notes.append(kept_words(file, published.version, published.kept))
            if not published.created:
                tally.unchanged += 1
            elif published.version == 1:
                tally.created += 1
            else:
                tally.changed += 1
        return tally


def _files(reader: PackReader) -> Iterator[tuple[str, bytes]]:
    for pattern in _PATTERNS:
        for file in reader.files(pattern):
            content = reader.raw(file)
            if content is not None:
                yield file, content
