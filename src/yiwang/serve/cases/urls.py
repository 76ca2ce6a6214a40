"""Addresses of cases, and their entry in the officials' navigation."""

from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _

from yiwang.serve.cases import views
from yiwang.web.registry import Area, NavEntry, register_nav

app_name = "cases"
urlpatterns = [
    path("work/cases/", views.cases, name="list"),
    path("work/cases/tasks/<uuid:task_id>/", views.task, name="task"),
    path("work/cases/tasks/<uuid:task_id>/preview/", views.preview, name="preview"),
    path("work/cases/export.csv", views.export, name="export"),
    path("work/cases/documents/<uuid:document_id>/delivery/", views.hand_over, name="hand_over"),
    path("work/cases/<str:number>/", views.case, name="case"),
    path("work/cases/<str:number>/numbers/", views.reveal, name="reveal"),
    path("work/cases/<str:number>/special/", views.special, name="special"),
    path("work/cases/<str:number>/resume/", views.resume, name="resume"),
    path("work/cases/<str:number>/extend/", views.extend, name="extend"),
    path("work/cases/<str:number>/pledges/<uuid:pledge_id>/", views.check_pledge, name="check_pledge"),
    path("work/cases/<str:number>/pledges/<uuid:pledge_id>/restore/", views.restore_trust, name="restore_trust"),
    path("work/cases/<str:number>/materials/", views.check_material, name="check_material"),
    path("cases/documents/<uuid:document_id>/", views.document, name="document"),
    path("cases/documents/<uuid:document_id>/file.pdf", views.document_pdf, name="document_pdf"),
    path("cases/documents/<uuid:document_id>/verify/", views.verify_document, name="verify_document"),
    path("cases/documents/<uuid:document_id>/confirm/", views.confirm, name="confirm"),
    path("cases/of/<uuid:case_id>/", views.of_id, name="of_id"),
    path("cases/corrections/<uuid:task_id>/", views.correct, name="correct"),
    path("cases/<str:number>/", views.progress, name="progress"),
    path("cases/<str:number>/delivery/", views.delivery, name="delivery"),
    path("cases/<str:number>/materials/", views.follow, name="follow"),
    path("cases/<str:number>/withdraw/", views.withdraw, name="withdraw"),
    path("cases/<str:number>/results/<uuid:result_id>/", views.result, name="result"),
    path("cases/<str:number>/results/<uuid:result_id>/file.pdf", views.result_pdf, name="result_pdf"),
    path("cases/<str:number>/results/<uuid:result_id>/verify/", views.verify_result, name="verify_result"),
]


def register() -> None:
    """Called once at start-up."""
    register_nav(NavEntry("cases.list", _("办件"), lambda: str(reverse_lazy("cases:list")), Area.WORK, order=20))
