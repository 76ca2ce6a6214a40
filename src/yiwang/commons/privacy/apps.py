"""Wires privacy."""

from django.apps import AppConfig

from yiwang.kernel.text import gettext_noop as _


class PrivacyConfig(AppConfig):
    name = "yiwang.commons.privacy"
    label = "commons_privacy"
    verbose_name = "个人信息保护"

    def ready(self) -> None:
        from yiwang.commons.identity.registry.reading import provide_reads
        from yiwang.commons.privacy import commands, registry, urls
        from yiwang.commons.privacy.contracts import LOGS_IN
        from yiwang.commons.privacy.queries import exporting  # noqa: F401  registers privacy's own parts

        urls.register()
        registry.register_purpose(LOGS_IN, _("您用统一登录进入这个单位的系统"))
        provide_reads(commands.note_system_read)
