"""Text forms, words, the plan of a query, marks: pure and total."""

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from yiwang.commons.search import registry
from yiwang.commons.search.contracts import Range
from yiwang.commons.search.rules import (
    Candidate,
    Meant,
    alike,
    compact,
    fold,
    initials,
    mark,
    plan,
    rank,
    region_stem,
    snippet,
    sound,
    spans,
    syllables,
)

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


def test_words_that_only_belong_to_asking_are_left_out():
    wanted = plan("我要办理社保卡", segmenter=CUT)
    assert [concept.text for concept in wanted.concepts] == ["社保卡"]
    assert wanted.core == "社保卡"
    assert [concept.text for concept in plan("怎么办理", segmenter=CUT).concepts] == ["怎么", "办理"]


def test_what_people_say_is_one_concept_with_its_official_words_beside_it():
    known = {"上户口": ["户口登记"], "一下": [], "户口": ["户籍"]}
    wanted = plan("给宝宝上户口一下", segmenter=CUT, meanings={word: Meant(means) for word, means in known.items()})
    said = wanted.concepts[-1]
    assert (said.text, said.meant) == ("上户口", ("户口登记",))
    assert {"户口登记": 0.9} in [way.shares for way in said.alternatives]
    assert "一下" not in wanted.core


def test_a_guessed_word_hides_nothing_that_people_say():
    assert "要拉电拉水" in CUT.tokens("新盖的车间要拉电拉水")
    known = {"拉电": Meant(["用电报装"]), "拉水": Meant(["用水报装"])}
    wanted = plan("新盖的车间要拉电拉水", segmenter=CUT, meanings=known)
    assert {"拉电", "拉水"} <= {concept.text for concept in wanted.concepts}
    assert "上要" not in [concept.text for concept in plan("草地上要堆材料", segmenter=CUT).concepts]


def test_a_number_says_less_than_a_word():
    wanted = {concept.text: concept.mass for concept in plan("63年办退休", segmenter=CUT).concepts}
    assert wanted["63"] < wanted["退休"]


@given(
    st.text(max_size=80),
    st.dictionaries(st.text(max_size=5), st.builds(Meant, st.lists(st.text(max_size=10), max_size=3)), max_size=3),
)
def test_any_text_has_a_plan(text, meanings):
    wanted = plan(text, segmenter=CUT, meanings=meanings)
    assert len(wanted.concepts) <= 24
    for concept in wanted.concepts:
        assert all(sum(way.shares.values()) <= 1.001 for way in concept.alternatives)


@given(st.text(alphabet="社保卡户口 abcETC12，", max_size=24))
def test_parts_are_parts_and_cut_no_word_of_letters(text):
    whole = compact(text)
    for part, (start, end) in spans(text).items():
        assert whole[start:end] == part
    assert "c" not in spans("abc")
    assert "etc" in spans("办ETC卡")


def test_a_sound_forgives_homophones_and_southern_pronunciation():
    assert sound("社宝卡") == sound("社保卡") == alike("shebaoka") == alike("sebaoka")
    assert sound("银行") == alike("yinhang") == alike("yinghang")
    assert initials("营业执照") == "yyzz"
    assert syllables("重庆ETC") == ("chong", "qing", "e", "t", "c")


@given(st.text(max_size=30))
def test_each_character_has_one_syllable(text):
    assert len(syllables(text)) == len(compact(text))


def test_a_region_begins_like_the_whole_it_is_part_of():
    assert [region_stem(code) for code in ("320000", "320400", "320410", "320402", "320402001000")] == [
        "32", "3204", "320410", "320402", "320402001",
    ]  # fmt: skip


def test_an_answer_covers_the_query_and_the_closest_name_leads():
    wanted = plan("社保卡补办", segmenter=CUT)
    near = Candidate("near", ("社保卡补办",), 1.0, {0: 0.9, 1: 0.9})
    far = Candidate("far", ("补办证件",), 1.0, {1: 0.9})
    ideal = {0: 1.0, 1: 1.0}
    assert rank(wanted, [far, near], ideal)[0].id == "near"
    assert rank(plan("火箭发射许可", segmenter=CUT), [Candidate("x", ("许可",), 1.0, {2: 0.2})], {2: 0.9}) == ()


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


def test_the_dictionary_is_read_at_the_first_cut_and_not_at_the_start():
    code = (
        "import sys; from yiwang.commons.search import registry; cut = registry.segmenter();"
        "assert 'rjieba' not in sys.modules; cut.words('社保卡'); assert 'rjieba' in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
