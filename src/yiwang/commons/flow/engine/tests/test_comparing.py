"""What differs between two drawings, whatever an editor does to the rest of the file."""

import pytest

from yiwang.commons.flow.engine import ChangeKind, blank_process, check_drawn, compare, parse, process_name
from yiwang.commons.flow.engine.tests.feelish import Feelish
from yiwang.commons.flow.engine.tests.models import (
    bpmn,
    catch,
    chain,
    drawn,
    end,
    flow,
    gateway,
    mapping,
    on_message,
    service,
    start,
    user,
)

LINE = bpmn(start(), user("a"), end(), chain("start", "a", "end"))


def told(before, after):
    return {each.element_id: (each.kind.value, each.parts) for each in compare(before, after)}


def test_the_same_drawing_does_not_differ():
    assert compare(LINE, LINE) == ()


def test_what_came_and_went_is_told_by_its_id():
    after = bpmn(start(), user("b"), end(), chain("start", "b", "end"))
    kinds = {key: kind for key, (kind, _parts) in told(LINE, after).items()}
    assert (kinds["a"], kinds["b"]) == ("removed", "added")


def test_what_an_element_says_is_told_by_its_path():
    before = service("a", "one", '<zeebe:ioMapping><zeebe:input source="=x" target="t"/></zeebe:ioMapping>')
    after = service("a", "two", '<zeebe:ioMapping><zeebe:input source="=y" target="t"/></zeebe:ioMapping>')
    texts = [bpmn(start(), each, end(), chain("start", "a", "end")) for each in (before, after)]
    assert told(*texts) == {
        "a": ("changed", (("taskDefinition.type", "one", "two"), ("ioMapping.input[t].source", "=x", "=y")))
    }


def test_another_kind_of_task_is_a_change_of_kind():
    after = LINE.replace(b"userTask", b"manualTask")
    assert told(LINE, after) == {"a": ("changed", (("", "userTask", "manualTask"),))}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<bpmn:incoming>", b"<bpmn:incoming>"),
        (b'<bpmn:startEvent id="start"/>', b'<bpmn:startEvent id="start"></bpmn:startEvent>'),
        (b'<bpmn:endEvent id="end">', b'<bpmn:endEvent id="end"><bpmn:incoming>x</bpmn:incoming>'),
        (b'<bpmn:userTask id="a"', b'<bpmn:userTask isForCompensation="false" id="a"'),
    ],
)
def test_what_means_the_same_is_no_change(old, new):
    assert compare(LINE, LINE.replace(old, new)) == ()


def test_what_is_no_xml_can_not_be_compared():
    assert compare(LINE, b"<no") is None
    assert compare(b"", LINE) is None


def test_a_line_that_nobody_drew_is_told_with_its_condition():
    choose = (start(), gateway("exclusive", "g"), user("a"), end())
    ways = chain("start", "g", "a", "end")
    before, after = bpmn(*choose, ways), bpmn(*choose, ways, flow("g", "end", "=true"))
    (change,) = compare(before, after)
    assert (change.element_id, change.kind, change.follows) == ("g_end", ChangeKind.ADDED, False)
    assert ("conditionExpression", "", "=true") in change.parts
    (gone,) = compare(after, before)
    assert (gone.kind, gone.follows) == (ChangeKind.REMOVED, False)


def test_a_line_follows_what_came_with_it():
    after = bpmn(start(), user("a"), user("b"), end(), chain("start", "a", "b", "end"))
    assert {each.element_id for each in compare(LINE, after) if not each.follows} == {"b", "a_end"}


def test_a_line_without_an_id_is_compared():
    after = LINE.replace(b'id="a_end" ', b"")
    nameless = after.replace(
        b'targetRef="end">', b'targetRef="end"><bpmn:conditionExpression>=x</bpmn:conditionExpression>'
    )
    assert told(after, nameless) == {"sequenceFlow:a→end": ("changed", (("conditionExpression", "", "=x"),))}


def test_a_drawing_that_is_not_run_hides_nothing():
    decoy = LINE.decode().partition("<bpmn:process")[2].partition("</bpmn:process>")[0]
    decoy = f"<bpmn:process{decoy}</bpmn:process>".replace('isExecutable="true"', 'isExecutable="false"')
    after = LINE.replace(b"userTask", b"manualTask").replace(b"<bpmn:process", decoy.encode() + b"<bpmn:process", 1)
    assert told(LINE, after) == {"a": ("changed", (("", "userTask", "manualTask"),))}


def test_an_id_that_is_met_twice_is_told_twice():
    again = bpmn(start(), user("a"), user("a"), end(), chain("start", "a", "end"))
    assert told(LINE, again)["a[2]"][0] == "added"


