"""Addresses of licences: the wallet, the checker's page, the officials' pages."""

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from yiwang.commons.identity import queries as identity
from yiwang.commons.licences import views
from yiwang.commons.licences.contracts import IMPORT, MANAGE, VIEW
from yiwang.web.registry import Area, NavEntry, register_nav

app_name = "licences"
urlpatterns = [
    path("mine/licences/", views.wallet, name="wallet"),
    path("mine/licences/find/", views.find, name="find"),
    path("mine/licences/<uuid:licence_id>/", views.licence, name="licence"),
    path("mine/licences/<uuid:licence_id>/show/", views.show, name="show"),
    path("mine/licences/<uuid:licence_id>/verified/", views.verified, name="verified"),
    path("mine/licences/<uuid:licence_id>/picture.svg", views.picture, name="picture"),
    path("mine/licences/showings/<uuid:showing_id>/withdraw/", views.withdraw, name="withdraw"),
    path("licences/check/", views.check, name="check"),
    path("licences/status", views.status_list, name="status"),
    path("work/licences/", views.desk, name="desk"),
    path("work/licences/imports/", views.imports, name="imports"),
    path("work/licences/imports/<uuid:import_id>/", views.import_one, name="import_one"),
    path("work/licences/imports/<uuid:import_id>/rejects.csv", views.rejects, name="rejects"),
    path("work/licences/stuck/", views.stuck, name="stuck"),
    path("work/licences/<uuid:licence_id>/", views.desk_licence, name="desk_licence"),
    path("work/licences/<uuid:licence_id>/again/", views.again, name="again"),
    path("work/licences/<uuid:licence_id>/<slug:verb>/", views.step, name="step"),
]


def _granted(request: HttpRequest) -> bool:
    return bool(identity.held_in_menu(request, VIEW, MANAGE, IMPORT))


def register() -> None:
    """Called once at start-up."""
    register_nav(
        NavEntry("licences", _("电子证照"), lambda: reverse("licences:desk"), Area.WORK, order=60, visible=_granted)
    )
