"""Addresses of rules, and their entry in the navigation of the officials' desk."""

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from yiwang.commons.identity import queries as identity
from yiwang.commons.rules import views
from yiwang.commons.rules.contracts import EDIT, PUBLISH, VIEW
from yiwang.web.registry import Area, NavEntry, register_nav

app_name = "rules"
urlpatterns = [
    path("work/rules/", views.decisions, name="list"),
    path("work/rules/-/new/", views.begin, name="begin"),
    path("work/rules/<str:key>/", views.decision, name="decision"),
    path("work/rules/<str:key>/file.dmn", views.dmn, name="dmn"),
    path("work/rules/<str:key>/examples/", views.examples, name="examples"),
    path("work/rules/<str:key>/examples/change/", views.change_examples, name="change_examples"),
    path("work/rules/<str:key>/versions/", views.versions, name="versions"),
    path("work/rules/<str:key>/versions/<int:version>/withdraw/", views.withdraw, name="withdraw"),
    path("work/rules/<str:key>/impact/", views.impact, name="impact"),
    path("work/rules/<str:key>/impact/<uuid:trial_id>/", views.trial, name="trial"),
    path("work/rules/<str:key>/edit/", views.edit, name="edit"),
    path("work/rules/<str:key>/edit/model.dmn", views.model, name="model"),
    path("work/rules/<str:key>/edit/save/", views.save, name="save"),
    path("work/rules/<str:key>/edit/check/", views.check, name="check"),
    path("work/rules/<str:key>/edit/discard/", views.discard, name="discard"),
    path("work/rules/<str:key>/publish/", views.publish, name="publish"),
]


def _granted(request: HttpRequest) -> bool:
    return bool(identity.held_in_menu(request, VIEW, EDIT, PUBLISH))


def register() -> None:
    """Called once at start-up."""
    register_nav(NavEntry("rules", _("规则"), lambda: reverse("rules:list"), Area.WORK, order=50, visible=_granted))
