from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.commons.identity import commands, queries
from yiwang.commons.identity.contracts import (
    LEGAL_ENTITY,
    PERSON,
    CodeSystem,
    NoHandlingOrganisation,
    OrganisationKind,
    RegionLevel,
    RegionRow,
    Tree,
    UnknownRecord,
)
from yiwang.commons.identity.tests import factories as make
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.codes.synthetic import synthetic_id_number
from yiwang.kernel.ids import new_id

pytestmark = pytest.mark.django_db
NUMBER = synthetic_id_number(division_code="320402", birth_date=date(1991, 2, 3), sex=make.Sex.FEMALE)


def handler(line, region, level=None):
    found = queries.organisation_for(line=line, region_code=region, level=level, viewer=Actor.anonymous())
    return found.code


@pytest.fixture
def health():
    make.make_organisation("city", line="health", region="320400")
    make.make_organisation("east", line="health", region="320402", parent="city")
    make.make_organisation("clinic", line="health", region="320402001", parent="east")
    make.make_organisation("office", line="health", region="320402", parent="east", kind=OrganisationKind.OFFICE)
    make.make_organisation("hospital", line="health", region="320402", covers=(), duties=("birth_institution",))


def test_the_nearest_organisation_that_covers_the_region_handles_it(health):
    assert handler("health", "320402001001") == "clinic"
    assert handler("health", "320402001") == "clinic"
    assert handler("health", "320402") == "east"
    assert handler("health", "320404001") == "city"


def test_a_matter_of_a_level_is_not_sent_below_it(health):
    assert handler("health", "320402001", RegionLevel.DISTRICT) == "east"
    assert handler("health", "320402001", RegionLevel.CITY) == "city"


def test_without_anybody_responsible_the_reason_is_told(health):
    with pytest.raises(NoHandlingOrganisation) as refused:
        handler("police", "320402")
    assert "police" in str(refused.value)
    with pytest.raises(NoHandlingOrganisation):
        handler("health", "999999")


def test_a_functional_area_goes_before_the_district_it_lies_in():
    make.make_regions()
    city, district = (CodeSystem.GB2260, "320400"), (CodeSystem.GB2260, "320402")
    area = (CodeSystem.FUNCTIONAL_AREA, "zone")
    rows = [
        RegionRow("zone", CodeSystem.FUNCTIONAL_AREA, RegionLevel.DISTRICT, "样例开发区", city),
        RegionRow("320402001", CodeSystem.GBT10114, RegionLevel.STREET, "样例一街道", district, functional_area=area),
    ]
    commands.define_regions(rows=rows, by=make.SYSTEM, at=clock.now())
    make.make_organisation("district", line="police", region="320402")
    make.make_organisation("zone-police", line="police", region="zone")
    assert handler("police", "320402001001") == "zone-police"
    assert handler("police", "320402") == "district"
    names = [region.code for region in queries.region_path(code="320402001001", viewer=make.SYSTEM)]
    assert names == ["320400", "320402", "320402001", "320402001001"]
    numbered = {"320402001001": "320402", "320402": "320402", "zone": "320400", "nowhere": "000000", "3204": "000000"}
    for code, division in numbered.items():
        assert queries.division_code(code=code, viewer=Actor.anonymous()) == division


def test_finding_the_handler_costs_one_query(health):
    with CaptureQueriesContext(connection) as captured:
        handler("health", "320402001001")
    assert len(captured) == 1


def test_organisations_come_in_official_order_by_page_and_by_tree(health):
    viewer = Actor.anonymous()
    city = queries.organisation_by_code(code="city", viewer=viewer).id
    whole = queries.organisations(viewer=viewer, below=city)
    assert [view.code for view in whole.items] == ["city", "clinic", "east", "office"]
    first = queries.organisations(viewer=viewer, below=city, size=3)
    assert [view.code for view in first.items] == ["city", "clinic", "east"]
    second = queries.organisations(viewer=viewer, below=city, size=3, cursor=first.next_cursor)
    assert [view.code for view in second.items] == ["office"]
    assert queries.organisations(viewer=viewer, below=city, tree=Tree.LINE).items[0].code == "city"
    assert [view.code for view in queries.organisations(viewer=viewer, duty="birth_institution").items] == ["hospital"]
    assert [view.code for view in queries.organisations(viewer=viewer, parent=city).items] == ["east"]
    assert queries.organisations(viewer=viewer, search="east", line="health", region_code="320402").items


def test_a_page_of_organisations_costs_one_query(health):
    with CaptureQueriesContext(connection) as captured:
        queries.organisations(viewer=Actor.anonymous())
    assert len(captured) == 1


def test_region_pickers_get_children_levels_and_names():
    make.make_regions()
    viewer = Actor.anonymous()
    assert [region.code for region in queries.regions(viewer=viewer)] == ["320400"]
    assert [region.code for region in queries.regions(viewer=viewer, parent="320400")] == ["320402", "320404"]
    assert len(queries.regions(viewer=viewer, level=RegionLevel.STREET)) == 2
    assert [region.code for region in queries.regions(viewer=viewer, search="社区")] == ["320402001001"]
    assert queries.region(code="320402", viewer=viewer).name == "样例东区"
    assert queries.region_path(code="1", viewer=viewer) == ()
    with pytest.raises(UnknownRecord):
        queries.region(code="1", viewer=viewer)


