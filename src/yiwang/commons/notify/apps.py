"""Wires notify: subscriptions, the job of channels, navigation, and how identity's codes reach people."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "yiwang.commons.notify"
    label = "commons_notify"
    verbose_name = "消息"

    def ready(self) -> None:
        from yiwang.commons.notify import adapters, handlers, tasks, urls  # noqa: F401  register with outbox and jobs

        urls.register()
        adapters.connect()
