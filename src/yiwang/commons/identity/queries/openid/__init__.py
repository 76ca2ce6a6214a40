"""Reads of one login for other systems."""

from yiwang.commons.identity.queries.openid.claims import claims_of, tells_numbers
from yiwang.commons.identity.queries.openid.protocol import (
    ClientFacts,
    LiveToken,
    client_facts,
    entered_from,
    live_token,
    login_to_tell,
    may_enter,
    waiting_device,
)
from yiwang.commons.identity.queries.openid.signing import forget_keys, hinted, issued, published_keys, sign
from yiwang.commons.identity.queries.openid.systems import (
    client_request,
    client_requests,
    client_rights,
    client_system,
    client_systems,
    consented,
    consents,
    count_unkept,
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
    "count_unkept",
    "entered_from",
    "forget_keys",
    "hinted",
    "issued",
    "launcher",
    "live_token",
    "login_to_tell",
    "may_enter",
    "published_keys",
    "sign",
    "tells_numbers",
    "waiting_device",
]
