"""Every sentence that people read is written in Chinese and said in English."""

import re
from pathlib import Path

import polib
import pytest

from yiwang.site.contexts import CONTEXTS
from yiwang.web.catalogues import messages, untranslated

SOURCE = Path(__file__).resolve().parents[2] / "src"
FOLDERS = [SOURCE / name.replace(".", "/") for name in ("yiwang.kernel", "yiwang.web", "yiwang.site", *CONTEXTS)]
CHINESE = re.compile(r"[\u4e00-\u9fff]|[，。；：（）「」“”、]")
FIELDS = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def _name(folder):
    return folder.relative_to(SOURCE).as_posix()


@pytest.mark.parametrize("folder", FOLDERS, ids=_name)
def test_every_sentence_has_its_english(folder):
    assert untranslated(folder) == {}


@pytest.mark.parametrize("folder", FOLDERS, ids=_name)
def test_message_ids_are_chinese(folder):
    # A message of placeholders and punctuation alone says nothing in any language.
    foreign = [text for text in messages(folder) if FIELDS.sub("", text).strip(" /·-") and not CHINESE.search(text)]
    assert not foreign


@pytest.mark.parametrize("folder", FOLDERS, ids=_name)
def test_the_english_fills_the_same_fields(folder):
    catalogue = folder / "locale" / "en" / "LC_MESSAGES" / "django.po"
    if not catalogue.exists():
        assert not messages(folder)
        return
    for entry in polib.pofile(str(catalogue), encoding="utf-8"):
        for english in entry.msgstr_plural.values() or [entry.msgstr]:
            assert set(FIELDS.findall(english)) == set(FIELDS.findall(entry.msgid)), entry.msgid


def test_a_sentence_is_said_in_one_way_everywhere():
    # Catalogues are merged when the program runs: of two translations one would win, wherever it stands.
    said: dict[tuple[str, bool], dict[str, str]] = {}
    for folder in FOLDERS:
        catalogue = folder / "locale" / "en" / "LC_MESSAGES" / "django.po"
        if catalogue.exists():
            entries = polib.pofile(str(catalogue), encoding="utf-8")
            assert len({entry.msgid for entry in entries}) == len(entries), folder
            for entry in entries:
                english = str(entry.msgstr_plural or entry.msgstr)
                said.setdefault((entry.msgid, bool(entry.msgid_plural)), {}).setdefault(english, _name(folder))
    assert not {key: ways for key, ways in said.items() if len(ways) > 1}
