"""Wires forms: its parts of a pack, the words of its vocabulary for rules."""

from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "yiwang.commons.forms"
    label = "commons_forms"
    verbose_name = "表单"

    def ready(self) -> None:
        from yiwang.commons.files.registry import register_keeper
        from yiwang.commons.forms import pack, queries  # noqa: F401  the pack's parts register themselves
        from yiwang.commons.rules.registry import provide_words
        from yiwang.kernel.actor import Actor

        provide_words(lambda names: queries.fact_words(names=names, viewer=Actor.system("forms")))
        register_keeper(lambda viewer, file_ids: queries.shared(file_ids=file_ids, viewer=viewer))
