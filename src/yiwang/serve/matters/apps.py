"""Wiring of matters: its part of the pack, its entries in search, its place in the officials' navigation."""

from functools import partial

from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "yiwang.serve.matters"
    label = "serve_matters"
    verbose_name = "matters"

    def ready(self) -> None:
        from yiwang.commons.identity.registry.real_names import provide_scopes
        from yiwang.commons.search.registry import register_publisher
        from yiwang.kernel.actor import Actor
        from yiwang.serve.matters import pack, queries, tasks, urls  # noqa: F401  registers the parts of a pack, the periodic task

        urls.register()
        provide_scopes(partial(queries.mandate_scopes, viewer=Actor.system("mandates")))
        register_publisher("matter", queries.all_matters)
        register_publisher("bundle", queries.all_bundles)
