"""A version becomes a licence when its sealed files stand: all of it in one transaction, or nothing."""

from datetime import date, timedelta

import pytest

from yiwang.commons.files import queries as files
from yiwang.commons.files.tests.factories import blob_folder  # noqa: F401  a fixture
from yiwang.commons.licences import commands, queries, tasks
from yiwang.commons.licences.contracts import (
    Ground,
    LicenceState,
    LicenceStateRefused,
    LifeVerb,
    NotSealedYet,
    TrustGrade,
)
from yiwang.commons.licences.models import Licence, LicenceFile, LicenceVersion
from yiwang.commons.licences.tests.factories import SYSTEM, issue, licensed, sealing_office  # noqa: F401
from yiwang.commons.seals import queries as seals
from yiwang.commons.seals.engine import verify_sealed
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("blob_folder")]


def test_the_job_makes_sealed_files_and_puts_the_licence_in_force(sealing_office):  # noqa: F811
    made = licensed(sealing_office)
    page = queries.licence(licence_id=made, viewer=SYSTEM)
    assert page.brief.state is LicenceState.IN_FORCE
    assert page.brief.grade is TrustGrade.A
    assert [each.verb.value for each in page.steps] == ["issue", "seal"]
    row = LicenceFile.objects.get(version__licence_id=made)
    assert len(seals.uses_of(subject=SubjectRef("licence", made), viewer=SYSTEM)) == 2
    for file_id in (row.ofd_file_id, row.pdf_file_id):
        with files.open_file(file_id=file_id, viewer=SYSTEM).stream as stream:
            verdict = verify_sealed(stream.read(), seals.trust(viewer=SYSTEM))
        assert verdict.signature.value == "valid", [each.text() for each in verdict.reasons]


def test_without_a_seal_it_stays_making_and_says_why():
    made = issue()
    tasks.seal(licence_id=str(made))
    row = Licence.objects.get(pk=made)
    assert (row.state, row.tries) == ("making", 1)
    assert "印章" in row.problem or "专用章" in row.problem
    assert not LicenceFile.objects.exists()


def test_a_second_run_changes_nothing(sealing_office):  # noqa: F811
    made = licensed(sealing_office)
    tasks.seal(licence_id=str(made))
    assert LicenceFile.objects.filter(version__licence_id=made).count() == 1


def test_a_change_supersedes_only_when_it_is_sealed(sealing_office):  # noqa: F811
    made = licensed(sealing_office)
    version = commands.change(
        licence_id=made, values={"shop_name": "样例饭店"}, reason="更名", by=SYSTEM, at=clock.now()
    )
    assert version == 2
    row = Licence.objects.get(pk=made)
    assert (row.current.number, row.state) == (1, "in_force")
    with pytest.raises(NotSealedYet):
        commands.change(licence_id=made, values={}, reason="再改", by=SYSTEM, at=clock.now())
    tasks.seal(licence_id=str(made))
    page = queries.licence(licence_id=made, viewer=SYSTEM)
    assert page.version == 2
    assert {each.fact: each.value for each in page.fields}["shop_name"] == "样例饭店"
    assert [each.current for each in page.versions] == [True, False]
    old = LicenceVersion.objects.get(licence_id=made, number=1)
    assert old.values["shop_name"] == "样例面馆"


def test_what_is_replaced_ends_when_the_new_one_is_sealed(sealing_office):  # noqa: F811
    old = licensed(sealing_office)
    new = commands.replace(licence_id=old, values={}, reason="遗失补发", by=SYSTEM, at=clock.now())
    assert Licence.objects.get(pk=old).state == "in_force"
    tasks.seal(licence_id=str(new))
    assert Licence.objects.get(pk=old).state == "replaced"
    assert queries.licence(licence_id=old, viewer=SYSTEM).replaced_by == new


def test_revoking_gives_up_a_version_that_was_being_sealed():
    made = issue()
    commands.revoke(licence_id=made, reason="决定撤回", ground=Ground.VOID, by=SYSTEM, at=clock.now())
    tasks.seal(licence_id=str(made))
    row = Licence.objects.get(pk=made)
    assert (row.state, row.current_id, row.pending_id) == ("revoked", None, None)


