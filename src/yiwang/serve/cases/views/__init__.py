"""Pages of cases."""

from yiwang.serve.cases.views.desk import case, preview, reveal, task
from yiwang.serve.cases.views.lists import cases, export
from yiwang.serve.cases.views.procedures import (
    check_material,
    check_pledge,
    extend,
    hand_over,
    restore_trust,
    resume,
    special,
)
from yiwang.serve.cases.views.progress import of_id, progress, result, withdraw
from yiwang.serve.cases.views.reading import confirm, delivery, document, document_pdf
from yiwang.serve.cases.views.supplying import correct, follow
from yiwang.serve.cases.views.verifying import result_pdf, verify_document, verify_result

__all__ = [
    "case", "cases", "check_material", "check_pledge", "confirm", "correct", "delivery", "document", "document_pdf", "export", "extend",
    "follow", "hand_over", "of_id", "preview", "progress", "restore_trust", "result", "result_pdf", "resume", "reveal", "special", "task", "verify_document",
    "verify_result", "withdraw",
]  # fmt: skip
