"""Legal entities at the counter: the credit code and the agent are checked, then all goes as for a person."""

import re
from datetime import date

import pytest
from tests.pack import account_of, actor_named

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import LEGAL_ENTITY, LegalEntityKind
from yiwang.kernel import clock
from yiwang.kernel.codes.id_number import Sex
from yiwang.kernel.codes.synthetic import synthetic_credit_code, synthetic_id_number
from yiwang.kernel.models import AuditEntry, EvidenceRow
from yiwang.serve.portal import commands
from yiwang.serve.portal.contracts import AgentMissing
from yiwang.serve.portal.tests.conftest import SYSTEM, drafts, filed
from yiwang.serve.portal.tests.test_pledging import CODE, FACTS, papers

pytestmark = pytest.mark.django_db
CREDIT, NAME = "913204020000900181", "常州样例餐饮管理有限公司"
NEW_CREDIT = synthetic_credit_code(division_code="320411", serial=777)
UNKNOWN = synthetic_id_number(division_code="320402", birth_date=date(1985, 3, 4), sex=Sex.FEMALE, serial=2)


def number_of(username):
    return identity.person(person_id=actor_named(username).person_id, viewer=SYSTEM).id_number


def come(clerk, *, code=CREDIT, number=None, basis="legal_representative", status=200, **posted):
    data = {"credit_code": code, "id_number": number or number_of("family1-mother"), "basis": basis, "serve": "1"}
    clerk.post("/work/counter/agent/", data | posted, status=status)
    return clerk


def test_a_wrong_credit_code_is_told_at_its_field(clerk):
    for wrong in ("", "123", "913204020000900182"):
        clerk.post("/work/counter/agent/", {"credit_code": wrong}, status=422)
        assert clerk.page.context["fields"][0].error
    clerk.get("/work/counter/agent/")
    assert clerk.url == "/work/counter/"
    assert "为企业、单位办理" in clerk.text


def test_the_legal_representative_is_served_for_the_enterprise(clerk):
    html = clerk.post("/work/counter/agent/", {"credit_code": CREDIT.lower()})
    assert NAME in html
    come(clerk)
    assert clerk.url == "/work/counter/person/"
    assert f"正在窗口为 {NAME} 办理，经办人" in clerk.text
    assert "法定代表人（负责人）本人" in clerk.text
    evidence = EvidenceRow.objects.get(kind="identity.agent_presented").statement["facts"]
    assert evidence["basis"] == "legal_representative"
    clerk.post("/work/counter/next/")
    assert "正在窗口为" not in clerk.text


def test_who_is_not_the_legal_representative_needs_a_letter(clerk):
    come(clerk, number=number_of("family2-mother"), status=422)
    assert "登记的法定代表人不是这个人" in clerk.text
    come(clerk, number=number_of("family2-mother"), basis="", status=422)
    come(clerk, number=number_of("family2-mother"), basis="letter")
    assert clerk.url == "/work/counter/person/"
    assert "持授权委托书" in clerk.text


def test_an_unknown_enterprise_and_an_unknown_agent_are_registered_together_or_not_at_all(clerk):
    html = clerk.post("/work/counter/agent/", {"credit_code": NEW_CREDIT})
    assert "没有登记过，请登记" in html
    come(clerk, code=NEW_CREDIT, number=UNKNOWN, basis="letter", status=422)
    come(clerk, code=NEW_CREDIT, number=UNKNOWN, basis="letter", name="样例经办", status=422)
    assert identity.find_person(id_number=UNKNOWN, viewer=SYSTEM) is None
    come(clerk, code=NEW_CREDIT, number=UNKNOWN, basis="letter", name="样例经办", entity_name="常州样例新设有限公司")
    assert "常州样例新设有限公司" in clerk.text
    known = identity.entity_by_credit_code(credit_code=NEW_CREDIT, viewer=SYSTEM)
    assert (known.kind, known.legal_representative_id) == (LegalEntityKind.ENTERPRISE, None)


