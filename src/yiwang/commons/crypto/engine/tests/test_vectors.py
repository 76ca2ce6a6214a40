"""Published vectors of the symmetric algorithms; a vector that is refused though valid stands in a table with its reason."""

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest
from cryptography.hazmat.decrepit.ciphers import modes as older
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from yiwang.commons.crypto.engine import Damaged, suite
from yiwang.commons.crypto.engine.sm3 import other_mac
from yiwang.commons.crypto.engine.sm4_aead import Sm4CcmAead, Sm4GcmAead

HERE = Path(__file__).parent / "vectors"
NATIONAL = suite("national")


def nist(name):
    """The blocks of `KEY = value` lines of a file in NIST's layout."""
    for block in re.split(r"\n\s*\n", (HERE / name).read_text()):
        fields = dict(re.findall(r"^(\w+) = (.*)$", block, re.MULTILINE))
        if len(fields) > 1:
            yield {key.lower(): value for key, value in fields.items()}


def wycheproof(name):
    content = json.loads((HERE / f"{name}_test.json").read_text())
    cases = [(group, case) for group in content["testGroups"] for case in group["tests"]]
    assert len(cases) == content["numberOfTests"]
    for group, case in cases:
        yield (
            group,
            {key: bytes.fromhex(case[key]) for key in ("key", "iv", "aad", "msg", "ct", "tag") if key in case},
            case,
        )


def test_digests_of_the_examples_of_sm3():
    cases = list(nist("sm3_oscca.txt"))
    assert len(cases) == 6
    for case in cases:
        message = bytes.fromhex(case["msg"])[: int(case["len"]) // 8]
        assert NATIONAL.digest(message).hex() == case["md"]


@pytest.mark.parametrize("mac", [NATIONAL.mac, other_mac], ids=["system", "cryptography"])
def test_every_hmac_sm3_of_wycheproof(mac):
    for group, value, case in wycheproof("hmac_sm3"):
        right = mac(value["key"], value["msg"])[: group["tagSize"] // 8] == value["tag"]
        assert right is (case["result"] == "valid"), case


MODES = {
    "ecb": lambda _: modes.ECB(),
    "cbc": modes.CBC,
    "ctr": modes.CTR,
    "cfb": older.CFB,
    "ofb": older.OFB,
}


@pytest.mark.parametrize("mode", MODES)
def test_sm4_of_the_draft_in_the_library_that_seals(mode):
    cases = list(nist(f"draft-ribose-cfrg-sm4-10-{mode}.txt"))
    assert len(cases) >= 2
    for case in cases:
        cipher = Cipher(algorithms.SM4(bytes.fromhex(case["key"])), MODES[mode](bytes.fromhex(case.get("iv", ""))))
        plain, sealed = bytes.fromhex(case["plaintext"]), bytes.fromhex(case["ciphertext"])
        for given, make, wanted in ((plain, cipher.encryptor, sealed), (sealed, cipher.decryptor, plain)):
            transform = make()
            assert transform.update(given) + transform.finalize() == wanted


def test_sm4_gcm_of_rfc_8998_is_opened_by_the_suite():
    (case,) = nist("rfc8998.txt")
    key, nonce, aad, tag, plain, sealed = (
        bytes.fromhex(case[name]) for name in ("key", "iv", "aad", "tag", "plaintext", "ciphertext")
    )
    assert NATIONAL.open(key, nonce + tag + sealed, aad) == plain
    assert Sm4GcmAead(key).encrypt(nonce, plain, aad) == sealed + tag


def test_sm4_ccm_of_rfc_8998():
    """RFC 8998, A.2."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    nonce = bytes.fromhex("00001234567800000000abcd")
    aad = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    plain = bytes.fromhex("".join(digit * 16 for digit in "abcdefea"))
    sealed = bytes.fromhex(
        "48af93501fa62adbcd414cce6034d895dda1bf8f132f042098661572e7483094"
        "fd12e518ce062c98acee28d95df4416bed31a2f04476c18bb40c84a74b97dc5b"
        "16842d4fa186f56ab33256971fa110f4"
    )
    assert Sm4CcmAead(key).encrypt(nonce, plain, aad) == sealed
    assert Sm4CcmAead(key).decrypt(nonce, sealed, aad) == plain


REFUSED_THOUGH_VALID = {
    "sm4_gcm": {
        "a nonce under 8 bytes: so few nonces repeat, and a repeated one gives the key of authentication away": range(
            91, 99
        ),
        "a nonce over 128 bytes: no protocol has one, and the library bounds what it hashes": [90],
    },
    "sm4_ccm": {},
}
"""Case numbers by reason; whatever Wycheproof calls valid and is not here must come out right."""
REFUSED_AS_INVALID = {
    "sm4_gcm": {"ModifiedTag": 27, "ZeroLengthIv": 2},
    "sm4_ccm": {
        "ModifiedTag": 27,
        "InvalidNonceSize": 13,  # CCM knows 7 to 13 bytes
        "InvalidTagSize": 8,  # odd sizes, and 2
        "InsecureTagSize": 1,  # 2 bytes: forged in 65,536 tries
    },
}


def seal(name, group, value):
    aead = Sm4GcmAead(value["key"]) if name == "sm4_gcm" else Sm4CcmAead(value["key"], group["tagSize"] // 8)
    return aead.encrypt(value["iv"], value["msg"], value["aad"])


def opened(name, group, value):
    """The plain text, None when refused."""
    try:
        aead = Sm4GcmAead(value["key"]) if name == "sm4_gcm" else Sm4CcmAead(value["key"], group["tagSize"] // 8)
        return aead.decrypt(value["iv"], value["ct"] + value["tag"], value["aad"])
    except (Damaged, ValueError):
        return None


@pytest.mark.parametrize("name", REFUSED_THOUGH_VALID)
def test_every_aead_case_of_wycheproof_comes_out_right_or_is_explained(name):
    explained = {number for numbers in REFUSED_THOUGH_VALID[name].values() for number in numbers}
    refused, flags = set(), defaultdict(int)
    for group, value, case in wycheproof(name):
        plain = opened(name, group, value)
        if case["result"] == "invalid":
            assert plain is None, case
            flags[case["flags"][-1]] += 1
        elif plain is None:
            refused.add(case["tcId"])
            with pytest.raises(ValueError):
                seal(name, group, value)
        else:
            assert plain == value["msg"], case
            assert seal(name, group, value) == value["ct"] + value["tag"], case
    assert refused == explained
    assert flags == REFUSED_AS_INVALID[name]
