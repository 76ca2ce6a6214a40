"""The catalogue over REST, without an account."""

import json

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def get(anonymous):
    def ask(path, status=200):
        answer = anonymous.client.get(f"/api/v1/{path}")
        assert answer.status_code == status, answer.content
        return json.loads(answer.content), answer

    return ask


def test_matters_are_listed_without_an_account(get):
    items = get("matters")[0]["items"]
    assert {each["kind"] for each in items} == {"matter"}
    one = next(each for each in items if each["key"] == "household_registration")
    assert one["name"]
    assert get("matters?theme=nothing")[0]["items"] == []


def test_a_matter_tells_its_limits_materials_and_bundles(get):
    one, _answer = get("matters/household_registration")
    assert one["bundles"] == ["newborn"]
    assert one["promised_days"] >= 1
    assert all(each["ways"] for each in one["materials"])


def test_a_bundle_tells_its_members_and_questions(get):
    one, _answer = get("bundles/newborn")
    assert len(one["members"]) == 7
    assert one["questions"][0]["fact"] == "born_in_hospital"
    registration = next(each for each in one["members"] if each["key"] == "household_registration")
    assert registration["depends_on"] == ["birth_certificate"]
    assert {"newborn", "retirement", "open_restaurant"} <= {each["key"] for each in get("bundles")[0]["items"]}


def test_plain_words_find_the_bundle(get):
    assert get("search?q=孩子出生了")[0]["items"][0]["key"] == "newborn"


@pytest.mark.parametrize("path", ["matters/nothing", "bundles/nothing"])
def test_what_is_not_there_is_a_problem_document(get, path):
    problem, answer = get(path, status=404)
    assert answer["Content-Type"].startswith("application/problem+json")
    assert problem["code"].endswith("not_found")
    assert problem["status"] == 404
    assert problem["instance"] == f"/api/v1/{path}"


@pytest.mark.parametrize("path", ["search", "search?q=", "search?q=" + "x" * 300])
def test_a_malformed_question_is_a_problem_document(get, path):
    problem, answer = get(path, status=422)
    assert answer["Content-Type"].startswith("application/problem+json")
    assert problem["errors"][0]["name"].endswith("q")


def test_the_description_of_the_interface_names_them(get):
    paths = get("openapi.json")[0]["paths"]
    assert {"/api/v1/matters", "/api/v1/matters/{code}", "/api/v1/bundles/{key}", "/api/v1/search"} <= paths.keys()
    assert "security" not in paths["/api/v1/search"]["get"]
