"""The design system is tested by itself: its own addresses and middleware, empty registries, no database."""

from collections.abc import Iterator

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import clear_url_caches

from yiwang.web.catalogues import compile_all
from yiwang.web.registry import Shell, shell
from yiwang.web.tests import settings as own


@pytest.fixture(autouse=True, scope="session")
def _compiled() -> None:
    compile_all()


@pytest.fixture(autouse=True)
def _own_wiring(settings) -> Iterator[None]:
    settings.ROOT_URLCONF = own.ROOT_URLCONF
    settings.MIDDLEWARE = own.MIDDLEWARE
    settings.TEMPLATES = own.TEMPLATES
    settings.LOGIN_URL = own.LOGIN_URL
    settings.ALLOWED_HOSTS = ["*"]
    settings.LANGUAGE_COOKIE_NAME = "django_language"
    settings.SECURE_SSL_REDIRECT = False
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    clear_url_caches()
    kept = {name: getattr(shell, name) for name in Shell.__slots__}
    fresh = Shell()
    for name in Shell.__slots__:
        setattr(shell, name, getattr(fresh, name))
    yield
    for name, value in kept.items():
        setattr(shell, name, value)
    clear_url_caches()


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def render():
    """Render one value with `{% yw %}`."""

    def rendered(value) -> str:
        return Template("{% load yw %}{% yw value %}").render(Context({"value": value, "csrf_token": "token"}))

    return rendered
