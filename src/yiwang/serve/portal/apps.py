"""Wires the portal: navigation, the site's words, messages about cases, the scans that a counter's clerks share."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "yiwang.serve.portal"
    label = "serve_portal"
    verbose_name = "portal"

    def ready(self) -> None:
        from yiwang.commons.files.registry import register_keeper
        from yiwang.serve.portal import handlers, queries, urls  # noqa: F401  handlers subscribe themselves
        from yiwang.serve.portal.contrib import evidence  # noqa: F401  registers how statements read

        urls.register()
        register_keeper(lambda viewer, file_ids: queries.held_scans(file_ids=file_ids, viewer=viewer))
