"""What the inbox is asked and what it answers: conditions, facets, saved views, what came of a batch."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from yiwang.commons.flow.contracts.kinds import InboxView, Urgency


class InboxSort(StrEnum):
    """Orders of the inbox; a minus turns them round."""

    DUE = "due"
    LATEST_DUE = "-due"
    ARRIVED = "arrived"
    LAST_ARRIVED = "-arrived"
    STAGE = "stage"
    TITLE = "title"


class Holder(StrEnum):
    """Who holds a task: nobody yet, the viewer, anybody else."""

    NOBODY = "nobody"
    ME = "me"
    OTHERS = "others"


_LONGEST = 80


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """Conditions that all must hold; empty ones ask nothing. `matter` is a scope key, `stage` the name of an element.

    `search` looks for each word in title (which holds the number), stage, organisation and applicant's name.
    """

    view: InboxView = InboxView.ALL
    search: str = ""
    net: str = ""
    matter: str = ""
    stage: str = ""
    organisation: UUID | None = None
    due: Urgency | None = None
    holder: Holder | None = None
    sort: InboxSort = InboxSort.DUE

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """From the parameters of an address (`view q net matter stage org due holder sort`); what makes no sense asks nothing."""

        def one(kind: type[StrEnum], name: str) -> StrEnum | None:
            return next((each for each in kind if each.value == given.get(name, "")), None)

        def words(name: str) -> str:
            return " ".join(given.get(name, "").replace("\x00", "").split())[:_LONGEST]

        return cls(
            view=InboxView(one(InboxView, "view") or InboxView.ALL),
            search=words("q"),
            net=words("net"),
            matter=words("matter"),
            stage=words("stage"),
            organisation=_uuid(given.get("org", "")),
            due=Urgency(found) if (found := one(Urgency, "due")) else None,
            holder=Holder(held) if (held := one(Holder, "holder")) else None,
            sort=InboxSort(one(InboxSort, "sort") or InboxSort.DUE),
        )

    def params(self) -> dict[str, str]:
        """The parameters that `read` reads back; only what asks something."""
        told = {
            "view": "" if self.view is InboxView.ALL else self.view.value,
            "q": self.search,
            "net": self.net,
            "matter": self.matter,
            "stage": self.stage,
            "org": str(self.organisation or ""),
            "due": self.due.value if self.due else "",
            "holder": self.holder.value if self.holder else "",
            "sort": "" if self.sort is InboxSort.DUE else self.sort.value,
        }
        return {name: value for name, value in told.items() if value}

    def without(self, *names: str) -> Self:
        """The same, asking nothing of these fields."""
        blank = type(self)()
        return replace(self, **{each.name: getattr(blank, each.name) for each in fields(self) if each.name in names})

    @property
    def asks(self) -> int:
        """How many conditions there are beside the view and the order."""
        return len(self.params().keys() - {"view", "sort"})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Facet:
    """One choice of a filter with the number of tasks behind it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class InboxSummary:
    """How many tasks each view has, and what the filters can be set to; all of everything in reach, unfiltered."""

    views: Mapping[InboxView, int]
    nets: Mapping[str, int] = field(default_factory=dict)
    matters: tuple[Facet, ...] = ()
    stages: tuple[Facet, ...] = ()
    organisations: tuple[Facet, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedViewRow:
    """A saved view with what is behind it now. `by` names its owner where it is somebody else's, shared with the office."""

    id: UUID
    name: str
    conditions: InboxFilter
    count: int
    is_mine: bool
    is_shared: bool
    is_default: bool
    by: str = ""


class BatchOutcome(StrEnum):
    """What came of one task of a batch."""

    DONE = "done"
    TAKEN = "taken"
    CLOSED = "closed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    OUT_OF_REACH = "out_of_reach"


@dataclass(frozen=True, slots=True)
class BatchResult:
    """One task of a batch: what came of it, and who holds it where somebody else was faster."""

    task_id: UUID
    title: str
    outcome: BatchOutcome
    holder_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """A delegation as its parties and the administrator see it."""

    id: UUID
    from_id: UUID
    from_name: str
    to_id: UUID
    to_name: str
    organisation: str
    role: str
    scope: str
    valid_from: date
    valid_to: date
    reason: str
    created_at: datetime
    created_by: str
    revoked_at: datetime | None = None
    can_revoke: bool = False
