"""The pages: wallet, one licence, showing, checking, the officials' desk; constant queries; nothing of others."""

import json
import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import override_settings
from django.urls import reverse

from yiwang.commons.files.tests.factories import blob_folder  # noqa: F401  a fixture
from yiwang.commons.identity.contracts import PERSON, Sex
from yiwang.commons.identity.queries import SESSION_ACTING
from yiwang.commons.identity.tests.factories import (
    Grants,
    login,
    make_official,
    make_organisation,
    make_person,
    make_representation,
    make_resident,
)
from yiwang.commons.licences import commands, queries
from yiwang.commons.licences.contracts import IMPORT, MANAGE, VIEW, CheckResult, Ground, Holder, HolderKind
from yiwang.commons.licences.models import Licence, LicenceShowing
from yiwang.commons.licences.tests.factories import SYSTEM, issue, licensed, make_type, sealing_office  # noqa: F401
from yiwang.commons.privacy import queries as privacy
from yiwang.commons.privacy.contracts import AccessWay
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.codes.synthetic import synthetic_id_number
from yiwang.kernel.ids import new_id

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("blob_folder")]


@pytest.fixture
def resident(client):
    made = make_resident()
    login(client, made.account_id)
    return made


def _own(resident) -> Holder:
    return Holder(HolderKind.PERSON, resident.person_id)


def test_the_wallet_shows_own_licences_alone_in_a_constant_number_of_queries(
    client, resident, django_assert_max_num_queries
):
    issue(Holder(HolderKind.PERSON, make_person("样例乙")), values={"shop_name": "别人的店"})
    where = make_organisation()
    for _each in range(3):
        issue(_own(resident), organisation_id=where)
    client.get(reverse("licences:wallet"))
    with django_assert_max_num_queries(12) as few:
        page = client.get(reverse("licences:wallet")).content.decode()
    assert page.count("ll-card__title") == 3
    for _each in range(20):
        issue(_own(resident), organisation_id=where)
    with django_assert_max_num_queries(len(few.captured_queries)):
        page = client.get(reverse("licences:wallet")).content.decode()
    assert page.count("ll-card__title") == 23


def test_somebody_else_s_licence_is_not_found(client, resident):
    other = issue()
    assert client.get(reverse("licences:licence", args=[other])).status_code == 404
    assert client.get(reverse("licences:show", args=[other])).status_code == 404


def test_the_holder_shows_a_licence_and_a_stranger_checks_it_once(client, resident, sealing_office):  # noqa: F811
    made = licensed(sealing_office, _own(resident))
    one = client.get(reverse("licences:licence", args=[made])).content.decode()
    assert "样例面馆" in one
    assert "验证" in one
    page = client.post(reverse("licences:show", args=[made]), {"purpose": "open_shop", "minutes": "5"})
    assert page.status_code == 200
    digits = page.context["made"].code
    client.logout()
    seen = client.post(reverse("licences:check"), {"code": digits, "name": "样例单位"}).content.decode()
    assert "样例面馆" in seen
    assert "仅供办理开店手续使用" in seen
    assert "13800000000" not in seen
    assert client.post(reverse("licences:check"), {"code": digits}).status_code == 422
    assert LicenceShowing.objects.get().checker_name == "样例单位"


def test_who_guesses_codes_has_to_wait(client):
    answers = [client.post(reverse("licences:check"), {"code": f"{n:012}"}).status_code for n in range(11)]
    assert answers == [422] * 10 + [429]


def test_an_official_with_a_grant_finds_suspends_and_corrects(client, sealing_office):  # noqa: F811
    made = licensed(sealing_office)
    grants = [Grants(action, organisation_id=sealing_office) for action in (VIEW, MANAGE, IMPORT)]
    official = make_official(sealing_office, grants=grants, name="样例经办")
    login(client, official.account_id)
    number = Licence.objects.get(pk=made).number
    assert number in client.get(reverse("licences:desk"), {"q": number[:6]}).content.decode()
    assert client.get(reverse("licences:desk_licence", args=[made])).status_code == 200
    url = reverse("licences:step", args=[made, "suspend"])
    assert client.post(url, {"ground": "investigation", "reason": ""}).status_code == 422
    assert client.post(url, {"ground": "investigation", "reason": "样例调查"}).status_code == 303
    assert Licence.objects.get(pk=made).state == "suspended"
    assert (
        client.post(reverse("licences:step", args=[made, "resume"]), {"ground": "other", "reason": "查清"}).status_code
        == 303
    )
    changed = client.post(
        reverse("licences:step", args=[made, "change"]),
        {"ground": "error", "reason": "更正", "v-shop_name": "样例饭店", "v-shop_address": "", "v-phone": ""},
    )
    assert changed.status_code == 303
    assert Licence.objects.get(pk=made).pending_id is not None


