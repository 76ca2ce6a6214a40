"""A passkey in software: what a browser and its authenticator would answer, for tests without a browser."""

import hashlib
import json
import secrets

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from yiwang.commons.identity.models import Account

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class SoftKey:
    """A key of one account at one origin."""

    def __init__(self, account_id, host="localhost"):
        self.origin, self.host = f"http://{host}", host
        self.id, self.key = secrets.token_bytes(32), ec.generate_private_key(ec.SECP256R1())
        public = ES256.from_cryptography_key(self.key.public_key())
        held = AttestedCredentialData.create(Aaguid.NONE, self.id, public)
        data = AuthenticatorData.create(self._host_hash(), PRESENT | VERIFIED | ATTESTED, 0, held)
        told = CollectedClientData.create("webauthn.create", secrets.token_bytes(32), self.origin)
        made = AttestationObject.create("none", data, {})
        response = {"clientDataJSON": websafe_encode(told), "attestationObject": websafe_encode(made)}
        WebAuthn.add(Account.objects.get(pk=account_id), "样例钥匙", self._credential(response))
        self.row = Authenticator.objects.get(user_id=account_id, type=Authenticator.Type.WEBAUTHN)

    def _host_hash(self):
        return hashlib.sha256(self.host.encode()).digest()

    def _credential(self, response):
        rk = {"credProps": {"rk": True}}
        told = {"id": websafe_encode(self.id), "rawId": websafe_encode(self.id), "type": "public-key"}
        return {**told, "response": response, "clientExtensionResults": rk, "authenticatorAttachment": "platform"}

    def answer(self, options, *, verified=True):
        """What a page posts as `credential` after the browser's dialog."""
        challenge = websafe_decode(options["request_options"]["publicKey"]["challenge"])
        told = CollectedClientData.create("webauthn.get", challenge, self.origin)
        data = AuthenticatorData.create(self._host_hash(), PRESENT | (VERIFIED if verified else 0), 1)
        signature = self.key.sign(bytes(data) + hashlib.sha256(told).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": websafe_encode(told), "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature), "userHandle": None,
        }  # fmt: skip
        return json.dumps(self._credential(response))
