"""Wires flow: navigation of the officials' desk, and the FEEL evaluator where rules provides one."""

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class FlowConfig(AppConfig):
    name = "yiwang.commons.flow"
    label = "commons_flow"
    verbose_name = "流程"

    def ready(self) -> None:
        from yiwang.commons.flow import adapters, handlers, pack, registry, tasks, urls  # noqa: F401  they register themselves
        from yiwang.commons.flow.contracts import WORK
        from yiwang.commons.flow.contrib import evidence  # noqa: F401
        from yiwang.commons.flow.contrib.decisions import PublishedDecisions
        from yiwang.commons.flow.contrib.feel import FeelEvaluator
        from yiwang.commons.flow.queries import measures
        from yiwang.commons.flow.queries.deciding import ProcessVariables
        from yiwang.commons.flow.queries.delegations import stand_in_of
        from yiwang.commons.identity.registry import let_stand_in, provide_stand_ins
        from yiwang.commons.rules.registry import PastSource, register_past_inputs

        registry.provide_evaluator(FeelEvaluator())
        registry.provide_decider(PublishedDecisions())
        register_past_inputs(PastSource("flow", _("办理过的流程"), ProcessVariables()))
        provide_stand_ins(stand_in_of)
        let_stand_in(WORK)
        adapters.connect()
        urls.register()
        measures.register(address=lambda line: reverse("flow:task", args=[line.subject_id]))