def test_names_for_lists_come_in_one_query_each(health):
    ids = [view.id for view in queries.organisations(viewer=make.SYSTEM).items]
    subjects = [SubjectRef(PERSON, make.make_person()), SubjectRef(LEGAL_ENTITY, make.make_legal_entity())]
    accounts = [make.make_resident().account_id for _ in range(3)]
    with CaptureQueriesContext(connection) as captured:
        assert len(queries.organisation_names(organisation_ids=[*ids, new_id()], viewer=make.SYSTEM)) == 5
        assert len(queries.subject_names(subjects=subjects, viewer=make.SYSTEM)) == 2
        assert len(queries.account_names(account_ids=accounts, viewer=make.SYSTEM)) == 3
    assert len(captured) == 4


def test_residents_read_the_names_of_others_masked():
    one, other = make.make_resident("样例本人"), make.make_resident("样例他人")
    official = make.make_official(make.make_organisation(), name="样例经办")
    subjects = [SubjectRef(PERSON, one.person_id), SubjectRef(PERSON, other.person_id)]
    names = queries.subject_names(subjects=subjects, viewer=one.actor)
    assert list(names.values()).count("样***") == 1
    assert "样例本人" in names.values()
    ids = [one.account_id, other.account_id, official.account_id]
    assert set(queries.account_names(account_ids=ids, viewer=one.actor).values()) == {"样例本人", "样***", "样例经办"}
    assert set(queries.subject_names(subjects=subjects, viewer=official.actor).values()) == {"样例本人", "样例他人"}
    assert queries.account_name(account_id=other.account_id, viewer=one.actor) == "样***"
    assert [queries.account_name(account_id=each, viewer=make.SYSTEM) for each in (None, new_id())] == ["", ""]


def test_a_person_is_shown_in_full_to_themself_and_to_who_acts_for_them_now():
    owner, agent = make.make_resident("样例本人"), make.make_resident()
    assert queries.person(person_id=owner.person_id, viewer=owner.actor).name == "样例本人"
    with pytest.raises(UnknownRecord):
        queries.person(person_id=owner.person_id, viewer=agent.actor)
    acting = replace(agent.actor, on_behalf=SubjectRef(PERSON, owner.person_id))
    card = queries.person(person_id=owner.person_id, viewer=acting)
    assert (card.sex, card.mobile is not None, card.address) == (make.Sex.FEMALE, True, "样例路 1 号")


def test_a_person_is_found_by_id_number_in_both_forms_and_only_by_who_may_see_them():
    person = make.make_resident(person_id=make.make_person(id_number=NUMBER))
    old_form = NUMBER[:6] + NUMBER[8:17]
    for typed in (NUMBER, NUMBER.lower(), f"{NUMBER[:6]} {NUMBER[6:]}"):
        assert queries.find_person(id_number=typed, viewer=make.SYSTEM).id == person.person_id
    assert queries.find_person(id_number=old_form, viewer=make.SYSTEM).id == person.person_id
    assert queries.find_person(id_number=NUMBER, viewer=make.make_resident().actor) is None
    assert queries.find_person(id_number="123", viewer=make.SYSTEM) is None


def test_an_entity_is_found_by_credit_code():
    owner = make.make_resident()
    entity = make.make_legal_entity(legal_representative_id=owner.person_id)
    card = queries.entity(entity_id=entity, viewer=owner.actor)
    assert queries.entity_by_credit_code(credit_code=card.credit_code.lower(), viewer=make.SYSTEM).id == entity
    assert queries.entity_by_credit_code(credit_code=card.credit_code, viewer=make.make_resident().actor) is None


def test_officials_see_who_works_in_an_office_and_residents_do_not():
    bureau = make.make_organisation()
    one = make.make_official(bureau)
    make.make_official(bureau, role="approver")
    viewer = one.actor
    assert len(queries.officials(viewer=viewer, organisation_id=bureau).items) == 2
    assert [card.id for card in queries.officials(viewer=viewer, organisation_id=bureau, role="clerk").items] == [
        one.account_id
    ]
    with pytest.raises(UnknownRecord):
        queries.officials(viewer=make.make_resident().actor, organisation_id=bureau)


def test_an_account_is_shown_to_its_owner_and_its_manager():
    one = make.make_resident("样例本人", username="owner")
    assert queries.account(account_id=one.account_id, viewer=one.actor).name == "样例本人"
    assert queries.account_by_username(username=" Owner ", viewer=make.SYSTEM).id == one.account_id
    assert queries.account_by_username(username="owner", viewer=make.make_resident().actor) is None
    with pytest.raises(UnknownRecord):
        queries.account(account_id=one.account_id, viewer=make.make_resident().actor)


def test_sample_accounts_are_shown_in_a_demonstration_only(monkeypatch):
    make.make_official(make.make_organisation(name="样例局"), name="样例经办", sample=True)
    assert queries.sample_accounts(viewer=Actor.anonymous()) == ()
    assert queries.sample_password() == ""
    from yiwang.commons.identity.queries import samples

    shown = samples.settings().model_copy(update={"demo": True})
    monkeypatch.setattr(samples, "settings", lambda: shown)
    with CaptureQueriesContext(connection) as captured:
        (account,) = queries.sample_accounts(viewer=Actor.anonymous())
    assert (account.name, account.note) == ("样例经办", "样例局 经办人")
    assert len(captured) == 2


def test_acting_choices_name_everybody_in_one_query():
    agent = make.make_resident()
    for subject in (SubjectRef(PERSON, make.make_person("样例本人")), SubjectRef(PERSON, make.make_person("样例老人"))):
        make.make_representation(agent.person_id, subject, valid_to=clock.today())
    make.make_legal_entity("样例企业", legal_representative_id=agent.person_id)
    with CaptureQueriesContext(connection) as captured:
        choices = queries.acting_choices(viewer=agent.actor)
    assert sorted(choice.name for choice in choices) == sorted(["样例本人", "样例老人", "样例企业"])
    assert len(captured) == 1
