"""Writes of the portal: from the guide to a draft and a case; scans and hand-overs of the counter."""

from yiwang.serve.portal.commands.applying import applicant_of, begin_application, send_application
from yiwang.serve.portal.commands.handing import confirm_handover, hand_over
from yiwang.serve.portal.commands.licensing import agree_to_licences
from yiwang.serve.portal.commands.scanning import collect, discard_scan, take_scan, use_scan
from yiwang.serve.portal.commands.serving import receive_agent

__all__ = [
    "agree_to_licences", "applicant_of", "begin_application", "collect", "confirm_handover", "discard_scan", "hand_over",
    "receive_agent", "send_application", "take_scan", "use_scan",
]  # fmt: skip
