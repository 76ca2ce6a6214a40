"""Identifiers of electronic licences (GB/T 36904-2018): `1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>`.

Confirmed: the root, the six parts and their order, and the check character, by identifiers of other systems in public use
(construction certificates of several provinces): ISO/IEC 7064 MOD 37,36 (GB/T 17710-2008) over the four parts between root
and check, without dots. Not confirmed against the text of the standard: the longest serial; here 32 characters of 0-9A-Z.
"""

import re
from dataclasses import dataclass
from typing import Final

ROOT: Final = "1.2.156.3005.2"
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PARTS: Final = re.compile(
    r"(?P<type>[0-9A-Z]{1,32})\.(?P<issuer>[0-9A-Z]{1,32})\.(?P<serial>[0-9A-Z]{1,32})\.(?P<version>[0-9]{3})"
    r"\.(?P<check>[0-9A-Z])"
)
LONGEST_VERSION: Final = 999


class InvalidIdentifier(ValueError):
    """No identifier of GB/T 36904; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """The parts of an identifier."""

    type_code: str
    issuer: str
    serial: str
    version: int

    def __str__(self) -> str:
        body = (self.type_code, self.issuer, self.serial, f"{self.version:03}")
        return ".".join((ROOT, *body, check_character("".join(body))))


def check_character(text: str) -> str:
    """ISO/IEC 7064 MOD 37,36 of a text of 0-9A-Z. Raises InvalidIdentifier for other characters."""
    rest = 36
    for letter in text:
        value = _ALPHABET.find(letter)
        if value < 0:
            raise InvalidIdentifier(f"字符 {letter!r} 不能用在证照标识里")
        rest = (rest + value) % 36 or 36
        rest = rest * 2 % 37
    return _ALPHABET[(37 - rest) % 36]


def identifier(*, type_code: str, issuer: str, serial: str, version: int) -> str:
    """The identifier of one version of a licence. Raises InvalidIdentifier."""
    if not 1 <= version <= LONGEST_VERSION:
        raise InvalidIdentifier(f"版本号 {version} 不在 1 到 {LONGEST_VERSION} 之间")
    made = str(Identifier(type_code, issuer, serial, version))
    parse_identifier(made)
    return made


def parse_identifier(text: str) -> Identifier:
    """The parts of an identifier whose check character holds. Raises InvalidIdentifier."""
    found = _PARTS.fullmatch(text.removeprefix(f"{ROOT}.")) if text.startswith(f"{ROOT}.") else None
    if found is None:
        raise InvalidIdentifier("不是电子证照标识的格式")
    body = "".join(found[name] for name in ("type", "issuer", "serial", "version"))
    if check_character(body) != found["check"]:
        raise InvalidIdentifier("校验位不对")
    return Identifier(found["type"], found["issuer"], found["serial"], int(found["version"]))


def issuer_code(credit_code: str | None, code: str) -> str:
    """The issuer's part: its credit code (GB 32100), else its own code without what the alphabet lacks."""
    return credit_code or "".join(letter for letter in code.upper() if letter in _ALPHABET)[:32] or "0"
