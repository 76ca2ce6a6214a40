"""Destruction: after the period, by a list, by two people who are two, never while it is held; evidence stays."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from yiwang.commons.archives import commands, queries, tasks
from yiwang.commons.archives.contracts import (
    ListKind,
    MayNotKeep,
    OnHold,
    OwnProposal,
    PurposeMissing,
    StillKept,
)
from yiwang.commons.archives.models import Archive, ArchiveList
from yiwang.commons.archives.tests import factories as made
from yiwang.commons.archives.tests.factories import jobs, office
from yiwang.kernel import clock
from yiwang.kernel.command import machinery
from yiwang.kernel.models import EvidenceRow

pytestmark = pytest.mark.django_db


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


def test_one_person_with_two_accounts_is_one_person(archivist):
    row = expired(archivist)
    both = ("archives.view", "archives.approve", "archives.keep")
    first = made.keeper(*both)
    second = replace(made.keeper(*both).actor, person_id=first.person_id)
    listed = commands.propose_destruction(archive_ids=[row.pk], reason="期满", by=first.actor, at=clock.now())
    with pytest.raises(OwnProposal):
        commands.decide_destruction(list_id=listed, approve=True, words="", by=second, at=clock.now())


def test_the_program_neither_answers_for_a_destruction_nor_can_the_table_hold_one_of_a_single_person(archivist):
    row = expired(archivist)
    listed = commands.propose_destruction(archive_ids=[row.pk], reason="期满", by=archivist.actor, at=clock.now())
    with pytest.raises(MayNotKeep):
        commands.decide_destruction(list_id=listed, approve=True, words="", by=made.SYSTEM, at=clock.now())
    other = expired(archivist)
    alone = commands.propose_destruction(archive_ids=[other.pk], reason="期满", by=made.SYSTEM, at=clock.now())
    second = made.keeper("archives.view", "archives.approve")
    with pytest.raises(MayNotKeep):
        commands.decide_destruction(list_id=alone, approve=True, words="", by=second.actor, at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic(), machinery("test"):
        ArchiveList.objects.filter(pk=listed).update(state="approved")


def test_what_is_on_hold_is_not_destroyed_and_leaves_a_list_that_names_it(archivist):
    row, other = expired(archivist), expired(archivist)
    with pytest.raises(PurposeMissing):
        commands.hold(archive_id=row.pk, ground=" ", by=archivist.actor, at=clock.now())
    with pytest.raises(MayNotKeep):
        commands.hold(archive_id=row.pk, ground="诉讼", by=made.keeper("archives.view").actor, at=clock.now())
    listed = commands.propose_destruction(
        archive_ids=[row.pk, other.pk], reason="期满", by=archivist.actor, at=clock.now()
    )
    commands.hold(archive_id=row.pk, ground="样例诉讼", by=archivist.actor, at=clock.now())
    second = made.keeper("archives.view", "archives.approve")
    with pytest.raises(OnHold):
        commands.decide_destruction(list_id=listed, approve=True, words="", by=second.actor, at=clock.now())
    commands.decide_destruction(list_id=listed, approve=False, words="", by=second.actor, at=clock.now())
    assert set(Archive.objects.values_list("state", flat=True)) == {"preserved"}
    with pytest.raises(OnHold):
        commands.propose_destruction(archive_ids=[row.pk], reason="期满", by=archivist.actor, at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic(), machinery("test"):
        Archive.objects.filter(pk=row.pk).update(state="destroyed")
    commands.release(archive_id=row.pk, ground="样例结案", by=archivist.actor, at=clock.now())
    commands.propose_destruction(archive_ids=[row.pk], reason="期满", by=archivist.actor, at=clock.now())
    assert EvidenceRow.objects.filter(kind__in=["archive.hold", "archive.release"]).count() == 2


def test_what_is_not_approved_is_kept(archivist):
    row = expired(archivist)
    made_list = commands.propose_destruction(archive_ids=[row.pk], reason="期满", by=archivist.actor, at=clock.now())
    second = made.keeper("archives.view", "archives.approve")
    commands.decide_destruction(list_id=made_list, approve=False, words="仍有价值", by=second.actor, at=clock.now())
    row.refresh_from_db()
    assert row.state == "preserved"
    assert queries.lists(viewer=archivist.actor, kind=ListKind.DESTRUCTION).items[0].state == "refused"
