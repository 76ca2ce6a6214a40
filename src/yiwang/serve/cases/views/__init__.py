"""Pages of cases."""

from yiwang.serve.cases.views.desk import case, cases, preview, task
from yiwang.serve.cases.views.progress import correct, of_id, progress, result, withdraw

__all__ = ["case", "cases", "correct", "of_id", "preview", "progress", "result", "task", "withdraw"]
