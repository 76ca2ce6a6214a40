"""Plain words find the right thing first; a typing error is forgiven; scope and query count hold."""

import pytest

from yiwang.commons.search import commands, queries, registry
from yiwang.commons.search.contracts import Document, Narrow, Range, Visibility
from yiwang.commons.search.tests import samples
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import BadCursor, Page

pytestmark = pytest.mark.django_db
NOBODY = Actor.anonymous()


@pytest.fixture(autouse=True)
def _index(db):
    samples.index()


def found(text, **more):
    return [hit.key for hit in queries.search(text=text, viewer=NOBODY, **more).items]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("新生儿出生一件事", "newborn"),
        ("孩子出生了", "newborn"),
        ("我家孩子出生了怎么办", "newborn"),
        ("给宝宝上户口", "newborn"),
        ("生孩子", "newborn"),
        ("孩子出声了", "newborn"),
        ("新生儿出声一件事", "newborn"),
        ("户口登记", "household"),
        ("户口登记(出生)", "household"),
        ("社保卡", "social-card"),
        ("社会保障卡申领", "social-card"),
        ("办社保卡要什么材料", "social-card"),
        ("居民医保", "insurance"),
        ("营业执照", "licence"),
        ("营业热照", "licence"),
        ("我想开饭店", "restaurant"),
        ("退休", "retire"),
        ("出生证", "certificate"),
    ],
)
def test_plain_words_find_the_right_thing_first(typed, first):
    assert found(typed)[:1] == [first]


def test_the_matter_behind_a_synonym_is_found_too():
    assert "household" in found("给宝宝上户口")


@pytest.mark.parametrize("typed", ["办理", "怎么办", "的", "申请登记"])
def test_words_that_everything_holds_find_little(typed):
    assert len(found(typed)) <= 4


@pytest.mark.parametrize("typed", ["", "   ", "？！", "\x00", "飞船发射", "qwerty", "%_%", "'; DROP TABLE x; --"])
def test_nothing_is_found_without_an_error(typed):
    assert found(typed) == []


def test_a_huge_or_strange_query_is_harmless():
    assert isinstance(found("新生儿" * 5000), list)
    assert isinstance(found("\u202e😀𠮷"), list)


def test_what_may_have_been_meant_is_suggested():
    meant = queries.suggest(text="社宝卡", viewer=NOBODY)
    assert "social-card" in [each.key for each in meant]
    assert queries.suggest(text="飞船发射", viewer=NOBODY) == (), "what is not alike is not suggested"
    assert queries.suggest(text="", viewer=NOBODY)[0].kind == "bundle"


def test_hits_can_be_kept_to_a_kind_and_a_language():
    assert found("新生儿出生一件事", kinds=("bundle",)) == ["newborn"]
    assert "newborn" not in found("新生儿", kinds=("matter",))
    assert found("social security card", language="en") == ["card-en"]
    assert found("SOCIAL  Card", language="en") == ["card-en"]


def test_a_hit_says_what_to_mark():
    hit = queries.search(text="户口", viewer=NOBODY, kinds=("matter",)).items[0]
    assert hit.title_ranges == (Range(0, 2),)
    newborn = queries.search(text="社会保障卡", viewer=NOBODY, kinds=("bundle",)).items[0]
    (only,) = newborn.snippet_ranges
    assert newborn.snippet[only.start : only.end] == "社会保障卡"
    assert newborn.payload == {"url": "/bundles/newborn"}


