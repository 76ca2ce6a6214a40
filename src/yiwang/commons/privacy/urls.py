"""Addresses of privacy, and the data officer's place in the officials' navigation."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from yiwang.commons.privacy import views
from yiwang.commons.privacy.views import officer
from yiwang.web.registry import Area, NavEntry, register_nav

app_name = "privacy"
urlpatterns = [
    path("mine/privacy/", views.accesses, name="accesses"),
    path("mine/privacy/accesses/<uuid:entry_id>/objection/", views.raise_objection, name="object"),
    path("mine/privacy/consents/", views.consents, name="consents"),
    path("mine/privacy/consents/<uuid:consent_id>/", views.consent, name="consent"),
    path("mine/privacy/consents/<uuid:consent_id>/withdraw/", views.withdraw, name="withdraw"),
    path("mine/privacy/objections/", views.objections, name="objections"),
    path("mine/privacy/objections/<uuid:objection_id>/", views.objection, name="objection"),
    path("mine/privacy/export/", views.export, name="export"),
    path("work/privacy/", views.waiting, name="waiting"),
    path("work/privacy/<uuid:objection_id>/", views.answer, name="answer"),
]


def register() -> None:
    """Called once at start-up."""
    register_nav(
        NavEntry(
            "privacy.waiting",
            _("信息查看异议"),
            lambda: reverse("privacy:waiting"),
            Area.WORK,
            order=895,
            visible=officer.is_officer,
            count=officer.waiting_of,
        )
    )
