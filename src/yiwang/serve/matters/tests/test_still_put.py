"""Which answers stand when one of them changes."""

from yiwang.serve.matters import rules
from yiwang.serve.matters.contracts import SituationQuestion
from yiwang.serve.matters.tests.factories import bundle_spec, matters, value_of


def test_what_depends_on_a_dropped_answer_is_dropped_in_turn():
    questions = (
        SituationQuestion("first", "一？"),
        SituationQuestion("second", "二？", condition="first"),
        SituationQuestion("third", "三？", condition="second"),
        SituationQuestion("fourth", "四？"),
    )
    bundle = value_of(bundle_spec(questions=questions), matters())
    told = {"fourth": True, "third": True, "second": True, "first": False, "stranger": 1}
    assert rules.still_put(bundle, told, rules.Verdicts()) == {"fourth": True, "first": False}
    told["first"] = True
    assert list(rules.still_put(bundle, told, rules.Verdicts())) == ["fourth", "third", "second", "first"]
