"""The pages as a browser gets them: the public's, a resident's, the operator's."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yiwang.commons.identity.tests.factories import login, make_official, make_organisation, make_resident
from yiwang.commons.ledger import queries
from yiwang.commons.ledger.contracts import WATCH, FindingKind
from yiwang.commons.ledger.registry import Held, Statements, holding, register_holding, statements
from yiwang.commons.ledger.tests.factories import SYSTEM, evidence
from yiwang.commons.ledger.tests.factories.witnessed import WitnessedLog, line_of
from yiwang.kernel import clock
from yiwang.kernel.ids import new_id
from yiwang.web.catalogues import untranslated

pytestmark = pytest.mark.django_db


def words(response, status=200):
    assert response.status_code == status, response.content.decode()[:800]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def log():
    return WitnessedLog.of()


@pytest.fixture
def step(monkeypatch):
    """Statements of the kind "test.step" are legal steps here."""
    monkeypatch.setattr(statements, "_kinds", {"test.step": "样例步骤"})
    monkeypatch.setattr(statements, "_steps", set())
    monkeypatch.setattr(statements, "_facts", {})
    statements.register_statements(Statements({}, {"number": "编号"}, steps=frozenset({"test.step"})))


def test_the_chain_shows_its_size_witnesses_and_newest_entries(client, log, step):
    evidence(3)
    log.witness_all()
    page = words(client.get(reverse("ledger:chain")))
    assert "2 家已签，至少要 2 家" in page
    assert "样例大学" in page
    assert "样例步骤" in page
    assert "已存证" in page


def test_without_a_log_the_pages_say_so(client):
    assert "还没有建立常享链" in words(client.get(reverse("ledger:chain")))
    assert "还没有建立常享链" in words(client.get(reverse("ledger:verify")))


def test_the_chain_finds_an_entry_by_its_number_and_says_when_there_is_none(client, log, step):
    found = line_of(evidence())
    log.witness_all()
    answer = client.get(reverse("ledger:chain"), {"number": f" {found} "})
    assert answer.headers["Location"] == reverse("ledger:entry", args=[found])
    assert "没有找到这个编号" in words(client.get(reverse("ledger:chain"), {"number": "nothing"}))
    words(client.get(reverse("ledger:chain"), {"number": "no\x00thing"}), status=400)


def test_the_chain_asks_the_same_number_of_queries_however_long_it_is(client, log, step):
    counts = []
    for many in (1, 12):
        evidence(many)
        log.witness_all()
        client.get(reverse("ledger:chain"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("ledger:chain"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_an_entry_tells_how_far_its_receipt_is(client, log, step):
    found = line_of(evidence())
    page = reverse("ledger:entry", args=[found])
    assert "正在写入" in words(client.get(page))
    log.sequence()
    log.cosign(1)
    waiting = words(client.get(page))
    assert "等待见证" in waiting
    assert reverse("ledger:receipt", args=[found]) not in client.get(page).content.decode()
    log.cosign()
    final = client.get(page)
    assert "样例大学、样例公证处" in words(final)
    assert reverse("ledger:receipt", args=[found]) in final.content.decode()
    assert "y-qr" in final.content.decode()


def test_an_unknown_entry_is_not_found(client, log):
    assert client.get(reverse("ledger:entry", args=[new_id()])).status_code == 404


def test_verifying_brings_keys_and_words_allows_the_camera_and_takes_nothing(client, log):
    answer = client.get(reverse("ledger:verify"))
    html = answer.content.decode()
    keys = json.loads(re.search(r'id="lv-keys"[^>]*>(.*?)</script>', html, re.DOTALL).group(1))
    assert keys == queries.trusted_keys(viewer=SYSTEM)
    assert "camera=(self)" in answer.headers["Permissions-Policy"]
    assert "camera=()" in client.get(reverse("ledger:chain")).headers["Permissions-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert client.post(reverse("ledger:verify")).status_code == 405


def _hold(monkeypatch, resident, subjects):
    def held(viewer):
        mine = viewer.account_id == resident.account_id
        return (
            [Held(each, "样例办件", f"N-{at}", f"/cases/N-{at}/") for at, each in enumerate(subjects)] if mine else []
        )

    monkeypatch.setattr(holding, "_holdings", [])
    register_holding(held)


def test_a_resident_sees_each_step_of_the_own_cases_and_nobody_elses(client, log, step, monkeypatch):
    resident = make_resident()
    subject, other = evidence(2), evidence(1)
    _hold(monkeypatch, resident, [subject])
    log.witness_all()
    evidence(1, subject)
    login(client, resident.account_id)
    page = words(client.get(reverse("ledger:mine")))
    assert page.count("样例步骤 已存证") == 2
    assert page.count("样例步骤 正在写入") == 1
    assert str(line_of(other)) not in client.get(reverse("ledger:mine")).content.decode()
    assert "没有这个办件的存证" in words(client.get(reverse("ledger:mine"), {"of": "N-7"}))
    login(client, make_resident().account_id)
    assert "还没有存证" in words(client.get(reverse("ledger:mine")))


def test_my_evidence_pages_with_the_same_number_of_queries(client, log, step, monkeypatch):
    resident = make_resident()
    subjects = [evidence(20) for _ in range(2)]
    _hold(monkeypatch, resident, subjects)
    log.witness_all()
    login(client, resident.account_id)
    client.get(reverse("ledger:mine"))
    counts = []
    for of in ("N-0", ""):
        with CaptureQueriesContext(connection) as asked:
            html = client.get(reverse("ledger:mine"), {"of": of}).content.decode()
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert "cursor=" in html


def test_who_is_not_logged_in_is_led_to_the_log_in_page(client):
    for name in ("mine", "standing", "witnesses", "findings"):
        assert client.get(reverse(f"ledger:{name}")).status_code == 302


@pytest.mark.parametrize("name", ["standing", "witnesses", "findings"])
def test_only_an_operator_watches(client, log, name):
    office = make_organisation()
    login(client, make_official(office).account_id)
    assert client.get(reverse(f"ledger:{name}")).status_code == 403
    login(client, make_official(office, grants=[WATCH]).account_id)
    assert client.get(reverse(f"ledger:{name}")).status_code == 200


def test_the_operator_sees_backlog_quorum_faults_and_findings(client, log):
    from yiwang.commons.ledger import commands

    login(client, make_official(make_organisation(), grants=[WATCH]).account_id)
    evidence(4)
    log.sequence()
    log.cosign(1)
    evidence(2)
    down = list(log.signers)[1]
    commands.record_cosignatures(
        size=queries.log(viewer=SYSTEM).size,
        lines={},
        faults={down: "down connection refused"},
        by=SYSTEM,
        at=clock.now(),
    )
    commands.report_finding(
        kind=FindingKind.FORKED, witness="w1.example", words="样例发现", proof="A\nB", by=SYSTEM, at=clock.now()
    )
    page = words(client.get(reverse("ledger:standing")))
    assert "1 / 2" in page
    assert "至少要 2 家" in page
    assert "连不上 连续 1 次 connection refused" in words(client.get(reverse("ledger:witnesses")))
    assert "样例发现" in words(client.get(reverse("ledger:findings")))


def test_every_message_has_english():
    from pathlib import Path

    from yiwang.commons.ledger import views

    assert untranslated(Path(views.__file__).parents[1]) == {}
