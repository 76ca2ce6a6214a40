"""Wiring of matters: its part of the pack, its entries in search."""

from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "yiwang.serve.matters"
    label = "serve_matters"
    verbose_name = "matters"

    def ready(self) -> None:
        from yiwang.serve.matters import pack  # noqa: F401  registers the parts of a pack
