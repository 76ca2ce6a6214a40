"""Wires flow: navigation of the officials' desk, and the FEEL evaluator where rules provides one."""

from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "yiwang.commons.flow"
    label = "commons_flow"
    verbose_name = "流程"

    def ready(self) -> None:
        from yiwang.commons.flow import pack, registry, tasks, urls  # noqa: F401  pack part and jobs register themselves
        from yiwang.commons.flow.contrib.decisions import PublishedDecisions
        from yiwang.commons.flow.contrib.feel import FeelEvaluator

        registry.provide_evaluator(FeelEvaluator())
        registry.provide_decider(PublishedDecisions())
        urls.register()
