"""Makes a package: a bag (RFC 8493) with metadata, manifests of SM3 and SHA-512, and the archive's signature, as one file."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from yiwang.commons.crypto.engine import Signer, suite
from yiwang.kernel.clock import CHINA

from .container import write_container
from .content import Content, Item, Kind
from .metadata import write_metadata
from .signing import sign

BAGIT: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
METADATA: Final = "data/metadata.xml"
SIGNATURE: Final = "signature.json"
_ORDER: Final = list(Kind)
PROOF: Final = "data/decision/proof-"
FACTS: Final = "data/decision/facts-"
"""A decision proof and the facts that it is about, each followed by a number and ".json"."""
STATEMENTS: Final = "data/evidence/statements.json"
LEDGER_KEYS: Final = "data/evidence/trusted-keys.txt"
DIGESTS: Final[Mapping[str, Callable[[bytes], str]]] = {
    "sm3": lambda data: suite("national").digest(data).hex(),
    "sha512": lambda data: hashlib.sha512(data).hexdigest(),
}


def folder_of(archive_number: str) -> str:
    """The name of the bag: the archive's number in plain ASCII."""
    return (
        "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "." for c in archive_number).strip(".")
        or "archive"
    )


def build_package(content: Content, *, signer: Signer, at: datetime) -> bytes:
    """The package of `content`, signed at `at`. Raises ArchiveFault where names or sizes forbid it.

    But for the signature's value it follows from content and time alone.
    """
    placed = _placed(content)
    payload = {path: item.data for path, item, _digest in placed}
    payload[METADATA] = write_metadata(content, placed)
    tags = tag_files(payload, _info(content, payload))
    tags[SIGNATURE] = sign(
        tags["tagmanifest-sm3.txt"],
        archive=content.archive_number,
        organisation=content.organisation,
        at=at,
        signer=signer,
    )
    folder = folder_of(content.archive_number)
    return write_container({f"{folder}/{name}": data for name, data in {**payload, **tags}.items()})


def _placed(content: Content) -> list[tuple[str, Item, str]]:
    ordered = sorted(content.items, key=lambda item: (_ORDER.index(item.kind), item.name))
    return [(f"data/{item.kind}/{item.name}", item, DIGESTS["sm3"](item.data)) for item in ordered]


def tag_files(payload: Mapping[str, bytes], info: bytes) -> dict[str, bytes]:
    """The tag files of a bag with this payload and this `bag-info.txt`."""
    tags = {"bagit.txt": BAGIT, "bag-info.txt": info}
    tags |= {f"manifest-{name}.txt": manifest(payload, name) for name in DIGESTS}
    listed = dict(tags)
    return tags | {f"tagmanifest-{name}.txt": manifest(listed, name) for name in DIGESTS}


def manifest(files: Mapping[str, bytes], algorithm: str) -> bytes:
    """A manifest (RFC 8493 §2.1.3): digest, two spaces, path; by path."""
    digest = DIGESTS[algorithm]
    return "".join(f"{digest(files[path])}  {path}\n" for path in sorted(files)).encode()


def _info(content: Content, payload: Mapping[str, bytes]) -> bytes:
    lines = {
        "Source-Organization": content.organisation,
        "Bagging-Date": content.packed_at.astimezone(CHINA).date().isoformat(),
        "External-Identifier": content.archive_number,
        "Internal-Sender-Identifier": content.number,
        "External-Description": content.title,
        "Payload-Oxum": oxum(payload),
    }
    return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in lines.items()).encode()


def oxum(payload: Mapping[str, bytes]) -> str:
    """Bytes and files of a payload (RFC 8493 §2.2.2)."""
    return f"{sum(map(len, payload.values()))}.{len(payload)}"
