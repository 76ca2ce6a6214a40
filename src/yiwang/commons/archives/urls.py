"""Addresses of archives and their place in the officials' navigation."""

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from yiwang.commons.archives import queries, views
from yiwang.commons.archives.contracts import APPROVE, KEEP, VIEW
from yiwang.commons.identity import queries as identity
from yiwang.web.registry import Area, NavEntry, register_nav

app_name = "archives"
urlpatterns = [
    path("work/archives/", views.archives, name="archives"),
    path("work/archives/destruction/", views.destruction, name="destruction"),
    path("work/archives/transfers/", views.transfers, name="transfers"),
    path("work/archives/lists/<uuid:list_id>/", views.one_list, name="list"),
    path("work/archives/readings/", views.accesses, name="accesses"),
    path("work/archives/readings/<uuid:access_id>/", views.decide, name="decide"),
    path("work/archives/readings/<uuid:access_id>/package", views.read, name="read"),
    path("work/archives/fixity/", views.fixity, name="fixity"),
    path("work/archives/<uuid:archive_id>/", views.archive, name="archive"),
]


def _views(request: HttpRequest) -> bool:
    return any(identity.held_in_menu(request, action) for action in (VIEW, KEEP, APPROVE))


def _waiting(request: HttpRequest) -> int:
    """What waits for this archivist: periods to decide, checks that did not pass."""
    return queries.waiting_for(viewer=identity.actor_of(request)) if identity.held_in_menu(request, KEEP) else 0


def register() -> None:
    """Called once at start-up."""
    register_nav(
        NavEntry(
            "archives",
            _("电子档案"),
            lambda: reverse("archives:archives"),
            Area.WORK,
            order=880,
            visible=_views,
            count=_waiting,
        )
    )
