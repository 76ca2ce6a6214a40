"""The fragments behind region fields and uploads."""

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from yiwang.commons.files.contracts import FileTypeRefused, MediaType
from yiwang.commons.files.tests import factories as uploads
from yiwang.commons.forms import commands, queries, views
from yiwang.commons.forms.contracts import DraftNotFound
from yiwang.commons.forms.queries import MaterialSpec
from yiwang.commons.identity.tests.factories import make_regions
from yiwang.kernel import clock
from yiwang.kernel.errors import Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published", "blob_folder")]


@pytest.fixture
def draft(mother):
    return queries.draft(draft_id=commands.start_draft(key="newborn", by=mother, at=clock.now()), viewer=mother)


def post(actor, draft, data, *, material="book", limits=None):
    spec = MaterialSpec("book", {"zh": "户口簿"}, types=(MediaType.PNG,))
    signed = queries.material_field(spec=spec, draft=draft, files={}).file_url.split("?limits=")[1]
    request = RequestFactory().post(f"/x?limits={signed if limits is None else limits}", data)
    request.user = get_user_model().objects.get(pk=actor.account_id)
    request.session = {}
    return views.upload(request, draft_id=draft.id, material=material)


def test_an_upload_answers_with_its_line_of_the_list(mother, draft):
    answer = post(mother, draft, {"file": SimpleUploadedFile("户口簿.png", uploads.png())})
    assert "户口簿.png" in answer.content.decode()
    assert 'name="remove_file"' in answer.content.decode()
    assert len(queries.draft(draft_id=draft.id, viewer=mother).files["book"]) == 1


def test_hostile_uploads_are_refused(mother, stranger, draft):
    png = lambda: SimpleUploadedFile("a.png", uploads.png())  # noqa: E731
    with pytest.raises(FileTypeRefused):
        post(mother, draft, {"file": SimpleUploadedFile("a.png", uploads.HTML)})
    with pytest.raises(FileTypeRefused):
        post(mother, draft, {"file": SimpleUploadedFile("a.png", uploads.PDF)})
    with pytest.raises(Invalid):
        post(mother, draft, {})
    with pytest.raises(DraftNotFound):
        post(stranger, draft, {"file": png()})
    with pytest.raises(DraftNotFound):
        post(mother, draft, {"file": png()}, material="other")
    with pytest.raises(DraftNotFound):
        post(mother, draft, {"file": png()}, limits="forged")
    assert queries.draft(draft_id=draft.id, viewer=mother).files == {}


def test_the_streets_of_the_chosen_district_are_offered():
    make_regions()
    request = RequestFactory().get("/x", {"name": "region", "region": "320402001", "region.district": "320404"})
    html = views.regions(request).content.decode()
    assert "样例二街道" in html
    assert "样例一街道" not in html


def test_a_strange_region_request_is_harmless():
    html = views.regions(RequestFactory().get("/x", {"name": "<script>" + "x" * 500})).content.decode()
    assert "<script>" not in html
