"""From the closing record to the destroyed archive: done, refused, atomic; the jobs may be killed and run again."""

from datetime import date, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from yiwang.commons.archives import commands, queries, registry, tasks
from yiwang.commons.archives.contracts import (
    AccessNotOpen,
    ArchiveStateRefused,
    ListKind,
    MayNotKeep,
    OwnProposal,
    PurposeMissing,
    Retention,
    State,
    StillKept,
)
from yiwang.commons.archives.engine import KEYS, Stage, TrustedArchives, verify_package
from yiwang.commons.archives.models import Archive, ArchiveCheck, ArchiveEvent
from yiwang.commons.archives.registry import NotYet
from yiwang.commons.archives.tests import factories as made
from yiwang.commons.privacy import queries as privacy
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.models import EvidenceRow
from yiwang.kernel.settings import settings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_packages(tmp_path):
    from yiwang.commons.files.contrib.folder import FolderBlobs

    before = registry.packages()
    registry.provide_packages(FolderBlobs(tmp_path / "packages"))
    made.CHANGES.clear()
    yield
    registry.provide_packages(before)


@pytest.fixture
def archivist():
    return made.keeper()


def office(account):
    return account.actor.organisation_id


def jobs(name, **ids):
    told = {key: str(value) for key, value in ids.items()}
    return list(ProcrastinateJob.objects.filter(task_name=name, args__contains=told))


def test_an_ended_record_is_packed_checked_and_archived(archivist):
    row = made.archived(office(archivist))
    assert (row.state, row.passed, row.retention) == (State.ARCHIVED.value, True, "years30")
    assert row.archive_number.endswith(f"·{row.year}-D30-00001")
    assert row.retain_until == date(row.year + 30, 12, 31)
    data = queries.stored(digest=row.digest, viewer=made.SYSTEM)
    trusted = TrustedArchives.parse((settings().data_dir / KEYS).read_bytes())
    verdict = verify_package(data, trusted)
    assert verdict.valid, verdict.reasons
    steps = list(ArchiveEvent.objects.filter(archive=row).order_by("id").values_list("step", flat=True))
    assert steps == ["pack", "pass", "archive"]
    assert EvidenceRow.objects.filter(kind="archive.archive", subject_id=row.pk).count() == 1


def test_opening_again_changes_nothing_and_one_job_is_deferred(archivist):
    row = made.opened(office(archivist))
    again = commands.open_archive(
        subject=SubjectRef(row.subject_kind, row.subject_id), number="x", title="x", category="case", facts={},
        organisation_id=office(archivist), organisation_name="x", closed_at=clock.now(), by=made.SYSTEM, at=clock.now(),
    )  # fmt: skip
    assert again == row.pk
    assert Archive.objects.count() == len(jobs("archives.pack", archive_id=row.pk)) == 1


def test_packing_waits_for_the_receipts_and_for_what_its_source_waits_for(archivist, monkeypatch):
    row = made.opened(office(archivist))
    tasks.pack(str(row.pk))
    row.refresh_from_db()
    assert (row.state, row.waiting, row.tries) == ("opened", "receipts", 1)
    assert len(jobs("archives.pack", archive_id=row.pk)) == 2

    def later(_opened):
        raise NotYet("seals")

    monkeypatch.setitem(registry._sources, made.KIND, later)
    tasks.pack(str(row.pk))
    row.refresh_from_db()
    assert row.waiting == "seals"
    monkeypatch.undo()
    made.sequence()
    tasks.pack(str(row.pk))
    row.refresh_from_db()
    assert (row.state, row.waiting) == ("archived", "")


