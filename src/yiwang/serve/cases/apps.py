"""Wiring of cases: operations for processes, openers of tasks, readers of attached files, navigation."""

from django.apps import AppConfig
from django.urls import reverse


class CasesConfig(AppConfig):
    name = "yiwang.serve.cases"
    label = "serve_cases"
    verbose_name = "cases"

    def ready(self) -> None:
        from yiwang.commons.identity.registry import let_stand_in
        from yiwang.serve.cases import contrib, handlers, pack, tasks, urls  # noqa: F401  registers with flow, files, outbox, jobs
        from yiwang.serve.cases.queries import measures

        let_stand_in("cases.*")
        urls.register()
        measures.register(address=lambda line: reverse("cases:case", args=[line.number]))
