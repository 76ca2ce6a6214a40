"""Everything that is looked at before a decision is published: the file, its expressions, its tables, its examples."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yiwang.commons.rules.contracts import Example, Finding
from yiwang.commons.rules.engine import Diagnostic, Model, to_json
from yiwang.commons.rules.rules.examples import Examined, try_examples

if TYPE_CHECKING:
    from yiwang.commons.rules.engine.analysis import Finding as Found

SECONDS = 3.0
"""How long the analysis of one text may take; what is not decided by then is said."""


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
    from yiwang.commons.rules.engine.analysis import check  # not needed to start the program

    report = check(xml.encode(), [text.encode() for text in imports], seconds=SECONDS)
    findings = tuple(_finding(each) for each in report.findings)
    model = report.model
    if model is None:
        return Checked(None, findings, Examined(()))
    if not model.has(key):
        missing = Diagnostic("rules.unknown_decision", {"name": key})
        return Checked(None, (*findings, Finding(missing.text, True, missing.code)), Examined(()))
    return Checked(model, findings, try_examples(model, key, examples))


def _finding(found: "Found") -> Finding:
    facts = {name: to_json(value) for name, value in found.example.items()} or None
    is_error = found.severity.value == "error"
    params = {name: str(value) for name, value in found.params.items()}
    return Finding(found.text, is_error, found.code, found.where, found.line, found.message, params, facts)
