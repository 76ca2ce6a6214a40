"""Pages of cases."""

from yiwang.serve.cases.views.desk import case, preview, task
from yiwang.serve.cases.views.lists import cases, export
from yiwang.serve.cases.views.procedures import check_material, check_pledge, extend, hand_over, resume, special
from yiwang.serve.cases.views.progress import of_id, progress, result, withdraw
from yiwang.serve.cases.views.reading import confirm, delivery, document
from yiwang.serve.cases.views.supplying import correct, follow

__all__ = [
    "case", "cases", "check_material", "check_pledge", "confirm", "correct", "delivery", "document", "export", "extend",
    "follow", "hand_over", "of_id", "preview", "progress", "result", "resume", "special", "task", "withdraw",
]  # fmt: skip
