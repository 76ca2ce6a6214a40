"""Officials see numbers of people with their middle hidden; to see them whole they say for what, and it is kept."""

from datetime import datetime
from uuid import UUID

from yiwang.commons.privacy import commands as privacy
from yiwang.commons.privacy.contracts import DataRef, NewAccess
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.errors import Forbidden
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases import policies
from yiwang.serve.cases.contracts import CaseNotFound, PurposeMissing, RevealPurpose
from yiwang.serve.cases.models import Case
from yiwang.serve.cases.queries import procedure

_GROUND = _("办理本办件的职责")


@command("cases.reveal_numbers")
def reveal_numbers(*, case_id: UUID, by: Actor, at: datetime) -> None:
    """Keep that `by`, for its `purpose` (RevealPurpose), has the whole numbers of a case shown: in the audit with whose
    they are, as evidence without anybody's name, and as an entry that the applicant reads in 谁看过我的信息.

    Raises PurposeMissing, CaseNotFound, Forbidden for whoever is no official.
    """
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
    look = NewAccess(
        holder=whose,
        data=DataRef("case_numbers", case.pk, "numbers", _("办件中的证件号码、电话等")),
        purpose=f"cases.{by.purpose}",
        ground=(procedure.terms(matter_id=case.matter_id).ground or _GROUND)[:200],
        case=subject,
        case_words=case.number,
    )
    privacy.record_access(entries=[look], by=by, at=at)
