"""Judges all signatures of an OFD file, and what none of them protects.

Each signature is judged by what its own references protect; whatever is in the package beside that, and is no part of
a signature itself, makes the references invalid: nobody answers for it. Never raises for the file's sake.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from yiwang.commons.seals.engine import asn1
from yiwang.commons.seals.engine.findings import Findings
from yiwang.commons.seals.engine.judging import judge_signed_value, sealed_bytes, unreadable
from yiwang.commons.seals.engine.ofd.package import Package, open_package
from yiwang.commons.seals.engine.ofd.places import Listed, Places, core, find_places, folder, resolve
from yiwang.commons.seals.engine.ofd.signing import PROVIDER, signatures_xml
from yiwang.commons.seals.engine.ofd.xml import MAX_XML, Element, read_xml
from yiwang.commons.seals.engine.trust import Trust
from yiwang.commons.seals.engine.wording import Reason, SealFault, shown
from yiwang.kernel.verdicts import Mark, Verdict

MAX_REFERENCES: Final = 25_000
MAX_SIGNATURE_XML: Final = 6 * 1024 * 1024  # of all signatures together
MAX_NAMES: Final = 5
_HASHES: Final = {
    "sm3": "sm3",
    "1.2.156.10197.1.401": "sm3",
    "1.2.156.10197.1.401.1": "sm3",
    "1.2.156.10197.1.401.2": "sm3",
    "sha256": "sha256",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "sha384": "sha384",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "sha512": "sha512",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "sha1": "sha1",
    "1.3.14.3.2.26": "sha1",
    "md5": "md5",
    "1.2.840.113549.2.5": "md5",
}
_PLAIN: Final = frozenset({"pkcs7", "sm2"})
_WEAK: Final = frozenset({"md5", "sha1"})
_KEYED: Final = "1.2.156.10197.1.401.2"
_NO_FILE: Final = frozenset({"zip.none", "zip.large", "ofd.none"})


@dataclass(slots=True)
class _Judged:
    """One signature: what was found, the files that it protects, those that are part of it."""

    found: Findings
    protects: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    sealed: bool = True
    provider: str = ""


def verify_ofd(data: bytes, trust: Trust) -> Verdict:
    """The verdict on all signatures of an OFD file; `more["signatures"]` tells each.

    `references` covers the document's hash, every reference and whatever no signature protects. A file without any
    signature is UNKNOWN in all parts.
    """
    try:
        return _verify(data, trust)
    except Exception:  # noqa: BLE001 - whatever a stranger's file brings about must be a refusal
        return unreadable("references")


def _verify(data: bytes, trust: Trust) -> Verdict:
    found = Findings()
    try:
        package = open_package(data)
        places = find_places(package)
    except SealFault as fault:
        found.file("references", fault.reason, Mark.UNKNOWN if fault.code in _NO_FILE else Mark.INVALID)
        return found.verdict({"signatures": []})
    if not places.listed:
        found.against("signature", "ofd.unsigned", mark=Mark.UNKNOWN)
        return found.verdict({"signatures": []})
    if sum(len(package.files[line.path]) for line in places.listed) > MAX_SIGNATURE_XML:
        found.against("references", "ofd.heavy", limit=MAX_SIGNATURE_XML)
        return found.verdict({"signatures": []})
    digests = _Digests(package)
    judged = [_judge(digests, places, line, trust) for line in places.listed]
    for each in judged:
        found.take(each.found, ("signature", "references", "chain"))
    with_seal = [each for each in judged if each.sealed] or judged
    for each in with_seal:
        found.take(each.found, ("seal",))
    found.judged("signature", "references", "seal", "chain")
    _judge_package(found, package, places, judged)
    return found.verdict({"signatures": [_told(line, each) for line, each in zip(places.listed, judged, strict=True)]})


class _Digests(dict[tuple[str, str], bytes]):
    """Digests of the package's files by (hash, name), each computed once however often it is referred to."""

    def __init__(self, package: Package) -> None:
        super().__init__()
        self.package = package

    def __missing__(self, key: tuple[str, str]) -> bytes:
        name, path = key
        self[key] = made = hashlib.new(name, self.package.files[path], usedforsecurity=name not in _WEAK).digest()
        return made


def _judge(digests: _Digests, places: Places, line: Listed, trust: Trust) -> _Judged:
    package = digests.package
    judged = _Judged(Findings(), own={line.path})
    content = package.files[line.path]
    try:
        info, value_path, seal_path = _parts(package, line)
    except SealFault as fault:
        judged.found.file("signature", fault.reason)
        return judged
    seal = package.files[seal_path] if seal_path else b""
    sealed = sealed_bytes(content, path=line.path, seal=seal, at=asn1.loose_moment(info.said("SignatureDateTime")[:40]))
    judged.found = judge_signed_value(package.files[value_path], sealed, trust)
    if info.first("Seal") is not None and not seal_path:
        judged.found.against("seal", "ofd.missing", name=info.said("Seal", "BaseLoc") or "Seal")
    form = judged.found.more.get("form", "")
    judged.own.add(value_path)
    if seal_path and form not in _PLAIN:
        judged.own.add(seal_path)  # a plain signature does not hold the seal: it must refer to it
    judged.sealed = form not in _PLAIN or info.first("Seal") is not None
    provider = info.first("Provider")
    judged.provider = provider.get("ProviderName") if provider is not None else ""
    _judge_references(judged, digests, places, line, info)
    judged.found.more["stamps"] = _stamps(info)
    return judged


