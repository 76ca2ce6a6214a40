"""A family applies for its second child: what was said of the parents is proposed, what was said of the first child never."""

import pytest

from yiwang.commons.forms import queries as forms
from yiwang.serve.portal.tests.conftest import Browser, drafts

pytestmark = pytest.mark.django_db
OF_THE_CHILD = {
    "child_name", "child_sex", "child_birth_date", "child_birth_time", "child_nation", "child_order", "birth_institution",
    "birth_place", "child_already_insured", "birth_certificate_number",
}  # fmt: skip


def earlier() -> dict[str, str]:
    """Facts of the one draft that come from an earlier application, with what is said of it."""
    (kept,) = drafts()
    return {name: answer.text for name, answer in kept.answers.items() if answer.source.value == "earlier"}


def with_a_first_child(family: Browser) -> None:
    family.to_check()
    family.send()


def test_the_parents_the_household_and_the_address_are_proposed_and_say_from_which_application(mother):
    with_a_first_child(mother)
    mother.begin()
    found = earlier()
    assert {"father_name", "father_id_number", "father_mobile", "householder_name", "card_bank"} <= set(found)
    assert all("新生儿出生一件事" in text for text in found.values())


def test_nothing_of_the_first_child_is_proposed(mother):
    with_a_first_child(mother)
    mother.begin()
    assert not OF_THE_CHILD & set(earlier())
    mother.fill("/child/")
    fields = {each.name: each.value for group in mother.page.context["view"].groups for each in group.fields}
    assert not [name for name in OF_THE_CHILD & set(fields) if fields[name]]


def test_only_the_second_child_is_typed(mother):
    with_a_first_child(mother)
    mother.begin()
    (kept,) = drafts()
    form = forms.definition(key=kept.key, version=kept.version, viewer=mother_viewer())
    asked = {name for name in form.asked() if form.questions[name].fact.holds.value == "lasting"}
    mother.fill()
    (kept,) = drafts()
    typed = {name for name in asked if name in kept.answers and kept.answers[name].source.value == "typed"}
    assert typed <= {"parents_married", "settle_with", "settle_in_city"}


def mother_viewer():
    from tests.pack import actor_named

    return actor_named("family1-mother")


def test_the_page_says_from_which_application_an_answer_comes(mother):
    with_a_first_child(mother)
    mother.begin()
    mother.fill("/parents/")
    assert "新生儿出生一件事（" in mother.text


def test_the_guide_shows_what_was_answered_before_and_still_asks(mother):
    with_a_first_child(mother)
    mother.get("/bundles/newborn/guide/?about=parents_married")
    assert "您以前办事时填写：新生儿出生一件事" in mother.text
    assert mother.page.context["field"].value == "yes"
    mother.get("/bundles/newborn/guide/?about=wants_medical_insurance")
    assert "以前办事时填写" not in mother.text


def test_another_family_is_proposed_nothing(mother, neighbour):
    with_a_first_child(mother)
    neighbour.begin()
    assert not earlier()


def test_another_matter_is_not_proposed_the_child_either(mother):
    with_a_first_child(mother)
    mother.post("/matters/household_registration/begin/")
    found = set(earlier())
    assert not OF_THE_CHILD & found
    assert "father_name" in found