def test_an_official_without_a_grant_and_a_resident_see_no_desk(client, resident):
    assert client.get(reverse("licences:desk")).status_code == 403
    official = make_official(make_organisation(), grants=[], name="样例路人")
    login(client, official.account_id)
    assert client.get(reverse("licences:desk")).status_code == 403
    assert client.get(reverse("licences:desk_licence", args=[issue()])).status_code == 404


def test_an_import_is_uploaded_and_its_rejects_taken_along(client):
    where = make_organisation()
    make_type()
    official = make_official(
        where, grants=[Grants(each, organisation_id=where) for each in (VIEW, IMPORT)], name="样例经办"
    )
    login(client, official.account_id)
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("a.csv", "number,holder_name,holder_code,shop_name\nN1,样例,1,店\n".encode())
    answer = client.post(reverse("licences:imports"), {"type": "sample_permit", "file": file, "seals": "no"})
    assert answer.status_code == 303
    run = answer.url.rstrip("/").rpartition("/")[2]
    from uuid import UUID

    while commands.import_batch(import_id=UUID(run), by=SYSTEM, at=clock.now()):
        pass
    assert client.get(answer.url).status_code == 200
    taken = b"".join(client.get(reverse("licences:rejects", args=[run])).streaming_content).decode()
    assert "holder_code" in taken
    assert client.get(reverse("licences:imports")).status_code == 200


def test_what_is_stuck_is_shown_and_tried_again(client):
    where = make_organisation()
    made = issue(organisation_id=where)
    commands.note_problem(licence_id=made, problem="没有印章", by=SYSTEM, at=clock.now())
    official = make_official(
        where, grants=[Grants(each, organisation_id=where) for each in (VIEW, MANAGE)], name="样例经办"
    )
    login(client, official.account_id)
    assert "没有印章" in client.get(reverse("licences:stuck")).content.decode()
    assert client.post(reverse("licences:again", args=[made])).status_code == 303
    assert Licence.objects.get(pk=made).tries == 0


def test_the_verdict_is_shown_mark_by_mark(client, resident, sealing_office):  # noqa: F811
    made = licensed(sealing_office, _own(resident))
    page = client.get(reverse("licences:verified", args=[made]))
    assert page.status_code == 200


def test_an_agent_for_single_matters_neither_sees_nor_shows_the_wallet(client, resident, sealing_office):  # noqa: F811
    owner = make_person("样例乙")
    made = licensed(sealing_office, Holder(HolderKind.PERSON, owner))
    subject = SubjectRef(PERSON, owner)
    make_representation(resident.person_id, subject, scope="matter:样例")
    session = client.session
    session[SESSION_ACTING] = str(subject)
    session.save()
    page = client.get(reverse("licences:wallet")).content.decode()
    assert "ll-card__title" not in page
    assert "只受托办理指定的事项" in page
    for name in ("licence", "show", "verified", "picture"):
        assert client.get(reverse(f"licences:{name}", args=[made])).status_code == 404, name
    assert (
        client.post(reverse("licences:show", args=[made]), {"purpose": "open_shop", "minutes": "5"}).status_code == 404
    )
    make_representation(resident.person_id, subject, scope="*")
    assert "ll-card__title" in client.get(reverse("licences:wallet")).content.decode()
    assert (
        client.post(reverse("licences:show", args=[made]), {"purpose": "open_shop", "minutes": "5"}).status_code == 200
    )


def test_the_desk_of_officials_is_no_page_for_holders(client, resident):
    mine = issue(_own(resident))
    assert client.get(reverse("licences:licence", args=[mine])).status_code == 200
    for name, more in (("desk_licence", []), ("step", ["suspend"])):
        assert client.get(reverse(f"licences:{name}", args=[mine, *more])).status_code == 404


@pytest.mark.parametrize("name", ["desk_licence", "licence", "verified", "picture", "show"])
def test_the_holder_reads_that_an_official_opened_the_licence(client, resident, sealing_office, name):  # noqa: F811
    made = licensed(sealing_office, _own(resident))
    assert client.get(reverse("licences:licence", args=[made])).status_code == 200
    assert not privacy.accesses_of(viewer=resident.actor).items, "the holder's own look is nobody's access"
    official = make_official(sealing_office, grants=[Grants(VIEW, organisation_id=sealing_office)])
    login(client, official.account_id)
    for _each in range(2):
        assert client.get(reverse(f"licences:{name}", args=[made])).status_code == 200
    [entry] = privacy.accesses_of(viewer=resident.actor).items
    assert (entry.way, entry.data.id, entry.organisation_id) == (AccessWay.VIEWED, made, sealing_office)


