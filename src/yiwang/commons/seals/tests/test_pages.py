"""Pages of seals and signatures: they open for whom they should, in a constant number of queries, and do what they say."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from yiwang.commons.identity.tests import factories as identity
from yiwang.commons.seals import commands, queries
from yiwang.commons.seals.contracts import SealKind, SignerSpec, UseRule
from yiwang.commons.seals.models import CoSignature, Seal, SealUse, SealUseRequest
from yiwang.commons.seals.tests.factories import SYSTEM, make_seal
from yiwang.commons.seals.tests.papers import STAMP, an_ofd
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.ids import new_id


def login(client, actor):
    identity.login(client, actor.account_id)


def paper(data=None, name="证明.ofd"):
    return SimpleUploadedFile(name, an_ofd() if data is None else data)


def use(seal_id, **options):
    given = {"document": an_ofd(), "media_type": "application/ofd", "stamps": [STAMP], "reason": "颁发证照"} | options
    return commands.seal_document(
        seal_id=seal_id, subject=SubjectRef("licence", new_id()), by=SYSTEM, at=clock.now(), **given
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_all_pages_open_in_both_languages(client, city, language):
    seal_id = make_seal(city, rule=UseRule.TWO, automatic=["licence"])
    use(seal_id)
    client.cookies["django_language"] = language
    login(client, city.keeper)
    for name, args in (("seals", []), ("uses", []), ("requests", []), ("seal", [seal_id]), ("use", [seal_id]), ("rule", [seal_id]), ("signing", []), ("verify", [])):  # fmt: skip
        answer = client.get(reverse(f"seals:{name}", args=args))
        assert answer.status_code == 200, name
    assert client.get(reverse("seals:picture", args=[seal_id])).content[:4] == b"\x89PNG"


def test_strangers_see_nothing(client, city):
    seal_id = make_seal(city)
    for actor in (identity.make_resident().actor, identity.make_official(identity.make_organisation()).actor):
        login(client, actor)
        for name, args, status in (("seals", [], 403), ("uses", [], 403), ("seal", [seal_id], 404), ("picture", [seal_id], 404)):  # fmt: skip
            assert client.get(reverse(f"seals:{name}", args=args)).status_code == status, name


def test_lists_take_as_many_queries_however_long(client, city, django_assert_max_num_queries):
    first = make_seal(city, automatic=["licence"])
    for _number in range(3):
        use(first)
    login(client, city.keeper)
    client.get(reverse("seals:uses"))
    counts = []
    for kind in (SealKind.LICENCE, SealKind.SERVICE):
        with django_assert_max_num_queries(30) as captured:
            client.get(reverse("seals:uses"))
            client.get(reverse("seals:seals"))
        counts.append(len(captured))
        make_seal(city, kind=kind)
        use(first)
    assert counts[0] == counts[1]


def test_the_log_is_searched_and_taken_away_as_csv_without_formulas(client, city):
    seal_id = make_seal(city, automatic=["licence"])
    use(seal_id, reason="=SUM(A1)")
    sealed = SealUse.objects.get().sealed
    login(client, city.keeper)
    here = reverse("seals:uses")
    assert "=SUM" in client.get(here, {"q": sealed}).content.decode()
    assert "没有符合条件" in client.get(here, {"q": "0" * 64}).content.decode()
    assert "没有符合条件" in client.get(here, {"until": "2020-01-01"}).content.decode()
    answer = client.get(here, {"format": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "'=SUM(A1)" in text
    assert sealed in text


def test_a_seal_is_applied_for_approved_made_and_handed_over_on_pages(client, city):
    login(client, city.officer)
    given = {"organisation": city.organisation_id, "kind": "official", "rule": "one", "reason": "新设单位"}
    assert client.post(reverse("seals:apply"), {"kind": "official"}).status_code == 422
    answer = client.post(reverse("seals:apply"), given)
    assert answer.status_code == 303
    seal_id = Seal.objects.get().pk
    assert client.post(reverse("seals:step", args=[seal_id, "approve"]), {}).status_code == 403
    login(client, city.registrar)
    for verb in ("approve", "make"):
        assert client.get(reverse("seals:step", args=[seal_id, verb])).status_code == 200
        answer = client.post(reverse("seals:step", args=[seal_id, verb]), {"reason": "同意"})
        if verb == "make" and answer.status_code == 409:  # outside of a demonstration no authority is at hand
            return
        assert answer.status_code == 303, verb
    login(client, city.officer)
    here = reverse("seals:step", args=[seal_id, "hand_over"])
    assert client.post(here, {}).status_code == 422
    assert client.post(here, {"keepers": [city.keeper.account_id]}).status_code == 303
    assert Seal.objects.get().state == "in_custody"


def test_a_keeper_seals_on_a_page_and_gets_the_file(client, city):
    seal_id = make_seal(city, rule=UseRule.ONE)
    login(client, city.keeper)
    here = reverse("seals:use", args=[seal_id])
    place = {"page": "1", "x": "120", "y": "200", "reason": "出具证明"}
    assert client.post(here, place).status_code == 422
    assert client.post(here, place | {"file": paper(b"not a paper")}).status_code == 422
    answer = client.post(here, place | {"file": paper()})
    assert answer["Content-Type"] == "application/ofd"
    from yiwang.commons.seals.engine import verify_sealed

    assert verify_sealed(answer.content, queries.trust(viewer=city.keeper)).valid


def test_two_persons_use_a_seal_on_pages(client, city):
    seal_id = make_seal(city, rule=UseRule.TWO)
    login(client, city.keeper)
    place = {"page": "1", "x": "120", "y": "200", "reason": "出具证明", "file": paper()}
    assert client.post(reverse("seals:use", args=[seal_id]), place).status_code == 303
    request_id = SealUseRequest.objects.get().pk
    here = reverse("seals:request", args=[request_id])
    assert "批准并用印" not in client.get(here).content.decode()
    assert client.post(here, {"do": "approve"}).status_code == 403
    login(client, city.second)
    assert "批准并用印" in client.get(here).content.decode()
    assert client.post(here, {"do": "refuse"}).status_code == 422
    assert client.post(here, {"do": "approve"}).status_code == 303
    assert SealUse.objects.get().mode == "two"


def test_the_head_approves_and_ends_automatic_use_on_a_page(client, city):
    seal_id = make_seal(city)
    login(client, city.head)
    here = reverse("seals:rule", args=[seal_id])
    assert client.post(here, {"do": "allow", "kind": "licence", "basis": ""}).status_code == 422
    assert client.post(here, {"do": "allow", "kind": "licence", "basis": "局务会议纪要"}).status_code == 303
    assert "局务会议纪要" in client.get(here).content.decode()
    assert client.post(here, {"do": "end", "kind": "licence"}).status_code == 303
    assert client.post(here, {"do": "rule", "rule": "two"}).status_code == 303
    login(client, city.keeper)
    assert client.post(here, {"do": "rule", "rule": "one"}).status_code == 403


def test_a_person_signs_on_a_page_after_the_password(client, city):
    me = identity.make_resident("样例甲", password=identity.PASSWORD)
    made = commands.ask_signatures(
        title="共同声明", content={"声明": "我们自愿<b>申请</b>。"}, subject=SubjectRef("case", new_id()),
        signers=[SignerSpec(me.account_id, "申请人")], by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    login(client, me.actor)
    assert "共同声明" in client.get(reverse("seals:signing")).content.decode()
    here = reverse("seals:sign", args=[made])
    shown = client.get(here).content.decode()
    assert "我们自愿&lt;b&gt;申请&lt;/b&gt;。" in shown
    digest = CoSignature.objects.get().digest
    assert client.post(here, {"do": "sign", "shown": digest, "password": "wrong"}).status_code == 422
    assert client.post(here, {"do": "sign", "shown": "0" * 64, "password": identity.PASSWORD}).status_code == 409
    assert client.post(here, {"do": "sign", "shown": digest, "password": identity.PASSWORD}).status_code == 303
    file = client.get(reverse("seals:signed_file", args=[made])).content
    answer = client.post(reverse("seals:verify"), {"file": SimpleUploadedFile("signed.json", file)})
    assert "验证通过" in answer.content.decode()


def test_anybody_verifies_a_sealed_file_and_a_changed_one(client, city):
    sealed = use(make_seal(city, automatic=["licence"]))
    here = reverse("seals:verify")
    assert client.post(here).status_code == 422
    assert "验证通过" in client.post(here, {"file": paper(sealed)}).content.decode()
    changed = sealed.replace(b"<ofd:", b"<ofD:", 1)
    assert "验证不通过" in client.post(here, {"file": paper(changed)}).content.decode()
    for junk in (
        b"hello",
        b"PK\x03\x04",
        b"%PDF-1.7 nothing",
        b'{"format":"yiwang.statement/1"}',
        b"\x30\x84\xff\xff\xff\xff",
    ):
        answer = client.post(here, {"file": paper(junk)})
        assert answer.status_code == 200
        assert "验证通过</h2>" not in answer.content.decode()


def test_a_destruction_is_recorded_with_a_file(client, city):
    seal_id = make_seal(city)
    commands.ask_destruction(seal_id=seal_id, reason="撤销", by=city.officer, at=clock.now())
    login(client, city.registrar)
    here = reverse("seals:step", args=[seal_id, "destroy"])
    assert client.post(here, {"reason": "x", "file": SimpleUploadedFile("a.exe", b"MZ")}).status_code == 422
    record = BytesIO(an_ofd())
    record.name = "记录.ofd"
    assert client.post(here, {"reason": "当面销毁", "file": record}).status_code == 303
    assert Seal.objects.get().destruction_file is not None
    assert "销毁记录" in client.get(reverse("seals:seal", args=[seal_id])).content.decode()
