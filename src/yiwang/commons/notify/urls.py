"""Addresses of messages, and their entries in the navigation of residents and of officials."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from yiwang.commons.notify import views
from yiwang.web.registry import Area, NavEntry, register_nav

app_name = "notify"
urlpatterns = [
    path("messages/", views.inbox, name="inbox"),
    path("messages/read/", views.read_all, name="read_all"),
    path("messages/<uuid:message_id>/", views.open_message, name="open"),
]


def register() -> None:
    """Called once at start-up."""
    for key, area, order, visible in (
        ("notify.messages", Area.PORTAL, 95, views.has_messages),
        ("notify.work_messages", Area.WORK, 890, views.is_in_office),
    ):
        register_nav(NavEntry(key, _("消息"), _inbox, area, order, visible=visible, count=views.unread_of))


def _inbox() -> str:
    return reverse("notify:inbox")
