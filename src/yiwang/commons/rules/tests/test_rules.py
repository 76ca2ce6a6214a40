"""What the pages show and count: cells in words, facts with their kinds, differences rule by rule, tables of facts."""

import io

import pytest

from yiwang.commons.rules import rules
from yiwang.commons.rules.contracts import Example, FactWords
from yiwang.commons.rules.engine import load_dmn
from yiwang.commons.rules.rules import CellState, FactKind
from yiwang.commons.rules.tests.factories import sample_dmn

KEY = "sample_grade"


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("-", ()),
        ("", ()),
        (">= 12", (("≥ 12", "sign"),)),
        ("[0..365]", (("0 – 365", "text"),)),
        ("(0..365]", (("> 0", "sign"), ("≤ 365", "sign"))),
        ('"小型","微型"', (("小型", "text"), ("", "and"), ("微型", "text"))),
        ('not("大型")', (("", "not"), ("大型", "text"))),
        ("true", (("", "yes"),)),
        ('date("2026-01-31")', (("2026-01-31", "text"),)),
        ("> months + 1", (("> months + 1", "feel"),)),
        ('"a, b", "c"', (("a, b", "text"), ("", "and"), ("c", "text"))),
    ],
)
def test_a_cell_reads_as_an_official_reads_it(cell, parts):
    assert rules.cell_parts(cell) == parts


def layout(limit=60):
    found = rules.layout_of(sample_dmn(limit=limit), KEY)
    assert found is not None
    return found


def test_a_layout_names_facts_by_their_columns_and_knows_their_kinds():
    facts = layout().facts
    assert [(fact.name, fact.label, fact.kind) for fact in facts] == [
        ("age", "年龄", FactKind.NUMBER),
        ("resident", "户籍", FactKind.YES_NO),
    ]
    assert rules.layout_of("<broken", KEY) is None
    assert rules.layout_of(sample_dmn(), "other") is None


def test_the_vocabulary_gives_labels_that_the_model_lacks_and_names_for_values():
    text = sample_dmn().replace('label="年龄"', "").replace('typeRef="number"', 'typeRef="string"')
    found = rules.layout_of(text, KEY)
    words = {
        "age": FactWords({"zh": "周岁", "en": "Age"}, values={"7": {"zh": "七岁"}}),
        "resident": FactWords({"zh": "住在本地"}),
    }
    chinese = rules.with_words(found, words, "zh")
    assert [(fact.label, fact.kind) for fact in chinese.facts] == [("周岁", FactKind.CHOICE), ("户籍", FactKind.YES_NO)]
    assert chinese.facts[0].value_label("7") == "七岁"
    assert rules.with_words(found, words, "en").facts[0].label == "Age"


def test_typed_facts_are_read_or_told_to_be_wrong():
    read = rules.entered(layout(), {"age": "1,200", "resident": "no"})
    assert (read.facts, read.faults) == ({"age": 1200, "resident": False}, {})
    assert rules.entered(layout(), {"age": "0.1"}).facts == {"age": 0.1}
    assert rules.entered(layout(), {"age": "", "resident": "perhaps"}).faults == {"resident": "yes_no"}
    assert rules.entered(layout(), {"age": "NaN"}).faults == {"age": "number"}
    assert rules.told(layout(), {"age": 7, "resident": True}) == {"age": "7", "resident": "yes"}


def test_differences_pair_rules_and_mark_cells():
    (change,) = rules.differences(layout(60), layout(65))
    assert [(rule.kind, sorted(rule.cells)) for rule in change.rules] == [("changed", [0])] * 3
    assert rules.differences(layout(60), layout(60)) == ()
    shorter = rules.layout_of(sample_dmn().replace("<rule>", "<!--", 1).replace("</rule>", "-->", 1), KEY)
    (change,) = rules.differences(layout(60), shorter)
    assert [rule.kind for rule in change.rules] == ["removed"]
    (change,) = rules.differences(None, layout(60))
    assert change.before is None


def test_a_trial_tells_of_each_cell_and_of_the_worlds_of_one_missing_fact():
    model = load_dmn(sample_dmn().encode())
    found = rules.simulate(model, layout(), {"age": 70})
    states = [[cell.state for cell in rule.cells] for rule in found.tables[KEY].rules]
    assert states == [
        [CellState.NO, CellState.SKIPPED if states[0][1] is CellState.SKIPPED else CellState.BLANK],
        [CellState.YES, CellState.UNKNOWN],
        [CellState.YES, CellState.UNKNOWN],
    ]
    assert (found.known, found.missing, found.worlds) == (False, ("resident",), (("true", "full"), ("false", "half")))
    settled = rules.simulate(model, layout(), {"age": 7})
    assert (settled.value, settled.spared) == ("none", ("resident",))


def test_examples_say_why_they_fail():
    model = load_dmn(sample_dmn().encode())
    wrong = rules.try_example(model, KEY, Example("x", {"age": 7}, {"value": "full"}))
    assert "应为 'full'" in wrong.why
    assert "缺少事实" in rules.try_example(model, KEY, Example("x", {"age": 70}, {"value": "full"})).why
    assert "没有输入" in rules.try_example(model, KEY, Example("x", {"ages": 70}, {"value": "full"})).why


def test_a_table_of_facts_is_read_by_name_or_label_whatever_its_encoding():
    for encoding in ("utf-8-sig", "gb18030"):
        rows = list(rules.read_facts_table("年龄,resident\n7,是\nx,否\n8,\n".encode(encoding), layout()))
        assert rows == [{"age": 7, "resident": True}, None, {"age": 8}]
    with pytest.raises(rules.FactsUnreadable):
        list(rules.read_facts_table(b"a,b\n1,2\n", layout()))


def test_a_parquet_table_of_facts_is_read_too():
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    stream = io.BytesIO()
    parquet.write_table(arrow.table({"age": [7, None], "resident": [True, False]}), stream)
    assert list(rules.read_facts_table(stream.getvalue(), layout())) == [
        {"age": 7, "resident": True},
        {"resident": False},
    ]
    with pytest.raises(rules.FactsUnreadable):
        list(rules.read_facts_table(b"PAR1 and no more", layout()))


def test_a_first_model_is_sound_and_reads_its_title():
    text = rules.first_model("new_one", 'A & "B"', fact="事实", result="结果")
    checked = rules.check_text("new_one", text, (), ())
    assert checked.passes
    found = rules.layout_of(text, "new_one")
    assert found is not None
    assert found.title == 'A & "B"'


def test_many_rows_count_as_each_alone():
    before, after = load_dmn(sample_dmn().encode()), load_dmn(sample_dmn(limit=65).encode())
    rows = [{"age": age, "resident": age % 2 == 0} if age % 7 else {"age": age} for age in range(40, 90)] * 8
    at_once, alone = rules.Tally(), rules.Tally()
    rules.tally(at_once, KEY, before, after, rows)
    for row in rows:
        rules.tally(alone, KEY, before, after, [row])
    assert (at_once.done, at_once.changed) == (400, alone.changed)
    assert at_once.outcomes == alone.outcomes
    assert {c.before + c.after: c.count for c in at_once.changes} == {
        c.before + c.after: c.count for c in alone.changes
    }
