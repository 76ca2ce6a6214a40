"""REST: deciding with reasons and proof for everybody, the list and the versions for those who keep rules."""

import json
from datetime import timedelta

import pytest

from yiwang.commons.identity.tests.factories import login, make_resident
from yiwang.commons.rules.engine.explaining import DecisionProof, recompute
from yiwang.commons.rules.tests.factories import keepers, publish_sample, publish_with_examples
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def resident(client):
    publish_with_examples()
    login(client, make_resident().account_id)


def evaluate(client, **body):
    return client.post("/api/v1/decisions/sample_grade/evaluate", body, content_type="application/json")


def test_anybody_decides_and_reads_why(client, resident):
    found = evaluate(client, facts={"age": 70, "resident": False}).json()
    assert (found["value"], found["known"], found["version"], found["matched_rules"]) == ("half", True, 1, [3])
    assert any("70" in reason["text"] for reason in found["reasons"])
    english = evaluate(client, facts={"age": 70, "resident": False}, language="en").json()
    assert any("because" in reason["text"].lower() for reason in english["reasons"])


def test_only_facts_that_still_matter_are_missing(client, resident):
    found = evaluate(client, facts={"age": 70}).json()
    assert (found["value"], found["known"], found["missing_facts"]) == (None, False, ["resident"])


def test_a_proof_recomputes_and_hides_what_is_not_public(client, resident):
    facts = {"age": 70, "resident": False}
    found = evaluate(client, facts=facts, proof=True, public=["resident"]).json()
    proof = DecisionProof.read(json.dumps(found["proof"]).encode())
    assert recompute(proof, facts).same
    assert not recompute(proof, {**facts, "age": 71}).same


def test_the_version_of_a_day_decides(client, resident):
    publish_sample(limit=75)
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    facts = {"age": 70, "resident": False}
    assert evaluate(client, facts=facts).json()["value"] == "none"
    assert evaluate(client, facts=facts, on=yesterday).json()["value"] == "half"
    assert evaluate(client, facts=facts, version=1).json()["version"] == 1
    missing = client.post("/api/v1/decisions/nothing/evaluate", {"facts": {}}, content_type="application/json")
    assert (missing.status_code, missing.json()["code"]) == (404, "rules.decision_not_found")


def test_keepers_list_decisions_and_versions(client, resident):
    assert client.get("/api/v1/decisions").status_code == 403
    login(client, keepers().editor.account_id)
    (row,) = client.get("/api/v1/decisions", {"search": "样例"}).json()["items"]
    assert (row["key"], row["version"], row["valid_from"], row["has_draft"]) == ("sample_grade", 1, None, False)
    (version,) = client.get("/api/v1/decisions/sample_grade/versions").json()["items"]
    assert (version["standing"], version["examples"]) == ("in_force", 3)
