"""Addresses of crypto, and its entry in the navigation of the officials' desk."""

from django.http import HttpRequest
from django.urls import path, re_path, reverse
from django.utils.translation import gettext_lazy as _

from yiwang.commons.crypto import views
from yiwang.commons.crypto.contracts import DESTROY, MANAGE, VIEW
from yiwang.commons.crypto.policies import counted
from yiwang.commons.identity import queries as identity
from yiwang.web.registry import Area, NavEntry, register_nav

app_name = "crypto"
urlpatterns = [
    path("work/crypto/", views.keys, name="keys"),
    path("work/crypto/keys/new/", views.create, name="create"),
    path("work/crypto/keys/<uuid:key_id>/", views.key, name="key"),
    path("work/crypto/keys/<uuid:key_id>/<slug:verb>/", views.step, name="step"),
    path("work/crypto/applications/", views.applications, name="applications"),
    path("work/crypto/applications/<str:code>/", views.quota, name="quota"),
    path("work/crypto/certificates/", views.certificates, name="certificates"),
    path("work/crypto/certificates/new/", views.take, name="take_certificate"),
    path("work/crypto/certificates/<uuid:certificate_id>/", views.certificate, name="certificate"),
    path("work/crypto/certificates/<uuid:certificate_id>/file.pem", views.pem, name="pem"),
    path("work/crypto/standing/", views.standing, name="standing"),
    re_path(r"^work/crypto/assessment\.(?P<kind>md|json)$", views.assessment, name="assessment"),
]


def _granted(request: HttpRequest) -> bool:
    return bool(counted(identity.held_in_menu(request, VIEW, MANAGE, DESTROY)))


def register() -> None:
    """Called once at start-up."""
    register_nav(
        NavEntry("crypto", _("密码资源"), lambda: reverse("crypto:keys"), Area.WORK, order=80, visible=_granted)
    )
