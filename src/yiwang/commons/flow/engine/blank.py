"""Drawings as texts: the first one of a process that somebody begins in the browser, or the file that they bring."""

from __future__ import annotations

import re
from xml.sax.saxutils import quoteattr

from .reader import chosen
from .safe_xml import XmlRefused, read
from .vocabulary import BPMN, DI

_BLANK = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="definitions_{key}" targetNamespace="https://yiwang.example/bpmn" exporter="Yiwang" exporterVersion="1">
  <bpmn:process id="{key}" name={name} isExecutable="true">
    <bpmn:startEvent id="start" name={start}>
      <bpmn:outgoing>start_to_first</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="first" name={task}>
      <bpmn:incoming>start_to_first</bpmn:incoming>
      <bpmn:outgoing>first_to_end</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="end" name={end}>
      <bpmn:incoming>first_to_end</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="start_to_first" sourceRef="start" targetRef="first" />
    <bpmn:sequenceFlow id="first_to_end" sourceRef="first" targetRef="end" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="{key}_diagram">
    <bpmndi:BPMNPlane id="{key}_plane" bpmnElement="{key}">
      <bpmndi:BPMNShape id="start_shape" bpmnElement="start">
        <dc:Bounds x="180" y="160" width="36" height="36" />
        <bpmndi:BPMNLabel><dc:Bounds x="173" y="203" width="50" height="14" /></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="first_shape" bpmnElement="first">
        <dc:Bounds x="280" y="138" width="100" height="80" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="end_shape" bpmnElement="end">
        <dc:Bounds x="450" y="160" width="36" height="36" />
        <bpmndi:BPMNLabel><dc:Bounds x="443" y="203" width="50" height="14" /></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="start_to_first_edge" bpmnElement="start_to_first">
        <di:waypoint x="216" y="178" />
        <di:waypoint x="280" y="178" />
      </bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="first_to_end_edge" bpmnElement="first_to_end">
        <di:waypoint x="380" y="178" />
        <di:waypoint x="450" y="178" />
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def blank_process(key: str, name: str, *, start: str, task: str, end: str) -> bytes:
    """A sound model of process `key` (an NCName); the other words are labels."""
    words = {"name": name, "start": start, "task": task, "end": end}
    return _BLANK.format(key=key, **{each: quoteattr(text) for each, text in words.items()}).encode()


def process_name(data: bytes) -> str | None:
    """The name of the first process in a file; None where it has none or is no XML."""
    try:
        process = read(data).first(BPMN, "process")
    except XmlRefused:
        return None
    return (process.get("name") or None) if process is not None else None


def brought(data: bytes, key: str) -> bytes | None:
    """A file of another editor as process `key`, whatever id it has there; None where nothing in it could be edited.

    It must hold one process that is meant to run, and its drawing.
    """
    try:
        root = read(data)
        text = data.decode("utf-8-sig")
    except (XmlRefused, UnicodeDecodeError):
        return None
    found = chosen(root)
    planes = [plane for diagram in root.all(DI, "BPMNDiagram") for plane in diagram.all(DI, "BPMNPlane")]
    if len(found) != 1 or not any(plane.children for plane in planes):
        return None
    name = found[0].get("id")
    if name == key:
        return data
    if not name:
        return None
    said = re.compile(rf"""(\s(?:id|processRef|bpmnElement)\s*=\s*)(["'])\s*{re.escape(name)}\s*\2""")
    return said.sub(rf"\g<1>\g<2>{key}\g<2>", text).encode()
