"""Wires rules: its part of a pack, its background work, its entry in the navigation."""

from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "yiwang.commons.rules"
    label = "commons_rules"
    verbose_name = "规则与决策"

    def ready(self) -> None:
        from yiwang.commons.rules import pack, tasks, urls  # noqa: F401  they register themselves
        from yiwang.commons.rules.contrib import evidence  # noqa: F401

        urls.register()