def test_the_holder_reads_that_an_official_took_the_file_and_a_refused_one_is_no_access(
    client,
    resident,
    sealing_office,  # noqa: F811
):
    made = licensed(sealing_office, _own(resident))
    file = queries.licence(licence_id=made, viewer=SYSTEM).versions[0].pdf_file_id
    stranger = make_official(make_organisation(), grants=[], name="样例路人")
    login(client, stranger.account_id)
    assert client.get(reverse("files:download", args=[file])).status_code == 404
    assert client.get(reverse("licences:desk_licence", args=[made])).status_code == 404
    assert not privacy.accesses_of(viewer=resident.actor).items
    official = make_official(sealing_office, grants=[Grants(VIEW, organisation_id=sealing_office)])
    login(client, official.account_id)
    for name in ("files:download", "files:preview"):
        answer = client.get(reverse(name, args=[file]))
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
    [entry] = privacy.accesses_of(viewer=resident.actor).items
    assert entry.way is AccessWay.DOWNLOADED


def test_what_a_person_takes_along_holds_their_licences_and_nobody_else_s(resident):
    issue(_own(resident))
    issue(values={"shop_name": "别人的店"})
    told = json.loads("".join(privacy.export(viewer=resident.actor)))
    [part] = [each for each in told["parts"] if each["key"] == "licences"]
    assert [each["fields"]["经营者名称"] for each in part["rows"]] == ["样例面馆"]


def test_whose_licences_are_sought_stands_in_no_address(client, sealing_office):  # noqa: F811
    code = synthetic_id_number(division_code="320402", birth_date=date(1980, 1, 1), sex=Sex.FEMALE)
    holders = [
        Holder(HolderKind.PERSON, make_person(name, id_number=number))
        for name, number in (("样例丙", code), ("样例丁", None))
    ]
    for holder in holders:
        issue(holder, organisation_id=sealing_office)
    login(client, make_official(sealing_office, grants=[Grants(VIEW, organisation_id=sealing_office)]).account_id)
    for sought in (code, "样例丙"):
        answer = client.post(reverse("licences:desk"), {"holder": sought, "state": "making"})
        assert answer.url == f"{reverse('licences:desk')}?state=making&held=1"
        page = client.get(answer.url).content.decode()
        assert "样例丙" in page
        assert "样例丁" not in page
    assert "样例丁" in client.get(reverse("licences:desk")).content.decode()


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_a_proxy_one_guesser_keeps_nobody_else_waiting(client):

    def guess(who: str) -> int:
        headers = {"X-Forwarded-For": f"6.6.6.6, {who}"}
        return client.post(reverse("licences:check"), {"code": "1"}, headers=headers).status_code

    assert [guess("203.0.113.5") for _n in range(11)] == [422] * 10 + [429]
    assert guess("203.0.113.6") == 422
    assert commands.forget_tries(by=SYSTEM, at=clock.now()) == 0
    assert commands.forget_tries(by=SYSTEM, at=clock.now() + timedelta(hours=1)) == 11


def test_all_uses_can_be_read_page_by_page(client, resident, sealing_office):  # noqa: F811
    made = licensed(sealing_office, _own(resident))
    for number in range(25):
        commands.use(
            licence_id=made, subject=SubjectRef("case", new_id()), purpose=commands.SHARED, basis="statutory_duty",
            ground="《样例法》第一条", organisation_id=sealing_office, words=f"样例-{number:02}", by=SYSTEM, at=clock.now(),
        )  # fmt: skip
    page = client.get(reverse("licences:licence", args=[made])).content.decode()
    assert "样例-24" in page
    assert "样例-00" not in page
    older = unescape(re.findall(r'href="([^"]*cursor=[^"]*)"', page)[-1])
    assert "样例-00" in client.get(older).content.decode()


def test_a_licence_revoked_between_showing_and_checking_shows_its_state_and_not_what_it_says(
    client,
    resident,
    sealing_office,  # noqa: F811
):
    made = licensed(sealing_office, _own(resident))
    shown = client.post(reverse("licences:show", args=[made]), {"purpose": "open_shop", "minutes": "5"}).context["made"]
    commands.revoke(licence_id=made, reason="样例", ground=Ground.RESCINDED, by=SYSTEM, at=clock.now())
    page = client.post(reverse("licences:check"), {"code": shown.code}).content.decode()
    assert "已失效" in page
    assert "样例路 1 号" not in page


@pytest.mark.parametrize("seconds", [0, 1])
def test_a_code_ends_at_its_moment_and_not_a_second_later(resident, sealing_office, seconds):  # noqa: F811
    made = licensed(sealing_office, _own(resident))
    now = clock.now()
    shown = commands.show(licence_id=made, purpose="样例", minutes=1, by=resident.actor, at=now)
    told = commands.check_shown(
        code=shown.code, address="x", by=Actor.anonymous(), at=now + timedelta(seconds=59 + seconds)
    )
    assert told.result is (CheckResult.UNKNOWN if seconds else CheckResult.SHOWN)
    assert shown.code.encode() not in bytes(LicenceShowing.objects.get().code_hash)
