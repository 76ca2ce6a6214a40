"""REST: own cases and one by its number."""

import pytest

from yiwang.commons.identity.tests.factories import login, make_resident
from yiwang.serve.cases.tests.factories import make_sample

pytestmark = pytest.mark.django_db


def test_a_resident_reads_own_cases_only(client):
    sample = make_sample()
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    number = sample.case(case_id).number
    login(client, sample.parent.account_id)
    assert [item["number"] for item in client.get("/api/v1/cases").json()["items"]] == [number]
    detail = client.get(f"/api/v1/cases/{number}").json()
    assert [member["status"] for member in detail["members"]] == ["closed", "received", "waiting"]
    assert [result["sealed"] for result in detail["results"]] == [False]
    told = [(each["kind"], each["delivery"]) for each in detail["documents"]]
    assert told == [("receipt", "delivered"), ("acceptance", "delivered"), ("grant", "waiting")]
    login(client, make_resident().account_id)
    assert client.get("/api/v1/cases").json()["items"] == []
    answer = client.get(f"/api/v1/cases/{number}")
    assert (answer.status_code, answer.json()["code"]) == (404, "cases.not_found")
