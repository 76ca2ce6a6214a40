"""Whether functions that call themselves can be seen to end."""

import pytest

from yiwang.commons.rules.engine.analysis import check

from .models import fact, literal, model, needs


def codes(report):
    return [finding.code.removeprefix("analysis.") for finding in report.findings]


def recursive(body):
    return model(
        f'<businessKnowledgeModel id="f" name="f"><variable name="f"/><encapsulatedLogic><formalParameter name="n"/>'
        f"<literalExpression><text>{body}</text></literalExpression></encapsulatedLogic>"
        f"{needs('f', kind='Knowledge')}</businessKnowledgeModel>",
        literal("d", "f(5)", needs("f", kind="Knowledge")),
    )


def test_recursion_is_seen_to_end_or_not():
    assert codes(check(recursive("if n = 0 then 1 else n * f(n - 1)"))) == []
    assert codes(check(recursive("f(n - 1)"))) == ["endless"]
    assert codes(check(recursive("if n = 0 then 1 else f(n)"))) == ["endless"]
    assert codes(check(recursive("if n = 0 then 1 else f(n * 2 - n)"))) == ["maybe_endless"]


def through_another(first, second):
    other = {"f": needs("g", kind="Knowledge"), "g": needs("f", kind="Knowledge")}
    return model(
        *(
            f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"/><encapsulatedLogic><formalParameter name="n"/>'
            f"<literalExpression><text>{body}</text></literalExpression></encapsulatedLogic>{other[name]}</businessKnowledgeModel>"
            for name, body in (("f", first), ("g", second))
        ),
        literal("d", "f(5)", needs("f", kind="Knowledge")),
    )


def test_functions_that_call_each_other_unasked_never_end():
    assert set(codes(check(through_another("g(n - 1)", "f(n - 1)")))) == {"endless"}
    assert codes(check(through_another("g(n - 1)", "if n = 0 then 0 else f(n - 1)"))) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("if n = 0 then 1 else f(n + 1)", ["maybe_endless"]),
        ("if 0 = n then 1 else f(1 + n)", ["maybe_endless"]),
        ("if n &lt;= 0 then 1 else f(n + 1)", ["maybe_endless"]),
        ("if n &gt; 9 then 1 else f(n - 1)", ["maybe_endless"]),
        ("if n &gt; 0 then f(n + 1) else 1", ["maybe_endless"]),
        ("if n = 10 then 1 else f(n + 1)", []),
        ("if n &gt; 9 then 1 else f(n + 1)", []),
        ("if n &lt; 10 then f(n + 1) else 1", []),
        ("if n != 0 then f(n - 1) else 1", []),
        ("if n = 0 or n &gt; 99 then 1 else f(n + 1)", []),
    ],
)
def test_a_step_away_from_its_limit_is_not_seen_to_end(body, found):
    assert codes(check(recursive(body))) == found


SERVICE = '<decisionService id="s" name="s"><variable name="s"/><outputDecision href="#d"/><inputData href="#in_n"/></decisionService>'


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("if n = 0 then 1 else s(n - 1)", []),
        ("s(n - 1)", ["endless"]),
        ("if n = 0 then 1 else s(n * 2)", ["maybe_endless"]),
    ],
)
def test_a_decision_service_that_is_asked_by_its_own_decision_is_seen_to_end_or_not(body, found):
    requires = needs("n") + '<knowledgeRequirement><requiredKnowledge href="#s"/></knowledgeRequirement>'
    report = check(model(fact("n", "number"), literal("d", body, requires), SERVICE))
    assert [code for code in codes(report) if "endless" in code] == found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("{f: function(g, n) if n = 0 then 0 else g(g, n - 1), r: f(f, 5)}.r", []),
        ("{f: function(g, n) if n = 0 then 0 else g(g, n), r: f(f, 5)}.r", ["maybe_endless"]),
        ("{f: function(g, n) g(n), r: f(abs, 5)}.r", []),
    ],
)
def test_a_function_that_is_handed_to_itself_is_seen_to_end_or_not(body, found):
    assert codes(check(model(literal("d", body)))) == found
