"""Providers outside: the police's register, a face service, a bank, each behind one small question over HTTP.

POST JSON {"service": "register" | "face" | "bank", "name", "id_number", …} with a bearer token; answered by
{"verdict": "agrees" | "differs" | "unknown" | "unsure", "reference": "…"}. A provider with another protocol gets an adapter that
speaks this. Bounded in time and size, no redirects, no proxies of the environment; any fault is UNAVAILABLE, never a pass.

    register (GB 11643 number and name)   name, id_number
    face                                  name, id_number, face_code: what the provider's own app shows after it saw the face
    bank (four elements)                  name, id_number, card (ISO/IEC 7812-1), mobile (known to the bank)
"""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol

from yiwang.commons.identity.contracts.real_names import Answer, Assurance, CheckMethod, Claim, Verdict
from yiwang.commons.identity.registry.real_names import Proof
from yiwang.kernel.codes import InvalidCode, clean_code, validate_mobile
from yiwang.kernel.text import gettext_noop as _

_MOST_BYTES: Final = 64 * 1024
_ANSWERS: Final = frozenset({Verdict.AGREES, Verdict.DIFFERS, Verdict.UNKNOWN, Verdict.UNSURE})
_CARD: Final = range(12, 20)


class Provider(Protocol):
    def ask(self, question: Mapping[str, str]) -> Answer: ...


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """A redirect is a fault: the address was agreed, and who is asked learns a name and a number."""


@dataclass(frozen=True, slots=True)
class HttpProvider:
    """`url`: https (http on this machine only); `token`: sent as a bearer token; `seconds`: until it answers, and for each read."""

    url: str
    token: str = ""
    seconds: float = 3.0

    def ask(self, question: Mapping[str, str]) -> Answer:
        """UNAVAILABLE for every way in which it may fail."""
        if not self.url.startswith(("https://", "http://127.0.0.1:", "http://[::1]:")):
            return Answer(Verdict.UNAVAILABLE)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        body = json.dumps(dict(question), ensure_ascii=False).encode()
        asked = urllib.request.Request(self.url, data=body, headers=headers, method="POST")  # noqa: S310  checked above
        opener = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))
        try:
            with opener.open(asked, timeout=self.seconds) as answer:
                return _read(answer.read(_MOST_BYTES + 1))
        except (OSError, ValueError, urllib.error.URLError):
            return Answer(Verdict.UNAVAILABLE)


def _read(data: bytes) -> Answer:
    try:
        said = json.loads(data) if len(data) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        said = None
    verdict = said.get("verdict") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(verdict, str) or verdict not in _ANSWERS:
        return Answer(Verdict.UNAVAILABLE)
    return Answer(Verdict(verdict), str(said.get("reference", ""))[:120])


@dataclass(frozen=True, slots=True)
class AskedRegister:
    """Port PopulationRegister over a provider."""

    provider: Provider

    def compare(self, claim: Claim) -> Answer:
        return self.provider.ask({"service": "register", "name": claim.name, "id_number": claim.id_number})


@dataclass(frozen=True, slots=True)
class Face:
    """Port RealNameMethod: the provider's app sees the face and shows a code, which is typed here."""

    provider: Provider
    method: ClassVar[CheckMethod] = CheckMethod(
        "face", _("人脸核验"), _("先在核验应用里刷脸，再把显示的核验码填在这里。"), Assurance.CONFIRMED
    )
    asks: ClassVar[Sequence[Proof]] = (Proof("face_code", _("核验码"), _("刷脸成功后显示，只能用一次。"), 40),)

    def check(self, claim: Claim, given: Mapping[str, str]) -> Answer:
        code = clean_code(given.get("face_code", "")[:40])
        if not code.isascii() or not code.isalnum():
            return Answer(Verdict.DIFFERS)
        question = {"service": "face", "name": claim.name, "id_number": claim.id_number, "face_code": code}
        return self.provider.ask(question)


@dataclass(frozen=True, slots=True)
class BankCard:
    """Port RealNameMethod: name, number, card and the mobile that the bank knows agree. The card is kept nowhere."""

    provider: Provider
    method: ClassVar[CheckMethod] = CheckMethod(
        "bank", _("银行卡核验"), _("用本人的银行卡核验，不会扣款，也不保存卡号。"), Assurance.CONFIRMED
    )
    asks: ClassVar[Sequence[Proof]] = (
        Proof("card", _("银行卡号"), "", 30),
        Proof("mobile", _("银行预留手机号码"), "", 20),
    )

    def check(self, claim: Claim, given: Mapping[str, str]) -> Answer:
        card = clean_code(given.get("card", "")[:40])
        try:
            mobile = validate_mobile(clean_code(given.get("mobile", "")[:40]))
        except InvalidCode:
            return Answer(Verdict.DIFFERS)
        if not is_card(card):
            return Answer(Verdict.DIFFERS)
        named = {"name": claim.name, "id_number": claim.id_number}
        return self.provider.ask({"service": "bank", **named, "card": card, "mobile": mobile})


def is_card(text: str) -> bool:
    """A card number of 12 to 19 digits whose check digit is right (ISO/IEC 7812-1, annex B)."""
    if len(text) not in _CARD or not text.isascii() or not text.isdigit():
        return False
    digits = [int(each) for each in reversed(text)]
    return sum(d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)) % 10 == 0
