"""Every bundle that shares its processes can be filed as a resident or an agent would: the form can be completed, and each member that may
begin stands in front of an official with an account."""

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.pack import actor_named
from yiwang.commons.forms import commands as forms
from yiwang.commons.forms import queries as form_queries
from yiwang.commons.forms.engine import Definition, answered, evaluate
from yiwang.commons.forms.engine.vocabulary import Fact, FactType
from yiwang.commons.identity.contracts.real_names import Assurance
from yiwang.commons.identity.queries import holders
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.codes import Sex
from yiwang.kernel.codes.synthetic import synthetic_id_number
from yiwang.serve.cases import queries as cases
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import Inclusion, Necessity
from yiwang.serve.portal import commands as portal
from yiwang.site.smoke.paper import paper

PACK = Path(__file__).parents[2] / "packs" / "changzhou"
WHOLE = {"newborn", "retirement", "open_restaurant"}  # played by journeys of their own
SHARED = sorted(path.name for path in (PACK / "bundles").iterdir() if path.is_dir() and path.name not in WHOLE)
STREET = "320402010"
COMPANY = "常州样例货运有限公司"
PUPIL = synthetic_id_number(division_code="320402", birth_date=date(2014, 3, 2), sex=Sex.FEMALE)
TOLD = {  # what no rule of a fact can tell
    "obligation_done": True, "vehicle_identification": "LSVAA4182E2123456", "school_stage": "junior",
    "penalty_date": "2026-01-05", "notice_date": "2026-09-01", "loss_date": "2026-11-01", "report_from": "2025-01-01",
    "report_to": "2025-12-31", "works_from": "2036-01-04", "pupil_birth_date": "2014-03-02", "change_before": "样例一",
    "change_after": "样例二", "card_held_number": "A12345678", "pupil_id_number": PUPIL,
}  # fmt: skip


@cache
def read(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text("utf-8"))


def situation(key: str) -> tuple[dict[str, Any], list[str]]:
    """The first example of the bundle that names its members."""
    examples = read(PACK / "bundles" / key / "cases.yaml")["cases"]
    first = next(each for each in examples if each["check"] == "members")
    return dict(first["given"]), list(first["expect"]["applies"])


def applicant(key: str) -> Actor:
    """A resident of the level that matters ask for, or the representative of the sample company."""
    if "person" in read(PACK / "bundles" / key / "bundle.yaml")["audience"]:
        return replace(actor_named("resident1"), assurance=Assurance.CONFIRMED)
    from yiwang.commons.identity.models import LegalEntity

    entity = LegalEntity.objects.get(name=COMPANY)
    return replace(actor_named("founder2"), on_behalf=SubjectRef("legal_entity", entity.pk))


def value(fact: Fact) -> Any:
    """Something that the type allows."""
    match fact.type:
        case FactType.BOOLEAN:
            return False
        case FactType.INTEGER | FactType.NUMBER:
            return int(fact.schema.get("minimum", 1))
        case FactType.CHOICE:
            return fact.items[0].value
        case FactType.CHOICES:
            return [fact.items[0].value]
        case FactType.REGION:
            return STREET
        case FactType.ORGANISATION:
            return "320400-hospital-first"
        case FactType.DATE:
            return clock.today().isoformat()
        case FactType.TIME:
            return "08:30"
        case FactType.MOBILE:
            return "19900001234"
        case FactType.ADDRESS:
            return "青龙街道样例路36号5幢403室"
    pattern = str(fact.schema.get("pattern", ""))
    return "1234567890123456" if "0-9" in pattern and "a-z" not in pattern.lower() else "样例内容，用于演示的文字"


def filled(definition: Definition, given: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Answers to all that the form requires."""
    values = {**{name: TOLD[name] for name in definition.questions if name in TOLD}, **given}
    for _round in range(8):
        state = evaluate(definition, answered({}, values), today=today)
        missing = state.required - values.keys()
        if not missing:
            return values
        values |= {name: value(definition.questions[name].fact) for name in missing}
    raise AssertionError(f"the form does not come to an end: {sorted(missing)}")


@pytest.mark.django_db
@pytest.mark.timeout(300)
@pytest.mark.parametrize("key", SHARED)
def test_it_can_be_filed_and_each_member_that_may_begin_stands_in_front_of_somebody(pack: Path, key: str) -> None:
    given, applies = situation(key)
    by, now, random = applicant(key), clock.now(), Random(key)
    bundle = matters.bundle(key=key, viewer=by)
    definition = form_queries.definition(key=bundle.spec.form, viewer=by)
    own = {name: answer for name, answer in card(by).items() if name in definition.questions}
    values = filled(definition, {**own, **given}, clock.today())
    draft_id = forms.start_draft(key=bundle.spec.form, values=values, by=by, at=now)
    facts = {name: answer.value for name, answer in form_queries.draft(draft_id=draft_id, viewer=by).answers.items()}
    guide = matters.guide(bundle=bundle, facts={**facts, **given}, viewer=by)
    needs = cases.material_needs(guide=guide, facts=facts, viewer=by)
    for material in guide.materials:
        wanted = material.inclusion is not Inclusion.NO and material.necessity is Necessity.REQUIRED
        if wanted and needs.get(material.code) is None:
            sheet = paper(random, material.code, "application/pdf")
            stream = io.BytesIO(sheet.content)
            forms.add_file(draft_id=draft_id, material=material.code, stream=stream, name=sheet.filename, by=by, at=now)
    revision = form_queries.draft(draft_id=draft_id, viewer=by).revision
    case_id = portal.send_application(draft_id=draft_id, expected_revision=revision, by=by, at=now)
    _members(case_id, applies)
    _in_front_of_somebody(case_id)


def card(by: Actor) -> dict[str, Any]:
    """Numbers of the applicant, under the names that forms use."""
    facts = form_queries.applicant_facts(viewer=by)
    return {f"person_{name}": facts[name] for name in ("name", "id_number") if name in facts} | {
        f"enterprise_{name}": facts[name] for name in ("name", "credit_code") if "credit_code" in facts
    }


def _members(case_id: Any, applies: list[str]) -> None:
    from yiwang.serve.cases.models import Case

    found = set(Case.objects.filter(parent_id=case_id).values_list("matter_code", flat=True))
    assert found == set(applies)


def _in_front_of_somebody(case_id: Any) -> None:
    from yiwang.commons.flow.models import Task
    from yiwang.serve.cases.models import Case

    begun = Case.objects.filter(parent_id=case_id).exclude(status="waiting")
    assert begun.exists()
    waiting = Task.objects.filter(subject_id__in=begun.values("pk"), status="open", for_applicant=False)
    decided = begun.filter(closed_at__isnull=False)
    assert waiting.count() + decided.count() >= begun.count()
    for task in waiting:
        assert task.organisation_id is not None
        able = holders(
            viewer=Actor.system("tests"), action="flow.work", organisation_id=task.organisation_id,
            scope_key=task.scope_key, grade=task.grade, role=task.role,
        )  # fmt: skip
        assert able, f"nobody handles {task.name} at {task.organisation}"
