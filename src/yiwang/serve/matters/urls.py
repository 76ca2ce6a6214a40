"""Addresses of the catalogue's stewardship, and its entry in the officials' navigation."""

from django.http import HttpRequest
from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _

from yiwang.commons.identity.queries import held_in_menu
from yiwang.serve.matters import policies, views
from yiwang.web.registry import Area, NavEntry, register_nav

app_name = "matters"
urlpatterns = [
    path("work/matters/", views.catalogue, name="catalogue"),
    path("work/matters/imports/", views.imports, name="imports"),
    path("work/matters/imports/<uuid:run_id>/", views.run, name="run"),
    path("work/matters/export/<slug:table>.csv", views.export, name="export"),
    path("work/matters/<str:code>/", views.matter, name="matter"),
]


def _steward(request: HttpRequest) -> bool:
    return policies.PUBLISH in held_in_menu(request, policies.PUBLISH)


def register() -> None:
    """Called once at start-up."""
    register_nav(
        NavEntry(
            "matters.catalogue",
            _("事项清单"),
            lambda: str(reverse_lazy("matters:catalogue")),
            Area.WORK,
            order=60,
            visible=_steward,
        )
    )
