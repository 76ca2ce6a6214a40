import time
from decimal import Decimal
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.rules.engine import load_dmn, to_json
from yiwang.commons.rules.engine.explaining import missing_facts

from .models import fact, item, literal, model, needs, table

GRADE = item("grade", "string", '"a","b","c"')
SMALL = item("small", "number", "1,2,3")
FACTS = {"n": "small", "s": "grade", "b": "boolean"}
VALUES = {"n": [Decimal(1), Decimal(2), Decimal(3)], "s": ["a", "b", "c"], "b": [True, False]}
ALL = (GRADE, SMALL, *(fact(name, type_ref) for name, type_ref in FACTS.items()))


def simple(*rules, **more):
    return load_dmn(model(*ALL, table("d", FACTS, rules, **more)))


def test_a_fact_that_no_completion_needs_is_not_asked():
    compiled = simple(("1", "-", "true", '"x"'), ("1", "-", "false", '"x"'), ("> 1", '"a"', "-", '"y"'), policy="FIRST")
    assert compiled.decide("d", {"n": 1}).missing_facts == ("b",)
    missing = missing_facts(compiled, "d", {"n": 1})
    assert (missing.settled, missing.value, missing.exact) == (True, "x", True)
    assert set(missing_facts(compiled, "d", {}).facts) == {"n", "s"}


def test_the_cheapest_fact_is_asked_first():
    compiled = simple(("1", '"a"', "true", '"x"'), default='"y"')
    assert missing_facts(compiled, "d", {}, costs={"n": 5, "s": 2, "b": 3}).facts == ("s", "b", "n")
    assert missing_facts(compiled, "d", {}, costs={"n": 0.1}).facts == ("n", "s", "b")


def test_the_outcomes_still_possible_are_named():
    compiled = simple(("1", "-", "true", '"x"'), ("1", "-", "false", '"y"'), ("> 1", "-", "-", '"z"'))
    assert set(missing_facts(compiled, "d", {"n": 1}).outcomes) == {"x", "y"}


def test_facts_of_decisions_behind_are_asked_only_where_they_matter():
    size = table("size", {"n": "small"}, [("1", '"small"'), ("2", '"small"'), ("3", '"big"')])
    outer = table(
        "d",
        {"size": "string", "b": "boolean"},
        [('"small"', "true", "1"), ('"small"', "false", "1"), ('"big"', "-", "2")],
        requires=needs("size", kind="Decision") + needs("b"),
    )
    compiled = load_dmn(model(*ALL, size, outer))
    assert missing_facts(compiled, "d", {}).facts == ("n",)


def test_conditions_written_as_expressions_are_exact_too():
    compiled = load_dmn(
        model(*ALL, literal("d", 'if n >= 2 then s in ("a", "b") else s = "c" or s != "c"', needs("n", "s")))
    )
    assert missing_facts(compiled, "d", {"n": 1}).settled
    assert missing_facts(compiled, "d", {"n": 2}).facts == ("s",)


def test_numbers_without_bounds_are_tried_between_the_constants():
    compiled = load_dmn(
        model(
            fact("x", "number"),
            fact("y", "number"),
            table(
                "d", {"x": "number", "y": "number"}, [("< 5", "-", "1"), (">= 5", "> 3", "2"), (">= 5", "<= 3", "2")]
            ),
        )
    )
    missing = missing_facts(compiled, "d", {})
    assert (missing.facts, missing.exact, sorted(missing.outcomes)) == (("x",), True, [1, 2])


def test_entries_of_a_context_are_facts_of_their_own():
    components = "".join(
        f'<itemComponent name="{n}"><typeRef>{t}</typeRef></itemComponent>'
        for n, t in (("age", "number"), ("poor", "boolean"))
    )
    compiled = load_dmn(
        model(
            f'<itemDefinition name="person">{components}</itemDefinition>',
            fact("p", "person"),
            table(
                "d",
                {"p.age": "number", "p.poor": "boolean"},
                [(">= 60", "-", "1"), ("< 60", "true", "1"), ("< 60", "false", "2")],
                requires=needs("p"),
            ),
        )
    )
    assert set(missing_facts(compiled, "d", {}).facts) == {"p.age", "p.poor"}
    assert missing_facts(compiled, "d", {"p": {"poor": True}}).settled
    assert missing_facts(compiled, "d", {"p": {"age": 3}}).facts == ("p.poor",)


def test_what_is_computed_with_a_fact_is_answered_by_the_evaluation():
    compiled = load_dmn(model(fact("x", "number"), *ALL, literal("d", "x * (if b then 1 else 1)", needs("x", "b"))))
    missing = missing_facts(compiled, "d", {})
    assert (missing.facts, missing.exact) == (("x",), False)


def test_beyond_the_limit_or_the_time_nothing_that_may_matter_is_left_out():
    compiled = simple(("1", '"a"', "true", '"x"'), default='"y"')
    assert set(missing_facts(compiled, "d", {}, seconds=-1, limit=40).facts) == {"n", "s", "b"}
    missing = missing_facts(compiled, "d", {}, limit=2)
    assert (set(missing.facts), missing.exact) == ({"n", "s", "b"}, False)


