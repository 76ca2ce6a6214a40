"""Wires measures: its entry in the navigation of the officials' desk."""

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "yiwang.commons.measures"
    label = "commons_measures"
    verbose_name = "指标"

    def ready(self) -> None:
        from yiwang.commons.measures import urls

        urls.register()