def test_pages_follow_each_other_without_loss():
    seen, cursor = [], None
    while True:
        page = queries.search(text="出生 社保卡 医保", viewer=NOBODY, size=2, cursor=cursor)
        seen += [hit.key for hit in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == len(found("出生 社保卡 医保"))
    with pytest.raises(BadCursor):
        queries.search(text="出生", viewer=NOBODY, cursor="nonsense")


def test_a_search_costs_three_statements_and_a_suggestion_one(django_assert_num_queries):
    with django_assert_num_queries(3):
        queries.search(text="孩子出生了", viewer=NOBODY)
    with django_assert_num_queries(1):
        queries.complete(text="孩子出生了", viewer=NOBODY)
    with django_assert_num_queries(1):
        queries.suggest(text=" ", viewer=NOBODY)


def test_a_scoped_document_is_found_by_its_owner_only(resident, other_resident):
    mine = Document(key="case-1", title="我的新生儿办件", visibility=Visibility.SCOPED, owner_id=resident.account_id)
    commands.index_documents(kind="case", docs=[mine], by=samples.SYSTEM, at=clock.now())
    for viewer, keys in ((resident, ["case-1"]), (other_resident, []), (NOBODY, []), (samples.SYSTEM, ["case-1"])):
        assert [hit.key for hit in queries.search(text="办件", viewer=viewer, kinds=("case",)).items] == keys
        assert [hit.key for hit in queries.suggest(text="办件", viewer=viewer, kinds=("case",))] == keys


def test_a_personal_document_gives_no_word_to_strangers(resident, other_resident):
    mine = Document(
        key="case-2", title="张样例的鲸鱼饲养许可", visibility=Visibility.SCOPED, owner_id=resident.account_id
    )
    commands.index_documents(kind="case", docs=[mine], by=samples.SYSTEM, at=clock.now())
    for text in ("鲸鱼饲养", "jingyusiyang", "鲸于饲养", "jysy"):
        for viewer in (NOBODY, other_resident):
            found = queries.find(text=text, viewer=viewer)
            assert (found.page.items, found.read_as, found.meant) == ((), "", ())
            assert queries.complete(text=text, viewer=viewer) == queries.suggest(text=text, viewer=viewer) == ()
    assert queries.find(text="鲸鱼饲养", viewer=resident).page.items[0].key == "case-2"


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [("shebaoka", "社保卡"), ("sbk", "社保卡"), ("社宝卡", "社保卡"), ("she bao ka", "社保卡"), ("社保卡", "")],
)
def test_a_search_tells_how_it_read_what_was_typed(typed, read_as):
    found = queries.find(text=typed, viewer=NOBODY)
    assert found.read_as == read_as
    assert found.page.items[0].key == "social-card"


def test_what_looks_alike_is_offered_only_where_nothing_is_found():
    found = queries.find(text="居住正件", viewer=NOBODY)
    assert found.page.items == () or found.meant == ()
    assert queries.find(text="飞船发射", viewer=NOBODY) == queries.Found(Page(()))


def test_hits_can_be_narrowed_to_theme_audience_and_region():
    docs = [
        Document(key="city", title="养犬登记", themes=("life",), audiences=("person",), regions=("320400",)),
        Document(key="district", title="养犬登记（区）", themes=("life",), audiences=("person",), regions=("320402",)),
        Document(key="firm", title="养犬场登记", themes=("farm",), audiences=("legal_entity",)),
    ]
    commands.index_documents(kind="matter", docs=docs, replace=False, by=samples.SYSTEM, at=clock.now())

    def kept(**limits):
        return sorted(found("养犬登记", narrow=Narrow(**limits)))

    assert kept() == ["city", "district", "firm"]
    assert kept(theme="life") == ["city", "district"]
    assert kept(audience="legal_entity") == ["firm"]
    assert kept(region="320400") == kept(region="320402001") == ["city", "district", "firm"]
    assert kept(region="320411") == ["city", "firm"], "the city's hold in each part, a part's not in another"
    assert kept(region="310000") == ["firm"]


def test_a_publisher_rebuilds_its_part_of_the_index(monkeypatch):
    monkeypatch.setattr(registry, "_publishers", {"bundle": lambda: samples.BUNDLES[:1]})
    assert commands.rebuild(by=samples.SYSTEM, at=clock.now()) == {"bundle": 1}
    assert found("退休", kinds=("bundle",)) == []
    assert found("社保卡", kinds=("matter",)) == ["social-card"], "what has no publisher stays"
    assert queries.find(text="shebaoka", viewer=NOBODY).read_as == "社保卡"


def test_words_are_taken_as_typed_where_that_is_asked():
    read = queries.find(text="孩子出声了", viewer=NOBODY)
    assert read.read_as
    assert read.page.items[0].key == "newborn"
    assert queries.find(text="孩子出声了", viewer=NOBODY, as_typed=True).read_as == ""


def test_a_hit_is_told_in_another_language_where_the_document_speaks_it():
    twin = Document(key="newborn", title="A child is born", language="en")
    commands.index_documents(kind="bundle", docs=[twin], replace=False, by=samples.SYSTEM, at=clock.now())
    hits = queries.find(text="孩子出生了", viewer=NOBODY, told_in="en").page.items
    assert hits[0].title == "A child is born"
    others = queries.find(text="户口登记", viewer=NOBODY, told_in="en").page.items
    assert [hit.title for hit in others if hit.key == "household"] == ["户口登记（出生）"]
