"""Who may not pledge: whoever gave a false pledge before in a matter of this kind, until trust is restored.

国办发〔2020〕42号: 有较严重的不良信用记录或者曾作出虚假承诺的，在信用修复前不适用告知承诺制. What the administration knows
itself is checked here; of the rest the applicant is told and declares it with the signature.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Q

from yiwang.kernel.actor import Actor
from yiwang.serve.cases import policies, rules
from yiwang.serve.cases.contracts import Applicant, PledgeBar
from yiwang.serve.cases.models import Case, CasePledge


def pledge_bars(*, applicant: Applicant, matter_codes: Collection[str], viewer: Actor) -> Mapping[str, PledgeBar]:
    """By matter code the earlier pledge that bars this applicant from pledging in it. One query; none without matters."""
    del viewer
    if not matter_codes:
        return {}
    whose = Q(case__person_id=applicant.person_id) if applicant.person_id else Q(case__entity_id=applicant.entity_id)
    rows = CasePledge.objects.filter(
        whose, case__matter_code__in=list(matter_codes), kept=False, restored_at__isnull=True
    )
    return {
        row.case.matter_code: PledgeBar(row.case.number, row.name, rules.day_of(row.checked_at))
        for row in rows.select_related("case").order_by("checked_at")
        if row.checked_at is not None
    }


def pledge_bar(*, case_id: UUID, viewer: Actor) -> PledgeBar | None:
    """What bars the applicant of a case from pledging in it; None where nothing does. Two queries."""
    case = (
        Case.objects.filter(policies.visible(viewer), pk=case_id).only("person_id", "entity_id", "matter_code").first()
    )
    if case is None:
        return None
    applicant = Applicant(person_id=case.person_id, entity_id=case.entity_id)
    return pledge_bars(applicant=applicant, matter_codes=[case.matter_code], viewer=viewer).get(case.matter_code)
