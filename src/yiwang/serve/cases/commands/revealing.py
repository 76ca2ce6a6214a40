"""Officials see numbers of people with their middle hidden; to see them whole they say for what, and it is kept."""

from datetime import datetime
from uuid import UUID

from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.errors import Forbidden
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases import policies
from yiwang.serve.cases.contracts import CaseNotFound, PurposeMissing, RevealPurpose
from yiwang.serve.cases.models import Case


@command("cases.reveal_numbers")
def reveal_numbers(*, case_id: UUID, by: Actor, at: datetime) -> None:
    """Keep that `by`, for its `purpose` (RevealPurpose), has the whole numbers of a case shown: in the audit with whose
    they are, and as evidence without anybody's name.

    Raises PurposeMissing, CaseNotFound, Forbidden for whoever is no official.
    """
    del at
    if not by.is_official:
        raise Forbidden
    if by.purpose not in set(RevealPurpose):
        raise PurposeMissing(fields={"purpose": _("请选择一项")})
    case = Case.objects.filter(policies.visible(by), pk=case_id).first()
    if case is None:
        raise CaseNotFound
    subject = SubjectRef("case", case.pk)
    whose = SubjectRef("person", case.person_id) if case.person_id else SubjectRef("legal_entity", case.entity_id)
    note(subject, number=case.number, whose=str(whose))
    statement: dict[str, evidence.Fact] = {
        "number": case.number,
        "purpose": by.purpose,
        "viewer": evidence.salted_hash(str(by.account_id)),
    }
    evidence.record("case.numbers_revealed", subject, statement)
