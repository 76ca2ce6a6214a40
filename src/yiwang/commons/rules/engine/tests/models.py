"""DMN files made from a few words, for tests."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="definitions" name="sample" namespace="https://sample">'


def model(*elements: str) -> bytes:
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', HEAD, *elements, "</definitions>"]).encode()


def fact(name: str, type_ref: str = "") -> str:
    declared = f' typeRef="{type_ref}"' if type_ref else ""
    return (
        f'<inputData id="in_{name}" name={quoteattr(name)}>'
        f'<variable id="var_{name}" name={quoteattr(name)}{declared}/></inputData>'
    )


def item(name: str, base: str, allowed: str = "") -> str:
    values = f'<allowedValues id="av_{name}"><text>{escape(allowed)}</text></allowedValues>' if allowed else ""
    return f'<itemDefinition id="type_{name}" name="{name}"><typeRef>{base}</typeRef>{values}</itemDefinition>'


def needs(*names: str, kind: str = "Input") -> str:
    prefix = {"Input": "in_", "Decision": "", "Knowledge": ""}[kind]
    tag = "knowledgeRequirement" if kind == "Knowledge" else "informationRequirement"
    return "".join(f'<{tag}><required{kind} href="#{prefix}{name}"/></{tag}>' for name in names)


def literal(name: str, text: str, requires: str = "", type_ref: str = "", extra: str = "") -> str:
    declared = f' typeRef="{type_ref}"' if type_ref else ""
    return (
        f'<decision id="{name}" name="{name}">{extra}<variable id="var_{name}" name="{name}"{declared}/>{requires}\n'
        f'<literalExpression id="expr_{name}"><text>{escape(text)}</text></literalExpression></decision>'
    )


def table(
    name: str,
    inputs: Mapping[str, str],
    rules: Sequence[Sequence[str]],
    *,
    policy: str = "UNIQUE",
    requires: str | None = None,
    outputs: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    default: str = "",
    notes: Sequence[str] = (),
    extra: str = "",
) -> str:
    """`inputs` are expressions with their types, a rule its input entries and then its output entries."""
    outputs = {"": ""} if outputs is None else outputs
    labels = labels or {}
    lines = [f'<decision id="{name}" name="{name}">{extra}<variable id="var_{name}" name="{name}"/>']
    lines.append(needs(*inputs) if requires is None else requires)
    lines.append(f'<decisionTable id="table_{name}" hitPolicy="{policy}">')
    for place, (expression, type_ref) in enumerate(inputs.items(), 1):
        declared = f' typeRef="{type_ref}"' if type_ref else ""
        label = f" label={quoteattr(labels[expression])}" if expression in labels else ""
        text = f"<text>{escape(expression)}</text>"
        lines.append(f'<input id="c{place}_{name}"{label}><inputExpression{declared}>{text}</inputExpression></input>')
    for place, (output, values) in enumerate(outputs.items(), 1):
        given = f"<outputValues><text>{escape(values)}</text></outputValues>" if values else ""
        standard = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
        lines.append(f'<output id="o{place}_{name}" name="{output}">{given}{standard}</output>')
    for number, rule in enumerate(rules, 1):
        lines.append(f'<rule id="r{number}_{name}">')
        for place, text in enumerate(rule):
            tag = "inputEntry" if place < len(inputs) else "outputEntry"
            lines.append(f'<{tag} id="r{number}_{place}_{name}"><text>{escape(text)}</text></{tag}>')
        if notes:
            lines.append(f"<annotationEntry><text>{escape(notes[number - 1])}</text></annotationEntry>")
        lines.append("</rule>")
    lines.append("</decisionTable></decision>")
    return "\n".join(lines)
