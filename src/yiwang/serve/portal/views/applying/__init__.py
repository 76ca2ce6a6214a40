"""Applying: the draft begins, one page a step, materials, check your answers, send, receipt.

Everything typed is saved at each step; nothing is sent before the check page.
"""

from yiwang.serve.portal.views.applying.beginning import apply, begin, discard, ineligible, matter_begin
from yiwang.serve.portal.views.applying.materials import materials
from yiwang.serve.portal.views.applying.renewing import renewal
from yiwang.serve.portal.views.applying.sending import check_answers, receipt
from yiwang.serve.portal.views.applying.steps import step

__all__ = [
    "apply", "begin", "check_answers", "discard", "ineligible", "materials", "matter_begin", "receipt", "renewal", "step",
]  # fmt: skip
