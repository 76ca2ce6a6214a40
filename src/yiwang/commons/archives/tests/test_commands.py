"""From the closing record to the destroyed archive: done, refused, atomic; the jobs may be killed and run again."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from yiwang.commons.archives import commands, queries, registry, tasks
from yiwang.commons.archives.contracts import (
    AccessNotOpen,
    ArchiveDamaged,
    ArchiveFailed,
    ArchiveNotFound,
    ArchiveStateRefused,
    MayNotKeep,
    NotAcceptable,
    PurposeMissing,
    Retention,
    State,
)
from yiwang.commons.archives.engine import KEYS, Item, Kind, Stage, TrustedArchives, verify_package
from yiwang.commons.archives.handlers import on_failed
from yiwang.commons.archives.models import Archive, ArchiveCheck, ArchiveEvent
from yiwang.commons.archives.registry import NotYet
from yiwang.commons.archives.tests import factories as made
from yiwang.commons.archives.tests.factories import jobs, office
from yiwang.commons.files.tests.factories import encrypted_pdf
from yiwang.commons.identity.tests.factories import make_organisation
from yiwang.commons.notify import queries as notify
from yiwang.commons.privacy import queries as privacy
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.command import machinery
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import EvidenceRow, OutboxEvent

pytestmark = pytest.mark.django_db


def test_an_ended_record_is_packed_checked_and_archived(archivist):
    row = made.archived(office(archivist))
    assert (row.state, row.passed, row.retention) == (State.ARCHIVED.value, True, "years30")
    assert row.archive_number.endswith(f"·{row.year}-D30-00001")
    assert row.retain_until == date(row.year + 30, 12, 31)
    data = queries.stored(digest=row.digest, viewer=made.SYSTEM)
    verdict = verify_package(data, queries.trusted_keys(viewer=made.SYSTEM))
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


def test_the_file_of_keys_says_what_the_pool_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(commands.keys, "settings", lambda: SimpleNamespace(data_dir=tmp_path))
    assert commands.write_trusted_keys(by=made.SYSTEM, at=clock.now()) == 0
    commands.ensure_key(by=made.SYSTEM, at=clock.now())
    for _ in range(2):
        assert commands.write_trusted_keys(by=made.SYSTEM, at=clock.now()) == 1
    [file] = (tmp_path / KEYS).parent.iterdir()
    assert TrustedArchives.parse(file.read_bytes()) == queries.trusted_keys(viewer=made.SYSTEM)


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


def test_files_that_came_locked_are_taken_on_record_and_the_package_is_archived_as_it_is(archivist):
    at = clock.now()
    given = Item(Kind.MATERIAL, "001.pdf", "样例材料", encrypted_pdf(opens_with="sample"), "application/pdf", at)
    made.MORE.append(given)
    row = made.archived(office(archivist))
    assert (row.state, row.passed) == ("packed", False)
    said = "申请人提交的文件有密码，已无法重新取得"
    with pytest.raises(MayNotKeep):
        commands.accept_defects(archive_id=row.pk, ground=said, by=made.keeper("archives.view").actor, at=at)
    with pytest.raises(PurposeMissing):
        commands.accept_defects(archive_id=row.pk, ground=" ", by=archivist.actor, at=at)
    commands.accept_defects(archive_id=row.pk, ground=said, by=archivist.actor, at=at)
    row.refresh_from_db()
    assert (row.state, row.passed, row.accepted) == ("archived", True, ["usable.package"])
    assert [each.step for each in row.events.order_by("id")] == ["pack", "fail", "accept", "archive"]
    assert OutboxEvent.objects.filter(type__contains="ArchiveClosed").count() == 1
    tasks.check_all()
    row.refresh_from_db()
    assert (row.state, row.passed) == ("preserved", True)
    with pytest.raises(ArchiveStateRefused):
        commands.accept_defects(archive_id=row.pk, ground=said, by=archivist.actor, at=at)


def test_what_is_wrong_with_the_package_itself_is_no_defect_to_take_on_record(archivist):
    made.CHANGES["matter"] = ""
    row = made.archived(office(archivist))
    with pytest.raises(NotAcceptable):
        commands.accept_defects(archive_id=row.pk, ground="样例说明", by=archivist.actor, at=clock.now())
    row.refresh_from_db()
    assert (row.state, row.passed, row.accepted) == ("packed", False, [])


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


def test_a_disk_that_cannot_be_read_or_a_fault_in_one_check_keeps_no_other_package_from_its_own(archivist, monkeypatch):
    rows = [made.archived(office(archivist)) for _ in range(3)]
    place = registry.packages()._place(rows[0].digest)
    place.unlink()
    place.mkdir()
    real = queries.check_stored

    def broken(*, digest, **given):
        if digest == rows[1].digest:
            raise RuntimeError("sample")
        return real(digest=digest, **given)

    monkeypatch.setattr(queries, "check_stored", broken)
    tasks.check_all()
    run = queries.fixity(viewer=archivist.actor)
    assert (run.total, run.done, run.failed, run.ended_at is None) == (3, 3, 2, False)
    assert sorted(Archive.objects.values_list("passed", flat=True)) == [False, True, True]


def test_a_package_that_was_altered_is_told_to_the_archivists_once_and_counted_for_them(archivist):
    row = made.archived(office(archivist))
    registry.packages().delete(row.digest)
    for _ in range(2):
        tasks.check_all()
    assert OutboxEvent.objects.filter(type__contains="ArchiveFailed").count() == 1
    on_failed(ArchiveFailed(row.pk, row.archive_number), delivery=SimpleNamespace(event_id=new_id()))
    told = notify.messages(viewer=archivist.actor).items
    assert [row.archive_number in str(each.params) for each in told] == [True]
    assert queries.waiting_for(viewer=archivist.actor) == 1
    assert (
        queries.waiting_for(viewer=made.keeper("archives.view", office=make_organisation("SAMPLEELSEWHERE")).actor) == 0
    )


def test_nobody_is_handed_a_damaged_package_and_no_reading_is_recorded(archivist):
    holder = made.make_resident()
    row = made.archived(office(archivist), holder=SubjectRef("person", holder.person_id))
    reader = made.keeper("archives.view")
    asked = commands.request_access(archive_id=row.pk, purpose="行政复议取证", by=reader.actor, at=clock.now())
    commands.decide_access(access_id=asked, approve=True, by=archivist.actor, at=clock.now())
    place = registry.packages()._place(row.digest)
    place.chmod(0o600)
    place.write_bytes(place.read_bytes() + b"\0")
    with pytest.raises(ArchiveDamaged):
        commands.read_archive(access_id=asked, by=reader.actor, at=clock.now())
    assert not ArchiveEvent.objects.filter(archive=row, step="read").exists()
    assert not privacy.accesses_of(viewer=holder.actor).items


def test_who_may_no_longer_see_an_archive_no_longer_reads_it_either(archivist):
    row = made.archived(office(archivist))
    reader = made.keeper("archives.view")
    asked = commands.request_access(archive_id=row.pk, purpose="行政复议取证", by=reader.actor, at=clock.now())
    commands.decide_access(access_id=asked, approve=True, days=30, by=archivist.actor, at=clock.now())
    with machinery("test"):
        Archive.objects.filter(pk=row.pk).update(organisation_id=make_organisation("SAMPLEELSEWHERE"))
    with pytest.raises(ArchiveNotFound):
        commands.read_archive(access_id=asked, by=reader.actor, at=clock.now())


def test_a_period_is_decided_once(archivist):
    row = made.opened(office(archivist))
    with pytest.raises(ArchiveStateRefused):
        commands.schedule(
            archive_id=row.pk, retention=Retention.YEARS_10, ground="样例", by=archivist.actor, at=clock.now()
        )


def test_what_waits_long_is_tried_by_one_chain_of_jobs_and_a_fault_is_told(archivist, monkeypatch):
    row = made.opened(office(archivist))
    hour = timedelta(hours=1)
    assert queries.waiting_jobs(since=row.opened_at + hour, viewer=made.SYSTEM) == (row.pk,)
    with clock.frozen(row.opened_at + 2 * hour):
        tasks.pack(str(row.pk))
    assert queries.waiting_jobs(since=row.opened_at + hour, viewer=made.SYSTEM) == (), "it comes again by itself"
    assert queries.waiting_jobs(since=row.opened_at + 3 * hour, viewer=made.SYSTEM) == (row.pk,)

    def broken(_opened):
        raise RuntimeError("sample")

    monkeypatch.setitem(registry._sources, made.KIND, broken)
    with pytest.raises(RuntimeError):
        tasks.pack(str(row.pk))
    found = queries.archives(viewer=archivist.actor, waiting="failing").items
    assert [each.waiting for each in found] == ["fault"]
    monkeypatch.undo()
    made.sequence()
    tasks.pack(str(row.pk))
    row.refresh_from_db()
    assert (row.state, row.waiting) == ("archived", "")


def test_only_what_is_archived_is_handed_over(archivist):
    row = made.opened(office(archivist))
    with pytest.raises(ArchiveStateRefused):
        commands.propose_transfer(archive_ids=[row.pk], target="样例档案馆", by=archivist.actor, at=clock.now())


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
