"""What lies in files: templates without inline code, colours with contrast, catalogues and checksums complete."""

import dataclasses
import json
import re
import shutil
from pathlib import Path

import pytest

from yiwang.web import components
from yiwang.web import fields as web_fields
from yiwang.web.catalogues import compile_all, untranslated
from yiwang.web.shell import SCRIPTS, STYLES
from yiwang.web.vendoring import LIBRARIES, VENDOR_DIR, verify

WEB = Path(__file__).parents[1]
CSS = WEB / "static" / "web" / "css"
JS = WEB / "static" / "web" / "js"
TEMPLATES = sorted(WEB.rglob("templates/**/*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_style_script_or_handler(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert "hx-on" not in text
    assert "javascript:" not in text
    assert "<style" not in text
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script


@pytest.mark.parametrize("path", sorted(JS.glob("*.js")), ids=lambda path: path.name)
def test_scripts_never_evaluate_text_nor_import(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|new Function|document\.write|^import ", text, re.MULTILINE)


def test_each_sheet_and_script_on_disk_is_loaded():
    assert {path.stem for path in CSS.glob("*.css")} == {*STYLES, "print"}
    assert {path.stem for path in JS.glob("*.js")} == set(SCRIPTS)


def test_icons_that_templates_and_code_name_are_in_the_sprite():
    sprite = (WEB / "static" / "web" / "icons.svg").read_text(encoding="utf-8")
    named = set()
    for path in TEMPLATES:
        named |= set(re.findall(r'yw_(?:icon|sprite) "([a-z-]+)"', path.read_text(encoding="utf-8")))
    assert named
    for name in named:
        assert f'id="{name}"' in sprite


def _tokens(theme: str) -> dict[str, str]:
    text = (CSS / "tokens.css").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"^(:root|\[data-theme=\"wall\"\]) \{(.*?)^\}", text, re.DOTALL | re.MULTILINE))
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[":root"]))
    if theme == "wall":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks['[data-theme="wall"]']))
    return found


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT_PAIRS = [
    *[(ink, ground) for ink in ("ink", "ink-2", "blue", "blue-ink", "bad", "seal") for ground in ("paper", "ground")],
    *[("ink", wash) for wash in ("blue-wash", "warn-wash", "ok-wash", "bad-wash", "line-2")],
    ("ok", "ok-wash"),
    ("warn", "warn-wash"),
    ("bad", "bad-wash"),
    ("blue-ink", "blue-wash"),
    ("seal", "seal-wash"),
    ("ok", "paper"),
    ("warn", "paper"),
    ("ink-2", "blue-wash"),
    ("ink-2", "line-2"),
    ("paper", "blue"),
    ("paper", "blue-ink"),
    ("paper", "ink"),
]
SHAPE_PAIRS = [("ink-3", "paper"), ("ink-3", "ground"), ("ok", "ground"), ("warn", "ground"), ("blue", "ground")]


@pytest.mark.parametrize("theme", ["light", "wall"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_words_stand_out_from_their_ground(ink, ground, theme):
    tokens = _tokens(theme)
    assert contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize(("shape", "ground"), SHAPE_PAIRS)
def test_edges_and_shapes_stand_out_from_their_ground(shape, ground):
    tokens = _tokens("light")
    assert contrast(tokens[shape], tokens[ground]) >= 3


def test_every_token_that_a_sheet_uses_is_defined():
    defined, used = set(), set()
    for path in CSS.glob("*.css"):
        text = path.read_text(encoding="utf-8")
        defined |= set(re.findall(r"(--[\w-]+):", text))
        used |= set(re.findall(r"var\((--[\w-]+)\s*\)", text))
    assert used <= defined


def test_every_class_that_a_component_uses_has_a_rule():
    sheets = "".join(path.read_text(encoding="utf-8") for path in CSS.glob("*.css"))
    ruled = set(re.findall(r"\.([a-z][\w-]*)", sheets))
    used = set()
    for path in TEMPLATES:
        for value in re.findall(r'class="([^"{]*)"', path.read_text(encoding="utf-8")):
            used |= set(value.split())
    assert {name for name in used if name.startswith("y-")} - ruled == set()


def test_every_message_has_english():
    assert untranslated(WEB) == {}


def test_catalogues_compile_beside_their_source(tmp_path):
    source = WEB / "locale" / "en" / "LC_MESSAGES" / "django.po"
    target = tmp_path / "locale" / "en" / "LC_MESSAGES"
    target.mkdir(parents=True)
    shutil.copy(source, target)
    assert compile_all(tmp_path) == [target / "django.mo"]
    assert compile_all(tmp_path) == []


def test_vendored_libraries_are_what_their_record_says():
    assert verify() == []


def test_a_changed_library_is_noticed(tmp_path):
    shutil.copytree(VENDOR_DIR, tmp_path / "vendor")
    changed = tmp_path / "vendor" / "htmx" / "htmx.min.js"
    changed.write_bytes(changed.read_bytes() + b" ")
    (tmp_path / "vendor" / "echarts" / "LICENSE").unlink()
    faults = verify(vendor_dir=tmp_path / "vendor")
    assert any("htmx.min.js differs" in fault for fault in faults)
    assert any("LICENSE is missing" in fault for fault in faults)


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.name)
def test_each_library_names_licence_and_version(library):
    record = json.loads((VENDOR_DIR / library.name / "VENDOR.json").read_text(encoding="utf-8"))
    assert record["version"]
    assert record["licence"] == library.licence
    assert record["package"] == library.package


GUIDE = WEB.parents[2] / "docs" / "guide" / "components.md"


@pytest.mark.skipif(not GUIDE.exists(), reason="installed without its documents")
def test_the_guide_names_every_value_with_its_fields():
    rows = dict(re.findall(r"^\| `(\w+)` \| `([^`]*)` \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE))
    values = [getattr(components, name) for name in components.__all__]
    values += [web_fields.Field, web_fields.Choice, web_fields.RegionLevel]
    for value in values:
        if isinstance(value, type) and dataclasses.is_dataclass(value):
            told = re.findall(r"(?:^|, )(\w+): ", rows[value.__name__])
            assert told == [each.name for each in dataclasses.fields(value)], value.__name__