CELLS = {
    "n": st.sampled_from(["-", "1", "2,3", "not(1)", "> 1", "[1..2]"]),
    "s": st.sampled_from(["-", '"a"', '"a","b"', 'not("c")']),
    "b": st.sampled_from(["-", "true", "false"]),
}
ROWS = st.lists(st.tuples(*CELLS.values(), st.sampled_from(["1", "2"])), min_size=1, max_size=5)
KNOWN = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in VALUES.items()})
POLICIES = st.sampled_from(["UNIQUE", "FIRST", "ANY", "COLLECT", "RULE ORDER", "PRIORITY"])


@settings(max_examples=150, deadline=None)
@given(ROWS, KNOWN, POLICIES)
def test_exactly_the_facts_are_asked_that_some_completion_needs(rows, known, policy):
    compiled = simple(*rows, policy=policy, outputs={"o": "1,2"})
    absent = [name for name in FACTS if name not in known]

    def outcome(values):
        told = {**known, **dict(zip(absent, values, strict=True))}
        return repr(to_json(compiled.decide("d", told).value))

    table_of = {values: outcome(values) for values in product(*(VALUES[name] for name in absent))}
    relevant = {
        name
        for place, name in enumerate(absent)
        for values in table_of
        for other in VALUES[name]
        if table_of[values] != table_of[(*values[:place], other, *values[place + 1 :])]
    }
    missing = missing_facts(compiled, "d", known)
    assert set(missing.facts) == relevant
    assert missing.exact
    assert {repr(to_json(value)) for value in missing.outcomes} == set(table_of.values())


DEEP = {"b": st.sampled_from(["-", "true", "false"]), "size": st.sampled_from(["-", '"1"', '"2"', 'not("1")', "null"])}
DEEP_ROWS = st.lists(
    st.tuples(DEEP["size"], CELLS["n"], DEEP["b"], st.sampled_from(["1", "2"])), min_size=1, max_size=5
)
INNER_ROWS = st.lists(st.tuples(CELLS["n"], CELLS["s"], st.sampled_from(['"1"', '"2"'])), min_size=1, max_size=4)
INNER = {"n": "small", "s": "grade"}


@settings(max_examples=120, deadline=None)
@given(INNER_ROWS, DEEP_ROWS, KNOWN, POLICIES, st.booleans())
def test_it_is_exact_through_decisions_behind_and_with_facts_that_formulas_read(inner, outer, known, policy, plain):
    expression = "n" if plain else "if b then n else 4 - n"
    behind = table("size", INNER, inner, policy="FIRST", requires=needs(*INNER))
    columns = {"size": "string", expression: "number", "b": "boolean"}
    reads = needs("size", kind="Decision") + needs("n", "b")
    compiled = load_dmn(
        model(*ALL, behind, table("d", columns, outer, policy=policy, outputs={"o": "1,2"}, requires=reads))
    )
    absent = [name for name in FACTS if name not in known]
    assert set(missing_facts(compiled, "d", known).facts) >= relevant_to(compiled, known, absent)
    if plain:
        assert set(missing_facts(compiled, "d", known).facts) == relevant_to(compiled, known, absent)


def relevant_to(compiled, known, absent):
    def outcome(values):
        return repr(to_json(compiled.decide("d", {**known, **dict(zip(absent, values, strict=True))}).value))

    found = {values: outcome(values) for values in product(*(VALUES[name] for name in absent))}
    return {
        name
        for place, name in enumerate(absent)
        for values in found
        for other in VALUES[name]
        if found[values] != found[(*values[:place], other, *values[place + 1 :])]
    }


def test_many_facts_of_many_values_are_exact_though_their_completions_can_not_be_tried():
    names = {f"x{i}": "number" for i in range(12)}
    rules = [(*(f"[{i + k}..{i * 2 + k}]" if (i + k) % 3 else "-" for k in range(12)), str(i % 3)) for i in range(8)]
    rules += [(*("-" for _ in range(11)), ">= 0", '"a"'), (*("-" for _ in range(11)), "< 0", '"a"')]
    compiled = load_dmn(model(*(fact(n, "number") for n in names), table("d", names, rules, policy="FIRST")))
    missing = missing_facts(compiled, "d", {}, seconds=20)
    assert missing.exact
    assert set(missing.facts) == set(names)
    assert missing_facts(compiled, "d", {"x0": -1, "x1": -1}).settled


def test_asking_is_fast_enough_for_a_page():
    names = {f"x{i}": "number" for i in range(6)}
    rules = [(*(f">= {(i * k) % 7}" if k % 3 == i % 3 else "-" for k in range(6)), str(i % 3)) for i in range(10)]
    compiled = load_dmn(model(*(fact(n, "number") for n in names), table("d", names, rules, policy="FIRST")))
    began = time.perf_counter()
    missing = missing_facts(compiled, "d", {})
    assert missing.facts
    assert time.perf_counter() - began < 2