def test_what_waits_is_queued_again_later_and_later():
    made = issue()
    assert commands.catch_up(by=SYSTEM, at=clock.now()) == 0
    assert commands.catch_up(by=SYSTEM, at=clock.now() + timedelta(minutes=5)) == 1
    for _try in range(5):
        commands.note_problem(licence_id=made, problem="没有印章", by=SYSTEM, at=clock.now())
    assert commands.catch_up(by=SYSTEM, at=clock.now() + timedelta(minutes=30)) == 0
    assert commands.catch_up(by=SYSTEM, at=clock.now() + timedelta(minutes=61)) == 1


def test_what_can_not_be_made_is_corrected_before_it_was_ever_sealed(sealing_office):  # noqa: F811
    made = issue(organisation_id=sealing_office)
    with pytest.raises(NotSealedYet):
        commands.change(licence_id=made, values={"shop_name": "样例店"}, reason="更正", by=SYSTEM, at=clock.now())
    commands.note_problem(licence_id=made, problem="放不下", by=SYSTEM, at=clock.now())
    page = queries.licence(licence_id=made, viewer=SYSTEM)
    assert LifeVerb.CHANGE in page.verbs
    commands.change(licence_id=made, values={"shop_name": "样例店"}, reason="更正", by=SYSTEM, at=clock.now())
    tasks.seal(licence_id=str(made))
    page = queries.licence(licence_id=made, viewer=SYSTEM)
    assert (page.brief.state, page.version) == (LicenceState.IN_FORCE, 2)
    assert [each.abandoned for each in page.versions] == [False, True]


def test_a_change_that_can_not_be_sealed_is_taken_back(sealing_office):  # noqa: F811
    made = licensed(sealing_office)
    with pytest.raises(LicenceStateRefused):
        commands.abandon_change(licence_id=made, reason="没有变更", by=SYSTEM, at=clock.now())
    commands.change(licence_id=made, values={"shop_name": "样例店"}, reason="更名", by=SYSTEM, at=clock.now())
    assert LifeVerb.ABANDON in queries.licence(licence_id=made, viewer=SYSTEM).verbs
    commands.abandon_change(licence_id=made, reason="写错了", by=SYSTEM, at=clock.now())
    tasks.seal(licence_id=str(made))
    page = queries.licence(licence_id=made, viewer=SYSTEM)
    assert (page.version, page.brief.state) == (1, LicenceState.IN_FORCE)
    assert LifeVerb.CHANGE in page.verbs
    assert commands.change(licence_id=made, values={}, reason="再改", by=SYSTEM, at=clock.now()) == 3


def test_a_change_that_gives_more_time_is_not_overtaken_by_the_sweep(sealing_office):  # noqa: F811
    made = licensed(sealing_office, valid_from=date(2020, 1, 1), valid_until=clock.today() - timedelta(days=1))
    later = clock.today() + timedelta(days=300)
    commands.change(licence_id=made, values={}, valid_until=later, reason="延续", by=SYSTEM, at=clock.now())
    assert commands.expire(by=SYSTEM, at=clock.now()) == 0
    assert queries.licence(licence_id=made, viewer=SYSTEM).brief.state is LicenceState.EXPIRED
    tasks.seal(licence_id=str(made))
    assert queries.licence(licence_id=made, viewer=SYSTEM).brief.state is LicenceState.IN_FORCE


def test_a_change_of_what_is_being_replaced_does_not_wait_for_ever(sealing_office):  # noqa: F811
    old = licensed(sealing_office)
    new = commands.replace(licence_id=old, values={}, reason="遗失补发", by=SYSTEM, at=clock.now())
    with pytest.raises(NotSealedYet):
        commands.replace(licence_id=old, values={}, reason="又一次", by=SYSTEM, at=clock.now())
    commands.change(licence_id=old, values={"shop_name": "样例店"}, reason="更名", by=SYSTEM, at=clock.now())
    tasks.seal(licence_id=str(new))
    row = Licence.objects.get(pk=old)
    assert (row.state, row.pending_id) == ("replaced", None)
    assert queries.stuck(viewer=SYSTEM) == ()
