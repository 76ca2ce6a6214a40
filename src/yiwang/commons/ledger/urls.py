"""Addresses of the ledger, its place in the portal's navigation of what is mine, and in the officials'."""

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from yiwang.commons.identity import queries as identity
from yiwang.commons.ledger import rest, views
from yiwang.commons.ledger.contracts import WATCH
from yiwang.web.registry import Area, NavEntry, register_nav

app_name = "ledger"
urlpatterns = [
    *rest.endpoints,
    path("verify/", views.verify, name="verify"),
    path("ledger/", views.chain, name="chain"),
    path("ledger/entries/<uuid:evidence_id>/", views.entry, name="entry"),
    path("mine/evidence/", views.mine, name="mine"),
    path("work/ledger/", views.standing, name="standing"),
    path("work/ledger/witnesses/", views.witnesses, name="witnesses"),
    path("work/ledger/findings/", views.findings, name="findings"),
]


def _watches(request: HttpRequest) -> bool:
    return bool(identity.held_in_menu(request, WATCH))


def register() -> None:
    """Called once at start-up."""
    register_nav(
        NavEntry("ledger", _("常享链"), lambda: reverse("ledger:standing"), Area.WORK, order=910, visible=_watches)
    )
