"""What licences do on the news of others."""

from yiwang.commons.identity.contracts import LegalEntityRegistered, PersonRegistered
from yiwang.commons.licences import commands
from yiwang.commons.licences.contracts import Holder, HolderKind
from yiwang.kernel.actor import Actor
from yiwang.kernel.outbox import Delivery, subscribe

_PROGRAM = Actor.system("电子证照归户")


@subscribe(PersonRegistered, name="licences.on_person_registered")
def on_person_registered(event: PersonRegistered, *, delivery: Delivery) -> None:
    """Licences that came in before their holder was registered are theirs now."""
    commands.claim(holder=Holder(HolderKind.PERSON, event.person_id), by=_PROGRAM, at=delivery.at)


@subscribe(LegalEntityRegistered, name="licences.on_entity_registered")
def on_entity_registered(event: LegalEntityRegistered, *, delivery: Delivery) -> None:
    """The same for a legal entity."""
    commands.claim(holder=Holder(HolderKind.ENTITY, event.legal_entity_id), by=_PROGRAM, at=delivery.at)
