"""Addresses of the portal, and its entries in the main navigation."""

from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _

from yiwang.commons.flow.registry import register_unsent
from yiwang.serve.portal import views
from yiwang.web.registry import Area, NavEntry, register_acting_for, register_nav, register_search, register_site, shell

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("search/complete/", views.complete, name="complete"),
    path("bundles/", views.bundles, name="bundles"),
    path("bundles/<slug:key>/", views.bundle, name="bundle"),
    path("bundles/<slug:key>/guide/", views.guide, name="guide"),
    path("bundles/<slug:key>/guide/again/", views.guide_again, name="guide_again"),
    path("bundles/<slug:key>/begin/", views.begin, name="begin"),
    path("apply/<uuid:draft_id>/", views.apply, name="apply"),
    path("apply/<uuid:draft_id>/check/", views.check_answers, name="check"),
    path("apply/<uuid:draft_id>/discard/", views.discard, name="discard"),
    path("apply/<uuid:draft_id>/ineligible/", views.ineligible, name="ineligible"),
    path("apply/<uuid:draft_id>/materials/", views.materials, name="materials"),
    path("apply/<uuid:draft_id>/renewal/", views.renewal, name="renewal"),
    path("apply/<uuid:draft_id>/<slug:step>/", views.step, name="step"),
    path("drafts/", views.drafts, name="drafts"),
    path("work/counter/", views.counter.desk, name="counter"),
    path("work/counter/find/", views.counter.find, name="counter_find"),
    path("work/counter/register/", views.counter.register, name="counter_register"),
    path("work/counter/agent/", views.counter.agent, name="counter_agent"),
    path("work/counter/person/", views.counter.person, name="counter_person"),
    path("work/counter/next/", views.counter.leave, name="counter_leave"),
    path("work/counter/offers/<str:key>/", views.counter.situation, name="counter_situation"),
    path("work/counter/offers/<str:key>/begin/", views.counter.begin, name="counter_begin"),
    path("work/counter/offers/<str:key>/notice/", views.counter.open_notice, name="counter_open_notice"),
    path("work/counter/drafts/<uuid:draft_id>/notice/", views.counter.notice, name="counter_notice"),
    path("work/counter/drafts/<uuid:draft_id>/form/", views.counter.form, name="counter_form"),
    path("work/counter/drafts/<uuid:draft_id>/tray/", views.counter.tray, name="counter_tray"),
    path("work/counter/drafts/<uuid:draft_id>/workplace/", views.counter.set_workplace, name="counter_workplace"),
    path("work/counter/drafts/<uuid:draft_id>/scans/<uuid:scan_id>/", views.counter.use_scan, name="counter_use_scan"),
    path(
        "work/counter/drafts/<uuid:draft_id>/scans/<uuid:scan_id>/discard/",
        views.counter.discard_scan,
        name="counter_discard_scan",
    ),
    path("work/counter/receipts/<uuid:case_id>/", views.counter.receipt, name="counter_receipt"),
    path("work/counter/handovers/", views.counter.handovers, name="counter_handovers"),
    path("work/counter/handovers/<uuid:handover_id>/", views.counter.handover, name="counter_handover"),
    path("work/counter/handovers/<uuid:handover_id>/confirm/", views.counter.confirm, name="counter_confirm"),
    path("receipts/<uuid:case_id>/", views.receipt, name="receipt"),
    path("matters/", views.matters, name="matters"),
    path("matters/<str:code>/", views.matter, name="matter"),
    path("matters/<str:code>/guide/", views.matter_guide, name="matter_guide"),
    path("matters/<str:code>/guide/again/", views.matter_guide_again, name="matter_guide_again"),
    path("matters/<str:code>/begin/", views.matter_begin, name="matter_begin"),
]


def register() -> None:
    """Put the portal into the shell: navigation, the city's words, and 「我的」 with what is not sent yet."""
    register_unsent(views.unsent_lines)
    register_site(views.site_words)
    register_search(views.search_link)
    counter = NavEntry(
        "counter",
        _("窗口"),
        lambda: str(reverse_lazy("portal:counter")),
        Area.WORK,
        order=5,
        visible=views.counter.may_serve,
    )
    register_nav(counter)
    others = shell.acting_for
    register_acting_for(lambda request: views.counter.serving_slot(request) or others(request))
    register_nav(NavEntry("home", _("首页"), lambda: str(reverse_lazy("portal:home")), order=10))
    register_nav(NavEntry("bundles", _("一件事"), lambda: str(reverse_lazy("portal:bundles")), order=20))
    register_nav(NavEntry("matters", _("办事"), lambda: str(reverse_lazy("portal:matters")), order=30))
