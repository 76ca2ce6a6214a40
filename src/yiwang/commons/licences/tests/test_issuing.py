"""Issuing: numbers, identifiers, the first state, refusals."""

import pytest

from yiwang.commons.identity.tests.factories import make_organisation, make_resident
from yiwang.commons.licences import queries, rules
from yiwang.commons.licences.contracts import FieldsInvalid, LicenceState, MayNotManage, NumberTaken
from yiwang.commons.licences.models import Licence
from yiwang.commons.licences.tests.factories import SYSTEM, VALUES, entity_holder, issue, make_type
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.ids import new_id

pytestmark = pytest.mark.django_db


def test_an_issued_licence_is_making_until_its_file_stands():
    made = queries.licence(licence_id=issue(), viewer=SYSTEM)
    assert made.brief.state is LicenceState.MAKING
    assert not made.brief.sealed
    assert rules.parse_identifier(made.identifier).version == 1
    assert {each.fact: each.value for each in made.fields} == VALUES


def test_numbers_follow_the_pattern_one_after_the_other():
    where = make_organisation()
    first, second = (Licence.objects.get(pk=issue(organisation_id=where)).number for _ in range(2))
    year = clock.today().year
    assert (first, second) == (f"JY2320400{year}000001", f"JY2320400{year}000002")


def test_a_number_is_given_once():
    where = make_organisation()
    issue(organisation_id=where, number="X-1")
    with pytest.raises(NumberTaken):
        issue(organisation_id=where, number="X-1")


def test_refuses_fields_that_are_missing_or_wrong():
    with pytest.raises(FieldsInvalid) as refused:
        issue(values={"phone": "12"})
    assert set(refused.value.fields) == {"shop_name", "phone"}


def test_refuses_the_other_kind_of_holder():
    with pytest.raises(FieldsInvalid):
        issue(entity_holder())


def test_a_resident_can_not_issue_and_a_case_can():
    resident = make_resident().actor
    with pytest.raises(MayNotManage):
        issue(by=resident)
    assert issue(by=resident, subject=SubjectRef("case", new_id()))


def test_a_type_gets_a_new_version_only_where_something_is_new():
    make_type()
    make_type()
    assert queries.type_spec(type_key="sample_permit", viewer=SYSTEM).version == 1
    make_type(warns_days=60)
    assert queries.type_spec(type_key="sample_permit", viewer=SYSTEM).version == 2
