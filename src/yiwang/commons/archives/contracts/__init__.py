"""What crosses the border of archives: states, views, what a source hands over, events, refusals."""

from yiwang.commons.archives.contracts.errors import (
    AccessNotOpen,
    ArchiveDamaged,
    ArchiveNotFound,
    ArchiveStateRefused,
    ListNotFound,
    MayNotKeep,
    MayNotView,
    NotAcceptable,
    NothingChosen,
    NotYourRequest,
    OnHold,
    OwnProposal,
    PurposeMissing,
    StillKept,
)
from yiwang.commons.archives.contracts.events import ArchiveClosed, ArchiveDestroyed, ArchiveFailed
from yiwang.commons.archives.contracts.kinds import (
    AccessState,
    ArchiveStep,
    ListKind,
    ListState,
    Retention,
    State,
)
from yiwang.commons.archives.contracts.views import (
    AccessView,
    ArchiveRow,
    ArchiveView,
    CheckView,
    FixityView,
    ListEntry,
    ListView,
    StandingView,
    StepView,
)

VIEW = "archives.view"
KEEP = "archives.keep"
APPROVE = "archives.approve"
ARCHIVE = "archive"
"""Kind of the subject that audit, evidence and events name."""

__all__ = [
    "APPROVE", "ARCHIVE", "KEEP", "VIEW", "AccessNotOpen", "AccessState", "AccessView", "ArchiveClosed", "ArchiveDamaged", "ArchiveDestroyed", "ArchiveFailed",
    "ArchiveNotFound", "ArchiveRow", "ArchiveStateRefused", "ArchiveStep", "ArchiveView", "CheckView", "FixityView", "ListEntry", "ListKind", "ListNotFound", "ListState", "ListView", "MayNotKeep", "MayNotView",
    "NotAcceptable",     "NotYourRequest", "NothingChosen", "OnHold", "OwnProposal", "PurposeMissing", "Retention", "StandingView", "State",
    "StepView", "StillKept",
]  # fmt: skip
