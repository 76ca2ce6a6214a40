"""What a model may not contain, each fault named with element, line and mend; and XML of strangers."""

import pytest

from yiwang.commons.flow import engine
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    call,
    catch,
    chain,
    end,
    error_event,
    event_sub,
    flow,
    gateway,
    loop,
    mapping,
    message,
    on_condition,
    on_escalation,
    on_message,
    receive,
    service,
    start,
    start_on,
    sub,
    throw,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.play import EVALUATOR, Play


def findings(xml):
    return engine.parse({"p.bpmn": xml}, evaluator=EVALUATOR).findings


def errors(xml):
    return engine.parse({"p.bpmn": xml}, evaluator=EVALUATOR).errors


def around(node, node_id="x"):
    return bpmn(start(), node, end(), chain("start", node_id, "end"))


REFUSED = {
    "compensation": boundary("b", "a", "<bpmn:compensateEventDefinition/>"),
    "link events": '<bpmn:intermediateThrowEvent id="b"><bpmn:linkEventDefinition name="l"/></bpmn:intermediateThrowEvent>',
    "complex gateways": '<bpmn:complexGateway id="b"/>',
    "event-based gateways without events": '<bpmn:eventBasedGateway id="b"/>',
    "event-based gateways that begin a process": '<bpmn:eventBasedGateway id="b" instantiate="true"/>',
    "signals without a name": '<bpmn:intermediateThrowEvent id="b"><bpmn:signalEventDefinition/></bpmn:intermediateThrowEvent>',
    "messages without a name": '<bpmn:intermediateCatchEvent id="b"><bpmn:messageEventDefinition/></bpmn:intermediateCatchEvent>',
    "messages without a key": receive("b", "no_key"),
    "messages that are caught and call an operation": catch(
        "b", on_message("paid"), '<zeebe:taskDefinition type="x"/>'
    ),
    "conditions without a text": catch("b", "<bpmn:conditionalEventDefinition/>"),
    "conditions that are no FEEL": catch("b", on_condition("=1 +")),
    "errors that are caught in the flow": catch("b", error_event("")),
    "escalations that are caught in the flow": catch("b", on_escalation()),
    "escalations without a code": throw("b", on_escalation()),
    "escalations at a user task": boundary("b", "a", on_escalation()),
    "conditions that begin a process": start_on("b", on_condition("=x")),
    "messages that begin a process by an expression": start_on("b", on_message("by_name")),
    "a second plain start": start("b"),
    "several definitions of one event": catch("b", on_message("paid") + on_condition("=x")),
    "definitions that stand elsewhere": catch("b", "<bpmn:eventDefinitionRef>d</bpmn:eventDefinitionRef>"),
    "cycles in the flow": catch("b", timer("timeCycle", "R3/PT1H")),
    "times to live that are none": throw(
        "b", on_message("paid"), '<zeebe:publishMessage correlationKey="=1" timeToLive="soon"/>'
    ),
    "sub-processes that begin by an event": sub("s", start_on("b", on_message("paid")), end("e2"), chain("b", "e2")),
    "event sub-processes that begin by nothing": event_sub("b", start("b1"), end("b2"), chain("b1", "b2")),
    "event sub-processes with a flow": event_sub("b", start_on("b1", on_message("paid")), end("b2"), chain("b1", "b2"))
    + flow("a", "b"),
    "event sub-processes of an error beside": event_sub(
        "e", start_on("b", error_event(""), interrupting=False), end("b2"), chain("b", "b2")
    ),
    "loops of an event sub-process": event_sub(
        "b", start_on("b1", on_message("paid")), end("b2"), chain("b1", "b2"), loop("=[1]", "m")
    ),
    "transactions": '<bpmn:transaction id="b"/>',
    "unknown elements": '<bpmn:teleport id="b"/>',
    "compensation tasks": '<bpmn:serviceTask id="b" isForCompensation="true"/>',
    "standard loops": '<bpmn:userTask id="b"><bpmn:standardLoopCharacteristics/></bpmn:userTask>',
    "Python scripts": '<bpmn:scriptTask id="b"><bpmn:script>import os</bpmn:script></bpmn:scriptTask>',
    "scripts with two languages": '<bpmn:scriptTask id="b" scriptFormat="python"><bpmn:extensionElements><zeebe:script expression="=1"/></bpmn:extensionElements></bpmn:scriptTask>',
    "operations without a name": '<bpmn:serviceTask id="b"/>',
    "operations named by a variable": service("b", "=which"),
    "calls without a process": '<bpmn:callActivity id="b"/>',
    "decisions without a key": '<bpmn:businessRuleTask id="b"><bpmn:extensionElements><zeebe:calledDecision/></bpmn:extensionElements></bpmn:businessRuleTask>',
    "unknown extensions": user("b", "<zeebe:adHoc/>"),
    "versions bound by a tag": call("b", "other", flags='bindingType="versionTag" versionTag="v1"'),
    "task listeners": user(
        "b", '<zeebe:taskListeners><zeebe:taskListener eventType="assigning" type="x"/></zeebe:taskListeners>'
    ),
    "listeners without an operation": user(
        "b", '<zeebe:executionListeners><zeebe:executionListener eventType="start"/></zeebe:executionListeners>'
    ),
    "listeners before the start": start_on(
        "b",
        on_message("paid"),
        '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="x"/></zeebe:executionListeners>',
    ),
    "loops without a collection": user("b", inner="<bpmn:multiInstanceLoopCharacteristics/>"),
    "timers without a time": boundary("b", "a", "<bpmn:timerEventDefinition/>"),
    "timers that are no ISO text": boundary("b", "a", timer("timeDuration", "five days")),
    "interrupting cycles": boundary("b", "a", timer("timeCycle", "R3/PT1H")),
    "error boundaries of people": boundary("b", "a", error_event("")),
    "boundaries in the air": boundary("b", "nowhere", timer("timeDuration", "PT1H")),
    "unreachable tasks": user("b"),
    "loops without a way out": gateway("exclusive", "b", "b_c")
    + user("c")
    + flow("a", "b")
    + flow("b", "c")
    + flow("c", "b"),
    "elements without an id": "<bpmn:userTask/>",
}


