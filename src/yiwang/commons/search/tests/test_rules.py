"""Text forms, words, the plan of a query, marks: pure and total."""

from hypothesis import given
from hypothesis import strategies as st

from yiwang.commons.search import registry
from yiwang.commons.search.contracts import Range
from yiwang.commons.search.rules import compact, fold, mark, plan, snippet

CUT = registry.segmenter()


def test_one_form_for_width_case_and_punctuation():
    assert compact("户口登记（出生）") == compact("户口登记 (出生)") == "户口登记出生"
    assert compact("ＩＤ Card-２") == "idcard2"


@given(st.text(max_size=60))
def test_folding_keeps_positions(text):
    assert len(fold(text)) == len(text)
    assert compact(compact(text)) == compact(text)


def test_words_of_the_trade_stay_whole_with_their_parts_beside_them():
    words = CUT.words("新生儿出生一件事")
    assert {"新生儿", "出生", "一件事"} <= set(words)
    assert "社保卡" in CUT.words("补办社保卡")
    assert CUT.words("，。 ") == ()


def test_weak_words_rank_but_never_make_a_hit():
    wanted = plan("我要办理社保卡", segmenter=CUT)
    assert "社保卡" in wanted.strong
    assert not {"我要", "我", "要", "办理"} & set(wanted.strong)
    assert wanted.terms["社保卡"] > wanted.terms["办理"]


def test_meanings_weigh_less_than_what_was_typed():
    wanted = plan("孩子出生了", segmenter=CUT, meanings=[("新生儿出生一件事", 1.0)])
    assert wanted.phrases == {"新生儿出生一件事": 0.9}
    assert wanted.terms["新生儿"] < wanted.terms["孩子"] * 1.01


@given(st.text(max_size=80), st.lists(st.tuples(st.text(max_size=10), st.floats(0, 1)), max_size=3))
def test_any_text_has_a_plan(text, meanings):
    wanted = plan(text, segmenter=CUT, meanings=meanings)
    assert set(wanted.strong) <= set(wanted.terms)
    assert len(wanted.terms) <= 60


def test_marks_join_neighbours_and_keep_order():
    assert mark("户口登记和户口", ("户口登记", "户口", "登记")) == (Range(0, 4), Range(5, 7))
    assert mark("ABC", ("abc",)) == (Range(0, 3),)
    assert mark("甲", ("",)) == ()


@given(st.text(max_size=50), st.lists(st.text(min_size=1, max_size=4), max_size=4))
def test_marks_never_overlap_nor_leave_the_text(text, terms):
    place = 0
    for each in mark(text, [fold(term) for term in terms]):
        assert place <= each.start < each.end <= len(text)
        place = each.end + 1


def test_a_snippet_shows_the_first_match():
    text = "前" * 100 + "户口" + "后" * 100
    part = snippet(text, ("户口",))
    assert part.startswith("…前")
    assert part.endswith("后…")
    assert "户口" in part
    assert len(part) <= 92
    assert snippet("短", ("x",)) == "短"
