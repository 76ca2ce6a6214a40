"""Catalogues of translations: compiles every `.po` under a folder, and tells which messages have no English yet.

Message ids are Chinese. `.mo` files are made at set-up and not kept under version control.
"""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation.template import templatize

SOURCE = Path(__file__).parents[1]
MARKERS = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"})
QUOTED = re.compile(r"""\b(?:_|gettext|ngettext)\(\s*(u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))""", re.DOTALL)


def compile_all(root: Path = SOURCE) -> list[Path]:
    """Compile each `.po` below `root` whose `.mo` is missing or older; returns the files written."""
    written = []
    for source in sorted(root.rglob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            fresh = target.with_suffix(f".{os.getpid()}.new")
            polib.pofile(str(source), encoding="utf-8").save_as_mofile(str(fresh))
            fresh.replace(target)  # others may be reading it
            written.append(target)
    return written


def messages(folder: Path) -> dict[str, str]:
    """Every message id in the Python files and templates below `folder`, with the file that has it. Tests are left out."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.py")):
        if "tests" not in path.relative_to(folder).parts:
            for message in _in_python(path.read_text(encoding="utf-8")):
                found.setdefault(message, str(path.relative_to(folder)))
    for path in sorted(folder.rglob("templates/**/*.html")):
        for message in _in_template(path.read_text(encoding="utf-8")):
            found.setdefault(message, str(path.relative_to(folder)))
    return found


def untranslated(folder: Path, language: str = "en") -> dict[str, str]:
    """The messages below `folder` that its own catalogue does not translate (or marks fuzzy), with their file."""
    path = folder / "locale" / language / "LC_MESSAGES" / "django.po"
    translated = set()
    if path.exists():
        translated = {entry.msgid for entry in polib.pofile(str(path), encoding="utf-8").translated_entries()}
    return {message: where for message, where in messages(folder).items() if message not in translated}


def _in_python(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        first = node.args[0]
        if name in MARKERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def _in_template(text: str) -> Iterator[str]:
    for quoted in QUOTED.findall(templatize(text)):
        yield ast.literal_eval(quoted.removeprefix("u"))


if __name__ == "__main__":
    compile_all()
