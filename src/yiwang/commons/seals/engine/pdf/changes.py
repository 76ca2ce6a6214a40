"""What was added to a PDF after an earlier signature: nothing but further seals as this platform puts them, or something else.

Filling a form, a note, another page: all of that changes what the earlier signer saw, and is told. So is a later signature
whose appearance is anything but the picture of its own seal in the seal's size. Reading a PDF's structure is left to pyHanko,
in a process with limits on memory and time, since the file may be anybody's.

Run by itself: `python -I changes.py '<what each signature may show>' < file.pdf` prints one line of `1` and `0`.
"""

import hashlib
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

MEMORY: Final = 1 << 30
SECONDS: Final = 10
AT_ONCE: Final = 2
_MILLIMETRE: Final = 72 / 25.4
_SLACK: Final = 1.1
_LARGEST: Final = 16_000_000
_places = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Look:
    """What a seal may show: its size in mm, and the digests (SHA-256) of its colours and of its transparency."""

    width: float
    height: float
    colours: str
    alpha: str


def later_changes(data: bytes, looks: Sequence[Look]) -> tuple[bool, ...] | None:
    """For each signature but the last whether only seals were added after it. None: it could not be found out.

    `looks`: one for each signature, in their order.
    """
    if not _places.acquire(timeout=SECONDS):
        return None
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(Path(__file__)), json.dumps([asdict(look) for look in looks])],
            input=data,
            capture_output=True,
            timeout=2 * SECONDS,
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        return None
    finally:
        _places.release()
    told = done.stdout.decode("ascii", errors="replace").strip()
    return tuple(mark == "1" for mark in told) if len(told) == len(looks) - 1 and set(told) <= {"0", "1"} else None


def compare(data: bytes, looks: Sequence[Look]) -> str:
    """The marks. Raises whatever pyHanko raises."""
    import io

    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import ModificationLevel, SuspiciousModification
    from pyhanko.sign.fields import enumerate_sig_fields

    reader = PdfFileReader(io.BytesIO(data), strict=True)
    found = [
        (reader.xrefs.get_introducing_revision(value.reference), field)
        for _, value, field in enumerate_sig_fields(reader, filled_status=True)
    ]
    found.sort(key=lambda each: each[0])
    revisions = [revision for revision, _ in found]
    if len(set(revisions)) != len(looks) or len(revisions) != len(looks):
        raise ValueError("there are other signatures than those that were found")
    shown = [_shows(field.get_object(), look) for (_, field), look in zip(found, looks, strict=True)]
    policy = _policy()
    told = ""
    for at, revision in enumerate(revisions[:-1]):
        result = policy.review_file(reader, revision)
        level = ModificationLevel.OTHER if isinstance(result, SuspiciousModification) else result.modification_level
        told += "1" if level <= ModificationLevel.FORM_FILLING and all(shown[at + 1 :]) else "0"
    return told


def _policy() -> Any:
    """What one more signature needs, and no more: new signature fields, the file's own book-keeping."""
    from pyhanko.sign import diff_analysis

    known: Any = diff_analysis  # half of it has no types
    book_keeping = (known.DocInfoRule(), known.XrefStreamRule(), known.ObjectStreamRule(), known.MetadataUpdateRule())
    rules = [rule.as_qualified(known.ModificationLevel.LTA_UPDATES) for rule in book_keeping]
    return known.StandardDiffPolicy(
        global_rules=[known.CatalogModificationRule(), *rules],
        form_rule=known.FormUpdatingRule(
            field_rules=[known.SigFieldCreationRule(), known.SigFieldModificationRule()],
            ignored_acroform_keys={"/Fields", "/SigFlags"},
        ),
    )


def _shows(field: Any, look: Look) -> bool:
    """Whether a signature's field shows the picture of its seal alone, in the seal's size, or nothing."""
    left, bottom, right, top = (float(value) for value in field["/Rect"])
    width, height = abs(right - left), abs(top - bottom)
    if not width and not height:
        return True
    if width > look.width * _MILLIMETRE * _SLACK or height > look.height * _MILLIMETRE * _SLACK:
        return False
    states = field["/AP"]
    form = states["/N"]
    resources = form["/Resources"]
    image = resources["/XObject"]["/Seal"]
    expected = f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Over gs /Seal Do Q".encode()
    return (
        set(states) == {"/N"}
        and "/MK" not in field
        and "/Matrix" not in form
        and set(resources) == {"/XObject", "/ExtGState"}
        and set(resources["/XObject"]) == {"/Seal"}
        and dict(resources["/ExtGState"]["/Over"]) == {"/Type": "/ExtGState", "/BM": "/Multiply"}
        and _drawn(form.data) == _drawn(expected)
        and _digest(image) == look.colours
        and (_digest(image["/SMask"]) if "/SMask" in image else "") == look.alpha
    )


def _drawn(content: bytes) -> list[object]:
    """The operators of an appearance; numbers to a twentieth of a point."""
    return [round(float(part) * 20) if part[:1].isdigit() else part for part in content.split()]


def _digest(image: Any) -> str:
    if image["/Filter"] != "/FlateDecode" or image["/BitsPerComponent"] != 8:
        return "-"
    dots = zlib.decompressobj().decompress(image.encoded_data, _LARGEST)
    space = {"/DeviceRGB": 3, "/DeviceGray": 1}.get(image["/ColorSpace"], 0)
    if len(dots) != int(image["/Width"]) * int(image["/Height"]) * space or "/Decode" in image:
        return "-"
    return hashlib.sha256(dots).hexdigest()


def main() -> None:
    """Compare what comes in."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    looks = [Look(**told) for told in json.loads(sys.argv[1])]
    sys.stdout.write(compare(sys.stdin.buffer.read(), looks))


if __name__ == "__main__":
    main()
