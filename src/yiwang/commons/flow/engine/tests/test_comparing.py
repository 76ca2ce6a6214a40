"""What differs between two drawings, whatever an editor does to the rest of the file."""

import pytest

from yiwang.commons.flow.engine import ChangeKind, blank_process, compare, parse, process_name
from yiwang.commons.flow.engine.tests.feelish import Feelish
from yiwang.commons.flow.engine.tests.models import bpmn, catch, chain, end, on_message, service, start, user

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
