"""Use: only in force, only with consent or basis; told to the holder; the case learns what happens to it."""

import pytest

from yiwang.commons.files.tests.factories import blob_folder  # noqa: F401  a fixture
from yiwang.commons.identity.tests.factories import make_resident
from yiwang.commons.licences import commands, queries
from yiwang.commons.licences.contracts import (
    Ground,
    Holder,
    HolderKind,
    LicenceState,
    NoConsentOrBasis,
    NotUsable,
    PurposeMissing,
)
from yiwang.commons.licences.models import LicenceUse
from yiwang.commons.licences.tests.factories import SYSTEM, issue, licensed, sealing_office  # noqa: F401
from yiwang.commons.privacy import queries as privacy
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import EvidenceRow, OutboxEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("blob_folder")]


def _use(licence_id, subject, organisation_id, **changes):
    given = {"purpose": commands.SHARED, "basis": "statutory_duty", "ground": "《样例法》第一条", **changes}
    return commands.use(
        licence_id=licence_id,
        subject=subject,
        organisation_id=organisation_id,
        words="样例-1",
        by=SYSTEM,
        at=clock.now(),
        **given,
    )


def test_a_use_is_recorded_and_the_holder_reads_it(sealing_office):  # noqa: F811
    resident = make_resident()
    made = licensed(sealing_office, Holder(HolderKind.PERSON, resident.person_id))
    case = SubjectRef("case", new_id())
    use = _use(made, case, sealing_office)
    assert _use(made, case, sealing_office) == use
    rows = queries.uses(licence_id=made, viewer=resident.actor).items
    assert [(row.subject, row.words) for row in rows] == [(case, "样例-1")]
    seen = privacy.accesses_of(viewer=resident.actor).items
    assert [entry.data.id for entry in seen] == [made]
    assert EvidenceRow.objects.filter(kind="licence.use", subject_id=made).count() == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"basis": ""}, NoConsentOrBasis),
        ({"basis": "nothing"}, NoConsentOrBasis),
        ({"basis": "consent"}, NoConsentOrBasis),
        ({"purpose": ""}, PurposeMissing),
    ],
)
def test_refuses_a_use_without_ground_or_purpose(sealing_office, changes, refusal):  # noqa: F811
    made = licensed(sealing_office)
    with pytest.raises(refusal):
        _use(made, SubjectRef("case", new_id()), sealing_office, **changes)
    assert not LicenceUse.objects.exists()


def test_refuses_what_is_not_in_force(sealing_office):  # noqa: F811
    with pytest.raises(NotUsable):
        _use(issue(), SubjectRef("case", new_id()), sealing_office)
    made = licensed(sealing_office)
    commands.suspend(licence_id=made, reason="样例", by=SYSTEM, at=clock.now())
    with pytest.raises(NotUsable):
        _use(made, SubjectRef("case", new_id()), sealing_office)


def test_a_case_learns_that_the_licence_it_uses_was_revoked(sealing_office):  # noqa: F811
    made = licensed(sealing_office)
    case = SubjectRef("case", new_id())
    use = _use(made, case, sealing_office)
    commands.revoke(licence_id=made, reason="样例撤销", ground=Ground.RESCINDED, by=SYSTEM, at=clock.now())
    told = OutboxEvent.objects.get(type="commons.licences.LicenceRevoked")
    assert told.payload["uses"] == [str(use)]
    assert told.payload["using"] == [str(case)]
    standing = queries.use_standing(use_id=use, viewer=SYSTEM)
    assert (standing.state_at_use, standing.state_now) == (LicenceState.IN_FORCE, LicenceState.REVOKED)
    assert not standing.stands
    assert [each.value for each in standing.fields]


def test_a_case_that_is_over_is_told_nothing_more(sealing_office):  # noqa: F811
    made = licensed(sealing_office)
    case = SubjectRef("case", new_id())
    _use(made, case, sealing_office)
    assert commands.end_uses(subject=case, by=SYSTEM, at=clock.now()) == 1
    commands.revoke(licence_id=made, reason="样例", ground=Ground.VOID, by=SYSTEM, at=clock.now())
    assert OutboxEvent.objects.get(type="commons.licences.LicenceRevoked").payload["uses"] == []
