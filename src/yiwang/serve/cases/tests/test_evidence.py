"""The applicant finds the receipt of each legal step: beside the step, and in 「我的存证」."""

import re

import pytest
from django.urls import reverse

from yiwang.commons.identity.tests.factories import login, make_resident
from yiwang.commons.ledger import queries as ledger
from yiwang.commons.ledger.tests.factories import SYSTEM
from yiwang.commons.ledger.tests.factories.witnessed import WitnessedLog
from yiwang.kernel.actor import SubjectRef
from yiwang.serve.cases.tests.factories import make_sample

pytestmark = pytest.mark.django_db


def _words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_each_step_leads_to_its_receipt_on_the_page_of_the_case_and_in_my_evidence(client):
    sample = make_sample()
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    case = sample.case(case_id)
    log = WitnessedLog.of()
    log.witness_all()
    login(client, sample.parent.account_id)

    progress = client.get(reverse("cases:progress", args=[case.number])).content.decode()
    submitted = next(
        line
        for line in ledger.receipts_of(subjects=[SubjectRef("case", case_id)], viewer=SYSTEM)
        if line.kind == "case.submit"
    )
    assert reverse("ledger:entry", args=[submitted.evidence_id]) in progress
    assert progress.count("存证回执") >= 2

    mine = client.get(reverse("ledger:mine"), {"of": case.number}).content.decode()
    told = _words(mine)
    assert "样例certificate" in told
    assert "准予 已存证" in told
    assert reverse("ledger:receipt", args=[submitted.evidence_id]) in mine

    login(client, make_resident().account_id)
    assert "没有这个办件的存证" in _words(client.get(reverse("ledger:mine"), {"of": case.number}).content.decode())


def test_a_receipt_says_the_facts_in_words(client):
    sample = make_sample()
    case_id = sample.file()
    WitnessedLog.of().witness_all()
    line = ledger.receipts_of(subjects=[SubjectRef("case", case_id)], viewer=SYSTEM, kinds=["case.submit"])[0]
    told = _words(client.get(reverse("ledger:entry", args=[line.evidence_id])).content.decode())
    assert "记录 提交申请" in told
    assert "办件状态 " in told
    assert sample.case(case_id).number in told
