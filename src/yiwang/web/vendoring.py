"""Keeps the vendored browser libraries: fetches built files by package name and verifies their checksums.

A library lives in `static/web/vendor/<name>/` beside its licence text and a `VENDOR.json` that names version, licence and
the SHA-256 of each file. Nothing is built here and no script of a package ever runs.
"""

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VENDOR_DIR = Path(__file__).parent / "static" / "web" / "vendor"
LARGEST_ARCHIVE = 80 * 1024 * 1024


class VendoringError(Exception):
    """A package could not be fetched, or a file is not what VENDOR.json says."""


@dataclass(frozen=True, slots=True)
class Library:
    """One library: which files of which npm package are kept, under which name."""

    name: str
    package: str
    wanted: str
    licence: str
    files: tuple[tuple[str, str], ...]
    """(path inside the package, name in our folder)"""


_DMN_SHEETS = (
    "shared",
    "drd",
    "decision-table",
    "decision-table-controls",
    "literal-expression",
    "boxed-expression",
    "boxed-expression-controls",
)


def _font(name: str) -> tuple[str, ...]:
    """An icon font of bpmn.io, with its sheet; the sheet names the others by their relative place."""
    return (f"css/{name}.css", *(f"font/{name}.{kind}" for kind in ("eot", "svg", "ttf", "woff", "woff2")))


LIBRARIES = (
    Library(
        name="htmx",
        package="htmx.org",
        wanted="^2",
        licence="0BSD",
        files=(("dist/htmx.min.js", "htmx.min.js"), ("LICENSE", "LICENSE")),
    ),
    Library(
        name="echarts",
        package="echarts",
        wanted="^6",
        licence="Apache-2.0",
        files=(("dist/echarts.common.min.js", "echarts.common.min.js"), ("LICENSE", "LICENSE"), ("NOTICE", "NOTICE")),
    ),
    Library(
        name="bpmn-js",
        package="bpmn-js",
        wanted="^18",
        licence="bpmn.io (MIT terms; the watermark stays visible)",
        files=(
            ("dist/bpmn-navigated-viewer.production.min.js", "bpmn-navigated-viewer.min.js"),
            ("dist/bpmn-modeler.production.min.js", "bpmn-modeler.min.js"),
            ("dist/assets/diagram-js.css", "diagram-js.css"),
            ("dist/assets/bpmn-js.css", "bpmn-js.css"),
            *((f"dist/assets/bpmn-font/{name}", f"bpmn-font/{name}") for name in _font("bpmn")),
            ("LICENSE", "LICENSE"),
        ),
    ),
    Library(
        name="dmn-js",
        package="dmn-js",
        wanted="^17",
        licence="bpmn.io (MIT terms; the watermark stays visible)",
        files=(
            ("dist/dmn-modeler.production.min.js", "dmn-modeler.min.js"),
            ("dist/assets/diagram-js.css", "diagram-js.css"),
            *((f"dist/assets/dmn-js-{name}.css", f"dmn-js-{name}.css") for name in _DMN_SHEETS),
            *((f"dist/assets/dmn-font/{name}", f"dmn-font/{name}") for name in _font("dmn")),
            ("LICENSE", "LICENSE"),
        ),
    ),
    # What the page that verifies receipts computes with, all without network and without evaluated code.
    Library(
        name="sm-crypto",
        package="sm-crypto-v2",
        wanted="^1",
        licence="MIT",
        files=(("dist/index.umd.js", "sm-crypto.umd.js"), ("LICENCE_MIT", "LICENSE")),
    ),
    Library(
        name="noble-ed25519",
        package="@noble/ed25519",
        wanted="^3",
        licence="MIT",
        files=(("index.js", "ed25519.js"), ("LICENSE", "LICENSE")),
    ),
    Library(
        name="noble-hashes",
        package="@noble/hashes",
        wanted="^2",
        licence="MIT",
        files=(*((name, name) for name in ("sha2.js", "_md.js", "_u64.js", "utils.js")), ("LICENSE", "LICENSE")),
    ),
    Library(
        name="qr",
        package="qr",
        wanted="^0.7",
        licence="MIT OR Apache-2.0",
        files=(("decode.js", "decode.js"), ("index.js", "index.js"), ("LICENSE-MIT", "LICENSE")),
    ),
)


