"""What was added to a PDF after an earlier signature: nothing but signatures, or something that changes what it says.

Reading a PDF's structure is left to pyHanko, in a process with limits on memory, time and output, since the file may be
anybody's. Run by itself: `python -I changes.py COUNT < file.pdf` prints one line of `1` and `0`.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

MEMORY: Final = 1 << 30
SECONDS: Final = 20


def later_changes(data: bytes, count: int) -> tuple[bool, ...] | None:
    """For each signature but the last whether only signatures were added after it. None: it could not be found out."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(Path(__file__)), str(count)],
            input=data,
            capture_output=True,
            timeout=SECONDS + 5,
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        return None
    told = done.stdout.decode("ascii", errors="replace").strip()
    return tuple(mark == "1" for mark in told) if len(told) == count - 1 and set(told) <= {"0", "1"} else None


def compare(data: bytes, count: int) -> str:
    """The marks. Raises whatever pyHanko raises."""
    import io

    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, ModificationLevel, SuspiciousModification
    from pyhanko.sign.fields import enumerate_sig_fields

    reader = PdfFileReader(io.BytesIO(data), strict=True)
    values = [value for _, value, _ in enumerate_sig_fields(reader, filled_status=True)]
    revisions = sorted(reader.xrefs.get_introducing_revision(value.reference) for value in values)
    if len(set(revisions)) != count or len(revisions) != count:
        raise ValueError("there are other signatures than those that were found")
    told = ""
    for revision in revisions[:-1]:
        result = DEFAULT_DIFF_POLICY.review_file(reader, revision)
        level = ModificationLevel.OTHER if isinstance(result, SuspiciousModification) else result.modification_level
        told += "1" if level <= ModificationLevel.FORM_FILLING else "0"
    return told


def main() -> None:
    """Compare what comes in."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.stdout.write(compare(sys.stdin.buffer.read(), int(sys.argv[1])))


if __name__ == "__main__":
    main()
