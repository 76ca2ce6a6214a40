"""Wires search."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "yiwang.commons.search"
    label = "commons_search"
    verbose_name = "搜索"
