"""Numbers of people are shown whole to officials for a purpose only, and who saw them when and for what is kept."""

from dataclasses import replace

import pytest

from yiwang.commons.identity.tests.factories import login, make_official
from yiwang.kernel import clock
from yiwang.kernel.errors import Forbidden
from yiwang.kernel.models import AuditEntry, EvidenceRow
from yiwang.serve.cases import commands
from yiwang.serve.cases.contracts import Answer, CaseNotFound, PurposeMissing, RevealPurpose
from yiwang.serve.cases.tests.factories import ANSWERS, SITUATION, make_sample

pytestmark = pytest.mark.django_db
NUMBER, HIDDEN = "320402199001011234", "320402********1234"


@pytest.fixture
def sample():
    return make_sample()


@pytest.fixture
def case(sample):
    told = (*ANSWERS, Answer("mother_id_number", NUMBER, "母亲身份证件号码", NUMBER))
    return sample.case(sample.file(answers=told, situation={**SITUATION, "held": True}), "registration")


def test_an_official_sees_the_middle_hidden_and_no_address_shows_it_whole(sample, case, client):
    login(client, sample.acceptors["registration"].account_id)
    for query in ("", "?whole=1"):
        html = client.get(f"/work/cases/{case.number}/{query}").content.decode()
        assert NUMBER not in html
        assert "母亲身份证件号码" in html
        assert "显示完整号码" in html
    assert not AuditEntry.objects.filter(command="cases.reveal_numbers").exists()


def test_the_whole_number_is_shown_once_for_a_purpose_and_that_is_kept(sample, case, client):
    viewer = sample.acceptors["registration"]
    login(client, viewer.account_id)
    url = f"/work/cases/{case.number}/numbers/"
    refused = client.post(url, {"purpose": "curiosity"})
    assert refused.status_code == 422
    assert NUMBER not in refused.content.decode()
    shown = client.post(url, {"purpose": "verify"})
    assert NUMBER in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert NUMBER not in client.get(f"/work/cases/{case.number}/").content.decode()
    entry = AuditEntry.objects.get(command="cases.reveal_numbers", error_code="")
    assert (entry.account_id, entry.organisation_id, entry.purpose) == (
        viewer.account_id, viewer.organisation_id, RevealPurpose.VERIFY.value,
    )  # fmt: skip
    assert (entry.subject_id, entry.details["number"]) == (case.id, case.number)
    assert entry.details["whose"] == f"person:{sample.parent.person_id}"
    assert NUMBER not in str(entry.details)
    facts = EvidenceRow.objects.get(kind="case.numbers_revealed").statement["facts"]
    assert facts["purpose"] == "verify"
    assert str(viewer.account_id) not in str(facts)


def test_with_script_only_the_panel_is_exchanged(sample, case, client):
    login(client, sample.acceptors["registration"].account_id)
    shown = client.post(f"/work/cases/{case.number}/numbers/", {"purpose": "contact"}, headers={"HX-Request": "true"})
    html = shown.content.decode()
    assert html.startswith('<section class="y-panel" id="facts-panel"')
    assert NUMBER in html
    assert "<html" not in html


def test_nobody_reveals_what_they_may_not_see_and_applicants_need_no_purpose(sample, case, client):
    stranger = make_official(sample.offices["card"], grants=["cases.view"]).actor
    for by, error in (
        (replace(stranger, purpose="verify"), CaseNotFound),
        (replace(sample.parent.actor, purpose="verify"), Forbidden),
        (sample.acceptors["registration"], PurposeMissing),
    ):
        with pytest.raises(error):
            commands.reveal_numbers(case_id=case.id, by=by, at=clock.now())
    login(client, sample.parent.account_id)
    parent = case.parent_number
    assert NUMBER in client.get(f"/cases/{parent}/?whole=1").content.decode()
    assert not EvidenceRow.objects.filter(kind="case.numbers_revealed").exists()
