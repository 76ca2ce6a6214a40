"""Chains with faults at random, judged by us and by `openssl verify`: both must say the same.

YIWANG_FUZZ_EXAMPLES sets how many chains (default 50); the seed is in the message of a failure.
"""

import hashlib
import ipaddress
import os
import random
import subprocess

from cryptography import x509

from yiwang.commons.crypto.engine import LocalSigner
from yiwang.commons.crypto.engine.pki import Authority, check_certificate, der, new_root, parse_name
from yiwang.commons.crypto.engine.pki.algorithms import key_info
from yiwang.commons.crypto.engine.pki.authority import _ALL_USAGES
from yiwang.commons.crypto.engine.pki.crls import extension_der

from .factories import DAY, NOW, forged, key, public

EXAMPLES = min(int(os.environ.get("YIWANG_FUZZ_EXAMPLES", "50")), 5000)
SUITE = "international"
AT = NOW + 5 * DAY


def usage(*names):
    return extension_der(x509.KeyUsage(**{name: name in names for name in _ALL_USAGES}), critical=True)


def basic(ca, length=None):
    return extension_der(x509.BasicConstraints(ca, length), critical=True)


def constraints(chance):
    kinds = [
        x509.DirectoryName(parse_name("O=示例单位")),
        x509.DirectoryName(parse_name("O=别的单位")),
        x509.DNSName("example.cn"),
        x509.DNSName("example.org"),
        x509.IPAddress(ipaddress.ip_network("192.0.2.0/24")),
    ]
    picked = [chance.choice(kinds)]
    permitted = chance.random() < 0.6
    return extension_der(
        x509.NameConstraints(picked if permitted else None, None if permitted else picked), critical=True
    )


def extensions_of(chance, ca):
    fault = chance.random() < 0.25
    if ca:
        length = chance.choice([None, None, None, 0, 1, 2])
        found = [basic(ca=False) if fault and chance.random() < 0.3 else basic(True, length)]
        if chance.random() < 0.7:
            found.append(usage(*(["crl_sign"] if fault and chance.random() < 0.4 else ["key_cert_sign", "crl_sign"])))
        if chance.random() < 0.25:
            found.append(constraints(chance))
    else:
        names = [x509.DNSName(chance.choice(["a.example.cn", "b.example.org", "example.cn"]))]
        if chance.random() < 0.4:
            names.append(x509.IPAddress(ipaddress.ip_address(chance.choice(["192.0.2.1", "198.51.100.1"]))))
        found = [basic(ca=False), extension_der(x509.SubjectAlternativeName(names))]
    if fault and chance.random() < 0.3:
        found.append(der.sequence(der.oid("1.2.3.4"), der.value(der.BOOLEAN, b"\xff"), der.octets(b"\x05\x00")))
    return found


def chain(chance):
    root_key = key(SUITE)
    root = new_root(
        root_key, parse_name("CN=根,O=示例单位"), since=NOW, days=100, path_length=chance.choice([None, 0, 1, 2])
    )
    authority, issued, height = root, [], chance.randrange(4)
    for level in range(height + 1):
        private, leaf = key(SUITE), level == height
        name = (
            "CN=用户,O=示例单位"
            if leaf
            else chance.choice([f"CN=第{level}级,O=示例单位", authority.certificate.subject])
        )
        extensions = [
            *extensions_of(chance, not leaf),
            # Named keys: among namesakes OpenSSL takes the first and does not turn back.
            extension_der(x509.SubjectKeyIdentifier(hashlib.sha1(key_info(public(private)).raw).digest())),
            extension_der(x509.AuthorityKeyIdentifier(authority.certificate.key_id, None, None)),
        ]
        since = NOW + chance.choice([0, 0, 0, 0, 0, 6]) * DAY
        until = NOW + chance.choice([90, 90, 90, 90, 90, 2, 4]) * DAY
        if since > until:
            since = NOW
        signed_by = Authority(authority.certificate, LocalSigner(private)) if chance.random() < 0.04 else authority

        def take(members, extensions=extensions):
            members["extensions"] = extensions
            members["serial"] = der.integer(chance.getrandbits(60) + 1)

        made = forged(signed_by, private, subject=name, mutate=take, since=since, until=until)
        issued.append(made)
        authority = Authority(made, LocalSigner(private))
    return root.certificate, issued


def test_openssl_says_the_same_of_chains_with_random_faults(tmp_path):
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    counts = {True: 0, False: 0}
    for number in range(EXAMPLES):
        root, issued = chain(chance)
        *middle, user = issued
        verdict = check_certificate(user, anchors=[root], intermediates=middle, at=AT, revocation="off")
        for name, certificates in (("root", [root]), ("middle", middle), ("user", [user])):
            (tmp_path / name).write_text("".join(c.pem() for c in certificates))
        found = subprocess.run(
            [
                "openssl", "verify", "-attime", str(int(AT.timestamp())), "-CAfile", "root",
                *(["-untrusted", "middle"] if middle else []), "user",
            ],
            cwd=tmp_path, capture_output=True, check=False, timeout=60,
        )  # fmt: skip
        said = found.stderr.decode()
        assert verdict.valid is (found.returncode == 0), (seed, number, [r.say("en") for r in verdict.reasons], said)
        counts[verdict.valid] += 1
    assert min(counts.values()) > 0 or EXAMPLES < 50
