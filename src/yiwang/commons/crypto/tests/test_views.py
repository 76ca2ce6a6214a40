"""The pages as a browser gets them, for those who look, manage and destroy; certificates taken in and revoked."""

import re
from dataclasses import dataclass

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from yiwang.commons.crypto import commands, policies, queries, rules
from yiwang.commons.crypto.contracts import (
    DESTROY,
    MANAGE,
    VIEW,
    CertificateRole,
    KeyState,
    MayNotDestroy,
    MayNotManage,
    MayNotView,
    OwnRetirement,
    Purpose,
)
from yiwang.commons.crypto.engine import suite
from yiwang.commons.crypto.engine.pki import new_root, parse_name
from yiwang.commons.crypto.models import Certificate, CryptoKey
from yiwang.commons.crypto.tests.factories import SYSTEM, make_key, pool
from yiwang.commons.identity.tests.factories import login, make_official, make_organisation, make_regions
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.models import EvidenceRow

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Keepers:
    reader: object
    keeper: object
    destroyer: object
    bystander: object


@pytest.fixture
def people(client):
    make_regions()
    office = make_organisation(name="样例密码管理办公室")
    with pool():
        made = Keepers(
            make_official(office, grants=(VIEW,), name="样例查看"),
            make_official(office, grants=(MANAGE,), name="样例管理"),
            make_official(office, grants=(MANAGE, DESTROY), name="样例销毁"),
            make_official(office, grants=("flow.work",), name="样例经办"),
        )
        login(client, made.keeper.account_id)
        yield made


def words(response, status=200):
    assert response.status_code == status, response.content.decode()[:800]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_grant_bounded_to_one_bureau_manages_no_keys(people, client):
    make_organisation("sample-city")
    bureau = make_organisation("sample-bureau", parent="sample-city")
    bounded = make_official(bureau, grants=(MANAGE, DESTROY), name="样例局内")
    looks = make_official(bureau, grants=(VIEW,), name="样例局内查看")
    assert policies.rights(bounded.actor) == frozenset()
    assert policies.rights(looks.actor) == {VIEW}
    with pytest.raises(MayNotManage):
        commands.create_key(
            name="sample.x", owner="样例", purpose=Purpose.SIGNING, application="x", by=bounded.actor, at=clock.now()
        )
    entry = f'href="{reverse("crypto:keys")}"'
    for account, seen in ((bounded, False), (looks, True), (people.keeper, True)):
        login(client, account.account_id)
        assert (entry in client.get("/work/").content.decode()) is seen


def test_who_may_what(people):
    system, nobody = Actor.system("tests"), Actor.anonymous()
    table = (
        (people.reader.actor, True, False, False),
        (people.keeper.actor, True, True, False),
        (people.destroyer.actor, True, True, True),
        (people.bystander.actor, False, False, False),
        (system, True, True, True),
        (nobody, False, False, False),
    )
    for actor, view, manage, destroy in table:
        assert (policies.can_view(actor), policies.can_manage(actor), policies.can_destroy(actor)) == (
            view,
            manage,
            destroy,
        )
        checks = (
            (policies.check_view, MayNotView, view), (policies.check_manage, MayNotManage, manage),
            (policies.check_destroy, MayNotDestroy, destroy),
        )  # fmt: skip
        for check, refusal, allowed in checks:
            if allowed:
                check(actor)
            else:
                with pytest.raises(refusal):
                    check(actor)


def test_whoever_retired_a_key_does_not_destroy_it(people):
    key = make_key()
    mine = people.destroyer.actor
    commands.retire_key(key_id=key, reason="样例", by=mine, at=clock.now())
    with pytest.raises(OwnRetirement):
        commands.destroy_key(key_id=key, reason="样例", by=mine, at=clock.now())
    with pytest.raises(MayNotDestroy):
        commands.destroy_key(key_id=key, reason="样例", by=people.keeper.actor, at=clock.now())
    commands.destroy_key(key_id=key, reason="样例", by=SYSTEM, at=clock.now())


