"""What strangers may write: every text ends within its budget, with a diagnostic, and without an exception."""

import time
import tracemalloc
from decimal import Decimal

import pytest

from yiwang.commons.rules.engine import (
    Budget,
    DmnError,
    FeelSyntaxError,
    Result,
    compile_expression,
    compile_unary_tests,
    dmn_xml,
    load_dmn,
    read_dmn,
)

SMALL = Budget(steps=20_000, items=2_000, text=50_000, all_text=200_000, seconds=1.0)
"""A twentieth of the usual budget, so that the tests are quick; the same code stops them."""
MEGABYTE = 1 << 20


def evaluate(text: str, budget: Budget = SMALL, **facts: object) -> Result:
    return compile_expression(text).evaluate(facts, budget=budget)


def codes(result: Result) -> set[str]:
    return {diagnostic.code for diagnostic in result.diagnostics}


LONG = "x" * 20_000
RUNAWAYS = {
    "a list without end": "for i in 1..1e12 return i",
    "a range without end": "count(for i in [1..1e12] return 1)",
    "all days there are": 'for i in @"-999999999-01-01"..@"999999999-12-31" return i',
    "a search without end": "some i in 1..1e12 satisfies i < 0",
    "a check without end": "every i in 1..1e12 satisfies i > 0",
    "loops in loops": "for i in 1..1000 return for j in 1..1000 return j",
    "two iterators": "some i in 1..1e9, j in 1..1e9 satisfies i + j < 0",
    "a long body in a loop": f"some i in 1..1e12 satisfies {' and '.join(['i > 0'] * 2000)} and i < 0",
    "a long list in a loop": f"for i in 1..1000 return [{'1,' * 2000}1]",
    "a long context in a loop": f"for i in 1..1000 return {{{','.join(f'a{i}: 1' for i in range(500))}}}",
    "a long filter": f"(for i in 1..1000 return i)[{' and '.join(['item > 0'] * 2000)}]",
    "functions with much around them": (
        f"for i in 1..1000 return {{{','.join(f'a{i}: 1' for i in range(500))}, f: function(x) x}}.f"
    ),
    "doubling calls": "{f: function(f, x) if x = 0 then 1 else f(f, x - 1) + f(f, x - 1), r: f(f, 60)}.r",
    "a list that grows": "{a: for i in 1..1999 return i, b: concatenate(a, a)}.b",
    "many logarithms": "for i in 1..2000 return log(i)",
    "many powers": "for i in 1..2000 return i ** 0.123",
    "quadratic comparison": "distinct values(for i in 1..1999 return i)",
    "many sorts": "for i in 1..100 return sort(for j in 1..500 return 500 - j)",
    "big lists compared": "{a: for i in 1..1900 return i, b: for i in 1..100 return a = a}.b",
    "shared parts": "{a: for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]], b: a[-1] = a[-1]}.b",
}


@pytest.mark.parametrize("name", RUNAWAYS)
def test_what_runs_away_is_stopped(name):
    began = time.perf_counter()
    result = evaluate(RUNAWAYS[name])
    assert result.value is None
    assert codes(result) & {"rules.steps", "rules.list_too_long", "rules.too_deep", "rules.seconds"}
    assert time.perf_counter() - began < 5


