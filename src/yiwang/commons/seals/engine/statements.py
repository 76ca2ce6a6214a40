"""What persons sign: the canonical form (RFC 8785) of a statement, by one or several, in one JSON file that proves itself.

Each signer signs a claim: the digest of the statement's canonical form, who they are, in what capacity, when, and how they
showed who they are. The file is itself canonical, so that no byte of it can change without being found.
"""

import base64
import binascii
import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import rfc8785

from yiwang.commons.crypto.engine import SUITES, CryptoError, suite, suite_of_public
from yiwang.commons.seals.engine.findings import Findings
from yiwang.commons.seals.engine.trust import Trust, certificate_of, judge_chain
from yiwang.commons.seals.engine.wording import shown
from yiwang.kernel.verdicts import Mark, Verdict

FORMAT: Final = "yiwang.statement/1"
CLAIM: Final = "yiwang.claim/1"
MAX_STATEMENT: Final = 4 * 1024 * 1024
MAX_SIGNERS: Final = 100
_COMMON_NAME: Final = "2.5.4.3"
_FUTURE: Final = dt.timedelta(minutes=5)
_DOCUMENT: Final = ("content", "id", "ordered", "signers", "title")
_MEMBERS: Final = frozenset({*_DOCUMENT, "format", "signatures"})

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "large": ("签署文件 {size} 字节，超过上限 {limit}", "the file has {size} bytes, more than {limit}"),
    "json": ("不是有效的签署文件（JSON）：{detail}", "not a file of signatures (JSON): {detail}"),
    "shape": ("签署文件缺少或多出内容：{what}", "something is missing or too much: {what}"),
    "canonical": ("文件不是规范格式（RFC 8785），内容可能被改动过", "not in canonical form (RFC 8785): it may have been changed"),
    "changed": ("签署的内容与签名对应的内容不一致", "the content is not the one that was signed"),
    "stranger": ("第 {place} 个签名的签名人不在名单里，或者身份与名单不符", "signature {place} is by somebody who is not listed so"),
    "another": (
        "第 {place} 个签名自称“{name}”，证书却是“{subject}”的",
        "signature {place} says “{name}”, but the certificate is of “{subject}”",
    ),
    "twice": ("第 {place} 位签名人签了不止一次", "signer {place} signed more than once"),
    "missing": ("第 {place} 位签名人还没有签署", "signer {place} has not signed"),
    "order": ("没有按约定的次序签署", "not signed in the agreed order"),
    "key": ("第 {place} 个签名的公钥与证书或声明不一致", "the key of signature {place} does not fit its certificate or claim"),
    "value": ("第 {place} 个签名的签名值不正确", "the value of signature {place} is wrong"),
    "future": ("第 {place} 个签名的时间在将来", "signature {place} is dated in the future"),
    "none": ("文件里没有签名", "there is no signature"),
    "bare": ("第 {place} 位签名人的公钥没有证书，不能确认签名人", "the key of signer {place} has no certificate to say whose it is"),
    "claimed": ("签名时间由签署系统记录，没有时间戳", "the time was recorded by the signing system, without a time stamp"),
}  # fmt: skip


class StatementFault(ValueError):
    """A content that has no canonical form or is too large. Verdicts never raise it."""


@dataclass(frozen=True, slots=True)
class StatementReason:
    """Why a file of signatures is not accepted, or what was seen."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def text(self, language: str = "zh", /) -> str:
        """The sentence in `zh` or `en`."""
        said = {name: shown(str(value)) for name, value in self.params.items()}
        return WORDS[self.code][1 if language == "en" else 0].format_map(said)


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who is to sign: place from 1, name as it stands in the file, capacity (`申请人`)."""

    place: int
    name: str
    capacity: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"capacity": self.capacity, "name": self.name, "place": self.place}


@dataclass(frozen=True, slots=True)
class StatementSignature:
    """One signature: `claim` are the canonical bytes that were signed, `certificate` is empty where the key has none."""

    claim: bytes
    value: bytes
    suite: str
    public_key: bytes
    certificate: bytes = b""


def canonical(value: Any) -> bytes:
    """The canonical form (RFC 8785). Raises StatementFault for what has none."""
    try:
        made = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeError) as error:
        raise StatementFault(str(error)[:200] or type(error).__name__) from None
    if len(made) > MAX_STATEMENT:
        raise StatementFault(f"{len(made)} bytes")
    return made


