"""Wires the portal: navigation, the site's words."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "yiwang.serve.portal"
    label = "serve_portal"
    verbose_name = "portal"

    def ready(self) -> None:
        from yiwang.serve.portal import urls

        urls.register()
