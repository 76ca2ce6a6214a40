"""Archival packages as a library: made, opened, checked for the four properties, verified offline.

Doors: `build_package(content, signer=, at=)`, `open_package`, `check_package(data, stage, around)`, `verify_package`. No
framework, no database: `yiwang verify archive` runs where only the file and the trusted keys are.
"""

from .checking import ARCHIVE_NUMBER, Finding, Report, Surroundings, check_package
from .container import MAX_PACKAGE, read_container, write_container
from .content import MISSING, Agent, Content, Item, Kind, Relation, Step
from .formats import ENDINGS, media_type_of
from .judging import KEYS, judge_of_seals
from .metadata import RETENTIONS, Metadata, read_metadata
from .opening import Package, as_json, open_package
from .packing import DIGESTS, FACTS, LEDGER_KEYS, PROOF, STATEMENTS, build_package, folder_of
from .properties import ACCEPTABLE, CHECKS, Check, Outcome, Property, Stage
from .signing import MAX_KEYS, Signed, TrustedArchives
from .verifying import verdict_of, verify_package
from .wording import ArchiveFault, Reason, shown

__all__ = [
    "ACCEPTABLE", "ARCHIVE_NUMBER", "CHECKS", "DIGESTS", "ENDINGS", "FACTS", "KEYS", "LEDGER_KEYS", "MAX_KEYS", "MAX_PACKAGE", "MISSING", "PROOF", "RETENTIONS", "STATEMENTS",
    "Agent", "ArchiveFault", "Check", "Content", "Finding", "Item", "Kind", "Metadata", "Outcome", "Package", "Property",
    "Reason", "Relation", "Report", "Signed", "Stage", "Step", "Surroundings", "TrustedArchives", "as_json", "build_package",
    "check_package", "folder_of", "judge_of_seals", "media_type_of", "open_package", "read_container", "read_metadata",
    "shown", "verdict_of", "verify_package", "write_container",
]  # fmt: skip
