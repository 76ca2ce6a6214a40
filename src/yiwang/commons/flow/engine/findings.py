"""The list that reader and linter write their complaints on."""

from __future__ import annotations

from dataclasses import dataclass, field

from .values import Finding, Severity


@dataclass
class Report:
    """Findings of one file in the order they were found."""

    file: str
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, element_id: str, line: int, message: str, mend: str) -> None:
        self.findings.append(Finding(self.file, element_id, line, message, mend))

    def warn(self, element_id: str, line: int, message: str, mend: str = "") -> None:
        self.findings.append(Finding(self.file, element_id, line, message, mend, Severity.WARNING))

    @property
    def has_errors(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)
