"""The lexicon of a pack: loaded once, checked with file and line."""

from pathlib import Path

import pytest

from yiwang.commons.search import queries
from yiwang.commons.search.pack import SynonymsPart
from yiwang.commons.search.tests.samples import SYSTEM
from yiwang.kernel import clock
from yiwang.kernel.packs import PackReader

pytestmark = pytest.mark.django_db
LEXICON = """
zh:
  said:
    - {words: [娃, 宝贝], means: [新生儿], weight: 0.5}
    - {words: [宝贝], means: [儿童]}
  ignored: [请问]
en:
  said:
    - {words: [baby], means: [新生儿]}
"""


def load(folder: Path, text: str):
    (folder / "synonyms.yaml").write_text(text, "utf-8")
    reader = PackReader(folder)
    part = SynonymsPart()
    part.check(reader)
    faults = [(fault.line, fault.message) for fault in reader.report.faults]
    return faults, (part.load(reader, by=SYSTEM, at=clock.now()) if not faults else None)


def test_a_lexicon_is_loaded_once_and_replaced_by_the_next(tmp_path):
    faults, tally = load(tmp_path, LEXICON)
    assert (faults, tally.created, tally.unchanged) == ([], 4, 0)
    kept = queries.synonyms(source=f"pack:{tmp_path.name}", viewer=SYSTEM)
    assert kept["宝贝"] == (("新生儿", "儿童"), 1.0)
    assert kept["娃"] == (("新生儿",), 0.5)
    assert kept["请问"] == ((), 1.0)
    assert load(tmp_path, LEXICON)[1].unchanged == 4
    _, tally = load(tmp_path, LEXICON.replace("[baby]", "[newborn]"))
    assert (tally.created, tally.changed, tally.unchanged) == (1, 0, 3)
    assert "baby" not in queries.synonyms(source=f"pack:{tmp_path.name}", viewer=SYSTEM)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (LEXICON.replace("[请问]", "[请问, 娃]"), 6),
        (LEXICON.replace("means: [儿童]", "mean: [儿童]"), 5),
        (LEXICON.replace("weight: 0.5", "weight: 7"), 4),
        (LEXICON.replace("[baby]", "['！']"), 9),
    ],
)
def test_a_fault_names_its_line(tmp_path, text, line):
    faults, _ = load(tmp_path, text)
    assert faults[0][0] == line


def test_a_pack_without_a_lexicon_is_fine(tmp_path):
    reader = PackReader(tmp_path)
    SynonymsPart().check(reader)
    assert reader.report.faults == []
    assert SynonymsPart().load(reader, by=SYSTEM, at=clock.now()).created == 0
