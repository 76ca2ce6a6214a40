"""Addresses of real names and mandates, and the queue's entry in the officials' navigation."""

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _

from yiwang.commons.identity import queries
from yiwang.commons.identity.policies.real_names import REVIEW
from yiwang.commons.identity.queries import assurance
from yiwang.commons.identity.views.real import checks, desk, entities, mandates, offering
from yiwang.web.registry import Area, NavEntry, register_nav

_real = [
    path("account/real-name/", checks.standing, name="standing"),
    path("account/real-name/<slug:method>/", checks.check, name="check"),
    path("account/mandates/", mandates.mandates, name="mandates"),
    path("account/mandates/new/", offering.for_person, name="new"),
    path("account/mandates/<uuid:mandate_id>/", mandates.mandate, name="mandate"),
    path("account/mandates/<uuid:mandate_id>/end/", mandates.end, name="end"),
    path("account/children/new/", mandates.child, name="child"),
    path("account/entities/", entities.entities, name="entities"),
    path("account/entities/bind/", entities.bind, name="bind"),
    path("account/entities/<uuid:entity_id>/", entities.entity, name="entity"),
    path("account/entities/<uuid:entity_id>/new/", offering.for_entity, name="new_staff"),
    path("work/real-names/", desk.queue, name="queue"),
    path("work/real-names/counter/", desk.counter, name="counter"),
    path("work/real-names/<uuid:check_id>/", desk.decide, name="decide"),
]
urlpatterns = [path("", include((_real, "real")))]


def _reviewer(request: HttpRequest) -> bool:
    return REVIEW in queries.held_in_menu(request, REVIEW)


def _waiting(request: HttpRequest) -> int:
    return assurance.count_waiting(viewer=queries.actor_of(request)) if _reviewer(request) else 0


def register() -> None:
    """Called once at start-up."""
    entry = NavEntry(
        "real-names",
        _("实名核对"),
        lambda: reverse("real:queue"),
        Area.WORK,
        order=77,
        visible=_reviewer,
        count=_waiting,
    )
    register_nav(entry)
