"""What files tell licences: somebody opens a licence's file. What identity asks: whose child a birth certificate names."""

from yiwang.commons.identity.contracts.real_names import RegisteredChild
from yiwang.commons.licences import commands, queries
from yiwang.commons.privacy.contracts import AccessWay
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef

_PROGRAM = Actor.system("licences kinship")


def watch_files(actor: Actor, subject: SubjectRef, /) -> None:
    """Officials leave an entry with the holder before the bytes leave."""
    if actor.is_official:
        commands.note_look(licence_id=subject.id, way=AccessWay.DOWNLOADED, by=actor, at=clock.now())


class BirthCertificates:
    """Fills `identity.registry.real_names.FamilyRegister` with the birth certificates kept here."""

    def child(self, *, name: str, id_number: str, birth_certificate: str, parent_number: str) -> RegisteredChild | None:
        """By the certificate's number alone: it says no number of the child."""
        del id_number
        return queries.child_by_certificate(
            number=birth_certificate, name=name, parent_number=parent_number, viewer=_PROGRAM
        )