def test_the_list_finds_by_words_state_and_purpose(client, people):
    make_key("seals.main", application="seals")
    page = words(client.get(reverse("crypto:keys")))
    assert "platform.fields" in page
    assert "SM2 / SM3" in page
    page = words(client.get(reverse("crypto:keys"), {"q": "seals"}))
    assert "seals.main" in page
    assert "platform.fields" not in page
    assert "没有符合条件的密钥" in words(client.get(reverse("crypto:keys"), {"state": "retired"}))
    assert "seals.main" not in words(client.get(reverse("crypto:keys"), {"purpose": "lookup"}))


def test_a_page_of_the_list_costs_the_same_with_many_keys(client, people, django_assert_max_num_queries):
    client.get(reverse("crypto:keys"))
    for number in range(23):
        make_key(f"sample.key{number}")
    with django_assert_max_num_queries(9):  # three of ours, the others ask what the navigation shows
        page = client.get(reverse("crypto:keys"))
    assert "下一页" in words(page)


def test_strangers_are_refused(client, people):
    key = make_key()
    login(client, people.bystander.account_id)
    for name in ("keys", "applications", "certificates", "standing", "create", "take_certificate"):
        assert client.get(reverse(f"crypto:{name}")).status_code == 403, name
    assert client.get(reverse("crypto:key", args=[key])).status_code == 403
    assert client.get(reverse("crypto:assessment", args=["json"])).status_code == 403
    login(client, people.reader.account_id)
    assert client.get(reverse("crypto:key", args=[key])).status_code == 200
    assert client.get(reverse("crypto:create")).status_code == 403
    assert client.post(reverse("crypto:step", args=[key, "suspend"]), {"reason": "样例"}).status_code == 403
    assert CryptoKey.objects.get(pk=key).state == KeyState.ACTIVE


def test_a_key_is_made_suspended_and_rotated_in_the_browser(client, people):
    given = {
        "name": "seals.main",
        "purpose": "signing",
        "application": "seals",
        "owner": "样例局",
        "rotate_days": "365",
    }
    assert "请选择用途" in words(client.post(reverse("crypto:create"), {**given, "purpose": "fields"}), 422)
    assert "小写字母" in words(client.post(reverse("crypto:create"), {**given, "name": "Bad Name"}), 422)
    assert client.post(reverse("crypto:create"), given).status_code == 303
    assert "已经有名称" in words(client.post(reverse("crypto:create"), given), 422)
    key = CryptoKey.objects.get(name="seals.main").pk
    page = words(client.get(reverse("crypto:key", args=[key])))
    assert "轮换此密钥" in page
    assert "销毁此密钥" not in page
    assert "半分钟" in words(client.get(reverse("crypto:step", args=[key, "suspend"])))
    assert "请写明理由" in words(client.post(reverse("crypto:step", args=[key, "suspend"]), {"reason": ""}), 422)
    assert client.post(reverse("crypto:step", args=[key, "suspend"]), {"reason": "样例理由"}).status_code == 303
    page = words(client.get(reverse("crypto:key", args=[key])))
    assert "停用" in page
    assert "样例理由" in page
    assert "样例管理" in page
    client.post(reverse("crypto:step", args=[key, "resume"]))
    client.post(reverse("crypto:step", args=[key, "rotate"]))
    assert CryptoKey.objects.get(pk=key).version == 2
    assert client.get(reverse("crypto:step", args=[key, "create"])).status_code == 404
    assert client.get(reverse("crypto:step", args=[people.keeper.account_id, "rotate"])).status_code == 404


def test_a_number_of_days_with_zeros_before_it_is_refused(client, people):
    form = {
        "name": "sample.x",
        "purpose": "signing",
        "application": "x",
        "owner": "样例",
        "rotate_days": "0000019999999",
    }
    assert "36500" in words(client.post(reverse("crypto:create"), form), 422)


