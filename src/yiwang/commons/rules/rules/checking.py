"""Everything that is looked at before a decision is published: the file, its expressions, its tables, its examples."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yiwang.commons.rules.contracts import Example, Finding
from yiwang.commons.rules.engine import Diagnostic, Model, read_dmn
from yiwang.commons.rules.rules.examples import Examined, try_examples


@dataclass(frozen=True, slots=True)
class Checked:
    """`model` is None where the file is no DMN or lacks the decision; then no example was run."""

    model: Model | None
    findings: tuple[Finding, ...]
    examined: Examined

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.is_error)

    @property
    def passes(self) -> bool:
        return self.model is not None and not self.errors and not self.examined.failed


def check_text(key: str, xml: str, imports: Sequence[str], examples: Iterable[Example]) -> Checked:
    """Findings of reading and analysis, and what became of the examples."""
    reading = read_dmn(xml.encode(), [text.encode() for text in imports])
    faults = [_fault(fault) for fault in reading.faults]
    model = reading.model
    if model is not None and not model.has(key):
        missing = Diagnostic("rules.unknown_decision", {"name": key})
        return Checked(None, (*faults, _fault(missing)), Examined(()))
    if model is None or faults:
        return Checked(model, tuple(faults), Examined(()) if model is None else try_examples(model, key, examples))
    return Checked(model, tuple(faults), try_examples(model, key, examples))


def _fault(found: Diagnostic) -> Finding:
    return Finding(found.text, True, found.code, found.where, found.at.line)
