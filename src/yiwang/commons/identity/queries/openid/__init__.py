"""Reads of one login for other systems."""

from yiwang.commons.identity.queries.openid.claims import claims_of
from yiwang.commons.identity.queries.openid.protocol import (
    ClientFacts,
    LiveToken,
    client_facts,
    live_token,
    login_to_tell,
    may_enter,
    waiting_device,
)
from yiwang.commons.identity.queries.openid.signing import forget_keys, issued, published_keys, sign
from yiwang.commons.identity.queries.openid.systems import (
    client_request,
    client_requests,
    client_rights,
    client_system,
    client_systems,
    consented,
    consents,
    launcher,
)

__all__ = [
    "ClientFacts",
    "LiveToken",
    "claims_of",
    "client_facts",
    "client_request",
    "client_requests",
    "client_rights",
    "client_system",
    "client_systems",
    "consented",
    "consents",
    "forget_keys",
    "issued",
    "launcher",
    "live_token",
    "login_to_tell",
    "may_enter",
    "published_keys",
    "sign",
    "waiting_device",
]
