"""Writes of seals and signatures."""

from yiwang.commons.seals.commands.applying import apply_for_seal, approve_seal, refuse_seal
from yiwang.commons.seals.commands.authorising import allow_automatic, end_automatic, set_rule
from yiwang.commons.seals.commands.keeping import (
    ask_destruction,
    destroy_seal,
    hand_over_seal,
    resume_seal,
    spare_seal,
    suspend_seal,
)
from yiwang.commons.seals.commands.keys import import_seal_certificate, prepare_maker
from yiwang.commons.seals.commands.making import import_seal, make_seal
from yiwang.commons.seals.commands.requesting import approve_use, refuse_use, request_use, withdraw_use
from yiwang.commons.seals.commands.samples import make_sample_seals, seal_at_hand
from yiwang.commons.seals.commands.signing import (
    ask_signatures,
    decline_signature,
    expire_signatures,
    remind_signers,
    sign,
    sign_statement,
    withdraw_signatures,
)
from yiwang.commons.seals.commands.trusting import write_trust
from yiwang.commons.seals.commands.using import seal_document

__all__ = [
    "allow_automatic",
    "apply_for_seal",
    "approve_seal",
    "approve_use",
    "ask_destruction",
    "ask_signatures",
    "decline_signature",
    "destroy_seal",
    "end_automatic",
    "expire_signatures",
    "hand_over_seal",
    "import_seal",
    "import_seal_certificate",
    "make_sample_seals",
    "make_seal",
    "prepare_maker",
    "refuse_seal",
    "refuse_use",
    "remind_signers",
    "request_use",
    "resume_seal",
    "seal_at_hand",
    "seal_document",
    "set_rule",
    "sign",
    "sign_statement",
    "spare_seal",
    "suspend_seal",
    "withdraw_signatures",
    "withdraw_use",
    "write_trust",
]
