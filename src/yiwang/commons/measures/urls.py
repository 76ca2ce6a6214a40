"""Addresses of measures, and their entry in the navigation of the officials' desk."""

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from yiwang.commons.identity import queries as identity
from yiwang.commons.measures import views
from yiwang.commons.measures.contracts import VIEW
from yiwang.web.registry import Area, NavEntry, register_nav

app_name = "measures"
urlpatterns = [
    path("work/measures/", views.overview, name="overview"),
    path("work/measures/<str:key>/", views.measure, name="measure"),
    path("work/measures/<str:key>/rows/", views.rows, name="rows"),
    path("work/measures/<str:key>/export.csv", views.export, name="export"),
    path("work/measures/<str:key>/rows/export.csv", views.export_rows, name="export_rows"),
]


def _granted(request: HttpRequest) -> bool:
    return VIEW in identity.held_in_menu(request, VIEW)


def register() -> None:
    """Called once at start-up."""
    register_nav(
        NavEntry("measures", _("指标"), lambda: reverse("measures:overview"), Area.WORK, order=40, visible=_granted)
    )