def test_a_quota_is_changed(client, people):
    make_key()
    address = reverse("crypto:quota", args=["sample"])
    assert "请填写数字" in words(client.post(address, {"daily": "many", "keys": "5"}), 422)
    assert client.post(address, {"daily": "10", "keys": "5", "title": "样例应用"}).status_code == 303
    page = words(client.get(reverse("crypto:applications")))
    assert "样例应用" in page
    assert "10" in page
    assert client.get(reverse("crypto:quota", args=["nobody"])).status_code == 404


def test_how_things_stand_and_the_assessment(client, people):
    page = words(client.get(reverse("crypto:standing")))
    assert "已知答案全部正确" in page
    assert "在用" in page
    document = client.get(reverse("crypto:assessment", args=["md"])).content.decode()
    assert "platform.fields" in document
    facts = client.get(reverse("crypto:assessment", args=["json"])).json()
    assert {key["name"] for key in facts["keys"]} >= {rules.FIELDS_KEY, rules.LOOKUP_KEY}
    commands.rotate_key(key_id=queries.key_id_of(name=rules.FIELDS_KEY), by=SYSTEM, at=clock.now())
    run = commands.begin_reencryption(by=SYSTEM, at=clock.now())
    page = words(client.get(reverse("crypto:standing")))
    assert "正在重加密" in page
    assert "commons_identity_person" in page
    while commands.reencrypt_batch(run_id=run, by=SYSTEM, at=clock.now()):
        pass
    assert "最近一次重加密完成于" in words(client.get(reverse("crypto:standing")))


@pytest.mark.parametrize("name", ["national", "international"])
def test_a_certificate_is_taken_in_and_revoked(client, people, name):
    root = sample_root(name)
    file = SimpleUploadedFile("root.pem", root.pem().encode())
    refused = client.post(
        reverse("crypto:take_certificate"), {"file": file, "role": "anchor", "fingerprint": "ab" * 32}
    )
    assert "指纹与证书不一致" in words(refused, 422)
    assert not Certificate.objects.exists()
    file.seek(0)
    mark = root.fingerprint.upper()
    made = client.post(reverse("crypto:take_certificate"), {"file": file, "role": "anchor", "fingerprint": mark})
    assert made.status_code == 303, words(made, made.status_code)
    row = Certificate.objects.get()
    assert row.demonstration
    assert queries.trusted_certificates(role=CertificateRole.ANCHOR) == (root.der,)
    assert "样例" in words(client.get(reverse("crypto:certificates")))
    address = reverse("crypto:certificate", args=[row.pk])
    assert "样例" in words(client.get(address))
    assert client.get(reverse("crypto:pem", args=[row.pk])).content.decode().split() == root.pem().split()
    assert "请写明理由" in words(client.post(address, {"reason": ""}), 422)
    assert client.post(address, {"reason": "样例"}).status_code == 303
    assert "已吊销" in words(client.get(address))
    assert queries.trusted_certificates(role=CertificateRole.ANCHOR) == ()
    kinds = EvidenceRow.objects.filter(subject_id=row.pk).values_list("kind", flat=True)
    assert set(kinds) == {"certificate.imported", "certificate.revoked"}


@pytest.mark.parametrize(
    "content", [b"", b"garbage", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"\x30" * 5000]
)
def test_what_is_no_certificate_is_refused_with_a_sentence(client, people, content):
    file = SimpleUploadedFile("bad.pem", content)
    page = words(client.post(reverse("crypto:take_certificate"), {"file": file, "role": "anchor"}), 422)
    assert "证书" in page
    assert not Certificate.objects.exists()


def sample_root(name):
    """Of the demonstration authority."""
    private = suite(name).new_signing_key()
    return new_root(private, parse_name("CN=Sample Root,O=Sample"), since=clock.now(), days=30).certificate
