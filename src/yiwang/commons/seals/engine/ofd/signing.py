"""Adds one more seal to an OFD file (GB/T 33190-2016, 18), leaving what earlier signatures protect as it is.

Each signature refers to every file but the list of signatures, which the next one has to change, and its own two. The
package is written canonically and says so by its Provider, so that a verifier may ask for each byte of it.
"""

import base64
import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yiwang.commons.crypto.engine import Signer, suite
from yiwang.commons.seals.engine import ses
from yiwang.commons.seals.engine.ofd.marking import element, number, words
from yiwang.commons.seals.engine.ofd.package import Package, open_package, pack
from yiwang.commons.seals.engine.ofd.places import MAX_SIGNATURES, Listed, Places, find_places, folder, page_ids
from yiwang.commons.seals.engine.ofd.xml import read_xml
from yiwang.commons.seals.engine.wording import SealFault

PROVIDER: Final = "yiwang"
PROVIDER_VERSION: Final = "1.0"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where a seal shows: the page, counted from 0, and a box in millimetres from the page's top left."""

    page: int
    x: float
    y: float
    width: float
    height: float


def sign_ofd(
    ofd: bytes, *, seal: bytes, signer: Signer, certificate: bytes, stamps: Sequence[Stamp], at: dt.datetime
) -> bytes:
    """The OFD with one more seal on it. `seal`: SESeal; `certificate`: the signer's, DER; `at`: aware, whole seconds kept.

    Raises SealFault: not an OFD, a page that is not there, or an earlier signature that forbids further ones.
    """
    ses.parse_seal(seal)
    package = open_package(ofd)
    places = find_places(package)
    if len(places.documents) != 1:
        raise SealFault("ofd.bodies", count=len(places.documents))
    files = dict(package.files)
    if places.lists:
        _refuse_closed(package, places)
        list_path, earlier = places.lists[0].path, places.lists[0].lines
    else:
        list_path, earlier = f"{folder(places.documents[0])}/Signs/Signatures.xml".lstrip("/"), ()
        files["OFD.xml"] = _with_list(files["OFD.xml"], f"/{list_path}")
    if len(earlier) >= MAX_SIGNATURES:
        raise SealFault("ofd.many", limit=MAX_SIGNATURES)
    home = _free_folder(files, folder(list_path))
    marked = [_stamp(stamp, index + 1, page_ids(package, places.documents[0])) for index, stamp in enumerate(stamps)]
    files[f"{home}/Seal.esl"] = seal
    own = {f"{home}/Signature.xml", f"{home}/SignedValue.dat", list_path}
    protected = {name: content for name, content in files.items() if name not in own}
    told = _signature_xml(home, protected, "".join(marked), at)
    path = f"{home}/Signature.xml"
    digest = suite("national").digest(told)
    value = ses.sign_value(
        seal=seal, data_hash=digest, property_info=f"/{path}", signer=signer, certificate=certificate, at=at
    )
    files |= {path: told, f"{home}/SignedValue.dat": value}
    files[list_path] = signatures_xml([*earlier, Listed(str(_last_id(places) + 1), "Seal", path)])
    return pack(files)


def _signature_xml(home: str, protected: dict[str, bytes], stamps: str, at: dt.datetime) -> bytes:
    hashed = suite("national").digest
    references = "".join(
        element(
            "Reference",
            element("CheckValue", base64.b64encode(hashed(content)).decode()),
            {"FileRef": f"/{name}"},
        )
        for name, content in sorted(protected.items())
    )
    told = "".join(
        (
            element("Provider", "", {"ProviderName": PROVIDER, "Version": PROVIDER_VERSION, "Company": PROVIDER}),
            element("SignatureMethod", ses.SM2_SM3),
            element("SignatureDateTime", f"{at.astimezone(dt.UTC):%Y%m%d%H%M%S}Z"),
            element("References", references, {"CheckMethod": ses.SM3}),
            stamps,
            element("Seal", element("BaseLoc", words(f"/{home}/Seal.esl"))),
        )
    )
    body = element("SignedInfo", told) + element("SignedValue", words(f"/{home}/SignedValue.dat"))
    return (_HEAD + element("Signature", body, root=True)).encode()


def signatures_xml(lines: Sequence[Listed]) -> bytes:
    """The list of signatures in the one form that is written here."""
    told = element("MaxSignId", str(max((int(line.id) for line in lines if _numeric(line.id)), default=0)))
    told += "".join(
        element("Signature", "", {"ID": line.id, "Type": line.type, "BaseLoc": f"/{line.path}"}) for line in lines
    )
    return (_HEAD + element("Signatures", told, root=True)).encode()


def _stamp(stamp: Stamp, index: int, pages: Sequence[str]) -> str:
    if not 0 <= stamp.page < len(pages):
        raise SealFault("make.page", page=stamp.page + 1, count=len(pages))
    box = (stamp.x, stamp.y, stamp.width, stamp.height)
    if not all(map(math.isfinite, box)) or stamp.width <= 0 or stamp.height <= 0:
        raise SealFault("make.range")
    about = {"ID": str(index), "PageRef": pages[stamp.page], "Boundary": " ".join(number(value) for value in box)}
    return element("StampAnnot", "", about)


def _refuse_closed(package: Package, places: Places) -> None:
    """An earlier signature may protect the list itself: then whoever signed wanted no other after it."""
    for line in places.listed:
        root = read_xml(package.files[line.path], line.path, "Signature")
        for reference in root.walk():
            named = reference.get("FileRef").lstrip("/")
            if reference.name == "Reference" and any(named == each.path for each in places.lists):
                raise SealFault("make.closed")


def _with_list(root: bytes, path: str) -> bytes:
    """OFD.xml with the element that names the list, last in DocBody as the schema has it."""
    body = read_xml(root, "OFD.xml", "OFD").first("DocBody")
    at = body.end if body is not None else -1
    tag = root[at:].split(b">", 1)[0]
    if not tag.startswith(b"</") or not tag.strip().endswith(b"DocBody"):
        raise SealFault("xml.malformed", part="OFD.xml")
    prefix = tag[2 : tag.index(b"DocBody")].decode()
    told = f"<{prefix}Signatures>{words(path)}</{prefix}Signatures>".encode()
    return root[:at] + told + root[at:]


def _free_folder(files: dict[str, bytes], base: str) -> str:
    taken = {name.casefold().rpartition("/")[0] for name in files}
    number = 0
    while f"{base}/Sign_{number}".casefold() in taken:
        number += 1
    return f"{base}/Sign_{number}"


def _numeric(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _last_id(places: Places) -> int:
    told = [line.id for line in places.listed] + [each.max_id for each in places.lists if each.lines]
    return max((int(text) for text in told if _numeric(text)), default=0)
