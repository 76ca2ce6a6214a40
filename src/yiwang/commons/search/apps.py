"""Wires search."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "yiwang.commons.search"
    label = "commons_search"
    verbose_name = "搜索"

    def ready(self) -> None:
        from yiwang.commons.search import pack  # noqa: F401  registers the part of a pack
