"""Opens a package: what it holds and every way in which it is not what it should be. Nothing here raises for a file's sake."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .chaining import broken
from .container import read_container
from .content import Kind
from .formats import MAX_JSON
from .metadata import Metadata, read_metadata
from .packing import BAGIT, DIGESTS, FACTS, METADATA, SIGNATURE, folder_of, manifest, oxum
from .signing import Signed
from .wording import ArchiveFault, Reason

_MAX_TAG = 4 * 1024 * 1024
_TAGS = {"bagit.txt", "bag-info.txt", SIGNATURE, *(f"{p}manifest-{a}.txt" for p in ("", "tag") for a in DIGESTS)}


@dataclass(frozen=True, slots=True)
class Package:
    """An opened package. `faults`: of container, manifests and metadata; `folder`: the bag's name; `files` below it."""

    size: int
    folder: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    metadata: Metadata | None = None
    signed: Signed | None = None
    container: tuple[Reason, ...] = ()
    bag: tuple[Reason, ...] = ()
    described: tuple[Reason, ...] = ()
    signature: tuple[Reason, ...] = ()

    @property
    def payload(self) -> dict[str, bytes]:
        return {path: data for path, data in self.files.items() if path.startswith("data/")}

    @property
    def objects(self) -> tuple[Mapping[str, str], ...]:
        """The rows of 数字对象."""
        return self.metadata.all("数字对象") if self.metadata else ()

    @property
    def number(self) -> str:
        return self.metadata.one("文件实体", "档号") if self.metadata else ""


def open_package(data: bytes) -> Package:
    """Read and compare everything but signature values, receipts and seals."""
    try:
        held = read_container(data)
    except ArchiveFault as fault:
        return Package(len(data), container=(fault.reason,))
    folders = {name.partition("/")[0] for name in held}
    folder = min(folders)
    files = {name.removeprefix(f"{folder}/"): body for name, body in held.items() if name.startswith(f"{folder}/")}
    strange = [Reason("bag.extra", {"name": name}) for name in held if not name.startswith(f"{folder}/")]
    metadata, described = _metadata(files)
    signed, signature = _signed(files, metadata)
    bag = (*strange, *(_large(files) or (*_bag(files), *_info(files, metadata, folder))))
    return Package(len(data), folder, files, metadata, signed, (), bag, tuple(described), signature)


def _large(files: Mapping[str, bytes]) -> tuple[Reason, ...]:
    """Tag files that are larger than those of the largest package: they are not read, so that memory stays bounded."""
    long = sorted(name for name in files.keys() & _TAGS if len(files[name]) > _MAX_TAG)
    return tuple(Reason("bag.large", {"name": name}) for name in long)


def _bag(files: Mapping[str, bytes]) -> Iterator[Reason]:
    payload = {path: data for path, data in files.items() if path.startswith("data/")}
    for name in sorted(_TAGS - files.keys()):
        yield Reason("bag.missing", {"name": name})
    for name in sorted(files.keys() - _TAGS - payload.keys()):
        yield Reason("bag.extra", {"name": name})
    if files.get("bagit.txt", BAGIT) != BAGIT:
        yield Reason("bag.tag", {"name": "bagit.txt"})
    tags = {
        name: files[name] for name in files.keys() & _TAGS if not name.startswith("tagmanifest") and name != SIGNATURE
    }
    for algorithm in DIGESTS:
        yield from _compare(files, f"manifest-{algorithm}.txt", payload, algorithm)
        yield from _compare(files, f"tagmanifest-{algorithm}.txt", tags, algorithm)


def _compare(files: Mapping[str, bytes], name: str, listed: Mapping[str, bytes], algorithm: str) -> Iterator[Reason]:
    """A manifest with the files that it should list: which is missing, extra, changed."""
    if name not in files or files[name] == manifest(listed, algorithm):
        return
    said: dict[str, str] = {}
    for line in files[name].decode(errors="replace").splitlines():
        digest, gap, path = line.partition("  ")
        if not gap or path in said:
            yield Reason("bag.manifest", {"name": name})
            return
        said[path] = digest
    found = len(said)
    for path in sorted(said.keys() - listed.keys()):
        yield Reason("bag.missing", {"name": path})
        found = -1
    for path in sorted(listed.keys() - said.keys()):
        yield Reason("bag.extra", {"name": path})
        found = -1
    for path in sorted(said.keys() & listed.keys()):
        if DIGESTS[algorithm](listed[path]) != said[path]:
            yield Reason("bag.changed", {"name": path, "algorithm": algorithm.upper()})
            found = -1
    if found >= 0:
        yield Reason("bag.manifest", {"name": name})


