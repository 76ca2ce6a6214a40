"""Downloads and previews: the right headers, nothing that runs in our origin."""

import pytest
from django.contrib.auth import get_user_model
from django.test import RequestFactory

from yiwang.commons.files import views
from yiwang.commons.files.contracts import FileNotFound
from yiwang.commons.files.tests import samples
from yiwang.commons.files.tests.factories import store
from yiwang.kernel.ids import new_id

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("blob_folder")]


def get(view, viewer, file_id):
    request = RequestFactory().get("/")
    request.user = get_user_model().objects.get(pk=viewer.account_id)
    request.session = {}
    return view(request, file_id=file_id)


def test_a_download_is_an_attachment_in_a_sandbox(mother):
    response = get(views.download, mother, store(mother, samples.png(), name="a\r\nSet-Cookie: x=1.png").id)
    assert b"".join(response.streaming_content) == samples.png()
    assert response["Content-Disposition"] == "attachment; filename*=UTF-8''aSet-Cookie%20x%3D1.png"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    response.close()


def test_a_picture_is_previewed_in_a_sandbox_and_a_pdf_without_script(mother):
    picture = get(views.preview, mother, store(mother, samples.JPEG, name="a.jpg").id)
    assert (picture["Content-Type"], picture["Content-Disposition"][:6]) == ("image/jpeg", "inline")
    assert "sandbox" in picture["Content-Security-Policy"]
    pdf = get(views.preview, mother, store(mother).id)
    assert "script-src" not in pdf["Content-Security-Policy"]
    assert "default-src 'none'" in pdf["Content-Security-Policy"]
    picture.close()
    pdf.close()


def test_an_office_document_has_no_preview(mother):
    with pytest.raises(FileNotFound):
        get(views.preview, mother, store(mother, samples.docx(), name="a.docx").id)


def test_a_strangers_file_is_not_found(mother, stranger):
    kept = store(mother)
    for file_id in (kept.id, new_id()):
        with pytest.raises(FileNotFound):
            get(views.download, stranger, file_id)
