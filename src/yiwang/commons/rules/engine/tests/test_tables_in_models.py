"""A model's table by the short way against the graph that is walked."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.rules.engine import Absent, load_dmn

MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">
<itemDefinition name="tAge"><typeRef>number</typeRef></itemDefinition>
<itemDefinition name="tHome"><typeRef>string</typeRef><allowedValues><text>"常州", "无锡"</text></allowedValues></itemDefinition>
<inputData id="a" name="age"><variable name="age" typeRef="tAge"/></inputData>
<inputData id="h" name="home"><variable name="home" typeRef="{home}"/></inputData>
<inputData id="p" name="poor"><variable name="poor" typeRef="boolean"/></inputData>
<decision id="d" name="benefit"><variable name="benefit" typeRef="{result}"/>
<informationRequirement><requiredInput href="#a"/></informationRequirement>
<informationRequirement><requiredInput href="#h"/></informationRequirement>
<informationRequirement><requiredInput href="#p"/></informationRequirement>
<decisionTable hitPolicy="{policy}"><input><inputExpression><text>age</text></inputExpression></input>
<input><inputExpression><text>home</text></inputExpression></input><input><inputExpression><text>poor</text></inputExpression></input>
<output typeRef="number"/>
<rule><inputEntry><text>&lt; 18.5</text></inputEntry><inputEntry><text>-</text></inputEntry><inputEntry><text>true</text></inputEntry>
<outputEntry><text>100</text></outputEntry></rule>
<rule><inputEntry><text>&gt;= 60</text></inputEntry><inputEntry><text>"常州"</text></inputEntry><inputEntry><text>-</text></inputEntry>
<outputEntry><text>200.50</text></outputEntry></rule>
<rule><inputEntry><text>-</text></inputEntry><inputEntry><text>not("常州")</text></inputEntry><inputEntry><text>-</text></inputEntry>
<outputEntry><text>0</text></outputEntry></rule></decisionTable></decision></definitions>"""
VALUES = st.sampled_from([10, 18, 60, 18.5, Decimal(70), True, False, None, "常州", "无锡", "x", [1], 10**40])
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "age": st.integers(0, 99) | VALUES,
        "home": st.sampled_from(["常州", "无锡", "x"]) | VALUES,
        "poor": st.booleans() | VALUES,
    },
)


def told(outcome):
    remarks = [(d.code, repr(d.params), d.at, d.where) for d in outcome.diagnostics]
    traces = [(t.where, [(r.number, r.matched, r.failed_input) for r in t.rules]) for t in outcome.tables]
    return repr((outcome.value, outcome.matched_rules, outcome.missing_facts, remarks, traces))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["string", "tHome"]),
    st.sampled_from(["number", "Any", "string"]),
    st.sampled_from(["FIRST", "UNIQUE", "ANY", "COLLECT", "RULE ORDER"]),
    FACTS,
    st.sampled_from(list(Absent)),
)
def test_the_short_way_says_what_the_graph_says(home, result, policy, facts, absent):
    text = MODEL.format(home=home, result=result, policy=policy).encode()
    quick, walked = load_dmn(text), load_dmn(text)
    walked._quick["benefit"] = None
    assert told(quick.decide("benefit", facts, absent=absent)) == told(walked.decide("benefit", facts, absent=absent))


def test_the_short_way_is_taken_for_typed_input_data():
    model = load_dmn(MODEL.format(home="string", result="number", policy="FIRST").encode())
    assert model.decide("benefit", {"age": 60, "home": "常州", "poor": False}).value == Decimal("200.50")
    assert model._quick["benefit"] is not None
