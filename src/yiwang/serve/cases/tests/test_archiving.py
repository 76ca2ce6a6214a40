"""A case that ends opens its archive in the same transaction; the job packs what the case holds."""

import json
from datetime import datetime
from types import SimpleNamespace
from uuid import UUID

import pytest

from yiwang.commons.archives import queries as archives
from yiwang.commons.archives.contracts import Retention, State
from yiwang.commons.archives.engine import (
    KEYS,
    Kind,
    Outcome,
    TrustedArchives,
    judge_of_seals,
    open_package,
    verify_package,
)
from yiwang.commons.archives.registry import NotYet, Opened
from yiwang.commons.ledger import commands as ledger
from yiwang.commons.ledger.tests.factories import a_log, sign
from yiwang.commons.seals import commands as seals
from yiwang.commons.seals.contracts import SealKind
from yiwang.commons.seals.tests.factories import demonstration
from yiwang.kernel import clock, jobs
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.settings import settings
from yiwang.kernel.verdicts import Mark
from yiwang.serve.cases import commands
from yiwang.serve.cases.contracts import TaskChoice
from yiwang.serve.cases.models import Case, CaseEvent
from yiwang.serve.cases.queries.archiving import collect
from yiwang.serve.cases.rules import GENESIS, event_hash
from yiwang.serve.cases.tests.factories import SYSTEM, file_permit, make_sample

pytestmark = pytest.mark.django_db
NUMBER = {"child_number": "320402202611160048"}


@pytest.fixture
def sample():
    return make_sample()


def rows_of(cases):
    found = archives.of_subjects(subjects=[SubjectRef("case", each.pk) for each in cases], viewer=SYSTEM)
    return {subject.id: row for subject, row in found.items()}


def collected(case, *, patient=False):
    row = rows_of([case])[case.pk]
    return collect(Opened(row.id, SubjectRef("case", case.pk), case.number, "", patient))


def test_a_member_is_opened_when_it_ends_and_the_bundle_with_the_last(sample):
    case_id = sample.file()
    assert rows_of(Case.objects.all()) == {}
    sample.grant(case_id, "certificate")
    assert len(rows_of(Case.objects.all())) == 1
    sample.grant(case_id, "registration", fields=NUMBER)
    sample.grant(case_id, "card")
    rows = rows_of(Case.objects.all())
    assert rows.keys() == set(Case.objects.values_list("pk", flat=True))
    assert {(row.state, row.retention) for row in rows.values()} == {(State.OPENED, Retention.YEARS_30)}


def test_what_ends_without_a_decision_is_kept_ten_years(sample):
    case_id = sample.file()
    sample.work(case_id, "certificate", TaskChoice.DECLINE, ground="样例依据", reason="样例理由")
    ended = Case.objects.filter(closed_at__isnull=False, parent_id=case_id)
    assert ended.exists()
    assert {row.retention for row in rows_of(ended).values()} == {Retention.YEARS_10}


def test_the_archive_holds_form_history_decision_and_results_of_the_case(sample):
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    member = Case.objects.get(parent_id=case_id, member_key="certificate")
    found = collected(member)
    by_name = {(item.kind, item.name): item for item in found.items}
    assert {(Kind.FORM, "form.json"), (Kind.FORM, "form.pdf"), (Kind.HISTORY, "history.json")} <= by_name.keys()
    assert by_name[Kind.FORM, "form.pdf"].data.startswith(b"%PDF-")
    decision = json.loads(by_name[Kind.DECISION, "decision.json"].data)
    assert (decision["number"], decision["result"], decision["process"]["version"]) == (
        member.number, "granted", member.process_version,
    )  # fmt: skip
    assert any(item.kind is Kind.RESULT for item in found.items)
    assert [(each.kind, each.number) for each in found.relations] == [("属于", member.parent.number)]
    assert len(found.steps) == CaseEvent.objects.filter(case=member).count()