def _parts(package: Package, line: Listed) -> tuple[Element, str, str | None]:
    """What is signed of a Signature.xml, and the paths of the value and of the seal. SealFault."""
    root = read_xml(package.files[line.path], line.path, "Signature")
    infos, values = list(root.all("SignedInfo")), list(root.all("SignedValue"))
    if len(infos) != 1 or len(values) != 1:
        raise SealFault("xml.root", part=line.path, wanted="SignedInfo")
    value_path = resolve(package, folder(line.path), values[0].text)
    if value_path is None:
        raise SealFault("ofd.missing", name=values[0].text.strip() or "SignedValue")
    return infos[0], value_path, resolve(package, folder(line.path), infos[0].said("Seal", "BaseLoc"))


def _stamps(info: Element) -> list[dict[str, str]]:
    return [
        {"page": shown(stamp.get("PageRef")), "boundary": shown(stamp.get("Boundary"))}
        for stamp in list(info.all("StampAnnot"))[:1000]
    ]


def _judge_references(judged: _Judged, digests: _Digests, places: Places, line: Listed, info: Element) -> None:
    found = judged.found
    listed = info.first("References")
    references = list(listed.all("Reference")) if listed is not None else []
    if listed is None or not 0 < len(references) <= MAX_REFERENCES:
        found.against("references", "ref.many" if references else "ref.none", limit=MAX_REFERENCES)
        return
    method = listed.get("CheckMethod") or "MD5"
    name = _HASHES.get(method.lower().replace("-", ""))
    if name is None:
        found.against("references", "ref.method", mark=Mark.UNKNOWN, method=method)
        return
    if name in _WEAK:
        found.against("references", "ref.weak", mark=Mark.UNKNOWN, method=method)
    wrong: list[str] = []
    missing: list[str] = []
    written: list[str] = []
    for reference in references:
        told = reference.get("FileRef")
        try:
            path = resolve(digests.package, folder(line.path), told)
        except SealFault:
            path = None
        if path is None:
            missing.append(told)
            continue
        judged.protects.add(path)
        if path.lstrip("/") != told.lstrip("/") and told.startswith("/"):
            written.append(told)
        if digests[name, path] != _decoded(reference.said("CheckValue")):
            wrong.append(path)
    if written:
        found.remark("ref.case", name=_names(written))
    _tell_wrong(found, places, wrong, missing, method)


def _tell_wrong(found: Findings, places: Places, wrong: list[str], missing: list[str], method: str) -> None:
    lists = {each.path for each in places.lists}
    if any(path in lists for path in wrong):
        found.against("references", "ref.list")
    if changed := [path for path in wrong if path not in lists]:
        found.against("references", "ref.changed", names=_names(changed))
        if method == _KEYED:
            found.remark("ref.keyed")
    if missing:
        found.against("references", "ref.missing", names=_names(missing))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _judge_package(found: Findings, package: Package, places: Places, judged: Sequence[_Judged]) -> None:
    """What no signature protects, what was added between signatures, and whether our own form was kept."""
    for fault in package.faults:
        found.file("references", fault, Mark.INVALID if fault.code == "zip.slack" else Mark.UNKNOWN)
    lists = {each.path for each in places.lists}
    own = lists.union(*(each.own for each in judged))
    protected: set[str] = set().union(*(each.protects for each in judged))
    if stray := sorted(set(package.files) - own - protected):
        found.against("references", "ref.unprotected", count=len(stray), names=_names(stray))
    if dropped := sorted(name for name in protected - own if _is_signature(package, name)):
        found.against("references", "ref.unlisted", names=_names(dropped))
    shows = core(package, places)
    for number, each in enumerate(judged, 1):
        if bare := sorted(shows - each.protects):
            found.against("references", "ref.core", mark=Mark.UNKNOWN, number=number, names=_names(bare))
    for number, each in enumerate(judged, 1):
        if later := sorted(protected - own - each.protects):
            found.remark("ref.later", number=number, names=_names(later))
    if judged[-1].provider == PROVIDER and not _as_written(package, places, judged):
        found.against("references", "zip.not_ours")


def _is_signature(package: Package, name: str) -> bool:
    """Whether a file that is on no list is a Signature.xml: taking one off the list must not go unseen."""
    content = package.files[name]
    if b"SignedInfo" not in content or len(content) > MAX_XML:
        return False
    try:
        return read_xml(content, name, "Signature").first("SignedInfo") is not None
    except SealFault:
        return False


def _as_written(package: Package, places: Places, judged: Sequence[_Judged]) -> bool:
    """Whether package and list are byte for byte what signing writes here: then nothing in them is unbound."""
    if not package.canonical or len(places.lists) != 1:
        return False
    lines = places.lists[0].lines
    if package.files[places.lists[0].path] != signatures_xml(lines):
        return False
    if any(each.provider != PROVIDER for each in judged):
        return True
    base = re.escape(folder(places.lists[0].path))
    return all(
        (line.id, line.type) == (str(number), "Seal")
        and re.fullmatch(rf"{base}/Sign_\d{{1,9}}/Signature\.xml", line.path)
        for number, line in enumerate(lines, 1)
    )


def _names(paths: Iterable[str]) -> str:
    told = list(paths)
    more = f" … ({len(told)})" if len(told) > MAX_NAMES else ""
    return ", ".join(shown(path) for path in told[:MAX_NAMES])[:400] + more


def _told(line: Listed, judged: _Judged) -> dict[str, Any]:
    found = judged.found
    return {
        "path": line.path,
        **found.marks(),
        **found.more,
        "protects": len(judged.protects),
        "reasons": [_both(reason) for reason in found.reasons],
        "remarks": [_both(remark) for remark in found.remarks],
    }


def _both(reason: Any) -> dict[str, str]:
    code = reason.code if isinstance(reason, Reason) else ""
    return {"code": code, "text": reason.text("zh"), "text_en": reason.text("en")}
