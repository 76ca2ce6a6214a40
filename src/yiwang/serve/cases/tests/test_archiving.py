"""A case that ends opens its archive in the same transaction; the job packs what the case holds."""

import io
import json
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import connection
from django.urls import reverse

from yiwang.commons.archives import queries as archives
from yiwang.commons.archives.contracts import Retention, State
from yiwang.commons.archives.engine import (
    MISSING,
    Kind,
    Outcome,
    judge_of_seals,
    open_package,
    verify_package,
)
from yiwang.commons.archives.registry import NotYet, Opened
from yiwang.commons.crypto.tests.factories import pool
from yiwang.commons.files import commands as files
from yiwang.commons.files.contracts import FileNotFound
from yiwang.commons.flow import queries as flow
from yiwang.commons.identity.tests.factories import login
from yiwang.commons.ledger import commands as ledger
from yiwang.commons.ledger.tests.factories import a_log, sign
from yiwang.commons.licences import commands as licences
from yiwang.commons.licences.contracts import Ground
from yiwang.commons.licences.tests.factories import make_type
from yiwang.commons.licences.tests.factories import seal as seal_licence
from yiwang.commons.rules.engine import DecisionProof, recompute
from yiwang.commons.seals import commands as seals
from yiwang.commons.seals.contracts import SealKind
from yiwang.commons.seals.tests.factories import demonstration
from yiwang.kernel import clock, jobs
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.models import EvidenceRow
from yiwang.kernel.settings import settings
from yiwang.kernel.verdicts import Mark
from yiwang.serve.cases import commands
from yiwang.serve.cases.contracts import MaterialInput, TaskChoice
from yiwang.serve.cases.models import Case, CaseEvent, CaseResult
from yiwang.serve.cases.queries.archiving import collect
from yiwang.serve.cases.rules import GENESIS, event_hash
from yiwang.serve.cases.tests.factories import PDF, SYSTEM, file_permit, make_sample
from yiwang.serve.cases.tests.test_newborn import file_newborn, mother, work_off  # noqa: F401  a fixture
from yiwang.serve.matters.contracts import ResultDef, ResultField

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


def test_however_a_case_ends_its_archive_is_opened_with_its_job(sample):
    """Granted, refused, not accepted, withdrawn alone and as a bundle; each end has its archive, and nothing else has."""
    by = sample.parent.actor
    for choice in (TaskChoice.GRANT, TaskChoice.REFUSE, TaskChoice.DECLINE, None):
        permit = file_permit(sample)
        if choice in {TaskChoice.GRANT, TaskChoice.REFUSE}:
            permit.work(TaskChoice.ACCEPT)
        if choice is None:
            commands.withdraw(case_id=permit.case_id, by=by, at=clock.now())
        else:
            permit.work(choice, ground="样例依据", reason="样例理由")
    whole, partly = sample.file(), sample.file()
    commands.withdraw(case_id=whole, by=by, at=clock.now())
    sample.grant(partly, "certificate")
    commands.withdraw(case_id=partly, by=by, at=clock.now())
    ended = Case.objects.filter(closed_at__isnull=False)
    rows = rows_of(Case.objects.all())
    assert rows.keys() == {case.pk for case in ended} == set(Case.objects.values_list("pk", flat=True))
    results = set(ended.values_list("result", flat=True))
    assert {"granted", "refused", "not_accepted", "withdrawn", "partly_granted"} <= results
    assert all(row.retention is not None for row in rows.values())
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'archive_id' FROM procrastinate_jobs WHERE task_name = 'archives.pack'")
        assert sorted(each for (each,) in cursor.fetchall()) == sorted(str(row.id) for row in rows.values())


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


LICENCE = (
    ResultDef(
        "permit",
        "样例许可证",
        fields=(ResultField("permit_number", pattern="Z{serial:04}"),),
        licence="sample_permit",
        shows=("child_name",),
        retention="permanent",
    ),
)


@pytest.fixture
def licence_case():
    """A granted case whose result is a licence that is still being made."""
    with pool(), demonstration():
        sample = make_sample()
        office = sample.offices["certificate"]
        seals.make_sample_seals(organisation_ids=[office], kinds=[SealKind.LICENCE], by=SYSTEM, at=clock.now())
        make_type("sample_permit", number="", fields=[
            {"fact": "child_name", "label": {"zh": "姓名", "en": "Name"}, "required": True, "sensitivity": "personal"},
            {"fact": "permit_number", "label": {"zh": "编号", "en": "Number"}, "sensitivity": "public"},
        ], purposes=[])  # fmt: skip
        permit = file_permit(sample, results=LICENCE)
        permit.work(TaskChoice.ACCEPT)
        permit.work(TaskChoice.GRANT)
        yield Case.objects.get(pk=permit.case_id)


def test_a_licence_stands_in_the_archive_as_the_case_issued_it_whatever_became_of_it(licence_case):
    licence_id = CaseResult.objects.get(case=licence_case).licence_id
    early = collected(licence_case)
    assert [note for _title, note in early.absent if note.startswith(MISSING)], "what is not sealed is told as missing"
    seal_licence(licence_id)
    issued = next(item.data for item in collected(licence_case).items if item.name.startswith("licence-001.ofd"))
    at = clock.now()
    licences.change(licence_id=licence_id, values={"child_name": "样例改名"}, reason="样例更正", by=SYSTEM, at=at)
    seal_licence(licence_id)
    licences.revoke(licence_id=licence_id, reason="样例撤销", ground=Ground.VOID, by=SYSTEM, at=clock.now())
    found = {item.name: item.data for item in collected(licence_case).items}
    assert found["licence-001.ofd"] == issued
    told = json.loads(found["licence-001.json"])
    assert (told["state"], told["version"], told["versions"]) == ("revoked", 1, 2)
    assert rows_of([licence_case])[licence_case.pk].retention is Retention.PERMANENT


