"""Addresses of seals and signatures, and their entry in the navigation of the officials' desk."""

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from yiwang.commons.identity import queries as identity
from yiwang.commons.seals import views
from yiwang.commons.seals.contracts import VIEW
from yiwang.web.registry import Area, NavEntry, register_nav

app_name = "seals"
urlpatterns = [
    path("work/seals/", views.seals, name="seals"),
    path("work/seals/apply/", views.apply, name="apply"),
    path("work/seals/uses/", views.uses, name="uses"),
    path("work/seals/requests/", views.requests, name="requests"),
    path("work/seals/requests/<uuid:request_id>/", views.request_page, name="request"),
    path("work/seals/requests/<uuid:request_id>/page.svg", views.request_drawn, name="request_drawn"),
    path("work/seals/<uuid:seal_id>/", views.seal, name="seal"),
    path("work/seals/<uuid:seal_id>/picture.png", views.picture, name="picture"),
    path("work/seals/<uuid:seal_id>/use/", views.use, name="use"),
    path("work/seals/<uuid:seal_id>/rule/", views.rule, name="rule"),
    path("work/seals/<uuid:seal_id>/<slug:verb>/", views.step, name="step"),
    path("mine/signing/", views.signing, name="signing"),
    path("mine/signing/<uuid:cosignature_id>/", views.sign, name="sign"),
    path("mine/signing/<uuid:cosignature_id>/file.json", views.signed_file, name="signed_file"),
    path("verify/seal/", views.verify, name="verify"),
]


def _sees(request: HttpRequest) -> bool:
    return bool(identity.held_in_menu(request, VIEW))


def register() -> None:
    """Called once at start-up."""
    register_nav(NavEntry("seals", _("电子印章"), lambda: reverse("seals:seals"), Area.WORK, order=70, visible=_sees))
