"""Wires the kernel into Django: write guards after each migration."""

from datetime import timedelta
from typing import Any

from django.apps import AppConfig, apps
from django.db import connection
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    name = "yiwang.kernel"
    label = "kernel"
    verbose_name = "kernel"

    def ready(self) -> None:
        from yiwang.kernel import calendars, checks, clock, outbox  # noqa: F401  they register a pack part, checks, jobs
        from yiwang.kernel.settings import settings

        clock.run_ahead(timedelta(days=settings().demo_days_ahead))
        post_migrate.connect(_install_guards, sender=self, dispatch_uid="kernel.guards")


def sealed_columns(model: Any) -> list[str]:
    """The columns that follow the keys: sealed values and the keyed hashes beside them."""
    from yiwang.kernel.fields import EncryptedField, KeyedHashField

    found = [each for each in model._meta.concrete_fields if isinstance(each, EncryptedField | KeyedHashField)]
    return [str(each.column) for each in found]


def _install_guards(**_kwargs: Any) -> None:
    from yiwang.kernel import guard
    from yiwang.kernel.models import GuardedRow

    present = set(connection.introspection.table_names())
    guarded = [model for model in apps.get_models() if issubclass(model, GuardedRow) and model._meta.managed]
    tables = [model._meta.db_table for model in guarded if model._meta.db_table in present]
    append_only = [
        model._meta.db_table
        for model in guarded
        if getattr(model, "append_only", False) and model._meta.db_table in present
    ]
    columns = {model._meta.db_table: sealed_columns(model) for model in guarded}
    sealed = {table: columns[table] for table in append_only if columns[table]}
    guard.install(tables, append_only, sealed)
