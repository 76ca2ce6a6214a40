"""Publishing is repeatable, atomic and audited; synonyms belong to their source."""

import pytest

from yiwang.commons.search import commands, queries
from yiwang.commons.search.contracts import BadDocument, Document, Synonym
from yiwang.commons.search.models import SearchDocument, SynonymRow
from yiwang.commons.search.tests.samples import MATTERS, SYSTEM
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.guard import UnguardedWrite
from yiwang.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db


def index(docs, **more):
    return commands.index_documents(kind="matter", docs=docs, by=SYSTEM, at=clock.now(), **more)


def keys():
    return sorted(SearchDocument.objects.filter(kind="matter").values_list("key", flat=True))


def test_indexing_twice_changes_nothing():
    for _ in range(2):
        assert index(MATTERS) == len(MATTERS)
    first = {row.key: row.pk for row in SearchDocument.objects.all()}
    index(MATTERS)
    assert {row.key: row.pk for row in SearchDocument.objects.all()} == first
    assert AuditEntry.objects.filter(command="search.index_documents").count() == 3


def test_what_is_published_no_more_is_forgotten_unless_told_otherwise():
    index([Document(key="a", title="甲"), Document(key="b", title="乙")])
    index([Document(key="c", title="丙")], replace=False)
    assert keys() == ["a", "b", "c"]
    index([Document(key="b", title="乙二")])
    assert keys() == ["b"]
    assert SearchDocument.objects.get().title == "乙二"
    commands.remove_documents(kind="matter", keys=["b", "unknown"], by=SYSTEM, at=clock.now())
    assert keys() == []


@pytest.mark.parametrize(
    "faulty",
    [
        Document(key="", title="甲"),
        Document(key="x", title="？"),
        Document(key="x", title="长" * 201),
        Document(key="x", title="甲", text="x" * 20_001),
        Document(key="x", title="甲\x00"),
        Document(key="x", title="甲", keywords=("\x00",)),
    ],
)
def test_a_faulty_document_refuses_all_of_them(faulty):
    with pytest.raises(BadDocument):
        index([Document(key="good", title="好"), faulty])
    assert keys() == []


def test_a_document_cannot_be_written_around_the_commands():
    with pytest.raises(UnguardedWrite):
        SearchDocument.objects.create(kind="matter", key="a", title="甲")


def synonyms(*given, source="pack:test", **more):
    return commands.add_synonyms(synonyms=given, source=source, by=SYSTEM, at=clock.now(), **more)


def test_a_two_way_group_stands_for_each_other():
    assert synonyms(Synonym("社保卡", ("社会保障卡", "市民卡"), two_way=True)) == 3
    assert {row.term: row.means for row in SynonymRow.objects.all()} == {
        "社保卡": ["社会保障卡", "市民卡"],
        "社会保障卡": ["社保卡", "市民卡"],
        "市民卡": ["社保卡", "社会保障卡"],
    }


def test_a_source_replaces_only_its_own_synonyms():
    synonyms(Synonym("甲", ("乙",)), source="pack:a")
    synonyms(Synonym("丙", ("丁",)), Synonym("丙", ("戊",)), source="pack:b")
    synonyms(source="pack:a")
    assert {row.term: row.means for row in SynonymRow.objects.all()} == {"丙": ["丁", "戊"]}


@pytest.mark.parametrize("faulty", [Synonym("", ("甲",)), Synonym("长" * 61, ("甲",)), Synonym("甲", ("？",))])
def test_a_faulty_synonym_is_refused(faulty):
    with pytest.raises(BadDocument):
        synonyms(faulty)


def test_a_one_way_synonym_does_not_lead_back():
    index([Document(key="shop", title="开店"), Document(key="licence", title="营业执照")])
    synonyms(Synonym("开店", ("营业执照",)))
    hits = [hit.key for hit in queries.search(text="营业执照", viewer=Actor.anonymous()).items]
    assert hits == ["licence"]
