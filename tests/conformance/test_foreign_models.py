"""Models that others drew for Camunda 8: each runs to its end on the path written beside it, or is refused with element and reason.

The files themselves are not ours to pass on: they are looked for under the folder that YIWANG_TEST_MODELS names
(`<owner>+<name>/<path in the repository>`) at the digests recorded here. What is here holds without them: how many run.
"""

import hashlib
import os
from functools import cache
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring
from ruamel.yaml import YAML

from tests.conformance.driving import FEEL, Scenario, path_of
from yiwang.commons.flow import engine

RECORDS = Path(__file__).parent / "models"
FOLDER = os.environ.get("YIWANG_TEST_MODELS", "")
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
FLOW_NODES = {
    *("task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask", "scriptTask"),
    *("callActivity", "subProcess", "transaction", "adHocSubProcess"),
    *("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"),
    *("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"),
}
NEVER_READ = {"transaction", "complexGateway", "linkEventDefinition", "compensateEventDefinition"}


def records():
    for file in sorted(RECORDS.glob("*.yaml")):
        corpus = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
        for record in corpus["models"]:
            yield file.stem.replace("__", "+"), {"assume_executable": False} | corpus | record


RECORDED = list(records())
RUNNING = [(corpus, record) for corpus, record in RECORDED if "path" in record]
REFUSED = [(corpus, record) for corpus, record in RECORDED if "refused" in record]
HALTING = [(corpus, record) for corpus, record in RECORDED if "halts" in record]


def name(value):
    return value["file"] if isinstance(value, dict) else ""


@cache
def content(corpus, file, sha256):
    if not FOLDER:
        pytest.skip("YIWANG_TEST_MODELS names no folder with models of others")
    path = Path(FOLDER, corpus, file)
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        pytest.skip(f"{path} is another version")
    return data


def data_of(corpus, record):
    return content(corpus, record["file"], record["sha256"])


def read(record, data):
    return engine.parse({record["file"]: data}, evaluator=FEEL, assume_executable=record["assume_executable"])


def scenario_of(record):
    told = ("variables", "answers", "entry", "errors", "first", "quiet")
    return Scenario(**{key: record[key] for key in told if key in record})


@pytest.mark.parametrize(("corpus", "record"), RUNNING, ids=name)
def test_runs_to_its_end_on_the_recorded_path(corpus, record):
    parsed = read(record, data_of(corpus, record))
    assert not parsed.errors
    assert path_of(parsed.models[record["process"]], scenario_of(record)) == record["path"]


@pytest.mark.parametrize(("corpus", "record"), HALTING, ids=name)
def test_halts_where_it_cannot_go_on_and_says_why(corpus, record):
    ((element, reason),) = record["halts"].items()
    model = read(record, data_of(corpus, record)).models[record["process"]]
    with pytest.raises(engine.EvaluationHalt) as halt:
        path_of(model, scenario_of(record))
    assert (halt.value.element_id, halt.value.reason) == (element, reason)


@pytest.mark.parametrize(("corpus", "record"), RUNNING, ids=name)
def test_every_step_of_the_path_follows_a_flow_that_is_drawn(corpus, record):
    """Read from the file alone, without our reader: each element was led to by one that was passed before."""
    process = next(
        each
        for each in fromstring(data_of(corpus, record)).iter(f"{BPMN}process")
        if each.get("id") == record["process"]
    )
    before = {}
    owner = {child.get("id"): parent for parent in process.iter() for child in parent}
    for flow in process.iter(f"{BPMN}sequenceFlow"):
        before.setdefault(flow.get("targetRef"), set()).add(flow.get("sourceRef"))
    boundaries = {each.get("id") for each in process.iter(f"{BPMN}boundaryEvent")}
    starts = {each.get("id") for each in process.iter(f"{BPMN}startEvent")}
    ends = {each.get("id") for each in process.iter() if each.get("id") and each.tag[len(BPMN) :] in FLOW_NODES}
    ends -= {source for sources in before.values() for source in sources}
    passed = set()
    drawn = [element for element in record["path"] if element in owner]
    for element in drawn:
        led = before.get(element, set()) & passed or element in boundaries | starts
        around = owner[element].tag != f"{BPMN}process" and not before.get(element)
        assert led or around or not before.get(element), element
        passed.add(element)
    assert set(drawn) & ends, "no element without a way on was reached"


@pytest.mark.parametrize(("corpus", "record"), RUNNING, ids=name)
def test_nothing_of_a_model_that_runs_is_left_out(corpus, record):
    data = data_of(corpus, record)
    parsed = read(record, data)
    root = fromstring(data)
    for process in root.iter(f"{BPMN}process"):
        model = parsed.models.get(process.get("id"))
        if model is None:
            assert process.get("isExecutable") != "true"
            continue
        nodes = {each.get("id") for each in process.iter() if each.tag in {BPMN + kind for kind in FLOW_NODES}}
        assert nodes <= model.elements
        assert not {each.tag[len(BPMN) :] for each in process.iter() if each.tag.startswith(BPMN)} & NEVER_READ


@pytest.mark.parametrize(("corpus", "record"), REFUSED, ids=name)
def test_is_refused_with_element_line_reason_and_mend(corpus, record):
    data = data_of(corpus, record)
    parsed = read(record, data)
    assert {finding.element_id or "-": finding.message for finding in parsed.errors} == record["refused"]
    assert all(finding.line and finding.mend for finding in parsed.errors)
    if "-" in record["refused"]:
        return
    named = {finding.element_id for finding in parsed.errors}
    for holder in fromstring(data).iter():
        for each in holder:
            if each.tag in {BPMN + kind for kind in NEVER_READ}:
                assert {each.get("id"), holder.get("id")} & named


def test_nine_tenths_of_the_executable_models_run():
    """Each file once, those among the others too that no engine could run (not XML, no process, a task without an operation)."""
    files = {
        name: {record["sha256"] for _corpus, record in records if not record["assume_executable"]}
        for name, records in {"running": RUNNING, "refused": REFUSED, "halting": HALTING}.items()
    }
    assert len(files["running"]) >= 200
    assert len(files["running"]) / len(set.union(*files.values())) >= 0.9


def test_most_of_the_reference_drawings_run():
    """The 21 of the BPMN Model Interchange Working Group; each file counts once, however many processes it holds."""
    drawings = [record for _corpus, record in RECORDED if record["assume_executable"]]
    assert len({record["file"] for record in drawings}) == 21
    refused = {record["file"] for record in drawings if "refused" in record}
    running = {record["file"] for record in drawings if "path" in record} - refused
    assert len(running) >= 10