def _info(files: Mapping[str, bytes], metadata: Metadata | None, folder: str) -> Iterator[Reason]:
    """Whether `bag-info.txt` says of the payload what it is, and the folder is called after the archive."""
    if "bag-info.txt" not in files or metadata is None:
        return
    lines = files["bag-info.txt"].decode(errors="replace").splitlines()
    told = dict(line.split(": ", 1) for line in lines if ": " in line)
    payload = {path: data for path, data in files.items() if path.startswith("data/")}
    number = metadata.one("文件实体", "档号")
    wanted = {
        "External-Identifier": number,
        "Internal-Sender-Identifier": metadata.one("文件实体", "文件编号"),
        "Payload-Oxum": oxum(payload),
    }
    if any(told.get(name) != value for name, value in wanted.items()) or folder != folder_of(number):
        yield Reason("bag.tag", {"name": "bag-info.txt"})


def _metadata(files: Mapping[str, bytes]) -> tuple[Metadata | None, list[Reason]]:
    if METADATA not in files:
        return None, [Reason("bag.missing", {"name": METADATA})]
    try:
        found = read_metadata(files[METADATA])
    except ArchiveFault as fault:
        return None, [fault.reason]
    return found, [*_objects(files, found), *_agreement(files, found)]


def _objects(files: Mapping[str, bytes], metadata: Metadata) -> Iterator[Reason]:
    """Each 数字对象 with its file: there, of this size, of this digest; and no file without one."""
    named: set[str] = set()
    for row in metadata.all("数字对象"):
        path = row.get("文件名", "")
        body = files.get(path)
        named.add(path)
        if body is None:
            yield Reason("bag.missing", {"name": path})
        elif row.get("大小") != str(len(body)) or row.get("SM3") != DIGESTS["sm3"](body):
            yield Reason("metadata.object", {"name": path})
    for path in files:
        if path.startswith("data/") and path != METADATA and path not in named:
            yield Reason("metadata.unknown", {"name": path})


def _agreement(files: Mapping[str, bytes], metadata: Metadata) -> Iterator[Reason]:
    """What the canonical data of the files say of themselves, and what the metadata says."""
    number = metadata.one("文件实体", "文件编号")
    for path, body in files.items():
        if not path.startswith("data/") or not path.endswith(".json"):
            continue
        if len(body) > MAX_JSON:
            yield Reason("bag.large", {"name": path})
            continue
        if path.startswith(FACTS):  # facts by names of their own
            continue
        told = as_json(body)
        if "number" in told and told["number"] != number:
            yield Reason("metadata.number", {"name": path})
        if path.startswith(f"data/{Kind.HISTORY}/") and isinstance(told.get("steps"), list):
            steps = told["steps"]
            if len(steps) != len(metadata.all("业务行为")):
                yield Reason("metadata.steps")
            yield from (Reason("metadata.chain", {"name": name}) for name in broken(steps, path, files))


def as_json(body: bytes) -> dict[str, Any]:
    """The object that a file holds; empty where it holds none."""
    if len(body) > MAX_JSON:
        return {}
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _signed(files: Mapping[str, bytes], metadata: Metadata | None) -> tuple[Signed | None, tuple[Reason, ...]]:
    if SIGNATURE not in files:
        return None, (Reason("bag.missing", {"name": SIGNATURE}),)
    try:
        found = Signed.read(files[SIGNATURE])
    except ArchiveFault as fault:
        return None, (fault.reason,)
    reasons = []
    if DIGESTS["sm3"](files.get("tagmanifest-sm3.txt", b"")) != found.digest:
        reasons.append(Reason("signature.digest"))
    if metadata is not None and found.archive != metadata.one("文件实体", "档号"):
        reasons.append(Reason("signature.number"))
    if not found.holds():
        reasons.append(Reason("signature.wrong"))
    return found, tuple(reasons)
