"""Matters and bundles as versions, and lists of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from yiwang.serve.matters.contracts.kinds import MatterState
from yiwang.serve.matters.contracts.specs import BundleSpec, MatterSpec, MemberSpec


@dataclass(frozen=True, slots=True)
class ThemeView:
    """A theme of life or business, in the order of the home page."""

    key: str
    name: str
    english: str = ""


@dataclass(frozen=True, slots=True)
class Halt:
    """Why nobody can apply for a matter now: SUSPENDED until a day (included; None: until further notice) or WITHDRAWN."""

    state: MatterState
    until: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did: the version in force, and whether it is new.

    `kept`: what a steward had ordered and publishing left so, a cancellation with the last day on which it is offered.
    """

    id: UUID
    version: int
    changed: bool
    kept: Halt | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """A version of a matter in the catalogue."""

    id: UUID
    version: int
    state: MatterState
    spec: MatterSpec
    organisation_id: UUID | None
    organisation_name: str = ""
    form_version: int | None = None
    process_version: int | None = None
    published_at: datetime | None = None

    @property
    def code(self) -> str:
        return self.spec.code

    @property
    def name(self) -> str:
        return self.spec.name


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a bundle with the matter version it stood for when the bundle version was published.

    `halt`: why the matter takes no applications today, whatever its version; None where it does.
    """

    key: str
    spec: MemberSpec
    matter: Matter
    depends_on: tuple[str, ...] = ()
    halt: Halt | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """A version of a bundle with its members in authored order."""

    id: UUID
    version: int
    state: MatterState
    spec: BundleSpec
    members: tuple[Member, ...]
    form_version: int | None = None
    process_version: int | None = None
    promised: int = 0
    published_at: datetime | None = None

    @property
    def key(self) -> str:
        return self.spec.key

    @property
    def name(self) -> str:
        return self.spec.name

    def member(self, key: str) -> Member:
        """Raises KeyError."""
        return next((each for each in self.members if each.key == key), None) or _missing(key)


def _missing(key: str) -> Member:
    raise KeyError(key)


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A line of a list: a bundle or a matter. `said`: how people ask for it, in plain words."""

    kind: str
    key: str
    name: str
    summary: str
    themes: tuple[str, ...]
    audience: tuple[str, ...]
    departments: int
    promised: int
    visits: int
    members: int = 0
    said: tuple[str, ...] = ()
    sample: bool = False
    translations: Mapping[str, str] = field(default_factory=dict)
