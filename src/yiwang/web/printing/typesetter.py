"""The process that sets papers: reads them as JSON, writes the PDFs. Limited, so that no paper can exhaust the machine.

Run by itself: `python -I typesetter.py < papers.json > papers`; for each of the papers: a line of JSON (its length in bytes,
where its signature stands), then the file. The fonts are the two of `pylopdf-fonts-zh-cn`, never
those of the system, so that the same paper gives the same bytes on each machine.
"""

import json
import resource
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

MEMORY = 1 << 30
SECONDS = 10
LAYOUT = Path(__file__).with_name("paper.typ")


def fonts() -> Path:
    """The folder of the fonts."""
    found = find_spec("pylopdf_fonts_zh_cn")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("pylopdf_fonts_zh_cn")
    return Path(found.origin).parent


def typeset(papers: Sequence[str]) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """The PDF (PDF/A-2u: archived as it is, its text can be searched) of each paper given as JSON, and its `signature`.

    That is the page (from 1) and the place of the line of the authority: `x` its middle, `y` its top, in points.
    """
    import typst

    for paper in papers:
        compiler = typst.Compiler(
            str(LAYOUT), font_paths=[str(fonts())], ignore_system_fonts=True, sys_inputs={"paper": paper}
        )
        made = compiler.compile(format="pdf", pdf_standards=["a-2u"])
        assert isinstance(made, bytes)
        told = json.loads(compiler.query("<signature>", field="value", one=True))
        yield made, {"page": told["page"], "x": told["x"].removesuffix("pt"), "y": told["y"].removesuffix("pt")}


def main() -> None:
    """Set what comes in."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    papers = [json.dumps(each, ensure_ascii=False) for each in json.loads(sys.stdin.buffer.read())]
    for made, signature in typeset(papers):
        told = json.dumps({"length": len(made), **signature})
        sys.stdout.buffer.write(told.encode() + b"\n" + made)


if __name__ == "__main__":
    main()
