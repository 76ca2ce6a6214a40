"""The first text of a decision that somebody begins in the browser: one input, one empty table, with a drawing."""

from xml.sax.saxutils import quoteattr

_MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" xmlns:di="http://www.omg.org/spec/DMN/20180521/DI/" id="definitions_{key}" name={title} namespace="https://yiwang.example/dmn" exporter="Yiwang" exporterVersion="1">
  <inputData id="input_1" name="input_1" label={fact}>
    <variable id="input_1_variable" name="input_1" typeRef="number" />
  </inputData>
  <decision id="{key}" name="{key}" label={title}>
    <variable id="{key}_result" name="{key}" />
    <informationRequirement id="{key}_needs_input_1">
      <requiredInput href="#input_1" />
    </informationRequirement>
    <decisionTable id="{key}_table" hitPolicy="UNIQUE">
      <input id="{key}_column_1" label={fact}>
        <inputExpression id="{key}_expression_1" typeRef="number">
          <text>input_1</text>
        </inputExpression>
      </input>
      <output id="{key}_output_1" name="result" label={result} typeRef="string" />
      <rule id="{key}_rule_1">
        <inputEntry id="{key}_rule_1_in_1">
          <text>-</text>
        </inputEntry>
        <outputEntry id="{key}_rule_1_out_1">
          <text>""</text>
        </outputEntry>
      </rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI>
    <dmndi:DMNDiagram id="{key}_diagram">
      <dmndi:DMNShape id="{key}_shape" dmnElementRef="{key}">
        <dc:Bounds x="160" y="80" width="180" height="80" />
      </dmndi:DMNShape>
      <dmndi:DMNShape id="input_1_shape" dmnElementRef="input_1">
        <dc:Bounds x="180" y="240" width="140" height="45" />
      </dmndi:DMNShape>
      <dmndi:DMNEdge id="input_1_edge" dmnElementRef="{key}_needs_input_1">
        <di:waypoint x="250" y="240" />
        <di:waypoint x="250" y="160" />
      </dmndi:DMNEdge>
    </dmndi:DMNDiagram>
  </dmndi:DMNDI>
</definitions>
"""


def first_model(key: str, title: str, *, fact: str, result: str) -> str:
    """A sound model with decision `key`; `fact` and `result` are the labels of its columns."""
    return _MODEL.format(key=key, title=quoteattr(title), fact=quoteattr(fact), result=quoteattr(result))
