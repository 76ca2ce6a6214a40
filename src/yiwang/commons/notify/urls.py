"""Addresses of messages, and their entry in the residents' navigation."""

from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _

from yiwang.commons.notify import views
from yiwang.web.registry import NavEntry, register_nav

app_name = "notify"
urlpatterns = [
    path("messages/", views.inbox, name="inbox"),
    path("messages/read/", views.read_all, name="read_all"),
    path("messages/<uuid:message_id>/", views.open_message, name="open"),
]


def register() -> None:
    """Called once at start-up."""
    register_nav(
        NavEntry(
            "notify.messages",
            _("消息"),
            lambda: str(reverse_lazy("notify:inbox")),
            order=95,
            visible=views.has_messages,
            count=views.unread_of,
        )
    )
