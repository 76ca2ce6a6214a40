"""The sharing interface: only registered callers, only their types and verbs, each use recorded."""

import pytest

from yiwang.commons.files.tests.factories import blob_folder  # noqa: F401  a fixture
from yiwang.commons.identity.tests.factories import make_organisation, make_person
from yiwang.commons.licences import commands, queries
from yiwang.commons.licences.contracts import Holder, HolderKind
from yiwang.commons.licences.models import LicenceUse
from yiwang.commons.licences.tests.factories import SYSTEM, licensed, make_type, sealing_office  # noqa: F401
from yiwang.kernel import clock
from yiwang.kernel.codes.synthetic import synthetic_id_number

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("blob_folder")]
BASE = "/api/v1/licences"


def _caller(types=("sample_permit",), verbs=("catalogue", "query", "verify", "use"), quota=100) -> str:
    return commands.register_caller(
        code="sample.system", name="样例系统", organisation_id=make_organisation(), types=types, verbs=verbs,
        daily_quota=quota, by=SYSTEM, at=clock.now(),
    )  # fmt: skip


def _post(client, path, token, **body):
    return client.post(
        f"{BASE}/{path}", body, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )


def test_who_is_not_registered_is_told_nothing(client):
    for token in ("", "x" * 43):
        assert client.get(f"{BASE}/catalogue", headers={"Authorization": f"Bearer {token}"}).status_code == 401
        assert _post(client, "query", token, type="sample_permit", holder_code="1").status_code == 401


def test_a_caller_finds_verifies_and_uses(client, sealing_office):  # noqa: F811
    from datetime import date

    from yiwang.commons.identity.contracts import Sex

    code = synthetic_id_number(division_code="320402", birth_date=date(1980, 1, 1), sex=Sex.FEMALE)
    person = make_person("样例丙", id_number=code)
    made = licensed(sealing_office, Holder(HolderKind.PERSON, person))
    token = _caller()
    types = client.get(f"{BASE}/catalogue", headers={"Authorization": f"Bearer {token}"}).json()
    assert [each["key"] for each in types] == ["sample_permit"]
    [found] = _post(client, "query", token, type="sample_permit", holder_code=code).json()
    assert "fields" not in found
    assert _post(client, "verify", token, identifier=found["identifier"]).json()["state"] == "in_force"
    refused = _post(client, "use", token, identifier=found["identifier"], purpose="办理样例")
    assert refused.status_code == 403
    used = _post(
        client, "use", token, identifier=found["identifier"], purpose="办理样例", basis="statutory_duty", ground="《样例法》第一条"
    ).json()  # fmt: skip
    assert {each["fact"]: each["value"] for each in used["fields"]}["shop_name"] == "样例面馆"
    assert LicenceUse.objects.get().licence_id == made
    assert queries.uses(licence_id=made, viewer=SYSTEM).items[0].words == "办理样例"


def test_a_caller_is_held_to_its_types_verbs_and_quota(client):
    make_type()
    token = _caller(types=("other",), verbs=("query",), quota=3)
    assert client.get(f"{BASE}/catalogue", headers={"Authorization": f"Bearer {token}"}).status_code == 403
    assert _post(client, "query", token, type="sample_permit", holder_code="1").status_code == 403
    answers = [_post(client, "query", token, type="other", holder_code="1").status_code for _each in range(4)]
    assert answers == [200, 200, 200, 429]
    commands.close_caller(code="sample.system", by=SYSTEM, at=clock.now())
    assert _post(client, "query", token, type="other", holder_code="1").status_code == 401


def test_a_new_token_ends_the_old_one(client):
    first = _caller()
    second = _caller()
    assert client.get(f"{BASE}/catalogue", headers={"Authorization": f"Bearer {first}"}).status_code == 401
    assert client.get(f"{BASE}/catalogue", headers={"Authorization": f"Bearer {second}"}).status_code == 200
