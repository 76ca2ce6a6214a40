"""The sharing interface: only registered callers, only their types and verbs, each use recorded."""

from datetime import date

import pytest

from yiwang.commons.files.tests.factories import blob_folder  # noqa: F401  a fixture
from yiwang.commons.identity.contracts import Sex
from yiwang.commons.identity.tests.factories import (
    Grants,
    make_official,
    make_organisation,
    make_person,
    make_resident,
)
from yiwang.commons.licences import commands, queries
from yiwang.commons.licences.contracts import CALLERS, Holder, HolderKind, MayNotManage
from yiwang.commons.licences.models import Licence, LicenceUse
from yiwang.commons.licences.tests.factories import SYSTEM, licensed, make_type, sealing_office  # noqa: F401
from yiwang.commons.privacy import queries as privacy
from yiwang.commons.privacy.contracts import AccessWay
from yiwang.kernel import clock
from yiwang.kernel.codes.synthetic import synthetic_id_number
from yiwang.kernel.ids import new_id

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


def _imported(where, **changes) -> Licence:
    """A licence whose holder is not registered here."""
    row = {"number": "N-1", "holder_name": "样例丁", "holder_code": _code(), "shop_name": "样例店", **changes}
    content = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    run = commands.begin_import(
        type_key=make_type(), organisation_id=where, content=content.encode(), later=False, by=SYSTEM, at=clock.now()
    )
    commands.import_batch(import_id=run, by=SYSTEM, at=clock.now())
    return Licence.objects.select_related("current").get(number=row["number"])


def _code() -> str:
    return synthetic_id_number(division_code="320402", birth_date=date(1981, 1, 1), sex=Sex.FEMALE)


@pytest.mark.parametrize(
    "ground",
    [
        {"consent": str(new_id())},
        {"basis": "statutory_duty"},
        {"basis": "statutory_duty", "ground": "  "},
        {"basis": "disclosed"},
        {"basis": "shown"},
        {"basis": "shown", "ground": "《样例法》第一条"},
    ],
)
def test_a_holder_whom_nobody_registered_is_not_read_on_an_invented_ground(client, ground):
    row = _imported(make_organisation())
    answer = _post(client, "use", _caller(), identifier=row.current.identifier, purpose="办理样例", **ground)
    assert answer.status_code == 403
    assert answer["Content-Type"].startswith("application/problem+json")
    assert not LicenceUse.objects.exists()


def test_identifiers_of_other_types_and_of_nobody_look_the_same_and_a_stranger_learns_neither(client):
    identifier = _imported(make_organisation()).current.identifier
    for verb, more in (("verify", {}), ("use", {"purpose": "样例"})):
        token = _caller(types=("other",))
        seen = [_post(client, verb, token, identifier=each, **more) for each in (identifier, "x" * 40)]
        assert [each.status_code for each in seen] == [404, 404]
        strange = [_post(client, verb, "no-token", identifier=each, **more) for each in (identifier, "x" * 40)]
        assert [each.status_code for each in strange] == [401, 401]


def test_the_holder_reads_that_a_system_asked_for_their_licences(client, sealing_office):  # noqa: F811
    resident = make_resident(person_id=make_person("样例丙", id_number=_code()))
    licensed(sealing_office, Holder(HolderKind.PERSON, resident.person_id))
    token = _caller()
    [found] = _post(client, "query", token, type="sample_permit", holder_code=_code()).json()
    assert _post(client, "verify", token, identifier=found["identifier"]).status_code == 200
    entries = privacy.accesses_of(viewer=resident.actor).items
    assert [each.way for each in entries] == [AccessWay.CHECKED] * 2
    assert all("样例系统" in each.ground for each in entries)


def test_nobody_takes_over_the_caller_of_another_organisation():
    _caller()
    mine = make_organisation()
    official = make_official(mine, grants=[Grants(CALLERS, organisation_id=mine)])
    with pytest.raises(MayNotManage):
        commands.register_caller(
            code="sample.system", name="冒名", organisation_id=mine, types=["*"], verbs=["use"], by=official.actor,
            at=clock.now(),
        )  # fmt: skip
