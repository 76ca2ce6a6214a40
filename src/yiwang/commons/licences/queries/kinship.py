"""Whose child a birth certificate says somebody is: for identity, which lets parents act for their children."""

import re
from datetime import date
from typing import Final

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts.real_names import RegisteredChild
from yiwang.commons.identity.registry.real_names import one_name
from yiwang.commons.licences.contracts import HolderKind, LicenceState, TrustGrade
from yiwang.commons.licences.models import Licence
from yiwang.commons.licences.queries.wallet import state_today
from yiwang.kernel.actor import Actor
from yiwang.kernel.codes import InvalidCode, clean_code, upgrade_id_number

BIRTH_CERTIFICATE: Final = "birth_certificate"
"""Key of the type 出生医学证明; what it says stands under these facts."""
_NAME, _SEX, _BORN = "child_name", "child_sex", "child_birth_date"
_PARENTS: Final = (("mother_name", "mother_id_number"), ("father_name", "father_id_number"))
_SEXES: Final = {"男": "1", "女": "2", "1": "1", "2": "2"}
_DAY: Final = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?!\d)")
_LAWFUL: Final = (TrustGrade.A.value, TrustGrade.B.value)


def child_by_certificate(*, number: str, name: str, parent_number: str, viewer: Actor) -> RegisteredChild | None:
    """The child of that name on the birth certificate of that number, where the parent of `parent_number` stands on it.

    The parent stands on it by ID number, or by name where it was issued to them: a name alone is nobody's proof. Only
    certificates in force and with the effect of law (grades A and B). For the program alone. At most four queries.
    """
    if not viewer.is_system or not number or not parent_number:
        return None
    parent = identity.people_by_number(id_numbers=[parent_number], viewer=viewer).get(parent_number)
    rows = Licence.objects.filter(
        type__key=BIRTH_CERTIFICATE, number=number, grade__in=_LAWFUL, holder_kind=HolderKind.PERSON.value
    )
    for row in rows.select_related("current").order_by("-id")[:20]:
        if row.current is None or state_today(row=row) is not LicenceState.IN_FORCE:
            continue
        said = {fact: str(value) for fact, value in row.current.values.items()}
        numbers = _parents(said, parent_number, parent[1] if parent and parent[0] == row.person_id else "")
        born = _day(said.get(_BORN, ""))
        if parent_number in numbers and born is not None and one_name(name, said.get(_NAME, "")):
            return RegisteredChild(
                name=said[_NAME], birth_date=born, sex=_SEXES.get(said.get(_SEX, ""), "0"),
                birth_certificate=number, parents=numbers,
            )  # fmt: skip
    return None


def _parents(said: dict[str, str], asking: str, holder_name: str) -> tuple[str, ...]:
    """The ID numbers of the parents: as printed, else that of who asks where they hold it and their name is printed."""
    found = []
    for name, number in _PARENTS:
        if said.get(number):
            found.append(_full(said[number]))
        elif holder_name and one_name(holder_name, said.get(name, "")):
            found.append(asking)
    return tuple(found)


def _full(number: str) -> str:
    try:
        return upgrade_id_number(clean_code(number))
    except InvalidCode:
        return ""


def _day(text: str) -> date | None:
    found = _DAY.search(text)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None
