"""The process that sets one paper: reads it as JSON, writes the PDF. Limited, so that no paper can exhaust the machine.

Run by itself: `python -I typesetter.py < paper.json > paper.pdf`. The fonts are the two of `pylopdf-fonts-zh-cn`, never
those of the system, so that the same paper gives the same bytes on each machine.
"""

import resource
import sys
from importlib.util import find_spec
from pathlib import Path

MEMORY = 1 << 30
SECONDS = 10
LAYOUT = Path(__file__).with_name("paper.typ")


def fonts() -> Path:
    """The folder of the fonts."""
    found = find_spec("pylopdf_fonts_zh_cn")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("pylopdf_fonts_zh_cn")
    return Path(found.origin).parent


def typeset(paper: str) -> bytes:
    """The PDF (PDF/A-2u: archived as it is, its text can be searched) of a paper given as JSON."""
    import typst

    compiler = typst.Compiler(str(LAYOUT), font_paths=[str(fonts())], ignore_system_fonts=True)
    made = compiler.compile(format="pdf", sys_inputs={"paper": paper}, pdf_standards=["a-2u"])
    assert isinstance(made, bytes)
    return made


def main() -> None:
    """Set what comes in."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.stdout.buffer.write(typeset(sys.stdin.buffer.read().decode()))


if __name__ == "__main__":
    main()
