"""A register of population, families and entities from a pack's sample people: for demonstrations and tests.

A real installation connects the registers of the police and of the market regulator instead. Answers as they do: agrees,
differs, unknown, never what it holds; a writing that a human must judge is unsure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from yiwang.commons.identity.contracts.real_names import Answer, Claim, RegisteredChild, RegisteredEntity, Verdict
from yiwang.commons.identity.contrib.fakes import FakeProvider
from yiwang.commons.identity.contrib.providers import BankCard
from yiwang.commons.identity.engine.realnames import Match, match_names, typed_id_number, verdict_of
from yiwang.commons.identity.registry import real_names as ports
from yiwang.kernel.packs import PackReader

PEOPLE: Final = "people.yaml"
REGISTERS: Final = "registers.yaml"
REFERENCE: Final = "embedded"


@dataclass(frozen=True, slots=True)
class EmbeddedRegister:
    """Names by ID number (18 characters), children, entities by credit code. Fills three ports."""

    people: Mapping[str, str] = field(default_factory=dict)
    children: tuple[RegisteredChild, ...] = ()
    entities: Mapping[str, RegisteredEntity] = field(default_factory=dict)

    def compare(self, claim: Claim) -> Answer:
        """Port PopulationRegister."""
        registered = self.people.get(claim.id_number)
        if registered is None:
            return Answer(Verdict.UNKNOWN, REFERENCE)
        return Answer(verdict_of(match_names(claim.name, registered)), REFERENCE)

    def child(self, *, name: str, id_number: str, birth_certificate: str, parent_number: str) -> RegisteredChild | None:
        """Port FamilyRegister."""
        for each in self.children:
            by_number = id_number != "" and each.id_number == id_number
            by_certificate = birth_certificate != "" and each.birth_certificate == birth_certificate
            named = match_names(name, each.name) is Match.SAME
            if (by_number or by_certificate) and named and parent_number in each.parents:
                return each
        return None

    def entity(self, *, credit_code: str) -> RegisteredEntity | None:
        """Port EntityRegister."""
        return self.entities.get(credit_code)


class PackRegister:
    """The embedded register of the pack in `folder`, read when it is first asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def compare(self, claim: Claim) -> Answer:
        """Port PopulationRegister."""
        return read(self.folder).compare(claim)

    def child(self, *, name: str, id_number: str, birth_certificate: str, parent_number: str) -> RegisteredChild | None:
        """Port FamilyRegister."""
        return read(self.folder).child(
            name=name, id_number=id_number, birth_certificate=birth_certificate, parent_number=parent_number
        )

    def entity(self, *, credit_code: str) -> RegisteredEntity | None:
        """Port EntityRegister."""
        return read(self.folder).entity(credit_code=credit_code)


def connect(folder: Path) -> None:
    """Let the pack's sample people answer: in a demonstration, once at start-up."""
    register = PackRegister(folder)
    ports.provide_population_register(register)
    ports.provide_family_register(register)
    ports.provide_entity_register(register)
    ports.register_method(BankCard(FakeProvider(register)))


@lru_cache(maxsize=4)
def read(folder: Path) -> EmbeddedRegister:
    """The register that a pack describes: everybody in `people.yaml`, and what `registers.yaml` adds. Empty without them."""
    reader = PackReader(folder)
    known = _data(reader, PEOPLE)
    more = _data(reader, REGISTERS)
    entries = [*known.get("residents", ()), *known.get("officials", ()), *more.get("people", ())]
    numbers = {entry["username"]: entry["id_number"] for entry in entries if "username" in entry}
    names = {entry["id_number"]: entry["name"] for entry in entries}
    children = tuple(_children(more.get("children", ()), numbers))
    return EmbeddedRegister(
        people=names | {child.id_number: child.name for child in children if child.id_number},
        children=children,
        entities={
            entry["credit_code"]: _entity(entry, numbers, names)
            for entry in (*known.get("legal_entities", ()), *more.get("legal_entities", ()))
        },
    )


def _data(reader: PackReader, file: str) -> Mapping[str, Any]:
    document = reader.yaml(file) if reader.exists(file) else None
    return document.data if document is not None and isinstance(document.data, dict) else {}


def _children(entries: Iterable[Mapping[str, Any]], numbers: Mapping[str, str]) -> Iterable[RegisteredChild]:
    for entry in entries:
        number = entry.get("id_number", "")
        yield RegisteredChild(
            name=entry["name"],
            birth_date=date.fromisoformat(entry["birth_date"]),
            sex=entry["sex"],
            id_number=typed_id_number(number) if number else "",
            birth_certificate=entry.get("birth_certificate", ""),
            parents=tuple(numbers[each] for each in entry["parents"]),
        )


def _entity(entry: Mapping[str, Any], numbers: Mapping[str, str], names: Mapping[str, str]) -> RegisteredEntity:
    number = numbers[entry["representative"]]
    return RegisteredEntity(
        credit_code=entry["credit_code"],
        name=entry["name"],
        kind=entry["kind"],
        representative_name=names[number],
        representative_number=number,
        address=entry.get("address", ""),
        in_business=entry.get("in_business", True),
    )