def test_each_job_may_run_again_at_any_point(archivist, monkeypatch):
    row = made.opened(office(archivist))
    made.sequence()

    class Killed(BaseException):
        pass

    for at, name in enumerate(("record_package", "record_check")):
        real = getattr(commands, name)

        def killed(**_given):
            raise Killed

        monkeypatch.setattr(commands, name, killed)
        with pytest.raises(Killed):
            tasks.pack(str(row.pk))
        monkeypatch.setattr(commands, name, real)
        row.refresh_from_db()
        assert row.state == ("opened", "packed")[at]
    tasks.pack(str(row.pk))
    tasks.pack(str(row.pk))
    row.refresh_from_db()
    assert row.state == "archived"
    assert row.archive_number.endswith("-00001")
    assert ArchiveCheck.objects.count() == 1


def test_what_no_rule_fits_waits_for_an_archivist_and_nothing_is_refused(archivist):
    row = made.opened(office(archivist), facts={"result": "something new"})
    made.sequence()
    tasks.pack(str(row.pk))
    row.refresh_from_db()
    assert (row.state, row.retention, row.archive_number) == ("opened", "", "")
    found = queries.archives(viewer=archivist.actor, waiting="unscheduled")
    assert [each.id for each in found.items] == [row.pk]
    with pytest.raises(MayNotKeep):
        commands.schedule(
            archive_id=row.pk,
            retention=Retention.PERMANENT,
            ground="依据",
            by=made.keeper("archives.view").actor,
            at=clock.now(),
        )
    commands.schedule(
        archive_id=row.pk, retention=Retention.PERMANENT, ground="样例依据", by=archivist.actor, at=clock.now()
    )
    tasks.pack(str(row.pk))
    row.refresh_from_db()
    assert (row.state, row.retain_until) == ("archived", None)
    assert "-Y-" in row.archive_number


def test_a_package_that_does_not_pass_waits_for_an_archivist(archivist):
    made.CHANGES["agents"] = ()
    made.CHANGES["matter"] = ""
    row = made.archived(office(archivist))
    assert (row.state, row.passed) == ("packed", False)
    assert [each.id for each in queries.archives(viewer=archivist.actor, waiting="failing").items] == [row.pk]
    made.CHANGES.clear()
    commands.repack(archive_id=row.pk, by=archivist.actor, at=clock.now())
    tasks.pack(str(row.pk))
    row.refresh_from_db()
    assert (row.state, row.passed) == ("archived", True)


def test_the_fixity_run_finds_a_changed_package_and_shows_its_progress(archivist):
    rows = [made.archived(office(archivist)) for _ in range(2)]
    tasks.check_all()
    run = queries.fixity(viewer=archivist.actor)
    assert (run.total, run.done, run.failed, run.ended_at is None) == (2, 2, 0, False)
    assert {each.state for each in Archive.objects.all()} == {"preserved"}
    place = registry.packages()._place(rows[0].digest)
    place.chmod(0o600)
    body = bytearray(place.read_bytes())
    body[400] ^= 1
    place.write_bytes(body)
    tasks.check_all()
    assert queries.fixity(viewer=archivist.actor).failed == 1
    found = queries.archive(archive_id=rows[0].pk, viewer=archivist.actor)
    assert (found.row.passed, found.checks[0].stage) == (False, Stage.PRESERVE.value)
    assert {"authentic.package", "safe.process"} <= {
        name for name, outcome, _ in found.checks[0].findings if outcome == "failed"
    }


def expired(account):
    row = made.archived(
        office(account), facts={"result": "withdrawn"}, closed_at=clock.now() - timedelta(days=365 * 12)
    )
    assert row.retain_until < clock.today()
    return row