@pytest.mark.parametrize("node", REFUSED.values(), ids=REFUSED.keys())
def test_refuses(node):
    root = message("paid") + message("no_key", "") + message("=by_name").replace("m_=", "m_")
    xml = bpmn(start(), user("a"), node, end(), chain("start", "a", "end"), root=root)
    found = [finding for finding in errors(xml) if finding.element_id in ("b", "") and finding.line >= 3]
    assert found, findings(xml)
    assert all(finding.message and finding.mend and finding.file == "p.bpmn" for finding in found)


def test_reports_feel_errors_with_their_place():
    xml = bpmn(
        start(),
        gateway("exclusive", "g", "d"),
        end("a"),
        end("b"),
        flow("start", "g"),
        flow("g", "a", "=age &gt;"),
        flow("g", "b", name="d"),
    )
    (finding,) = errors(xml)
    assert finding.element_id == "g_a"
    assert finding.line > 3
    assert "第1行" in finding.message


def test_refuses_the_expression_language_of_older_engines():
    assert (
        "FEEL"
        in errors(
            bpmn(
                start(),
                gateway("exclusive", "g", "d"),
                end("a"),
                end("b"),
                flow("start", "g"),
                flow("g", "a", "${age > 3}"),
                flow("g", "b", name="d"),
            )
        )[0].message
    )


def test_reports_all_faults_at_once():
    xml = bpmn(
        start(),
        user("a", mapping(inputs={"x": "=1 +"})),
        service("s", ""),
        end(),
        end("other"),
        chain("start", "a", "s", "end"),
        flow("end", "a"),
        flow("s", "other"),
    )
    assert {finding.element_id for finding in errors(xml)} == {"a", "s", "end_a"}


