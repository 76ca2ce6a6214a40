from decimal import Decimal

import pytest

from yiwang.commons.rules.engine import Date, DmnError
from yiwang.commons.rules.engine.explaining import Source, Words, explain

from .models import fact, item, literal, model, needs, table

MONTHS = Words({"zh": "参保缴费月数", "en": "months of premiums"}, {"zh": "个月", "en": "months"})
SIZE = Words({"zh": "企业规模", "en": "size of the enterprise"}, {}, {"small": {"zh": "小型", "en": "small"}})
VOCABULARY = {"months": MONTHS, "size": SIZE, "listed": Words({"zh": "列入失信名单", "en": "listed as dishonest"})}
REFUND = table(
    "refund",
    {"listed": "boolean", "months": "number", "size": "string"},
    [
        ("true", "-", "-", "0"),
        ("false", "< 12", "-", "0"),
        ("false", ">= 12", '"large"', "30"),
        ("false", ">= 12", '"middle","small"', "60"),
    ],
    notes=["第五条", "第二条（一）", "第三条（一）", "第三条（二）"],
)
FACTS = (fact("listed", "boolean"), fact("months", "number"), fact("size", "string"))
SAMPLE = Source(model(*FACTS, REFUND))


def told(**facts):
    return explain(SAMPLE, "refund", facts, vocabulary=VOCABULARY)


def test_each_failed_rule_says_its_first_failed_condition_and_what_was_seen():
    explanation = told(listed=False, months=9, size="small")
    assert explanation.text().splitlines() == [
        "结果：0。",
        "第 2 条规则成立。（第二条（一））",
        "  因为“列入失信名单”为否；",
        "  因为参保缴费月数为 9 个月，符合“少于 12 个月”的要求；",
        "第 1 条规则不成立：因为要求“列入失信名单”为是，实际为否。（第五条）",
        "第 3 条规则不成立：因为参保缴费月数要求不少于 12 个月，实际为 9 个月。（第三条（一））",
        "第 4 条规则不成立：因为参保缴费月数要求不少于 12 个月，实际为 9 个月。（第三条（二））",
    ]


def test_the_same_in_english():
    text = told(listed=False, months=9, size="small").text("en")
    assert "because months of premiums was required to be at least 12 months, and 9 months was found." in text
    assert "Rule 2 holds. (第二条（一）)" in text
    assert "because months of premiums is 9 months, as required: less than 12 months;" in text


def test_values_are_spoken_of_by_the_vocabulary():
    text = told(listed=False, months=14, size="small").text()
    assert "因为企业规模为小型，符合“为middle或者小型”的要求；" in text
    assert "第 3 条规则不成立：因为企业规模要求为large，实际为小型。（第三条（一））" in text


def test_what_is_not_known_is_said():
    explanation = told(months=14, size="small")
    assert explanation.text().splitlines()[0] == "暂不能确定，还差 1 项事实：列入失信名单。"
    signs = {sentence.sign for sentence in explanation.sentences()}
    assert "unknown" in signs
    assert "还不知道列入失信名单" in explanation.text()


def test_cells_tell_what_a_simulator_lights_up():
    (view,) = told(listed=False, months=9, size="small").tables
    assert [[cell.state for cell in rule.cells] for rule in view.rules] == [
        ["no", "any", "any"],
        ["yes", "yes", "any"],
        ["yes", "no", "skipped"],
        ["yes", "no", "skipped"],
    ]
    assert view.rules[2].failed.seen == Decimal(9)
    assert view.rules[2].failed.words("zh") == "不少于 12 个月"
    (view,) = told(months=9).tables
    assert [cell.state for cell in view.rules[1].cells] == ["unknown", "yes", "any"]


def test_the_decision_behind_is_explained_below_its_condition():
    size = table(
        "size", {"staff": "number"}, [("< 20", '"micro"'), (">= 20", '"small"')], labels={"staff": "人数（人）"}
    )
    grant = table(
        "grant", {"size": "string"}, [('"micro"', "1"), ('"small"', "2")], requires=needs("size", kind="Decision")
    )
    explanation = explain(Source(model(fact("staff", "number"), size, grant)), "grant", {"staff": 26})
    lines = explanation.text().splitlines()
    assert lines[1:5] == [
        "第 2 条规则成立。",
        "  因为size为small；",
        "    size为small，由下列情况得出：",
        "      第 2 条规则成立。",
    ]
    assert "        因为人数为 26 人，符合“不少于 20 人”的要求；" in lines