def verify(libraries: tuple[Library, ...] = LIBRARIES, *, vendor_dir: Path = VENDOR_DIR) -> list[str]:
    """Faults of the vendored files, empty when every checksum holds. Needs no network."""
    faults = []
    for library in libraries:
        folder = vendor_dir / library.name
        try:
            record = json.loads((folder / "VENDOR.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            faults.append(f"{library.name}: VENDOR.json cannot be read ({error})")
            continue
        expected: dict[str, str] = record.get("sha256", {})
        if set(expected) != {name for _, name in library.files}:
            faults.append(f"{library.name}: VENDOR.json lists other files than the script")
        for name, digest in expected.items():
            path = folder / name
            if not path.is_file():
                faults.append(f"{library.name}: {name} is missing")
            elif _sha256(path.read_bytes()) != digest:
                faults.append(f"{library.name}: {name} differs from its checksum")
    return faults


def refresh(library: Library, *, update: bool = False, vendor_dir: Path = VENDOR_DIR) -> str:
    """Fetch `library` again and write its files; returns the version.

    Without `update` the recorded version is fetched and must give the recorded checksums (raises VendoringError when it
    does not); with `update` the newest version within `library.wanted` is taken and recorded.
    """
    folder = vendor_dir / library.name
    record_path = folder / "VENDOR.json"
    recorded: dict[str, Any] = json.loads(record_path.read_text(encoding="utf-8")) if record_path.exists() else {}
    keep = bool(recorded) and not update
    version, contents = _fetch(library, recorded["version"] if keep else library.wanted)
    digests = {name: _sha256(content) for name, content in contents.items()}
    if keep and digests != recorded["sha256"]:
        raise VendoringError(f"{library.package} {version}: the registry's files differ from the recorded checksums")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    record = {
        "name": library.name,
        "package": library.package,
        "version": version,
        "licence": library.licence,
        "source": {name: path for path, name in library.files},
        "sha256": digests,
    }
    record_path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return version


def _fetch(library: Library, version: str) -> tuple[str, dict[str, bytes]]:
    with tempfile.TemporaryDirectory() as scratch:
        try:
            done = subprocess.run(
                ["npm", "pack", f"{library.package}@{version}", "--ignore-scripts", "--json", "--loglevel=error"],
                cwd=scratch,
                capture_output=True,
                text=True,
                timeout=300,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise VendoringError(f"npm pack {library.package}@{version} failed: {error}") from error
        described = max(json.loads(done.stdout), key=lambda item: str(item["version"]))
        archive = Path(scratch) / Path(described["filename"]).name
        if archive.stat().st_size > LARGEST_ARCHIVE:
            raise VendoringError(f"{library.package}: the archive is larger than {LARGEST_ARCHIVE} bytes")
        with tarfile.open(archive) as tar:
            contents = {name: _member(tar, library, path) for path, name in library.files}
        return str(described["version"]), contents


def _member(tar: tarfile.TarFile, library: Library, path: str) -> bytes:
    try:
        extracted = tar.extractfile(f"package/{path}")
    except KeyError as error:
        raise VendoringError(f"{library.package} has no {path}") from error
    if extracted is None:
        raise VendoringError(f"{library.package}: {path} is not a file")
    with extracted:
        return extracted.read()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main(arguments: list[str]) -> int:
    """What `./dev vendor` runs: fetch the recorded versions again and verify them. Returns the exit code.

    `--check` only verifies, without network; `--update` takes newer versions; names choose libraries.
    """
    names = [argument for argument in arguments if not argument.startswith("-")]
    if "--check" not in arguments:
        for library in LIBRARIES:
            if not names or library.name in names:
                sys.stdout.write(f"{library.name} {refresh(library, update='--update' in arguments)}\n")
    faults = verify()
    for fault in faults:
        sys.stderr.write(fault + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
