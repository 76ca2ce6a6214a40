"""Wires forms: its parts of a pack."""

from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "yiwang.commons.forms"
    label = "commons_forms"
    verbose_name = "表单"

    def ready(self) -> None:
        from yiwang.commons.files.registry import register_keeper
        from yiwang.commons.forms import pack, queries  # noqa: F401  the pack's parts register themselves

        register_keeper(lambda viewer, file_ids: queries.shared(file_ids=file_ids, viewer=viewer))
