"""Who opens which page of archives: nobody without an account, no resident, no official without the grant, no other office."""

import pytest
from django.urls import reverse

from yiwang.commons.archives import commands
from yiwang.commons.archives.engine import Item, Kind
from yiwang.commons.archives.models import ArchiveAccess, ArchiveEvent
from yiwang.commons.archives.tests import factories as made
from yiwang.commons.files.tests.factories import encrypted_pdf
from yiwang.commons.identity.tests.factories import login, make_organisation
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db


def test_each_address_is_closed_to_all_whom_it_does_not_concern(client):
    archivist, reader = made.keeper(), made.keeper("archives.view")
    row = made.archived(archivist.actor.organisation_id)
    listed = commands.propose_transfer(archive_ids=[row.pk], target="样例馆", by=archivist.actor, at=clock.now())
    asked = commands.request_access(archive_id=row.pk, purpose="行政复议取证", by=reader.actor, at=clock.now())
    commands.decide_access(access_id=asked, approve=True, by=archivist.actor, at=clock.now())
    lists = [reverse(f"archives:{name}") for name in ("archives", "destruction", "transfers", "accesses", "fixity")]
    ones = [reverse("archives:archive", args=[row.pk]), reverse("archives:list", args=[listed])]
    acts = [reverse("archives:decide", args=[asked]), reverse("archives:read", args=[asked])]
    for address in (*lists, *ones):
        assert client.get(address).status_code == 302, address
    for address in acts:
        assert client.post(address).status_code == 302, address
    for nobody in (made.make_resident(), made.keeper("cases.view")):
        login(client, nobody.account_id)
        assert {client.get(address).status_code for address in (*lists, *ones)} == {403}
        assert {client.post(address).status_code for address in acts} == {403}
    elsewhere = made.keeper("archives.view", "archives.keep", office=make_organisation("SAMPLEELSEWHERE"))
    login(client, elsewhere.account_id)
    assert {client.get(address).status_code for address in lists} == {200}
    assert not any(row.archive_number in client.get(address).content.decode() for address in lists)
    assert {client.get(address).status_code for address in ones} == {404}
    assert client.post(acts[1]).status_code == 404, "what somebody else may read"
    client.post(acts[0], {"do": "refuse"})
    assert ArchiveAccess.objects.get(pk=asked).state == "approved"
    login(client, archivist.account_id)
    assert client.post(acts[1]).status_code == 404, "also an archivist reads by a request of their own"
    assert not ArchiveEvent.objects.filter(step="read").exists()
    login(client, reader.account_id)
    assert client.get(acts[1]).status_code == 405
    answer = client.post(acts[1])
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "application/zip", "no-store")
    assert answer.content.startswith(b"PK\3\4")
    for verb in ("schedule", "repack", "accept", "pack", "hold", "release"):
        before = ArchiveEvent.objects.count()
        client.post(ones[0], {"do": verb, "words": "样例理由", "retention": "years10"})
        assert ArchiveEvent.objects.count() == before, verb


def test_an_archivist_takes_locked_files_on_record_and_the_page_says_so(archivist, client):
    made.MORE.append(
        Item(Kind.MATERIAL, "001.pdf", "样例材料", encrypted_pdf(opens_with="sample"), "application/pdf", clock.now())
    )
    row = made.archived(archivist.actor.organisation_id)
    login(client, archivist.account_id)
    page = reverse("archives:archive", args=[row.pk])
    assert 'value="accept"' in client.get(page).content.decode()
    refused = client.post(page, {"do": "accept", "words": " "}, follow=True).content.decode()
    assert 'value="accept"' in refused
    told = client.post(page, {"do": "accept", "words": "样例：申请人已无法重新提交"}, follow=True).content.decode()
    assert "已登记的缺陷：信息包没有压缩和加密" in told
    assert "样例：申请人已无法重新提交" in told
    assert 'value="accept"' not in told


def test_a_package_with_faults_of_its_own_offers_no_such_button(archivist, client):
    made.CHANGES["matter"] = ""
    row = made.archived(archivist.actor.organisation_id)
    login(client, archivist.account_id)
    page = client.get(reverse("archives:archive", args=[row.pk])).content.decode()
    assert 'value="repack"' in page
    assert 'value="accept"' not in page
