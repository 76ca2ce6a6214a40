"""Files broken at random: the reader answers each with findings, and what it takes can be built and begun or halts."""

import time
from xml.sax.saxutils import quoteattr

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.commons.flow import engine
from yiwang.commons.flow.engine.safe_xml import Element, read
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    call,
    catch,
    chain,
    end,
    error,
    error_event,
    escalation,
    event_sub,
    flow,
    gateway,
    loop,
    mapping,
    message,
    on_condition,
    on_escalation,
    on_message,
    on_signal,
    receive,
    rule,
    script,
    service,
    signal,
    start,
    start_on,
    sub,
    throw,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.play import AT, EVALUATOR

LISTENER = (
    '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="log"/></zeebe:executionListeners>'
)
WHOLE = bpmn(
    start(),
    user("u", mapping(inputs={"a.b": "=x"}, outputs={"y": "=x"}), inner=loop("=[1, 2]", "m", "all", "=m")),
    boundary("late", "u", timer("timeCycle", "R3/P1D"), interrupting=False),
    gateway("exclusive", "g", "d"),
    gateway("parallel", "f"),
    gateway("parallel", "j"),
    gateway("inclusive", "i", "di"),
    gateway("eventBased", "e"),
    service("s", "op", LISTENER),
    boundary("bad", "s", error_event("no")),
    rule("r", "dec", "z"),
    script("k", "=x", "w"),
    call("c", "other"),
    boundary("up", "c", on_escalation("up"), interrupting=False),
    sub("inner", start("s1"), throw("t1", on_escalation("up")), end("e1"), chain("s1", "t1", "e1")),
    receive("m", "paid"),
    catch("h", on_signal("go")),
    catch("w", on_condition("=x")),
    throw("t", on_signal("go")),
    end("ok"),
    end("no", error_event("no")),
    end("all", "<bpmn:terminateEventDefinition/>"),
    end("l1"),
    end("l2"),
    end("l3"),
    event_sub("es", start_on("es1", on_message("paid"), interrupting=False), end("es2"), chain("es1", "es2")),
    chain("start", "u", "g", "f", "s", "j", "i", "r", "k", "c", "inner", "e", "m", "ok"),
    chain("e", "h", "w", "t", "no"),
    chain("late", "l1"),
    chain("bad", "l2"),
    chain("up", "l3"),
    flow("g", "all", name="d"),
    flow("f", "j", name="fj").replace('targetRef="j"', 'targetRef="x1"') + user("x1") + flow("x1", "j"),
    flow("i", "ok", name="di"),
    root=message("paid") + signal("go") + escalation("up") + error("no"),
).replace(b'sourceRef="g" targetRef="f">', b'sourceRef="g" targetRef="f"><bpmn:conditionExpression>=x</bpmn:conditionExpression>').replace(
    b'sourceRef="i" targetRef="r">', b'sourceRef="i" targetRef="r"><bpmn:conditionExpression>=x</bpmn:conditionExpression>'
)  # fmt: skip
WORDS = [
    "",
    "=",
    "=x",
    "=1 +",
    "u",
    "g",
    "s1",
    "true",
    "false",
    "P1D",
    "R/PT0S",
    "${x}",
    "#body",
    "Start",
    "é",
    "\u202e",
    "9" * 300,
]


def test_the_model_that_is_broken_below_is_whole():
    assert engine.parse({"p": WHOLE}, evaluator=EVALUATOR).errors == ()


def elements(element):
    yield element
    for child in element.children:
        yield from elements(child)


def written(element: Element) -> str:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in element.attributes.items())
    inner = element.text.replace("&", "&amp;").replace("<", "&lt;") + "".join(map(written, element.children))
    return f'<{element.name} xmlns="{element.namespace}"{attributes}>{inner}</{element.name}>'


def broken(draw):
    """A tree with up to four changes: parts removed, doubled, moved elsewhere, renamed, or told something else."""
    root = read(WHOLE)
    for _ in range(draw(st.integers(1, 4))):
        everything = list(elements(root))
        one, other = (everything[draw(st.integers(1, len(everything) - 1))] for _ in range(2))
        parent = next((each for each in everything if any(child is one for child in each.children)), None)
        match draw(st.sampled_from(["drop", "double", "move", "rename", "tell", "write"])):
            case "drop" if parent is not None:
                parent.children = [child for child in parent.children if child is not one]
            case "double" if parent is not None:
                parent.children.append(one)
            case "move" if not any(each is other for each in elements(one)):
                other.children.append(one)
            case "rename":
                one.name = other.name
            case "tell" if one.attributes:
                one.attributes[draw(st.sampled_from(sorted(one.attributes)))] = draw(st.sampled_from(WORDS))
            case "write":
                one.text = draw(st.sampled_from(WORDS))
    return written(root).encode()


def try_all(data, *, assume=False):
    begun = time.process_time()
    parsed = engine.parse({"p": data}, evaluator=EVALUATOR, assume_executable=assume)
    for finding in parsed.errors:
        assert finding.message
        assert finding.mend or finding.element_id
    assert bool(parsed.models) != bool(parsed.errors)
    for model in parsed.models.values():
        loaded = engine.load(model.spec_blob)
        assert loaded.elements == model.elements
        for variables in ({"x": True, "id": 1}, {}):
            try:
                step = engine.start(loaded, variables, evaluator=EVALUATOR, at=AT)
            except engine.EvaluationHalt:
                continue
            if not step.ended:
                engine.advance(loaded, step.state, engine.TimerDue(), evaluator=EVALUATOR, at=AT)
    assert time.process_time() - begun < 5


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_broken_model_is_answered_with_findings_or_runs(data):
    try_all(broken(data.draw))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_broken_drawing_that_is_assumed_to_run_is_answered_too(data):
    try_all(broken(data.draw), assume=True)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 40), st.binary(max_size=20))
def test_a_file_with_bytes_lost_or_changed_is_answered(place, length, instead):
    try_all(WHOLE[:place] + instead + WHOLE[place + length :])


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_answered(data):
    assert engine.parse({"p": data}, evaluator=EVALUATOR).errors
