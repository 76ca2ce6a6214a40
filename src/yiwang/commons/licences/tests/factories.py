"""Types and licences for the tests of every context, made through the commands. All are samples."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import pytest

from yiwang.commons.crypto.tests.factories import pool
from yiwang.commons.identity.tests.factories import make_legal_entity, make_organisation, make_person
from yiwang.commons.licences import commands, tasks
from yiwang.commons.licences.contracts import Holder, HolderKind
from yiwang.commons.seals.contracts import SealKind
from yiwang.commons.seals.tests import factories as seals
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

SYSTEM = Actor.system("tests")
PERMIT: dict[str, Any] = {
    "code": "113204000000000000001",
    "name": {"zh": "样例经营许可证", "en": "Sample permit"},
    "holder": "person",
    "sample": True,
    "number": "JY2{region}{year}{serial:06}",
    "validity_years": 5,
    "fields": [
        {"fact": "shop_name", "label": {"zh": "经营者名称"}, "required": True, "sensitivity": "public"},
        {"fact": "shop_address", "label": {"zh": "经营场所"}, "sensitivity": "personal"},
        {"fact": "phone", "label": {"zh": "联系电话"}, "sensitivity": "sensitive", "pattern": "1[0-9]{10}"},
    ],
    "purposes": [
        {"key": "open_shop", "name": {"zh": "办理开店手续"}, "fields": ["shop_name", "shop_address"]},
    ],
}
VALUES = {"shop_name": "样例面馆", "shop_address": "样例路 1 号", "phone": "13800000000"}


def make_type(key: str = "sample_permit", **changes: Any) -> str:
    """A type of licence with three fields."""
    commands.define_type(key=key, spec={**PERMIT, **changes}, layout="", by=SYSTEM, at=clock.now())
    return key


def person_holder(person_id: UUID | None = None) -> Holder:
    return Holder(HolderKind.PERSON, person_id or make_person())


def entity_holder(entity_id: UUID | None = None) -> Holder:
    return Holder(HolderKind.ENTITY, entity_id or make_legal_entity())


def issue(
    holder: Holder | None = None,
    *,
    type_key: str = "sample_permit",
    organisation_id: UUID | None = None,
    values: Mapping[str, str] | None = None,
    **more: Any,
) -> UUID:
    """A licence that is being made."""
    make_type(type_key)
    return commands.issue(
        type_key=type_key,
        holder=holder or person_holder(),
        values=dict(VALUES if values is None else values),
        organisation_id=organisation_id or make_organisation(),
        by=more.pop("by", SYSTEM),
        at=more.pop("at", clock.now()),
        **more,
    )


@pytest.fixture
def sealing_office() -> Iterator[UUID]:
    """An organisation whose licence seal is used automatically for licences."""
    with pool(), seals.demonstration():
        office = seals.make_office()
        seals.make_seal(office, kind=SealKind.LICENCE, automatic=["licence"])
        yield office.organisation_id


def licensed(organisation_id: UUID, holder: Holder | None = None, **more: Any) -> UUID:
    """A licence in force, with its sealed files."""
    made = issue(holder, organisation_id=organisation_id, **more)
    tasks.seal(licence_id=str(made))
    return made


def seal(licence_id: UUID) -> None:
    """What the worker does with a licence that is being made."""
    tasks.seal(licence_id=str(licence_id))