def statement_bytes(
    *, number: str, title: str, content: Mapping[str, Any], signers: Sequence[Signatory], ordered: bool
) -> bytes:
    """What is signed: its canonical bytes. `number` makes it another statement than one of the same words. Raises StatementFault."""
    people = [each.as_json() for each in signers]
    return canonical({"content": content, "id": number, "ordered": ordered, "signers": people, "title": title})


def claim_bytes(
    statement: bytes,
    signatory: Signatory,
    *,
    suite_name: str,
    public_key: bytes,
    certificate: bytes,
    at: dt.datetime,
    confirmed_at: dt.datetime,
    factor: str,
) -> bytes:
    """What one signer's key signs. `factor` and `confirmed_at`: how and when they showed who they are, before signing."""
    chosen = suite(suite_name)
    read = certificate_of(certificate) if certificate else None
    return canonical(
        {
            "at": _moment(at),
            "certificate": read.fingerprint if read else "",
            "confirmed_at": _moment(confirmed_at),
            "digest": chosen.hash_name,
            "factor": factor,
            "format": CLAIM,
            "key": hashlib.new(chosen.hash_name, public_key).hexdigest(),
            "signer": signatory.as_json(),
            "statement": hashlib.new(chosen.hash_name, statement).hexdigest(),
        }
    )


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def pack_statement(statement: bytes, signatures: Sequence[StatementSignature]) -> bytes:
    """The file: the statement with its signatures, canonical."""
    signed = [
        {
            "certificate": base64.b64encode(each.certificate).decode(),
            "claim": json.loads(each.claim),
            "public_key": base64.b64encode(each.public_key).decode(),
            "suite": each.suite,
            "value": base64.b64encode(each.value).decode(),
        }
        for each in signatures
    ]
    return canonical({**json.loads(statement), "format": FORMAT, "signatures": signed})


def is_statement(data: bytes) -> bool:
    """Whether it wants to be a file of signatures."""
    return data[:1] == b"{" and f'"format":"{FORMAT}"'.encode() in data[:MAX_STATEMENT]


def verify_statement(data: bytes, trust: Trust) -> Verdict:
    """The verdict on a file of signatures. `seal` stands for the signers: all who are named have signed, in order.

    Never raises for the file's sake. `more["signatures"]` lists each: signer, time, factor, marks.
    """
    found = Findings()
    document = _read(data, found)
    if document is None:
        return found.verdict()
    statement = canonical({name: document[name] for name in _DOCUMENT})
    told = []
    times: dict[int, str] = {}
    for place, entry in enumerate(document["signatures"], start=1):
        one = Findings()
        claim = _judge_one(one, entry, place, statement, document, trust)
        one.judged("signature", "references", "seal", "chain")
        if claim is not None:
            signer = claim["signer"]["place"]
            if signer in times:
                _against(one, "seal", "twice", place=signer)
            times.setdefault(signer, claim["at"])
        found.take(one)
        told.append({"claim": claim, "signer": _subject(entry), **one.marks()})
    _judge_people(found, document, times, bool(told))
    found.remarks.append(StatementReason("claimed"))
    found.judged("signature", "references", "seal", "chain")
    return found.verdict({"title": document["title"], "signatures": told})


def _against(found: Findings, part: Any, code: str, mark: Mark = Mark.INVALID, **params: Any) -> None:
    found.file(part, StatementReason(code, params), mark)