def test_a_second_holder_of_extensions_hides_nothing():
    one, two = (
        f'<bpmn:extensionElements><zeebe:taskDefinition type="{each}"/></bpmn:extensionElements>' for each in "ab"
    )
    task = '<bpmn:serviceTask id="s">{}</bpmn:serviceTask>'
    before, after = (bpmn(start(), task.format(each), end(), chain("start", "s", "end")) for each in (one, two + one))
    assert ("taskDefinition.type", "a", "b") in told(before, after)["s"][1]


def test_a_part_of_another_product_is_no_part_of_ours():
    before = bpmn(
        start(), user("a", '<zeebe:assignmentDefinition candidateGroups="x"/>'), end(), chain("start", "a", "end")
    )
    after = before.replace(b"zeebe:assignmentDefinition", b'o:assignmentDefinition xmlns:o="urn:other"')
    assert ("assignmentDefinition.candidateGroups", "x", "") in told(before, after)["a"][1]


def test_the_order_of_mappings_and_of_ways_is_told():
    mapped = [mapping(inputs=each) for each in ({"x": "=1", "y": "=2"}, {"y": "=2", "x": "=1"})]
    texts = [bpmn(start(), user("a", each), end(), chain("start", "a", "end")) for each in mapped]
    assert told(*texts) == {"a": ("changed", (("order", "input[x]、input[y]", "input[y]、input[x]"),))}
    ways = [flow("g", "a", "=x"), flow("g", "end", "=y")]
    texts = [bpmn(start(), gateway("exclusive", "g"), user("a"), end(), *each) for each in (ways, ways[::-1])]
    assert told(*texts) == {"g": ("changed", (("order", "g_a、g_end", "g_end、g_a"),))}


_REFS = "".join(f' {each}Ref="m_{{0}}"' for each in ("message", "signal", "error", "escalation"))


def waiting(declared):
    return bpmn(start(), catch("w", on_message("0")), end(), chain("start", "w", "end"), root=declared)


def test_a_message_that_refers_to_itself_is_compared():
    before = waiting('<bpmn:message id="m_0" name="one" messageRef="m_0"/>')
    after = before.replace(b'name="one"', b'name="two"')
    assert told(before, after) == {"w": ("changed", (("messageEventDefinition.message.name", "one", "two"),))}


def test_a_long_chain_of_references_is_not_followed():
    chained = "".join(f'<bpmn:message id="m_{at}" name="n{at}"{_REFS.format(at + 1)}/>' for at in range(40))
    text = waiting(chained)
    assert compare(text, text.replace(b'name="n0"', b'name="other"')) != ()
    assert compare(text, text) == ()


def test_what_thousands_of_elements_share_is_not_compared_for_ever():
    parts = "".join(f'<zeebe:part v="{at}"/>' for at in range(4000))
    declared = f'<bpmn:message id="m_0" name="n">{parts}</bpmn:message>'
    text = bpmn(*(catch(f"w{at}", on_message("0")) for at in range(4000)), root=declared)
    assert compare(text, text) is None


def test_the_first_drawing_of_a_process_is_sound():
    text = blank_process("fresh", 'Name "with" <signs>', start="开始", task="第一步", end="结束")
    parsed = parse({"fresh.bpmn": text}, evaluator=Feelish())
    assert parsed.findings == ()
    assert parsed.only().key == "fresh"
    assert process_name(text) == 'Name "with" <signs>'
    assert process_name(b"<no") is None
    assert {each.kind for each in compare(text, text.replace(b'id="end"', b'id="over"'))} == {
        ChangeKind.ADDED,
        ChangeKind.REMOVED,
    }


def refusals(text):
    return [(each.element_id, each.message) for each in check_drawn(text, "x.bpmn")]


def test_a_drawing_that_shows_everything_is_sound():
    assert refusals(drawn(LINE)) == []
    assert refusals(blank_process("fresh", "n", start="s", task="t", end="e")) == []
    assert refusals(b"<no") == []


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (b'bpmnElement="a"', b'bpmnElement="start"', "a"),
        (b'bpmnElement="a_end"', b'bpmnElement="start_a"', "a_end"),
        (b'width="100"', b'width="0"', "start"),
        (
            b"<di:BPMNDiagram ",
            b'<di:BPMNDiagram id="first" xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"/><di:BPMNDiagram ',
            "a",
        ),
        (b'id="a_end" ', b"", ""),
        (b'id="a_end"', b'id="start_a"', "start_a"),
        (
            b'<bpmn:endEvent id="end">',
            b'<bpmn:endEvent id="end"><bpmn:extensionElements/><bpmn:extensionElements/>',
            "end",
        ),
    ],
)
def test_what_the_drawing_hides_is_refused(old, new, where):
    assert where in {element for element, _said in refusals(drawn(LINE).replace(old, new, 1))}
