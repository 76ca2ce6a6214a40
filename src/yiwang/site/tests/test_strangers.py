"""What comes from outside and is no text, no JSON or without its token is refused with a problem document or a page."""

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def document(response, status):
    assert response.status_code == status, response.content[:300]
    assert response.headers["Content-Type"].startswith("application/problem+json")
    found = response.json()
    assert found["status"] == status
    assert all(found[name] for name in ("code", "title", "detail"))
    return found


def test_a_program_without_a_session_reads_a_problem_document():
    document(Client().get("/api/v1/cases"), 401)


@pytest.mark.parametrize("path", ["/api/v1/cases?q=%00", "/api/v1/cases/%00"])
def test_nul_is_refused_before_any_view(path):
    document(Client().get(path), 400)


def test_a_person_reads_a_page_about_nul():
    response = Client().get("/", {"q": "a\0b"})
    assert response.status_code == 400
    assert "<h1" in response.content.decode()
    assert Client().post(reverse("account_login"), {"login": "a\0b", "password": "x"}).status_code == 400


def test_nul_in_the_cookie_of_a_session_is_refused():
    client = Client()
    client.cookies["sessionid"] = "a\0b"
    assert client.get("/").status_code == 400
    document(client.get("/api/v1/cases"), 400)


def test_every_operation_tells_its_refusals():
    described = Client().get("/api/v1/openapi.json").json()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert "400" in operation["responses"], (path, method)
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert answer["content"], (path, method, status)
