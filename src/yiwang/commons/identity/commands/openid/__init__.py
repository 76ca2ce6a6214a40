"""Writes of one login for other systems."""

from yiwang.commons.identity.commands.openid.consents import give_client_consent, withdraw_client_consent
from yiwang.commons.identity.commands.openid.devices import answer_device, begin_device
from yiwang.commons.identity.commands.openid.keys import rotate_signing_keys, withdraw_signing_key
from yiwang.commons.identity.commands.openid.logins import (
    begin_client_login,
    end_client_login,
    end_client_logins,
    end_closed_logins,
    keep_tokens,
    logout_told,
    revoke_access,
)
from yiwang.commons.identity.commands.openid.reading import note_claims
from yiwang.commons.identity.commands.openid.registration import (
    decide_client_request,
    new_client_secret,
    request_client,
    resume_client,
    suspend_client,
    take_over_client,
)

__all__ = [
    "answer_device",
    "begin_client_login",
    "begin_device",
    "decide_client_request",
    "end_client_login",
    "end_client_logins",
    "end_closed_logins",
    "give_client_consent",
    "keep_tokens",
    "logout_told",
    "new_client_secret",
    "note_claims",
    "request_client",
    "resume_client",
    "revoke_access",
    "rotate_signing_keys",
    "suspend_client",
    "take_over_client",
    "withdraw_client_consent",
    "withdraw_signing_key",
]
