"""Addresses of flow, and its entries in the navigation."""

from django.http import HttpRequest
from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _

from yiwang.commons.flow import views
from yiwang.commons.flow.contracts import ADMINISTER
from yiwang.commons.identity import queries as identity
from yiwang.web.registry import Area, NavEntry, register_nav

app_name = "flow"
urlpatterns = [
    path("work/", views.inbox, name="inbox"),
    path("work/batch/", views.batch, name="batch"),
    path("work/halts/", views.halted, name="halted"),
    path("work/halts/<uuid:halt_id>/", views.halted_one, name="halted_one"),
    path("work/tasks/<uuid:task_id>/", views.task, name="task"),
    path("work/tasks/<uuid:task_id>/<str:action>/", views.act, name="act"),
    path("mine/", views.mine, name="mine"),
]


def _resident(request: HttpRequest) -> bool:
    viewer = identity.actor_of(request)
    return viewer.is_known and not viewer.is_official


def _administrator(request: HttpRequest) -> bool:
    viewer = identity.actor_of(request)
    return viewer.is_official and identity.holds(viewer, ADMINISTER)


def register() -> None:
    """Called once at start-up."""
    register_nav(NavEntry("flow.inbox", _("待办"), lambda: str(reverse_lazy("flow:inbox")), Area.WORK, order=10))
    register_nav(
        NavEntry(
            "flow.halted",
            _("暂停的流程"),
            lambda: str(reverse_lazy("flow:halted")),
            Area.WORK,
            order=900,
            visible=_administrator,
        )
    )
    mine = NavEntry(
        "flow.mine", _("我的"), lambda: str(reverse_lazy("flow:mine")), Area.PORTAL, order=90, visible=_resident
    )
    register_nav(mine)