TEXTS = {
    "doubling": 'for i in 1..64 return if i = 1 then "x" else partial[-1] + partial[-1]',
    "joined": 'for i in 1..1000 return string join(for j in 1..100 return "xxxxxxxxxx")',
    "replaced": f'replace("{"a" * 2000}", "a", "{"b" * 2000}")',
    "copied": f'for i in 1..1000 return "{LONG}" + "y"',
    "cut": f'for i in 1..1000 return substring("{LONG}", 1)',
    "raised": f'for i in 1..1000 return upper case("{LONG}")',
    "split": f'for i in 1..1000 return split("{LONG}", "y")',
    "written": "for i in 1..1000 return string(1e6000)",
    "a list written": "string(for i in 1..1000 return 1e6000)",
    "shared parts written": "string((for i in 1..60 return if i = 1 then {a: 1} else {a: partial[-1], b: partial[-1]}))",
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_stop_growing_before_they_fill_the_memory(name):
    tracemalloc.start()
    result = evaluate(TEXTS[name])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result.value is None
    assert codes(result) & {"rules.text_too_long", "rules.steps", "rules.seconds"}
    assert peak < 30 * MEGABYTE


@pytest.mark.parametrize(
    "text",
    [
        "2 ** 1e9",
        "(1e-6000) ** -1e6",
        "exp(1e6000)",
        "10 ** 6145",
        "1e6144 * 10",
        "9e6144 + 9e6144",
        "2 ** 0.5 ** 1e300",
    ],
)
def test_numbers_beyond_decimal128_are_null(text):
    result = evaluate(text)
    assert (result.value, codes(result)) == (None, {"rules.out_of_range"})


@pytest.mark.parametrize("text", ["odd(1e6144)", "even(9.99e6144)", "modulo(1e6000, 3)", "[1][1e6144]", "log(1e-6143)"])
def test_huge_numbers_cost_no_more_than_others(text):
    began = time.perf_counter()
    evaluate(text)
    assert time.perf_counter() - began < 0.5


PATTERNS = ["(a+)+$", "(a|aa)+b", "(a|a?)+$", "(.*a){12}", r"(a+)+\\1+$"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_that_explodes_is_stopped_in_time(pattern):
    began = time.perf_counter()
    result = evaluate(f'for i in 1..1000 return matches("{"a" * 3000}!", "{pattern}")')
    assert result.diagnostics or result.known
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize("pattern", ["a{9000}", "((((a{100}){100}){100}))", "(" * 60 + "a" + ")" * 60, "a" * 3000])
def test_patterns_that_unfold_are_refused(pattern):
    assert codes(evaluate(f'matches("x", "{pattern}")')) == {"rules.pattern"}


DEEP = {
    "round brackets": "(" * 40_000 + "1" + ")" * 40_000,
    "square brackets": "[" * 40_000,
    "braces": "{a:" * 20_000 + "1" + "}" * 20_000,
    "signs": "-" * 50_000 + "1",
    "choices": "if true then " * 5_000 + "1" + " else 1" * 5_000,
    "sums": "1" + "+1" * 40_000,
    "members": "a" + ".a" * 40_000,
    "filters": "[1]" + "[1]" * 30_000,
    "calls": "f" + "()" * 40_000,
    "functions": "function(a) " * 8_000 + "a",
    "types": "1 instance of " + "list<" * 10_000,
    "a million brackets": "(" * 1_000_000,
}


@pytest.mark.parametrize("name", DEEP)
def test_nesting_is_limited_when_the_text_is_read(name):
    with pytest.raises(FeelSyntaxError) as refused:
        compile_expression(DEEP[name])
    assert refused.value.code in {"rules.too_deep", "rules.too_long"}
    with pytest.raises(FeelSyntaxError):
        compile_unary_tests(DEEP[name])


NAMED = {
    "many keys before many filters": f"{{{','.join(f'a{i}: 1' for i in range(4000))}, z: [{','.join(['x[1]'] * 4000)}]}}",
    "many names that begin alike": f"{{{','.join(f'a {i}: 1' for i in range(4000))}, z: [{','.join(['a 1'] * 8000)}]}}",
    "long names": f"{{{','.join('a ' * (i % 38 + 1) + f'b{i}: 1' for i in range(1000))}, z: [{'a a a a b, ' * 3000}1]}}",
}


@pytest.mark.parametrize("name", NAMED)
def test_names_are_found_without_going_through_all_of_them(name):
    began = time.process_time()
    compile_expression(NAMED[name])
    assert time.process_time() - began < 4


def test_a_long_flat_condition_is_no_nesting():
    assert evaluate(" and ".join(["x > 0"] * 2000), x=1).value is True


def test_facts_that_are_no_numbers_end_with_a_diagnostic():
    assert codes(evaluate("x + 1", x=float("nan"))) == {"rules.out_of_range"}
    cell = compile_unary_tests("> 1").evaluate({}, input=float("inf"))
    assert (cell.value, codes(cell)) == (None, {"rules.out_of_range"})


@pytest.mark.parametrize("odd", [object(), b"bytes", {1, 2}, 1j, [1, object()], {"a": {"b": object}}])
def test_facts_of_kinds_that_feel_does_not_know_end_with_a_diagnostic(odd):
    result = evaluate("x", x=odd)
    assert (result.value, codes(result)) == (None, {"rules.not_a_fact"})
    cell = compile_unary_tests("> 1").evaluate({}, input=odd)
    assert (cell.value, codes(cell)) == (None, {"rules.not_a_fact"})


def test_a_fact_that_holds_itself_ends_with_a_diagnostic():
    loop: list[object] = []
    loop.append(loop)
    assert codes(evaluate("x", x=loop)) == {"rules.too_deep"}


def test_time_is_the_last_resort():
    slow = Budget(steps=10**9, items=10**9, seconds=0.3)
    began = time.perf_counter()
    result = evaluate("some i in 1..1e12 satisfies i < 0", slow)
    assert codes(result) == {"rules.seconds"}
    assert time.perf_counter() - began < 3


MODEL = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="n" name="m" id="m">{}</definitions>'
)


def fault(data: str) -> str:
    with pytest.raises(DmnError) as refused:
        load_dmn(data.encode())
    reading = read_dmn(data.encode())
    assert reading.model is None
    assert len(reading.faults) == 1
    return refused.value.code


def test_files_are_limited_in_size_depth_and_number_of_elements(monkeypatch):
    assert fault(MODEL.format(" " * 6 * MEGABYTE)) == "rules.xml_too_large"
    assert fault(MODEL.format("<decision>" * 200 + "</decision>" * 200)) == "rules.xml_too_deep"
    monkeypatch.setattr(dmn_xml, "MAX_ELEMENTS", 1000)
    assert fault(MODEL.format("<a/>" * 1000)) == "rules.xml_too_many"


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    "prolog", [BOMB, '<!DOCTYPE a SYSTEM "file:///etc/passwd">', '<!DOCTYPE a [<!ENTITY b SYSTEM "http://x/">]>']
)
def test_entities_and_document_types_are_refused(prolog):
    assert fault(prolog + MODEL.format("")) == "rules.xml"


