"""免证办: the applicant's own licences stand for materials, by consent, recorded, watched while the case is open."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest

from yiwang.commons.flow import commands as flow
from yiwang.commons.identity.tests.factories import login
from yiwang.commons.licences import commands as licences
from yiwang.commons.licences import queries as held
from yiwang.commons.licences.contracts import Ground, Holder
from yiwang.commons.licences.tests.factories import licensed, sealing_office  # noqa: F401  a fixture
from yiwang.commons.privacy import commands as privacy
from yiwang.commons.privacy import queries as privacy_queries
from yiwang.commons.privacy.contracts import ConsentMissing
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.ids import new_id
from yiwang.serve.cases import commands, queries
from yiwang.serve.cases.contracts import (
    Applicant,
    CaseStateRefused,
    MaterialBy,
    MaterialInput,
    MaterialMissing,
    ResultKind,
    TaskChoice,
)
from yiwang.serve.cases.models import Case, CaseMaterial
from yiwang.serve.cases.queries import licensing
from yiwang.serve.cases.tests.factories import ANSWERS, SYSTEM, Sample, make_sample, matter_process
from yiwang.serve.matters import commands as matter_commands
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import Handling, Requirement, Satisfier, SatisfierKind
from yiwang.serve.matters.tests.factories import UPLOAD, matter_spec

pytestmark = pytest.mark.django_db
VALUES = {"shop_name": "样例宝宝", "shop_address": "样例路 1 号", "phone": "13800000000"}


@dataclass
class Visit:
    """A published matter whose one material may be a licence of the type sample_permit."""

    sample: Sample
    matter_id: UUID
    draft: SubjectRef

    @property
    def holder(self) -> SubjectRef:
        return SubjectRef("person", self.sample.parent.person_id)

    def offers(self, facts: Mapping[str, Any] | None = None) -> dict[str, Any]:
        by = self.sample.parent.actor
        bundle = matters.as_bundle(matter=matters.matter_version(matter_id=self.matter_id, viewer=by), viewer=by)
        facts = {each.fact: each.value for each in ANSWERS} if facts is None else facts
        guide = matters.guide(bundle=bundle, facts=facts, viewer=by, with_handlers=False)
        return licensing.offered(
            bundle=bundle, guide=guide, facts=facts, holder=self.holder, asked_for=self.draft, viewer=by
        )

    def agree(self) -> UUID:
        each = self.offers()["book"].agreements[0]
        ask = replace(each.ask, scope_key="matter:visit")
        return privacy.give_consent(ask=ask, digest=each.digest, by=self.sample.parent.actor, at=clock.now())

    def file(self, *materials: MaterialInput) -> UUID:
        return commands.submit_matter(
            matter_id=self.matter_id,
            applicant=Applicant(person_id=self.sample.parent.person_id),
            situation={},
            answers=ANSWERS,
            materials=materials,
            region_code="320402001",
            agreed_for=self.draft,
            by=self.sample.parent.actor,
            at=clock.now(),
        )


def publish(sample: Sample, **way: Any) -> Visit:
    ways = (Satisfier(SatisfierKind.LICENCE, "sample_permit", **way), UPLOAD)
    spec = matter_spec(
        "visit", Requirement("book", "户口簿", satisfiers=ways), handling=(Handling(organisation="office-certificate"),)
    )
    flow.publish_definition(bpmn=matter_process("visit"), by=SYSTEM, at=clock.now())
    published = matter_commands.publish_matter(spec=spec, by=SYSTEM, at=clock.now())
    return Visit(sample, published.id, SubjectRef("draft", new_id()))


@pytest.fixture
def visit():
    return publish(make_sample(), facts={"shop_name": "child_name"})


@pytest.fixture
def licence(visit, sealing_office):  # noqa: F811
    return licensed(sealing_office, Holder.of(visit.holder), values=VALUES)


def test_nothing_is_offered_where_no_licence_is_held_or_its_facts_are_others(visit, sealing_office):  # noqa: F811
    assert visit.offers() == {}
    licensed(sealing_office, Holder.of(visit.holder), values={**VALUES, "shop_name": "另一个宝宝"})
    assert visit.offers() == {}


def test_a_licence_is_offered_with_the_whole_words_and_retrieved_only_after_consent(visit, licence):
    offer = visit.offers()["book"]
    assert (offer.licence_id, offer.grade, offer.agreed, offer.sensitive) == (licence, "A", False, True)
    text = offer.agreements[0].text
    assert all(
        each in text for each in ("样例1局", "样例经营许可证", "不同意也可以自己上传", "随时可以", "敏感个人信息")
    )
    with pytest.raises(MaterialMissing):
        visit.file()
    consent = visit.agree()
    assert visit.offers()["book"].agreed
    case_id = visit.file()
    material = CaseMaterial.objects.get(case_id=case_id)
    assert (material.by, material.reference) == (MaterialBy.LICENCE.value, str(licence))
    (use,) = held.uses_of(subject=SubjectRef("case", case_id), viewer=SYSTEM)
    assert use.licence_id == licence
    (entry,) = privacy_queries.accesses_of(viewer=visit.sample.parent.actor).items
    assert entry.consent_id == consent
    number = Case.objects.get(pk=case_id).number
    assert (entry.case_words, entry.organisation, entry.automatic) == (number, "样例1局", True)


def test_whoever_uploads_lets_nothing_be_retrieved(visit, licence):
    visit.agree()
    case_id = visit.file(MaterialInput("book", file_id=visit.sample.upload()))
    assert CaseMaterial.objects.get(case_id=case_id).by == MaterialBy.UPLOAD.value
    assert held.uses_of(subject=SubjectRef("case", case_id), viewer=SYSTEM) == ()


def test_a_withdrawn_consent_or_one_for_another_application_is_none(visit, licence):
    consent = visit.agree()
    with pytest.raises(MaterialMissing):
        replace(visit, draft=SubjectRef("draft", new_id())).file()
    privacy.withdraw_consent(consent_id=consent, by=visit.sample.parent.actor, at=clock.now())
    with pytest.raises((MaterialMissing, ConsentMissing)):
        visit.file()
    assert not Case.objects.filter(matter_code="visit").exists()


def test_a_licence_of_a_lower_grade_than_demanded_is_not_offered(sealing_office):  # noqa: F811
    visit = publish(make_sample(), grade="A")
    licensed(sealing_office, Holder.of(visit.holder), values=VALUES)
    assert visit.offers()["book"].grade == "A"
    assert publish_again(visit, "@").offers() == {}, "nothing reaches a grade above A"


def publish_again(visit: Visit, grade: str) -> Visit:
    return publish(visit.sample, grade=grade)


def test_a_licence_revoked_while_the_case_is_open_warns_and_no_rule_grants_on_it(visit, licence, client):
    visit.agree()
    case_id = visit.file()
    acceptor, reviewer = visit.sample.acceptors["certificate"], visit.sample.reviewers["certificate"]
    visit.sample.work(case_id, "", TaskChoice.ACCEPT, by=acceptor)
    used = licensing.licences_used(case_id=case_id, viewer=SYSTEM)[0]
    assert used.stands
    assert licensing.unsound(case_id=case_id, viewer=SYSTEM) == ""
    licences.revoke(licence_id=licence, reason="样例", ground=next(iter(Ground)), by=SYSTEM, at=clock.now())
    used = licensing.licences_used(case_id=case_id, viewer=SYSTEM)[0]
    assert not used.stands
    with pytest.raises(CaseStateRefused):
        commands.decide(
            case_id=case_id, result=ResultKind.GRANTED, rule="route", by_process=True, by=SYSTEM, at=clock.now()
        )
    login(client, reviewer.account_id)
    number = queries.brief(case_id=case_id, viewer=SYSTEM).number
    page = client.get(f"/work/cases/{number}/").content.decode()
    assert "已失效" in page
    assert "核实" in page
    assert "样例经营许可证" in page