def _read(data: bytes, found: Findings) -> dict[str, Any] | None:
    if len(data) > MAX_STATEMENT:
        _against(found, "references", "large", size=len(data), limit=MAX_STATEMENT)
        return None
    try:
        document = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        _against(found, "references", "json", detail=str(error)[:120])
        return None
    fault = _shape_fault(document)
    if fault:
        _against(found, "references", "shape", what=fault)
        return None
    try:
        same = canonical(document) == data
    except StatementFault:
        same = False
    if not same:
        _against(found, "references", "canonical")
        return None
    return dict(document)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice")
    return made


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _shape_fault(document: Any) -> str:
    """What of the file is not as it should be, "" where all is."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return "format"
    if set(document) != _MEMBERS:
        return "、".join(sorted(set(document) ^ _MEMBERS))[:120]
    fits = {
        "title": isinstance(document["title"], str) and isinstance(document["ordered"], bool),
        "signers": _people_fit(document["signers"]),
        "signatures": _signatures_fit(document["signatures"]),
    }
    return next((name for name, fit in fits.items() if not fit), "")


def _people_fit(people: Any) -> bool:
    return (
        isinstance(people, list)
        and 1 <= len(people) <= MAX_SIGNERS
        and all(
            isinstance(each, dict) and set(each) == {"capacity", "name", "place"} and each["place"] == place
            for place, each in enumerate(people, start=1)
        )
    )


def _signatures_fit(signatures: Any) -> bool:
    wanted = {"certificate": str, "claim": dict, "public_key": str, "suite": str, "value": str}
    return (
        isinstance(signatures, list)
        and len(signatures) <= MAX_SIGNERS
        and all(
            isinstance(entry, dict)
            and set(entry) == set(wanted)
            and all(isinstance(entry[name], kind) for name, kind in wanted.items())
            and _claim_fits(entry["claim"])
            for entry in signatures
        )
    )


_CLAIMED: Final = {
    "at": str, "certificate": str, "confirmed_at": str, "digest": str, "factor": str, "format": str, "key": str,
    "signer": dict, "statement": str,
}  # fmt: skip


def _claim_fits(claim: dict[str, Any]) -> bool:
    if set(claim) != set(_CLAIMED) or any(not isinstance(claim[name], kind) for name, kind in _CLAIMED.items()):
        return False
    place = claim["signer"].get("place")
    return isinstance(place, int) and not isinstance(place, bool)


def _judge_one(
    found: Findings, entry: dict[str, Any], place: int, statement: bytes, document: dict[str, Any], trust: Trust
) -> dict[str, Any] | None:
    """One signature; its claim where it is signed by the key that it names."""
    claim: dict[str, Any] = entry["claim"]
    keys = [_octets(entry[name]) for name in ("public_key", "value", "certificate")]
    at = _instant(claim["at"])
    if any(each is None for each in keys) or entry["suite"] not in SUITES or at is None or claim["format"] != CLAIM:
        _against(found, "signature", "shape", what="signatures")
        return None
    public, value, certificate = (each or b"" for each in keys)
    chosen = suite(entry["suite"])
    if not _key_fits(public, certificate, claim, chosen.hash_name, entry["suite"]):
        _against(found, "signature", "key", place=place)
    if not chosen.verify(public, canonical(claim), value):
        _against(found, "signature", "value", place=place)
    if (
        claim["digest"] != chosen.hash_name
        or claim["statement"] != hashlib.new(chosen.hash_name, statement).hexdigest()
    ):
        _against(found, "references", "changed")
    if claim["signer"] not in document["signers"]:
        _against(found, "seal", "stranger", place=place)
    if at - _FUTURE > trust.now:
        _against(found, "seal", "future", place=place)
    if certificate:
        _judge_name(found, certificate, claim["signer"], place)
        judge_chain(found, certificate, trust, at=min(at, trust.now), role="signer")
    else:
        _against(found, "chain", "bare", Mark.UNKNOWN, place=place)
    return claim


def _judge_name(found: Findings, certificate: bytes, signer: dict[str, Any], place: int) -> None:
    """The name that stands in the file must be the certificate's: nobody signs as somebody else."""
    names = _names(certificate)
    if names and signer.get("name") not in names:
        _against(found, "seal", "another", place=place, name=signer.get("name"), subject="、".join(names))


def _names(certificate: bytes) -> list[str]:
    """The common names of a certificate's subject; a certificate without any names nobody."""
    read = certificate_of(certificate)
    if read is None:
        return []
    found = [each.value for each in read.subject_attributes if each.oid.dotted_string == _COMMON_NAME]
    return [each for each in found if isinstance(each, str)] or [""]


def _subject(entry: dict[str, Any]) -> str:
    """Whom the certificate names, for people; empty where there is none."""
    read = certificate_of(_octets(entry["certificate"]) or b"") if entry["certificate"] else None
    return shown(read.subject) if read else ""


def _key_fits(public: bytes, certificate: bytes, claim: dict[str, Any], hash_name: str, suite_name: str) -> bool:
    try:
        named = suite_of_public(public).name == suite_name
    except CryptoError:
        return False
    if not named or claim["key"] != hashlib.new(hash_name, public).hexdigest():
        return False
    if not certificate:
        return not claim["certificate"]
    read = certificate_of(certificate)
    return read is not None and read.public_key == public and read.fingerprint == claim["certificate"]


def _octets(text: str) -> bytes | None:
    """Base64 in its one form."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


def _instant(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def _judge_people(found: Findings, document: dict[str, Any], times: dict[int, str], signed: bool) -> None:
    if not signed:
        _against(found, "signature", "none")
    for each in document["signers"]:
        if each["place"] not in times:
            _against(found, "seal", "missing", place=each["place"])
    if document["ordered"]:
        moments = [times[place] for place in sorted(times)]
        if moments != sorted(moments):
            _against(found, "seal", "order")
