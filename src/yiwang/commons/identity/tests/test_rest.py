import pytest

from yiwang.commons.identity import queries
from yiwang.commons.identity.tests import factories as make

pytestmark = pytest.mark.django_db


def test_me_needs_somebody(client):
    assert client.get("/api/v1/me").status_code == 401


def test_me_tells_who_asks(client):
    one = make.make_resident("样例甲")
    make.login(client, one.account_id)
    assert client.get("/api/v1/me").json() == {
        "account_id": str(one.account_id),
        "kind": "person",
        "name": "样例甲",
        "person_id": str(one.person_id),
        "office": None,
        "acting_for": None,
    }


def test_regions_are_public_and_by_level(client):
    make.make_regions()
    children = client.get("/api/v1/regions", {"parent": "320400"}).json()
    assert [(child["code"], child["level"]) for child in children] == [("320402", "district"), ("320404", "district")]
    assert [each["code"] for each in client.get("/api/v1/regions").json()] == ["320400"]
    assert client.get("/api/v1/regions", {"level": "planet"}).status_code == 422


def test_organisations_come_by_subtree_and_page(client):
    make.make_organisation("root", name="样例政府")
    for number in range(3):
        make.make_organisation(f"bureau-{number}", parent="root", line="health", duties=("birth_institution",))
    root = queries.organisation_by_code(code="root", viewer=make.SYSTEM).id
    first = client.get("/api/v1/organisations", {"below": str(root), "size": 2}).json()
    second = client.get("/api/v1/organisations", {"below": str(root), "size": 2, "cursor": first["next"]}).json()
    codes = [item["code"] for item in first["items"] + second["items"]]
    assert codes == ["bureau-0", "bureau-1", "bureau-2", "root"]
    assert second["next"] is None
    assert first["items"][0]["duties"] == ["birth_institution"]
    assert client.get("/api/v1/organisations", {"search": "政府"}).json()["items"][0]["region"] == "320400"


def test_a_cursor_of_somebody_elses_making_is_refused_as_a_problem(client):
    response = client.get("/api/v1/organisations", {"cursor": "nonsense"})
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "kernel.bad_cursor"


def test_size_is_bounded(client):
    assert client.get("/api/v1/organisations", {"size": 100000}).status_code == 422