def test_whoever_holds_the_archive_can_reckon_the_chain_of_the_case_anew(sample):
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    member = Case.objects.get(parent_id=case_id, member_key="certificate")
    history = next(item for item in collected(member).items if item.kind is Kind.HISTORY)
    told = json.loads(history.data)
    previous = GENESIS
    for step in told["steps"]:
        actor = step["actor"]
        previous = event_hash(
            case_id=UUID(told["case"]), seq=step["seq"], kind=step["action"], at=datetime.fromisoformat(step["at"]),
            actor={
                "kind": actor["kind"], "account": actor["account"], "person": actor["person"],
                "organisation": actor["organisation"], "role": actor["role"],
            },
            from_status=step["from"], to_status=step["to"], note=f"{step['note']}\x1f{step['opinion']}", data=step["data"],
            nonce=bytes.fromhex(step["nonce"]), previous=previous,
        )  # fmt: skip
        assert previous.hex() == step["hash"]
    member.refresh_from_db()
    assert previous == bytes(member.last_hash)


def pack(archive_id):
    context = SimpleNamespace(job=SimpleNamespace(id=1))
    jobs.app.tasks["archives.pack"].func(context, archive_id=str(archive_id))


def test_the_package_of_a_case_passes_the_four_properties_and_verifies_offline(sample):
    a_log("national")
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    member = Case.objects.get(parent_id=case_id, member_key="certificate")
    while ledger.sequence(by=SYSTEM, at=clock.now()):
        pass
    sign()
    row = rows_of([member])[member.pk]
    pack(row.id)
    found = archives.archive(archive_id=row.id, viewer=SYSTEM)
    failed = [finding for finding in found.checks[0].findings if finding[1] == Outcome.FAILED] if found.checks else None
    assert (found.row.state, found.row.waiting, failed) == (State.ARCHIVED, "", [])
    data = archives.stored(digest=found.digest, viewer=SYSTEM)
    trusted = TrustedArchives.parse((settings().data_dir / KEYS).read_bytes())
    verdict = verify_package(data, trusted, judge_sealed=judge_of_seals(settings().data_dir / "trust"))
    assert verdict.valid, [reason.text("en") for reason in verdict.reasons]
    receipts = [path for path in open_package(data).payload if path.endswith(".tlog-proof")]
    assert len(receipts) >= 5
    changed = bytearray(data)
    changed[len(data) // 2] ^= 1
    assert not verify_package(bytes(changed), trusted).valid


def test_papers_are_waited_for_and_stand_in_the_package_with_their_seals(tmp_path):
    with demonstration():
        a_log("national")
        sample = make_sample()
        office = sample.offices["certificate"]
        seals.make_sample_seals(organisation_ids=[office], kinds=[SealKind.OFFICIAL], by=SYSTEM, at=clock.now())
        permit = file_permit(sample)
        permit.work(TaskChoice.ACCEPT)
        permit.work(TaskChoice.GRANT)
        case = Case.objects.get(pk=permit.case_id)
        with pytest.raises(NotYet, match="seals"):
            collected(case, patient=True)
        commands.seal_papers(case_id=case.pk, by=SYSTEM, at=clock.now())
        found = collected(case, patient=True)
        sealed = [item for item in found.items if item.sealed]
        assert {item.kind for item in sealed} == {Kind.DOCUMENT, Kind.RESULT}
        while ledger.sequence(by=SYSTEM, at=clock.now()):
            pass
        sign()
        pack(rows_of([case])[case.pk].id)
        kept = archives.archive(archive_id=rows_of([case])[case.pk].id, viewer=SYSTEM)
        outcomes = {name: outcome for name, outcome, _seen in kept.checks[0].findings}
        assert (kept.row.state, outcomes["authentic.seals"]) == (State.ARCHIVED, Outcome.PASSED)
        data = archives.stored(digest=kept.digest, viewer=SYSTEM)
        trusted = TrustedArchives.parse((settings().data_dir / KEYS).read_bytes())
        nobody = verify_package(data, trusted, judge_sealed=judge_of_seals(tmp_path))
        assert (nobody.valid, nobody.signature, nobody.references) == (False, Mark.VALID, Mark.VALID)
