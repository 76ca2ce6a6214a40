"""Wires flow: navigation of the officials' desk, and the FEEL evaluator where rules provides one."""

from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "yiwang.commons.flow"
    label = "commons_flow"
    verbose_name = "流程"

    def ready(self) -> None:
        from yiwang.commons.flow import tasks  # noqa: F401  they register their jobs
