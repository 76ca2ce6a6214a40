"""Small BPMN files for tests, written as text so that each test shows the whole process."""

import re
from itertools import pairwise

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="urn:test">\n'
)


def bpmn(*parts: str, root: str = "", process_id: str = "p") -> bytes:
    body = "\n".join(parts)
    return (
        f'{HEAD}{root}<bpmn:process id="{process_id}" name="测试流程" isExecutable="true">\n{body}\n</bpmn:process></bpmn:definitions>'
    ).encode()


_NODE = re.compile(r'<bpmn:(?:\w+(?:Task|Event|Gateway)|task|subProcess|adHocSubProcess|callActivity) id="([^"]+)"')
_LINE = re.compile(r'<bpmn:sequenceFlow id="([^"]+)"')
DI = 'xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"'


def drawn(text: bytes) -> bytes:
    """The same with a drawing, in which everything has its place."""
    said = text.decode()
    shapes = [
        f'<di:BPMNShape id="{node}_di" bpmnElement="{node}"><di:Bounds x="{at}" y="0" width="100" height="80"/></di:BPMNShape>'
        for at, node in enumerate(_NODE.findall(said))
    ]
    edges = [
        f'<di:BPMNEdge id="{line}_di" bpmnElement="{line}"><di:waypoint x="0" y="0"/><di:waypoint x="1" y="1"/></di:BPMNEdge>'
        for line in _LINE.findall(said)
    ]
    plane = f'<di:BPMNPlane id="plane" bpmnElement="p">{"".join((*shapes, *edges))}</di:BPMNPlane>'
    diagram = f'<di:BPMNDiagram id="diagram" {DI}>{plane}</di:BPMNDiagram></bpmn:definitions>'
    return said.replace("</bpmn:definitions>", diagram).encode()


def extended(*parts: str) -> str:
    return f"<bpmn:extensionElements>{''.join(parts)}</bpmn:extensionElements>" if parts else ""


def start(node: str = "start") -> str:
    return f'<bpmn:startEvent id="{node}"/>'


def end(node: str = "end", inner: str = "") -> str:
    return f'<bpmn:endEvent id="{node}">{inner}</bpmn:endEvent>'


def user(node: str, *extra: str, inner: str = "") -> str:
    return f'<bpmn:userTask id="{node}" name="任务{node}">{extended(*extra)}{inner}</bpmn:userTask>'


def service(node: str, operation: str = "op", *extra: str, inner: str = "") -> str:
    task = f'<zeebe:taskDefinition type="{operation}"/>'
    return f'<bpmn:serviceTask id="{node}" name="操作{node}">{extended(task, *extra)}{inner}</bpmn:serviceTask>'


def rule(node: str, decision: str, result: str, *extra: str) -> str:
    called = f'<zeebe:calledDecision decisionId="{decision}" resultVariable="{result}"/>'
    return f'<bpmn:businessRuleTask id="{node}">{extended(called, *extra)}</bpmn:businessRuleTask>'


def script(node: str, expression: str, result: str) -> str:
    inner = f"<zeebe:script expression='{expression}' resultVariable='{result}'/>"
    return f'<bpmn:scriptTask id="{node}">{extended(inner)}</bpmn:scriptTask>'


def call(node: str, process: str, *extra: str, inner: str = "", flags: str = "") -> str:
    called = f'<zeebe:calledElement processId="{process}" {flags}/>'
    return f'<bpmn:callActivity id="{node}">{extended(called, *extra)}{inner}</bpmn:callActivity>'


def sub(node: str, *parts: str, extra: tuple[str, ...] = ()) -> str:
    return f'<bpmn:subProcess id="{node}">{extended(*extra)}{"".join(parts)}</bpmn:subProcess>'


def gateway(kind: str, node: str, default: str = "") -> str:
    return f'<bpmn:{kind}Gateway id="{node}"' + (f' default="{default}"' if default else "") + "/>"


def flow(source: str, target: str, condition: str = "", name: str = "") -> str:
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    return f'<bpmn:sequenceFlow id="{name or f"{source}_{target}"}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'


def chain(*nodes: str) -> str:
    return "".join(flow(source, target) for source, target in pairwise(nodes))


def timer(kind: str, text: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}></bpmn:timerEventDefinition>"


