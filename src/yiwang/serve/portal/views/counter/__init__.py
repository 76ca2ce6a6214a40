"""The counter (窗口): a clerk serves one person after another. Filling in and sending are the portal's own pages."""

from yiwang.serve.portal.views.counter.agent import agent
from yiwang.serve.portal.views.counter.desk import desk, find, leave, register
from yiwang.serve.portal.views.counter.frame import may_serve, serving_slot
from yiwang.serve.portal.views.counter.handing import confirm, handover, handovers
from yiwang.serve.portal.views.counter.papers import form, notice, open_notice, receipt
from yiwang.serve.portal.views.counter.person import person
from yiwang.serve.portal.views.counter.situation import begin, situation
from yiwang.serve.portal.views.counter.tray import discard_scan, set_workplace, tray, use_scan

__all__ = [
    "agent", "begin", "confirm", "desk", "discard_scan", "find", "form", "handover", "handovers", "leave", "may_serve", "notice",
    "open_notice", "person", "receipt", "register", "serving_slot", "set_workplace", "situation", "tray", "use_scan",
]  # fmt: skip
