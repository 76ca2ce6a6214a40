"""What somebody wants from the city: the words they say, where these lead, and what they answer on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from yiwang.kernel.codes.synthetic import SyntheticPerson


@dataclass(frozen=True, slots=True)
class HeldBefore:
    """A sample licence that the applicant holds before applying. `organisation`: code of its issuer."""

    type_key: str
    number: str
    organisation: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Story:
    """One application. Nobody in it exists.

    `answers`: by the name of the fact, as a form sends them; `entered`: facts that officials type with their decision;
    `shown`: facts that the page to check must repeat; `instant`: codes of the matters that published rules decide without
    an official; `others`: persons that a register must know besides the applicant; `handed`: (taker, giver) of the results that
    one member hands to another; `licences`: what the applicant holds, each of which stands for one material; `verdicts`: what officials choose at their tasks on a matter, in turn, before they say yes.
    """

    said: str
    bundle: str
    applicant: SyntheticPerson
    region: str
    address: str
    answers: Mapping[str, str]
    shown: tuple[str, ...] = ()
    entered: Mapping[str, str] = field(default_factory=dict)
    instant: frozenset[str] = frozenset()
    others: tuple[SyntheticPerson, ...] = ()
    handed: tuple[tuple[str, str], ...] = ()
    licences: tuple[HeldBefore, ...] = ()
    verdicts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Words that nobody else may read."""
        return self.answers[self.shown[0]]