def asked(clerk):
    """Answer the questions of the matter on the counter's page and begin."""
    for _turn in range(8):
        clerk.get(f"/work/counter/offers/{CODE}/")
        names = dict.fromkeys(re.findall(r'name="q-(\w+)"', clerk.text))
        if "个问题会影响结果" not in clerk.text:
            break
        clerk.post(f"/work/counter/offers/{CODE}/", {f"q-{name}": FACTS.get(name, "yes") for name in names})
    return clerk


def test_the_clerk_files_for_the_enterprise_and_the_case_names_the_agent(clerk, mother):
    come(clerk)
    asked(clerk)
    clerk.post(f"/work/counter/offers/{CODE}/begin/", {"notice": "1"})
    assert "一次性告知单" in clerk.text
    assert NAME in clerk.text
    (draft,) = drafts()
    assert draft.on_behalf.kind == LEGAL_ENTITY
    clerk.get(f"/apply/{draft.id}/")
    clerk.fill(**FACTS)
    clerk.post(clerk.url, papers(clerk) | {"pledge.fire_compliance": "yes"})
    assert clerk.url.endswith("/check/"), clerk.text[:2000]
    html = clerk.get(f"/work/counter/drafts/{draft.id}/form/")
    assert "申请人（盖章）" in html
    assert "经办人（签字）" in html
    clerk.get(f"/apply/{draft.id}/check/")
    clerk.post(clerk.url, {"revision": clerk.revision, "confirmed": "yes", "signed": "yes", "papers": "4"})
    assert clerk.url.startswith("/work/counter/receipts/"), clerk.text[:2000]
    (case,) = filed()
    assert (case.applicant, case.channel) == (NAME, "counter")
    assert case.agent.endswith("（法定代表人（负责人）本人）")
    entry = AuditEntry.objects.filter(command="portal.send_application").latest("at")
    assert (entry.account_id, entry.on_behalf_kind) == (account_of("tianning-hall-clerk"), LEGAL_ENTITY)
    clerk.get("/work/counter/person/")
    assert case.number in clerk.text


def test_nothing_is_filed_for_an_enterprise_without_its_agent(clerk):
    come(clerk)
    asked(clerk)
    clerk.post(f"/work/counter/offers/{CODE}/begin/")
    (draft,) = drafts()
    by = identity.actor_of(clerk.page.wsgi_request)
    with pytest.raises(AgentMissing):
        commands.send_application(
            draft_id=draft.id, expected_revision=draft.revision, signed=True, papers=2, by=by, at=clock.now()
        )
    assert filed() == []


def test_the_enterprises_people_go_on_at_home_with_what_the_clerk_began_and_strangers_do_not(clerk, mother, neighbour):
    come(clerk)
    asked(clerk)
    clerk.post(f"/work/counter/offers/{CODE}/begin/")
    (draft,) = drafts()
    entity = identity.entity_by_credit_code(credit_code=CREDIT, viewer=SYSTEM)
    neighbour.get(f"/apply/{draft.id}/", status=404)
    mother.get(f"/apply/{draft.id}/", status=404)
    session = mother.client.session
    session[identity.SESSION_ACTING] = f"{LEGAL_ENTITY}:{entity.id}"
    session.save()
    mother.get(f"/apply/{draft.id}/")
    assert mother.url.startswith(f"/apply/{draft.id}/")


def test_only_clerks_open_the_page(official, mother):
    for browser in (official, mother):
        browser.post("/work/counter/agent/", {"credit_code": CREDIT}, status=403)


def test_a_tampered_session_serves_nobody(clerk):
    session = clerk.client.session
    for wrong in (
        "legal_entity:x:y:letter",
        f"legal_entity:{actor_named('family1-mother').person_id}::",
        "legal_entity",
    ):
        session[identity.SESSION_SERVING] = wrong
        session.save()
        assert "正在窗口为" not in clerk.get("/work/counter/")
