"""Wires privacy."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "yiwang.commons.privacy"
    label = "commons_privacy"
    verbose_name = "个人信息保护"

    def ready(self) -> None:
        from yiwang.commons.privacy import urls
        from yiwang.commons.privacy.queries import exporting  # noqa: F401  registers privacy's own parts

        urls.register()