def test_a_condition_written_as_an_expression_names_the_parts_that_failed():
    xml = model(
        fact("age", "number"),
        fact("born", "date"),
        fact("city", "string"),
        literal("ok", 'age >= 60 and born < @"1966-01-01" and city in ("常州", "无锡")', needs("age", "born", "city")),
    )
    explanation = explain(Source(xml), "ok", {"age": 59, "born": Date(1967, 3, 1), "city": "常州"})
    assert [s.text for s in explanation.sentences() if s.sign == "no"] == [
        "因为age要求不少于 60，实际为 59。",
        "因为born要求早于1966年1月1日，实际为1967年3月1日。",
    ]
    explanation = explain(Source(xml), "ok", {"age": 70, "born": Date(1955, 3, 1)})
    assert [s.text for s in explanation.sentences() if s.sign == "unknown"] == ["还不知道city。"]


def test_one_way_that_suffices_is_enough():
    xml = model(fact("a", "number"), fact("b", "boolean"), literal("ok", "a > 3 or b", needs("a", "b")))
    reasons = [s for s in explain(Source(xml), "ok", {"a": 1, "b": True}).sentences() if s.sign == "yes"]
    assert [s.text for s in reasons] == ["因为“b”为是；"]


def test_the_authorities_of_the_model_are_named():
    source = '<knowledgeSource id="law" name="失业保险条例" locationURI="https://sample/law"/>'
    extra = '<authorityRequirement><requiredAuthority href="#law"/></authorityRequirement>'
    xml = model(source, fact("n", "number"), literal("d", "n > 1", needs("n") + extra))
    explanation = explain(Source(xml), "d", {"n": 2})
    assert explanation.sources == ("失业保险条例（https://sample/law）",)
    assert explanation.sentences()[-1].text == "依据：失业保险条例（https://sample/law）。"


def test_where_no_rule_holds_that_is_said():
    xml = model(fact("n", "number"), table("d", {"n": "number"}, [("> 1", "1")]))
    assert "没有一条规则成立。" in explain(Source(xml), "d", {"n": 0}).text()
    xml = model(fact("n", "number"), table("d", {"n": "number"}, [("> 1", "1")], default="7"))
    assert "没有一条规则成立，按默认处理。" in explain(Source(xml), "d", {"n": 0}).text()


def test_typed_facts_that_do_not_fit_are_seen_as_they_count():
    xml = model(item("small", "number", "[0..9]"), fact("n", "small"), literal("d", "n > 1", needs("n")))
    assert explain(Source(xml), "d", {"n": 50}).text()


def test_a_decision_that_the_model_lacks_is_refused():
    with pytest.raises(DmnError):
        explain(SAMPLE, "nothing", {})


def test_a_result_that_failed_says_what_went_wrong():
    xml = model(fact("n", "number"), table("d", {"n": "number"}, [("> 1", "1"), ("> 2", "2")]))
    text = explain(Source(xml), "d", {"n": 3}).text()
    assert text.startswith("没有得出结果。\n计算中发现：命中策略要求只有一条规则命中，实际命中：1, 2。")


def test_the_rule_that_catches_the_rest_is_not_said_to_hold_while_one_before_it_is_open():
    xml = model(fact("n", "number"), table("d", {"n": "number"}, [("> 1", "1"), ("-", "2")], policy="FIRST"))
    text = explain(Source(xml), "d", {}).text()
    assert "如果前面的规则都不成立，就按第 2 条规则。" in text
    assert "成立。" not in text.replace("都不成立", "")


def test_units_of_labels_are_said_in_both_languages():
    xml = model(
        fact("m", "number"), table("d", {"m": "number"}, [(">= 12", "1")], labels={"m": "缴费月数（月）"}, default="0")
    )
    explanation = explain(Source(xml), "d", {"m": 1})
    assert "因为缴费月数要求不少于 12 个月，实际为 1 个月。" in explanation.text()
    assert "at least 12 months, and 1 month was found." in explanation.text("en")
