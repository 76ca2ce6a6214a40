"""Addresses of flow, and its entries in the navigation."""

from functools import partial

from django.http import HttpRequest
from django.urls import path, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from yiwang.commons.flow import views
from yiwang.commons.flow.contracts import ADMINISTER, AUDIT, CALENDAR, DESIGN
from yiwang.commons.flow.views import designs
from yiwang.commons.flow.views.administration import frame, migration, versions
from yiwang.commons.identity import queries as identity
from yiwang.web.registry import Area, NavEntry, register_nav

app_name = "flow"
urlpatterns = [
    path("work/", views.inbox, name="inbox"),
    path("work/everywhere/", views.everywhere, name="everywhere"),
    path("work/batch/", views.batch, name="batch"),
    path("work/hand-over/", views.hand_over, name="hand_over"),
    path("work/export/", views.inbox_export, name="inbox_export"),
    path("work/leave/", views.leave, name="leave"),
    path("work/leave/stand-in/", views.stand_in, name="stand_in"),
    path("work/leave/<uuid:delegation_id>/end/", views.end_leave, name="end_leave"),
    path("work/views/", views.saved_views, name="saved_views"),
    path("work/views/save/", views.save_view, name="save_view"),
    path("work/views/<uuid:view_id>/", views.change_view, name="change_view"),
    path("work/halts/", views.halted, name="halted"),
    path("work/halts/events/", views.deliveries, name="deliveries"),
    path("work/halts/jobs/", views.jobs, name="jobs"),
    path("work/halts/<uuid:halt_id>/", views.halted_one, name="halted_one"),
    path("work/tasks/<uuid:task_id>/", views.task, name="task"),
    path("work/tasks/<uuid:task_id>/<str:action>/", views.act, name="act"),
    path("work/processes/", versions, name="versions"),
    path("work/processes/-/new/", designs.begin_process, name="begin_process"),
    path("work/processes/<str:key>/", designs.process, name="process"),
    path("work/processes/<str:key>/<int:version>/", migration, name="migration"),
    path("work/processes/<str:key>/compare/", designs.compare, name="compare"),
    path("work/processes/<str:key>/edit/", designs.edit, name="edit"),
    path("work/processes/<str:key>/draft.bpmn", designs.draft_bpmn, name="draft_bpmn"),
    path("work/processes/<str:key>/save/", designs.save, name="save_draft"),
    path("work/processes/<str:key>/findings/", designs.findings, name="draft_findings"),
    path("work/processes/<str:key>/discard/", designs.discard, name="discard_draft"),
    path("work/processes/<str:key>/publish/", designs.publish, name="publish_draft"),
    path("work/calendar/", views.calendar, name="calendar"),
    path("work/calendar/announce/", views.announce, name="announce"),
    path("work/audit/", views.audit, name="audit"),
    path("work/audit/export/", views.audit_export, name="audit_export"),
    path("processes/<uuid:instance_id>/", views.diagram, name="diagram"),
    path("processes/of/<slug:kind>/<uuid:subject_id>/", views.diagram_of, name="diagram_of"),
    path("processes/models/<uuid:definition_id>.bpmn", views.bpmn, name="bpmn"),
    path("mine/", views.mine, name="mine"),
]


def _resident(request: HttpRequest) -> bool:
    viewer = identity.actor_of(request)
    return viewer.is_known and not viewer.is_official


def _administrator(request: HttpRequest) -> bool:
    return ADMINISTER in frame.rights(request)


def _designer(request: HttpRequest) -> bool:
    return DESIGN in frame.rights(request)


def _calendar_keeper(request: HttpRequest) -> bool:
    return frame.rights(request).get(CALENDAR, False)


def _auditor(request: HttpRequest) -> bool:
    return AUDIT in frame.rights(request)


_ADMINISTRATION = (
    ("halted", _("异常"), _administrator),
    ("calendar", _("法定日历"), _calendar_keeper),
    ("audit", _("审计记录"), _auditor),
)


def _address(name: str) -> str:
    return reverse(f"flow:{name}")


def register() -> None:
    """Called once at start-up."""
    register_nav(NavEntry("flow.inbox", _("待办"), lambda: str(reverse_lazy("flow:inbox")), Area.WORK, order=10))
    register_nav(
        NavEntry("flow.versions", _("流程"), partial(_address, "versions"), Area.WORK, order=51, visible=_designer)
    )
    for order, (name, label, visible) in enumerate(_ADMINISTRATION, start=900):
        register_nav(NavEntry(f"flow.{name}", label, partial(_address, name), Area.WORK, order=order, visible=visible))
    mine = NavEntry(
        "flow.mine", _("我的"), lambda: str(reverse_lazy("flow:mine")), Area.PORTAL, order=90, visible=_resident
    )
    register_nav(mine)
