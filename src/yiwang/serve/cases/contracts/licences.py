"""What cases say of the applicant's electronic licences that stand for materials (免证办)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from yiwang.commons.privacy.contracts import ConsentAsk

HANDLE: Final = "cases.handle"
"""The purpose, registered with privacy, for which an applicant's licences are retrieved."""
AGREE: Final = "cases.licence"
"""The wording, registered with privacy, in which the applicant agrees."""


@dataclass(frozen=True, slots=True)
class AgreementText:
    """What one organisation may do: the `ask` and its whole words, whose `digest` comes back with the click."""

    ask: ConsentAsk
    organisation: str
    text: str
    refusing: str
    digest: str
    consent_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LicenceOffer:
    """A licence that can stand for a material: what it is, who would retrieve it, and whether the applicant has agreed."""

    material: str
    licence_id: UUID
    type_key: str
    title: str
    number: str
    issuer: str
    grade: str
    valid_until: date | None
    sensitive: bool
    agreements: tuple[AgreementText, ...]

    @property
    def seal(self) -> str:
        """What the tick posts: which words were on the page for each organisation."""
        return "-".join(each.digest[:24] for each in self.agreements)

    @property
    def agreed(self) -> bool:
        """Whether every organisation that needs the material may retrieve it."""
        return bool(self.agreements) and all(each.consent_id is not None for each in self.agreements)

    @property
    def needs_original(self) -> bool:
        """Whether somebody must look at the original (国办函〔2016〕108号: C and D are materials, no licences)."""
        return self.grade not in {"A", "B"}


@dataclass(frozen=True, slots=True)
class LicenceUsed:
    """A licence that a case relies on: what it was when it was retrieved, and what it is now."""

    licence_id: UUID
    material: str
    name: str
    title: str
    number: str
    grade: str
    used_at: datetime
    state_then: str
    state_now: str
    stands: bool
    checked: bool
    fields: tuple[tuple[str, str], ...] = ()
    view_url: str = ""
    verify_url: str = ""
    withdrawn_at: datetime | None = None
    """When the applicant took the consent back on which it was retrieved; what it says is then shown no more."""

    @property
    def needs_original(self) -> bool:
        """Whether the original is still to be looked at."""
        return self.grade not in {"A", "B"} and not self.checked
