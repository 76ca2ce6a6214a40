"""A small hierarchy for each suite: root, intermediate, signing certificate, and the lists that go with them."""

import datetime as dt
from dataclasses import dataclass
from functools import cache

from cryptography import x509

from yiwang.commons.crypto.engine import LocalSigner, suite
from yiwang.commons.crypto.engine.pki import (
    Authority,
    Certificate,
    Revocation,
    RevocationList,
    check_certificate,
    new_root,
    parse_name,
    read_list,
    write_list,
)

NOW = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
SUITES = ("national", "international")


def key(name):
    return suite(name).new_signing_key()


def public(private):
    return LocalSigner(private).public


def crl(authority, *revocations: Revocation, number=1, since=NOW, until=NOW + 7 * DAY) -> RevocationList:
    return read_list(
        write_list(authority.certificate, authority.signer, revocations, number=number, since=since, until=until)
    )


def subordinate(parent: Authority, private: bytes, name: str, **more) -> Authority:
    certificate = parent.issue(
        public(private), parse_name(name), **{"profile": "authority", "since": NOW, "days": 1000, **more}
    )
    return Authority(certificate, LocalSigner(private))


def leaf(authority: Authority, private: bytes, name="CN=示例用户,O=示例单位,C=CN", **more) -> Certificate:
    return authority.issue(
        public(private), parse_name(name), **{"profile": "signing", "since": NOW, "days": 100, **more}
    )


@dataclass(frozen=True)
class World:
    suite: str
    root_key: bytes
    root: Authority
    middle_key: bytes
    middle: Authority
    user_key: bytes
    user: Certificate

    @property
    def lists(self):
        return [crl(self.root), crl(self.middle)]

    def check(self, certificate=None, **more):
        wanted = {
            "anchors": [self.root.certificate],
            "intermediates": [self.middle.certificate],
            "statuses": self.lists,
            "at": NOW + HOUR,
        }
        return check_certificate(certificate or self.user, **{**wanted, **more})


@cache
def world(name: str) -> World:
    root_key, middle_key, user_key = key(name), key(name), key(name)
    root = new_root(root_key, parse_name("CN=示例根,O=示例机构,C=CN"), since=NOW, days=3650)
    middle = subordinate(root, middle_key, "CN=示例签发机构,C=CN", path_length=0)
    return World(name, root_key, root, middle_key, middle, user_key, leaf(middle, user_key))


def forged(authority: Authority, private: bytes, *, subject="CN=forged", mutate=None, since=NOW, until=NOW + 90 * DAY):
    """A certificate whose TBS members (a list of DER values) `mutate` changes before it is signed."""
    from yiwang.commons.crypto.engine.pki import der, read_certificate
    from yiwang.commons.crypto.engine.pki.crls import SIGNATURE_OIDS, extension_der

    algorithm = der.sequence(der.oid(SIGNATURE_OIDS[authority.signer.suite.name]))
    members = {
        "version": der.explicit(0, der.integer(2)),
        "serial": der.integer(4711),
        "algorithm": algorithm,
        "issuer": authority.certificate.subject_der,
        "validity": der.sequence(der.time(since), der.time(until)),
        "subject": parse_name(subject).public_bytes(),
        "public": public(private),
        "extensions": [extension_der(x509.BasicConstraints(ca=False, path_length=None), critical=True)],
    }
    if mutate is not None:
        mutate(members)
    extensions = members.pop("extensions")
    tbs = der.sequence(*members.values(), der.explicit(3, der.sequence(*extensions)) if extensions else b"")
    return read_certificate(der.sequence(tbs, algorithm, der.bits(authority.signer.sign(tbs))))
