"""Each numbered document can be taken away as a PDF by those who may read it, and by nobody else."""

import shutil
import subprocess

import pytest

from yiwang.commons.identity.tests.factories import login, make_official, make_resident
from yiwang.serve.cases.contracts import DocumentKind, MaterialBy, MaterialInput, TaskChoice
from yiwang.serve.cases.tests.factories import file_permit
from yiwang.web.printing import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def permit():
    permit = file_permit(materials=(MaterialInput("proof", "场所证明", MaterialBy.PLEDGE),))
    permit.work(TaskChoice.ACCEPT)
    permit.work(TaskChoice.REFUSE, ground="《样例许可法》第二条", reason="场所不符合安全要求")
    return permit


def url(found):
    return f"/cases/documents/{found.id}/file.pdf"


def test_every_document_of_a_case_is_a_file_with_its_number_its_words_and_no_seal(permit, client, tmp_path):
    login(client, permit.sample.parent.account_id)
    documents = permit.view().documents
    wanted = {DocumentKind.RECEIPT, DocumentKind.PLEDGE, DocumentKind.ACCEPTANCE, DocumentKind.REFUSAL}
    assert {each.kind for each in documents} == wanted
    for found in documents:
        response = client.get(url(found))
        assert response["Content-Type"] == "application/pdf"
        assert f"{found.kind.value}.pdf" in response["Content-Disposition"]
        assert "no-store" in response["Cache-Control"]
        if shutil.which("pdftotext"):
            file = tmp_path / "paper.pdf"
            file.write_bytes(response.content)
            told = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True)
            words = "".join(told.stdout.decode().split())
            for part in (found.number, found.title, "未加盖电子印章", found.digest[:16], found.case_number):
                assert part in words, (found.kind, part)
        page = client.get(f"/cases/documents/{found.id}/").content.decode()
        assert url(found) in page


def test_the_same_document_gives_the_same_file(permit, client):
    login(client, permit.sample.parent.account_id)
    found = permit.view().documents[0]
    first = client.get(url(found)).content
    pdf.cache_clear()
    assert client.get(url(found)).content == first


def test_who_may_not_read_a_document_gets_no_file(permit, client):
    found = permit.view().documents[0]
    elsewhere = make_official(permit.sample.offices["card"], grants=["cases.view"])
    for account in (make_resident().account_id, elsewhere.account_id):
        login(client, account)
        assert client.get(url(found)).status_code == 404
    client.logout()
    assert client.get(url(found)).status_code == 302
