"""Wires seals."""

from django.apps import AppConfig


class SealsConfig(AppConfig):
    name = "yiwang.commons.seals"
    label = "commons_seals"
    verbose_name = "电子印章"

    def ready(self) -> None:
        from yiwang.commons.crypto.registry import register_holder
        from yiwang.commons.files.registry import register_reader
        from yiwang.commons.seals import handlers, queries, registry, tasks, urls  # noqa: F401  they register themselves
        from yiwang.commons.seals.contracts import SEAL, USE_REQUEST

        registry.register_purposes()
        urls.register()
        register_holder(queries.holder_of_key)
        register_reader(USE_REQUEST, queries.reads_request_files)
        register_reader(SEAL, queries.reads_seal_files)
