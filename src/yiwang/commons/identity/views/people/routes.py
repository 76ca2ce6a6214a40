"""Addresses of the administrators' pages, and their entry in the officials' navigation."""

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _

from yiwang.commons.identity import queries
from yiwang.commons.identity.policies import MANAGE_ACCOUNTS
from yiwang.commons.identity.views.people import accounts, imports, start, steps, systems
from yiwang.web.registry import Area, NavEntry, register_nav

_own = [
    path("", accounts.listed, name="list"),
    path("new/", steps.join, name="join"),
    path("export.csv", accounts.export, name="export"),
    path("imports/", imports.listed, name="imports"),
    path("imports/template.csv", imports.template, name="import_template"),
    path("imports/<uuid:import_id>/", imports.one, name="import"),
    path("imports/<uuid:import_id>/rejects.csv", imports.rejects, name="import_rejects"),
    path("systems/", systems.listed, name="systems"),
    path("systems/new/", systems.register, name="system_new"),
    path("systems/<uuid:system_id>/", systems.one, name="system"),
    path("<uuid:account_id>/", accounts.account, name="account"),
    path("<uuid:account_id>/move/<uuid:appointment_id>/", steps.move, name="move"),
    path("<uuid:account_id>/<slug:verb>/", steps.step, name="step"),
]

urlpatterns = [
    path("work/accounts/", include((_own, "people"))),
    path("account/start/", start.password, name="people_start_password"),
    path("account/start/<str:token>/", start.start, name="people_start"),
]


def _granted(request: HttpRequest) -> bool:
    return bool(queries.held_in_menu(request, MANAGE_ACCOUNTS))


def register() -> None:
    """Called once at start-up."""
    register_nav(
        NavEntry("people", _("账号管理"), lambda: reverse("people:list"), Area.WORK, order=78, visible=_granted)
    )