def test_a_licence_that_was_never_made_is_no_missing_file(licence_case):
    licence_id = CaseResult.objects.get(case=licence_case).licence_id
    licences.revoke(licence_id=licence_id, reason="样例撤销", ground=Ground.VOID, by=SYSTEM, at=clock.now())
    notes = [note for _title, note in collected(licence_case).absent]
    assert any("作废" in note for note in notes)
    assert not any(note.startswith(MISSING) for note in notes)


def test_what_is_to_be_there_and_is_not_keeps_the_package_from_being_archived(licence_case):
    a_log("national")
    while ledger.sequence(by=SYSTEM, at=clock.now()):
        pass
    sign()
    row = rows_of([licence_case])[licence_case.pk]
    with clock.frozen(clock.now() + timedelta(hours=25)):
        pack(row.id)
    found = archives.archive(archive_id=row.id, viewer=SYSTEM)
    failed = {name for name, outcome, _seen in found.checks[0].findings if outcome == Outcome.FAILED}
    assert (found.row.state, found.row.passed, failed) == (State.PACKED, False, {"complete.content"})


def test_a_lost_material_is_told_as_missing_and_one_that_was_never_a_file_is_not(sample, monkeypatch):
    by = sample.parent.actor
    stored = files.store(stream=io.BytesIO(PDF), name="样例.pdf", purpose="material", by=by, at=clock.now())
    permit = file_permit(sample, materials=(MaterialInput("proof", file_id=stored.id),))
    permit.work(TaskChoice.DECLINE, ground="样例依据", reason="样例理由")
    case = Case.objects.get(pk=permit.case_id)
    assert case.closed_at
    assert not any(note.startswith(MISSING) for _title, note in collected(case).absent)

    def gone(**_given):
        raise FileNotFound

    monkeypatch.setattr("yiwang.commons.files.queries.open_file", gone)
    assert [title for title, note in collected(case).absent if note.startswith(MISSING)] == ["场所证明"]


def test_decisions_by_rule_are_in_the_package_as_proofs_that_are_decided_again(mother, monkeypatch):  # noqa: F811
    a_log("national")
    case_id = file_newborn(mother)
    work_off(case_id)
    while ledger.sequence(by=SYSTEM, at=clock.now()):
        pass
    sign()
    rows = Case.objects.filter(parent_id=case_id)
    kept = {member.member_key: rows_of([member])[member.pk].retention for member in rows}
    assert {kept["birth_certificate"], kept["household_registration"]} == {Retention.PERMANENT}
    assert kept["medical_insurance"] is Retention.YEARS_30
    assert rows_of([Case.objects.get(pk=case_id)])[case_id].retention is Retention.PERMANENT
    member = rows.get(member_key="birth_certificate")
    proofs = {item.name: item.data for item in collected(member).items if item.name.startswith(("proof-", "facts-"))}
    assert proofs.keys() == {"proof-001.json", "facts-001.json"}
    proof, facts = DecisionProof.read(proofs["proof-001.json"]), json.loads(proofs["facts-001.json"])
    assert recompute(proof, facts).same
    assert not any(str(value) in proofs["proof-001.json"].decode() for value in facts.values() if len(str(value)) > 8)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        pack(rows_of([member])[member.pk].id)
    data = archives.stored(
        digest=archives.archive(archive_id=rows_of([member])[member.pk].id, viewer=SYSTEM).digest, viewer=SYSTEM
    )
    trusted = archives.trusted_keys(viewer=SYSTEM)
    assert (
        verify_package(data, trusted, judge_sealed=judge_of_seals(settings().data_dir / "trust")).references
        is Mark.VALID
    )

    def other(**_given):
        return tuple(replace(each, matched_rules=(99,)) for each in made)

    made = flow.decisions_made(subject=SubjectRef("case", member.pk), viewer=SYSTEM)
    assert flow.decisions_made(subject=SubjectRef("case", member.pk), viewer=mother) == ()
    monkeypatch.setattr(flow, "decisions_made", other)
    assert any(note.startswith(MISSING) for title, note in collected(member).absent if "决策证明" in title)


def pack(archive_id):
    context = SimpleNamespace(job=SimpleNamespace(id=1))
    jobs.app.tasks["archives.pack"].func(context, archive_id=str(archive_id))


def test_the_package_of_a_case_passes_the_four_properties_and_verifies_offline(sample, client):
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
    trusted = archives.trusted_keys(viewer=SYSTEM)
    verdict = verify_package(data, trusted, judge_sealed=judge_of_seals(settings().data_dir / "trust"))
    assert verdict.valid, [reason.text("en") for reason in verdict.reasons]
    receipts = [path for path in open_package(data).payload if path.endswith(".tlog-proof")]
    assert len(receipts) >= 5
    while ledger.sequence(by=SYSTEM, at=clock.now()):
        pass
    sign()
    login(client, sample.parent.account_id)
    html = client.get(reverse("ledger:mine"), {"of": member.number}).content.decode()
    entry = EvidenceRow.objects.get(kind="archive.archive", subject_id=row.id).pk
    assert "归档" in html
    assert reverse("ledger:receipt", args=[entry]) in html, "the receipt of the archiving is the applicant's too"
    assert client.get(reverse("ledger:receipt", args=[entry])).status_code == 200
    assert found.row.archive_number in client.get(reverse("ledger:entry", args=[entry])).content.decode()
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
        trusted = archives.trusted_keys(viewer=SYSTEM)
        nobody = verify_package(data, trusted, judge_sealed=judge_of_seals(tmp_path))
        assert (nobody.valid, nobody.signature, nobody.references) == (False, Mark.VALID, Mark.VALID)
