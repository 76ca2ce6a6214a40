"""English is complete."""

from pathlib import Path

from yiwang.web.catalogues import untranslated


def test_every_sentence_has_its_english():
    assert untranslated(Path(__file__).parents[1]) == {}