def test_a_second_flow_without_condition_is_refused_and_a_single_one_becomes_the_default():
    ambiguous = bpmn(
        start(), gateway("exclusive", "g"), end("a"), end("b"), flow("start", "g"), flow("g", "a"), flow("g", "b")
    )
    assert [finding.element_id for finding in errors(ambiguous)] == ["g"]
    clear = bpmn(
        start(),
        gateway("exclusive", "g"),
        user("a"),
        user("b"),
        end(),
        flow("start", "g"),
        flow("g", "a", "=x"),
        flow("g", "b"),
        chain("a", "end"),
        chain("b", "end"),
    )
    assert not errors(clear)
    assert Play(clear, {"x": False}).open == ["b"]


def test_an_implicit_split_becomes_a_parallel_gateway():
    xml = bpmn(start(), user("a"), user("b"), user("c"), end(), chain("start", "a", "b", "end"), chain("a", "c", "end"))
    assert [finding.severity for finding in findings(xml)] == [engine.Severity.WARNING]
    play = Play(xml)
    play.complete("a")
    assert play.open == ["b", "c"]


def test_a_missing_start_event_and_isexecutable_are_supplied():
    xml = bpmn(user("a"), end(), chain("a", "end")).replace(b' isExecutable="true"', b"")
    assert not errors(xml)
    assert Play(xml).open == ["a"]


def test_conditions_on_flows_out_of_a_task_take_all_that_hold():
    xml = bpmn(
        start(),
        user("a"),
        user("b"),
        user("c"),
        end(),
        chain("start", "a"),
        flow("a", "b", "=x"),
        flow("a", "c"),
        chain("b", "end"),
        chain("c", "end"),
    )
    play = Play(xml)
    play.complete("a", x=True)
    assert play.open == ["b", "c"]


def test_drawing_elements_and_an_outside_pool_do_no_harm():
    xml = bpmn(
        start(),
        '<bpmn:laneSet id="l"/><bpmn:textAnnotation id="t"><bpmn:text>说明</bpmn:text></bpmn:textAnnotation>',
        user("a"),
        end(),
        chain("start", "a", "end"),
        root='<bpmn:collaboration id="c"/><bpmn:process id="other"/>',
    )
    assert Play(xml).open == ["a"]


LOL = '<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
XXE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
GOOD = around(user("x"))


@pytest.mark.parametrize(
    "data",
    [
        GOOD.replace(b"<bpmn:definitions", LOL.encode() + b"<bpmn:definitions", 1),
        GOOD.replace(b"<bpmn:definitions", XXE.encode() + b"<bpmn:definitions", 1),
        b"<a>" * 1000 + b"</a>" * 1000,
        b"<a>" + b"<b/>" * 60_000 + b"</a>",
        GOOD + b" " * 50_000_000,
        GOOD[:-20],
        b"",
        b"\x00\xff\xfe",
        b'<?xml version="1.0" encoding="rot13"?><a/>',
        b"%PDF-1.7",
        b"<html/>",
        "<根/>".encode("gb18030"),
    ],
    ids=[
        "billion laughs",
        "external entity",
        "depth",
        "number",
        "50 MB",
        "cut off",
        "empty",
        "binary",
        "codec",
        "pdf",
        "html",
        "gbk",
    ],
)
def test_hostile_xml_gives_a_finding(data):
    assert errors(data)


def test_a_process_with_the_same_id_in_two_files_is_refused():
    parsed = engine.parse({"a.bpmn": GOOD, "b.bpmn": GOOD}, evaluator=EVALUATOR)
    assert [finding.file for finding in parsed.errors] == ["b.bpmn"]


def test_equal_files_give_equal_blobs():
    first, second = (engine.parse({"p": GOOD}, evaluator=EVALUATOR).only() for _ in range(2))
    assert first.sha256 == second.sha256


def test_a_nested_loop_of_errors_names_the_sub_process_it_is_in():
    xml = around(sub("x", user("orphan"), start("s2"), end("e2"), chain("s2", "e2"), loop("=[1]", "m")))
    assert [finding.element_id for finding in errors(xml)] == ["orphan"]
