"""A provider for tests and demonstrations. The same tests judge it and the one over HTTP, so it answers as a real one does.

It knows the people of a register; each has a card and a face code that follow from the ID number, so that a demonstration
needs no list of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from yiwang.commons.identity.contracts.real_names import Answer, Claim, Verdict
from yiwang.commons.identity.contrib.providers import is_card
from yiwang.commons.identity.registry.real_names import PopulationRegister

REFERENCE: Final = "fake"
_SAMPLE_CARDS: Final = "620000"
_SAMPLE_MOBILES: Final = "1990000"


def sample_card(id_number: str) -> str:
    """The card of a sample person: `620000`, the last eleven digits of the ID number (X is 0), a check digit."""
    body = _SAMPLE_CARDS + id_number[-11:].replace("X", "0")
    return next(body + last for last in "0123456789" if is_card(body + last))


def sample_face_code(id_number: str) -> str:
    """The code of a sample person's face: `FACE` and the last six characters of the ID number."""
    return f"FACE{id_number[-6:]}"


@dataclass(frozen=True, slots=True)
class FakeProvider:
    """Register, face service and bank in one, over the people of `register`."""

    register: PopulationRegister

    def ask(self, question: Mapping[str, str]) -> Answer:
        """As providers.Provider."""
        claim = Claim(question.get("name", ""), question.get("id_number", ""))
        known = self.register.compare(claim)
        proved = {
            "register": True,
            "face": question.get("face_code") == sample_face_code(claim.id_number),
            "bank": question.get("card") == sample_card(claim.id_number)
            and question.get("mobile", "").startswith(_SAMPLE_MOBILES),
        }.get(question.get("service", ""))
        if proved is None:
            return Answer(Verdict.UNAVAILABLE)
        if known.verdict is Verdict.AGREES and not proved:
            return Answer(Verdict.DIFFERS, REFERENCE)
        return Answer(known.verdict, REFERENCE)
