"""What licences do on the news of others, and what a holder takes along of them (个人信息保护法 45)."""

from collections.abc import Iterable, Mapping
from typing import Any

from yiwang.commons.identity.contracts import LegalEntityRegistered, PersonRegistered
from yiwang.commons.licences import commands, queries
from yiwang.commons.licences.contracts import Holder, HolderKind
from yiwang.commons.privacy.registry import Holding, register_holding
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.outbox import Delivery, subscribe
from yiwang.kernel.text import gettext_noop as _

_PROGRAM = Actor.system("电子证照归户")


@subscribe(PersonRegistered, name="licences.on_person_registered")
def on_person_registered(event: PersonRegistered, *, delivery: Delivery) -> None:
    """Licences that came in before their holder was registered are theirs now."""
    commands.claim(holder=Holder(HolderKind.PERSON, event.person_id), by=_PROGRAM, at=delivery.at)


@subscribe(LegalEntityRegistered, name="licences.on_entity_registered")
def on_entity_registered(event: LegalEntityRegistered, *, delivery: Delivery) -> None:
    """The same for a legal entity."""
    commands.claim(holder=Holder(HolderKind.ENTITY, event.legal_entity_id), by=_PROGRAM, at=delivery.at)


def _held(_whose: SubjectRef, viewer: Actor) -> Iterable[Mapping[str, Any]]:
    return queries.everything(viewer=viewer)


register_holding(Holding("licences", _("我的证照"), _held))
