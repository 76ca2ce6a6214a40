"""Foreign lists of matters: an entry as it is kept, what became of each row, and the whole reading."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yiwang.serve.matters.contracts.kinds import RowVerdict


@dataclass(frozen=True, slots=True)
class ListedSpec:
    """A matter as a list of the province names it: told to the public, not handled here.

    `authority_code` is a valid credit code or empty, `organisation_code` a valid GB 11714 code or empty;
    `department_code` is what the list says. `other` keeps every column that has no place here.
    """

    code: str
    catalogue_code: str
    name: str
    type: str
    department: str
    region_code: str = ""
    authority_code: str = ""
    organisation_code: str = ""
    department_code: str = ""
    main_item: str = ""
    link: str = ""
    other: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowFinding:
    """What was mended, noticed or refused in one row. `original`: the values by column, or the text of the row."""

    line: int
    verdict: RowVerdict
    rule: str
    message: str
    column: str = ""
    before: str = ""
    after: str = ""
    name: str = ""
    original: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row of the file: its entry, or none where it was rejected."""

    line: int
    spec: ListedSpec | None
    findings: tuple[RowFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadList:
    """A whole file. `ignored` are columns without a place, kept with each entry."""

    encoding: str
    rows: tuple[ReadRow, ...]
    ignored: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[RowFinding, ...]:
        return tuple(finding for row in self.rows for finding in row.findings)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do: every row is counted once."""

    file: str
    encoding: str
    rows: int
    imported: int
    unchanged: int
    changed: int
    rejected: int
    findings: tuple[RowFinding, ...] = ()
    dry_run: bool = False

    def count(self, verdict: RowVerdict) -> Mapping[str, int]:
        """How often each rule of that verdict struck, most often first."""
        counted: dict[str, int] = {}
        for finding in self.findings:
            if finding.verdict is verdict:
                counted[finding.rule] = counted.get(finding.rule, 0) + 1
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