def test_destruction_takes_a_list_and_another_person_and_leaves_evidence(archivist):
    row = expired(archivist)
    approver = made.keeper("archives.view", "archives.approve", "archives.keep")
    kept = made.archived(office(archivist))
    with pytest.raises(StillKept):
        commands.propose_destruction(archive_ids=[row.pk, kept.pk], reason="期满", by=archivist.actor, at=clock.now())
    with pytest.raises(PurposeMissing):
        commands.propose_destruction(archive_ids=[row.pk], reason=" ", by=archivist.actor, at=clock.now())
    made_list = commands.propose_destruction(archive_ids=[row.pk], reason="期满", by=approver.actor, at=clock.now())
    with pytest.raises(OwnProposal):
        commands.decide_destruction(list_id=made_list, approve=True, words="", by=approver.actor, at=clock.now())
    with pytest.raises(MayNotKeep):
        commands.decide_destruction(list_id=made_list, approve=True, words="", by=archivist.actor, at=clock.now())
    second = made.keeper("archives.view", "archives.approve")
    commands.decide_destruction(list_id=made_list, approve=True, words="同意", by=second.actor, at=clock.now())
    assert len(jobs("archives.destroy", list_id=made_list)) == 1
    for _ in range(2):
        tasks.destroy(str(made_list))
    row.refresh_from_db()
    assert row.state == "destroyed"
    assert queries.stored(digest=row.digest, viewer=made.SYSTEM) == b""
    found = queries.archive_list(list_id=made_list, viewer=archivist.actor)
    assert [(each.archive_number, each.digest) for each in found.entries] == [(row.archive_number, row.digest)]
    kinds = set(EvidenceRow.objects.values_list("kind", flat=True))
    assert {"archive.propose", "archive.approve", "archive.destruction_decided", "archive.destroy"} <= kinds


def test_what_is_not_approved_is_kept(archivist):
    row = expired(archivist)
    made_list = commands.propose_destruction(archive_ids=[row.pk], reason="期满", by=archivist.actor, at=clock.now())
    second = made.keeper("archives.view", "archives.approve")
    commands.decide_destruction(list_id=made_list, approve=False, words="仍有价值", by=second.actor, at=clock.now())
    row.refresh_from_db()
    assert row.state == "preserved"
    assert queries.lists(viewer=archivist.actor, kind=ListKind.DESTRUCTION).items[0].state == "refused"


def test_transfer_checks_each_package_and_hands_over_those_that_pass(archivist):
    good, bad = (made.archived(office(archivist)) for _ in range(2))
    registry.packages().delete(bad.digest)
    made_list = commands.propose_transfer(
        archive_ids=[good.pk, bad.pk], target="样例档案馆", by=archivist.actor, at=clock.now()
    )
    tasks.transfer(str(made_list))
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, bad.state, bad.passed) == ("transferred", "archived", False)
    assert EvidenceRow.objects.get(kind="archive.handed_over").statement["facts"]["count"] == 1


def test_reading_takes_a_purpose_an_archivist_and_a_time_and_the_holder_sees_it(archivist):
    holder = made.make_resident()
    row = made.archived(office(archivist), holder=SubjectRef("person", holder.person_id))
    reader = made.keeper("archives.view")
    with pytest.raises(PurposeMissing):
        commands.request_access(archive_id=row.pk, purpose="看看", by=reader.actor, at=clock.now())
    asked = commands.request_access(archive_id=row.pk, purpose="行政复议取证", by=reader.actor, at=clock.now())
    with pytest.raises(AccessNotOpen):
        commands.read_archive(access_id=asked, by=reader.actor, at=clock.now())
    with pytest.raises(MayNotKeep):
        commands.decide_access(access_id=asked, approve=True, by=reader.actor, at=clock.now())
    commands.decide_access(access_id=asked, approve=True, days=3, by=archivist.actor, at=clock.now())
    digest = commands.read_archive(access_id=asked, by=reader.actor, at=clock.now())
    assert digest == row.digest
    with pytest.raises(AccessNotOpen):
        commands.read_archive(access_id=asked, by=reader.actor, at=clock.now() + timedelta(days=4))
    seen = privacy.accesses_of(viewer=holder.actor)
    assert [each.data.id for each in seen.items] == [row.pk]


def test_a_step_that_the_table_has_not_is_refused(archivist):
    row = made.archived(office(archivist))
    with pytest.raises(ArchiveStateRefused):
        commands.repack(archive_id=row.pk, by=archivist.actor, at=clock.now())
