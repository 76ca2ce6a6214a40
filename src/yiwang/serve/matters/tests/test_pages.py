"""The steward's pages: only for stewards, paged in SQL, versions side by side, a list handed in and looked through."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from yiwang.commons.identity.tests.factories import login, make_official, make_organisation, make_resident
from yiwang.kernel import clock
from yiwang.serve.matters import commands, models
from yiwang.serve.matters.tests.factories import LIST_CODE as CODE
from yiwang.serve.matters.tests.factories import LIST_ROW as GOOD
from yiwang.serve.matters.tests.factories import SYSTEM, certificate, matter_spec, publish_sample, renamed
from yiwang.serve.matters.tests.factories import list_file as table
from yiwang.serve.matters.tests.test_import import changed

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward(client):
    publish_sample()
    office = make_organisation("office-steward")
    login(client, make_official(office, grants=["matters.publish"]).account_id)
    return client


def test_only_a_steward_sees_the_pages(client):
    publish_sample()
    pages = [
        reverse("matters:catalogue"),
        reverse("matters:imports"),
        reverse("matters:matter", args=["card"]),
        reverse("matters:export", args=["basic"]),
    ]
    assert {client.get(page).status_code for page in pages} == {302}
    login(client, make_official(make_organisation("office-z")).account_id)
    assert {client.get(page).status_code for page in pages} == {403}
    login(client, make_resident().account_id)
    assert {client.get(page).status_code for page in pages} == {403}


def test_the_catalogue_lists_each_matter_once_and_filters(steward):
    commands.publish_matter(spec=renamed(certificate(), "改名"), by=SYSTEM, at=clock.now())
    page = steward.get(reverse("matters:catalogue")).content.decode()
    assert page.count(reverse("matters:matter", args=["certificate"])) == 1
    assert "改名" in page
    found = steward.get(reverse("matters:catalogue"), {"q": "改名", "state": "published"}).content.decode()
    assert "改名" in found
    assert "样例card" not in found
    none = steward.get(reverse("matters:catalogue"), {"state": "withdrawn"}).content.decode()
    assert "没有符合条件的事项" in none


def test_the_list_costs_as_many_queries_for_three_matters_as_for_forty(steward, django_assert_max_num_queries):
    steward.get(reverse("matters:catalogue"))
    with django_assert_max_num_queries(40) as few:
        steward.get(reverse("matters:catalogue"))
    for number in range(37):
        make_organisation(f"office-m{number}")
        commands.publish_matter(spec=matter_spec(f"m{number}"), by=SYSTEM, at=clock.now())
    with django_assert_max_num_queries(len(few)):
        page = steward.get(reverse("matters:catalogue")).content.decode()
    assert page.count("/work/matters/m") == 37


def test_two_versions_stand_side_by_side(steward):
    commands.publish_matter(spec=renamed(certificate(), "改名"), by=SYSTEM, at=clock.now())
    page = steward.get(reverse("matters:matter", args=["certificate"])).content.decode()
    assert "样例certificate" in page
    assert "改名" in page
    assert "没有常见问题" in page
    whole = steward.get(reverse("matters:matter", args=["certificate"]), {"before": "1", "after": "1", "whole": "1"})
    assert "不同" not in whole.content.decode().split("两版对照")[2]


@pytest.mark.parametrize("query", ["before=7&after=9", "after=0"])
def test_a_version_that_is_not_there_is_a_page_not_found(steward, query):
    assert steward.get(f"{reverse('matters:matter', args=['certificate'])}?{query}").status_code == 404


def test_a_matter_is_suspended_resumed_and_cancelled_by_hand(steward):
    address = reverse("matters:matter", args=["card"])
    today = clock.today().isoformat()
    refused = steward.post(address, {"action": "suspend", "since": "morgen", "reason": ""})
    assert refused.status_code == 422
    assert "请写明原因" in refused.content.decode()
    assert steward.post(address, {"action": "suspend", "since": today, "reason": "升级"}).status_code == 302
    page = steward.get(address).content.decode()
    assert "升级" in page
    assert "恢复日期未定" in page
    steward.post(address, {"action": "resume"})
    assert models.Matter.objects.get(code="card").suspended_from is None
    steward.post(address, {"action": "cancel", "since": today, "reason": "法律修改"})
    assert models.Matter.objects.get(code="card").state == "withdrawn"


def test_a_list_is_tried_then_imported_and_its_rejected_rows_are_shown(steward):
    address = reverse("matters:imports")
    data = table(GOOD, changed(task_type="11", implementation_code=CODE[:-2] + "07"))

    def hand_in(button):
        file = SimpleUploadedFile("清单.csv", data, content_type="text/csv")
        return steward.post(address, {"file": file, button: "1"})

    tried = hand_in("try").content.decode()
    assert "试运行" in tried
    assert "事项类型不在国家编码表里" in tried
    assert not models.CatalogueImport.objects.exists()
    assert hand_in("import").status_code == 302
    run = models.CatalogueImport.objects.get()
    page = steward.get(reverse("matters:run", args=[run.pk])).content.decode()
    assert "事项类型不在国家编码表里" in page
    assert CODE[:-2] + "07" in page
    assert steward.post(address, {"import": "1"}).status_code == 422
    broken = SimpleUploadedFile("x.csv", b"a,b\n1,2\n")
    assert steward.post(address, {"file": broken, "import": "1"}).status_code == 422


def test_the_export_is_the_national_table_and_no_formula(steward):
    commands.publish_matter(spec=renamed(certificate(), "=cmd()"), by=SYSTEM, at=clock.now())
    text = b"".join(steward.get(reverse("matters:export", args=["basic"])).streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["task_code"] for row in rows] == ["card", "certificate", "registration"]
    assert rows[1]["task_name"] == "'=cmd()"
    assert steward.get(reverse("matters:export", args=["nothing"])).status_code == 404