@pytest.mark.parametrize("data", ["", "<", "<a/>", "no xml", "\x00", "<definitions/>", MODEL.format("<decision")])
def test_what_is_no_model_is_refused(data):
    assert fault(data) == "rules.xml"


def test_types_that_unfold_are_compared_once():
    """Each type holds the next one twice: written out there would be 2^40 of them."""
    chain = "".join(
        f'<itemDefinition name="{p}{i}"><itemComponent name="x"><typeRef>{p}{i + 1}</typeRef></itemComponent>'
        f'<itemComponent name="y"><typeRef>{p}{i + 1}</typeRef></itemComponent></itemDefinition>'
        for p in "AB"
        for i in range(40)
    )
    ends = "".join(f'<itemDefinition name="{p}40"><typeRef>number</typeRef></itemDefinition>' for p in "AB")
    text = "(function(a: A0) 1) instance of function&lt;B0&gt;-&gt;number"
    decision = f'<decision id="d" name="d"><variable name="d"/><literalExpression><text>{text}</text></literalExpression></decision>'
    assert load_dmn(MODEL.format(chain + ends + decision).encode()).decide("d", {}).value is True


def test_decisions_that_require_each_other_end_with_a_diagnostic():
    need = '<informationRequirement><requiredDecision href="#{}"/></informationRequirement>'
    decision = '<decision id="{0}" name="{0}"><variable name="{0}"/>{1}<literalExpression><text>{2} + 1</text></literalExpression></decision>'
    data = decision.format("a", need.format("b"), "b") + decision.format("b", need.format("a"), "a")
    outcome = load_dmn(MODEL.format(data).encode()).decide("a", {})
    assert outcome.value is None
    assert "rules.cycle" in {d.code for d in outcome.diagnostics}


def test_a_knowledge_model_that_calls_itself_without_end_is_stopped():
    data = (
        '<businessKnowledgeModel id="f" name="f"><encapsulatedLogic><formalParameter name="x"/><literalExpression>'
        "<text>f(x + 1)</text></literalExpression></encapsulatedLogic>"
        '<knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement></businessKnowledgeModel>'
    )
    outcome = load_dmn(MODEL.format(data).encode()).decide("f", {"x": Decimal(1)})
    assert outcome.value is None
    assert outcome.diagnostics


def test_a_large_file_of_requirements_is_read_in_time():
    need = "".join(f'<informationRequirement><requiredInput href="#i{j}"/></informationRequirement>' for j in range(20))
    data = "".join(f'<inputData id="i{i}" name="i{i}"/>' for i in range(1000))
    data += "".join(
        f'<decision id="d{i}" name="d{i}">{need}<literalExpression><text>i{i % 20} + 1</text></literalExpression></decision>'
        for i in range(1000)
    )
    began = time.perf_counter()
    load_dmn(MODEL.format(data).encode())
    assert time.perf_counter() - began < 10