def boundary(node: str, host: str, inner: str, *, interrupting: bool = True) -> str:
    flag = "" if interrupting else ' cancelActivity="false"'
    return f'<bpmn:boundaryEvent id="{node}" attachedToRef="{host}"{flag}>{inner}</bpmn:boundaryEvent>'


def error(code: str) -> str:
    return f'<bpmn:error id="error_{code}" errorCode="{code}"/>'


def error_event(code: str) -> str:
    reference = f' errorRef="error_{code}"' if code else ""
    return f"<bpmn:errorEventDefinition{reference}/>"


def loop(
    collection: str,
    element: str,
    output: str = "",
    output_element: str = "",
    *,
    sequential: bool = False,
    completion: str = "",
) -> str:
    flag = ' isSequential="true"' if sequential else ""
    done = f"<bpmn:completionCondition>{completion}</bpmn:completionCondition>" if completion else ""
    return (
        f"<bpmn:multiInstanceLoopCharacteristics{flag}><bpmn:extensionElements>"
        f'<zeebe:loopCharacteristics inputCollection="{collection}" inputElement="{element}" '
        f'outputCollection="{output}" outputElement="{output_element}"/></bpmn:extensionElements>{done}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def mapping(*, inputs: dict[str, str] | None = None, outputs: dict[str, str] | None = None) -> str:
    rows = [f'<zeebe:input source="{source}" target="{target}"/>' for target, source in (inputs or {}).items()]
    rows += [f'<zeebe:output source="{source}" target="{target}"/>' for target, source in (outputs or {}).items()]
    return f"<zeebe:ioMapping>{''.join(rows)}</zeebe:ioMapping>"


def message(name: str, key: str = "=id") -> str:
    """A declared message with the id `m_<name>`."""
    subscription = f'<bpmn:extensionElements><zeebe:subscription correlationKey="{key}"/></bpmn:extensionElements>'
    return f'<bpmn:message id="m_{name}" name="{name}">{subscription if key else ""}</bpmn:message>'


def signal(name: str) -> str:
    return f'<bpmn:signal id="s_{name}" name="{name}"/>'


def escalation(code: str) -> str:
    return f'<bpmn:escalation id="x_{code}" escalationCode="{code}"/>'


def on_message(name: str) -> str:
    return f'<bpmn:messageEventDefinition messageRef="m_{name}"/>'


def on_signal(name: str) -> str:
    return f'<bpmn:signalEventDefinition signalRef="s_{name}"/>'


def on_escalation(code: str = "") -> str:
    return "<bpmn:escalationEventDefinition" + (f' escalationRef="x_{code}"' if code else "") + "/>"


def on_condition(text: str) -> str:
    return f"<bpmn:conditionalEventDefinition><bpmn:condition>{text}</bpmn:condition></bpmn:conditionalEventDefinition>"


def catch(node: str, inner: str, *extra: str) -> str:
    return f'<bpmn:intermediateCatchEvent id="{node}">{extended(*extra)}{inner}</bpmn:intermediateCatchEvent>'


def throw(node: str, inner: str, *extra: str) -> str:
    return f'<bpmn:intermediateThrowEvent id="{node}">{extended(*extra)}{inner}</bpmn:intermediateThrowEvent>'


def receive(node: str, name: str, *extra: str, inner: str = "") -> str:
    return f'<bpmn:receiveTask id="{node}" messageRef="m_{name}">{extended(*extra)}{inner}</bpmn:receiveTask>'


def start_on(node: str, inner: str, *extra: str, interrupting: bool = True) -> str:
    flag = "" if interrupting else ' isInterrupting="false"'
    return f'<bpmn:startEvent id="{node}"{flag}>{extended(*extra)}{inner}</bpmn:startEvent>'


def event_sub(node: str, *parts: str, extra: tuple[str, ...] = ()) -> str:
    return f'<bpmn:subProcess id="{node}" triggeredByEvent="true">{extended(*extra)}{"".join(parts)}</bpmn:subProcess>'


def handled(parts: tuple[str, ...], *, interrupting: bool = True, begins: str = "", root: str = "") -> bytes:
    """Task a, with an event sub-process whose task is h."""
    begin = start_on("es", begins, interrupting=interrupting)
    handler = event_sub("handler", begin, user("h"), end("ee"), chain("es", "h", "ee"))
    return bpmn(start(), user("a"), *parts, end(), handler, root=root)


PLAIN = (chain("start", "a", "end"),)
