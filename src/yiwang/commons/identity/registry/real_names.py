"""Ports of real names: the registers that know people, families and entities, and the ways to prove who one is.

Nothing is connected by itself. A demonstration connects the embedded register of its pack's sample people, an installation the
police's, the market regulator's and its providers' (see contrib). Where none answers an official looks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from yiwang.commons.identity.contracts.real_names import (
    Answer,
    Assurance,
    CheckMethod,
    Claim,
    RegisteredChild,
    RegisteredEntity,
    RegisterUnavailable,
    ScopeChoice,
    Verdict,
)
from yiwang.commons.identity.engine.realnames import Match, match_names
from yiwang.kernel.actor import Actor

BY_REGISTER = "register"


class PopulationRegister(Protocol):
    """Whether name and ID number belong to one living person. Registers answer yes or no and give nothing away."""

    def compare(self, claim: Claim) -> Answer:
        """At most three seconds. What fails or is too slow answers UNAVAILABLE."""


class FamilyRegister(Protocol):
    """Whose child somebody is, by the household register or by birth certificates."""

    def child(self, *, name: str, id_number: str, birth_certificate: str, parent_number: str) -> RegisteredChild | None:
        """The child of that name and number (or certificate), where the parent is one of its parents."""


class EntityRegister(Protocol):
    """What the register of legal entities holds under a credit code."""

    def entity(self, *, credit_code: str) -> RegisteredEntity | None: ...


@dataclass(frozen=True, slots=True)
class Proof:
    """One question that a method asks beside name and number (`card`, `mobile`), as the page shows it."""

    name: str
    label: str
    hint: str = ""
    longest: int = 40


class RealNameMethod(Protocol):
    """A way to prove who one is beyond name and number: a face, a bank card. See contrib.face and contrib.bank."""

    @property
    def method(self) -> CheckMethod: ...

    @property
    def asks(self) -> Sequence[Proof]: ...

    def check(self, claim: Claim, given: Mapping[str, str]) -> Answer:
        """At most five seconds; keeps nothing of what was given. What fails or is too slow answers UNAVAILABLE."""


class Reviews(Protocol):
    """Where checks that wait for an official are shown beside the page of identity itself: the officials' inbox.

    Both are told inside the command's transaction, after the check has changed.
    """

    def opened(self, *, check_id: UUID, at: datetime) -> None: ...

    def closed(self, *, check_id: UUID, by: Actor, at: datetime) -> None:
        """`by` has decided on it."""


class ScopesFound(Protocol):
    def __call__(self, *, audience: str) -> Sequence[ScopeChoice]:
        """What may be done for an `audience` (`person`, `legal_entity`), in the order of the page; empty: for anybody."""


@dataclass
class _Provided:
    population: PopulationRegister | None = None
    families: list[FamilyRegister] = field(default_factory=list)
    entities: EntityRegister | None = None
    methods: dict[str, RealNameMethod] = field(default_factory=dict)
    reviews: Reviews | None = None
    scopes: ScopesFound | None = None


_provided = _Provided()


def provide_population_register(register: PopulationRegister | None) -> None:
    _provided.population = register


def provide_family_register(register: FamilyRegister) -> None:
    """Each one is asked in turn: the household register, the birth certificates kept here."""
    _provided.families.append(register)


def provide_entity_register(register: EntityRegister | None) -> None:
    _provided.entities = register


def register_method(method: RealNameMethod) -> None:
    _provided.methods[method.method.key] = method


def provide_reviews(reviews: Reviews) -> None:
    _provided.reviews = reviews


def provide_scopes(found: ScopesFound) -> None:
    """What a mandate can be bounded to, by name: the matters."""
    _provided.scopes = found


def methods() -> tuple[RealNameMethod, ...]:
    """All ways beyond name and number, the weakest first."""
    return tuple(sorted(_provided.methods.values(), key=lambda each: (each.method.level, each.method.key)))


def compare(claim: Claim) -> Answer:
    """What the population register says; UNAVAILABLE where none is connected or it fails."""
    if _provided.population is None:
        return Answer(Verdict.UNAVAILABLE)
    try:
        return _provided.population.compare(claim)
    except (OSError, RuntimeError, ValueError):
        return Answer(Verdict.UNAVAILABLE)


def prove(key: str, claim: Claim, given: Mapping[str, str]) -> tuple[Answer, Assurance]:
    """What the method says, and the level that it reaches. Raises LookupError for a method that is not registered."""
    if key == BY_REGISTER:
        return compare(claim), Assurance.CHECKED
    found = _provided.methods[key]
    try:
        return found.check(claim, given), found.method.level
    except (OSError, RuntimeError, ValueError):
        return Answer(Verdict.UNAVAILABLE), found.method.level


def child(*, name: str, id_number: str, birth_certificate: str, parent_number: str) -> RegisteredChild | None:
    """The parent's child, from the first register that knows it. Raises RegisterUnavailable where there is none.

    Where none of those that answer knows it and one doesn't answer: RegisterUnavailable.
    """
    if not _provided.families:
        raise RegisterUnavailable
    asked = {"name": name, "id_number": id_number, "birth_certificate": birth_certificate}
    silent = False
    for register in _provided.families:
        try:
            found = register.child(**asked, parent_number=parent_number)
        except (OSError, RuntimeError):
            silent = True
            continue
        if found is not None:
            return found
    if silent:
        raise RegisterUnavailable
    return None


def one_name(one: str, other: str) -> bool:
    """Whether two writings are surely one name, for who fills these ports."""
    return match_names(one, other) is Match.SAME


def entity(*, credit_code: str) -> RegisteredEntity | None:
    """The entity of that code. Raises RegisterUnavailable."""
    if _provided.entities is None:
        raise RegisterUnavailable
    try:
        return _provided.entities.entity(credit_code=credit_code)
    except (OSError, RuntimeError):
        raise RegisterUnavailable from None


def scopes(*, audience: str = "") -> tuple[ScopeChoice, ...]:
    return tuple(_provided.scopes(audience=audience)) if _provided.scopes else ()


def review_opened(check_id: UUID, *, at: datetime) -> None:
    if _provided.reviews is not None:
        _provided.reviews.opened(check_id=check_id, at=at)


def review_closed(check_id: UUID, *, by: Actor, at: datetime) -> None:
    if _provided.reviews is not None:
        _provided.reviews.closed(check_id=check_id, by=by, at=at)
