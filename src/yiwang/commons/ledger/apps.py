"""Wires the ledger."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "yiwang.commons.ledger"
    label = "commons_ledger"
    verbose_name = "常享链"

    def ready(self) -> None:
        from yiwang.commons.crypto.registry import register_holder
        from yiwang.commons.ledger import tasks, urls  # noqa: F401  they register themselves
        from yiwang.commons.ledger.queries import health  # noqa: F401
        from yiwang.commons.ledger.queries.signing import log_signed_by

        urls.register()
        register_holder(log_signed_by)
