"""The demonstration pack against the schemas, the engines and the oracle of working days, without a database."""

import csv
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import chinese_calendar
import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from yiwang.commons.flow import engine as flow
from yiwang.commons.flow.contrib.feel import FeelEvaluator
from yiwang.commons.flow.engine import ExpressionFault
from yiwang.commons.rules import engine as rules
from yiwang.kernel.codes import validate_id_number
from yiwang.kernel.legal_calendar import WorkCalendar, read_year

ROOT = Path(__file__).parents[2]
PACK = ROOT / "packs" / "changzhou"
SOURCES = ROOT / "src" / "yiwang"
SCHEMAS = {
    "pack.yaml": "kernel/packs/schemas/pack.json",
    "organisations.yaml": "commons/identity/pack/schemas/organisations.json",
    "people.yaml": "commons/identity/pack/schemas/people.json",
    "registers.yaml": "commons/identity/pack/schemas/registers.json",
    "facts.yaml": "commons/forms/schemas/facts.json",
    "form.yaml": "commons/forms/schemas/form.json",
    "themes.yaml": "serve/matters/schemas/themes.json",
    "matter.yaml": "serve/matters/schemas/matter.json",
    "bundle.yaml": "serve/matters/schemas/bundle.json",
    "cases.yaml": "serve/matters/schemas/cases.json",
    "procedure.yaml": "serve/matters/schemas/procedure.json",
    "decisions/cases.yaml": "commons/rules/schemas/cases.json",
    "type.yaml": "commons/licences/schemas/licence_type.json",
    "samples.yaml": "commons/licences/schemas/licence_samples.json",
    "layout.yaml": "commons/licences/engine/layout.schema.json",
}
WORK = ("userTask", "serviceTask", "businessRuleTask", "callActivity")
BEGIN = datetime(2026, 11, 23, 2, tzinfo=UTC)


def relative(path):
    return path.relative_to(PACK).as_posix()


@cache
def load(path):
    return YAML(typ="safe", pure=True).load(path.read_text("utf-8"))


@cache
def vocabulary():
    """The facts of facts.yaml and facts/*.yaml together."""
    files = [PACK / "facts.yaml", *sorted(PACK.glob("facts/*.yaml"))]
    return {name: fact for path in files for name, fact in (load(path).get("facts") or {}).items()}


def schema_of(path):
    name = "facts.yaml" if path.parent.name == "facts" else path.name
    if path.parent.parent.name == "decisions":
        name = "decisions/cases.yaml"
    return json.loads((SOURCES / SCHEMAS[name]).read_text("utf-8")) if name in SCHEMAS else None


def process_file(folder):
    """The file of the process beside the definition, or the shared one that it names."""
    kind = "matter.yaml" if folder.parent.name == "matters" else "bundle.yaml"
    name = load(folder / kind)["process"]
    return folder / name if name.endswith(".bpmn") else PACK / "processes" / f"{name}.bpmn"


class Feel(FeelEvaluator):
    """The evaluator of the program, but what an example does not tell is null: it tells only what matters to it."""

    def evaluate(self, text, variables):
        try:
            return super().evaluate(text, variables)
        except ExpressionFault as fault:
            if "missing" not in fault.details:
                raise
            return None


def holds(text, facts):
    result = rules.compile_expression(str(text)).evaluate(facts)
    return result.value if result.known else None


def told(given):
    """The facts of an example with dates as dates, and what can be computed from them."""
    dates = {name for name, fact in vocabulary().items() if fact["type"] == "date"}
    facts = {name: date.fromisoformat(value) if name in dates else value for name, value in given.items()}
    computed = {name: fact["formula"] for name, fact in vocabulary().items() if "formula" in fact and name not in facts}
    for _round in computed:
        known = {name: holds(formula, facts) for name, formula in computed.items() if name not in facts}
        fresh = {name: value for name, value in known.items() if value is not None}
        if not fresh:
            break
        facts |= fresh
    return facts


def decide(key, facts):
    (path,) = [path for path in PACK.glob("*/*/*.dmn") if f'<decision id="{key}"' in path.read_text("utf-8")]
    outcome = rules.load_dmn(path.read_bytes()).decide(key, facts)
    assert outcome.known
    return outcome.value


def shown(form, facts):
    own = form["ui"].get("fields", {})
    groups = [group for group in form["ui"]["groups"] if "when" not in group or holds(group["when"], facts) is True]
    fields = [name for group in groups for name in group["fields"]]
    return {name for name in fields if holds(own.get(name, {}).get("when", "true"), facts) is True}


def check_decision(folder, case, facts):
    outcome = decide(case["of"], facts)
    assert {name: outcome[name] for name in case["expect"]} == case["expect"]


def check_materials(folder, case, facts):
    materials = load(folder / "matter.yaml")["materials"]
    applying = [each for each in materials if holds(each.get("when", "true"), facts) is True]
    found = {need: [each["key"] for each in applying if each["necessity"] == need] for need in case["expect"]}
    assert found == case["expect"]


def check_form(folder, case, facts):
    expect, visible = case["expect"], shown(load(folder / "form.yaml"), facts)
    assert set(expect.get("shown", ())) <= visible
    assert not set(expect.get("hidden", ())) & visible
    assert all(holds(vocabulary()[name]["valid_when"], facts) is False for name in expect.get("errors", ()))
    assert all(holds(vocabulary()[name]["valid_when"], facts) is True for name in expect.get("valid", ()))


def check_members(folder, case, facts):
    members = load(folder / "bundle.yaml")["members"]
    assert {each["matter"] for each in members if holds(each["when"], facts) is True} == set(case["expect"]["applies"])


def check_process(folder, case, facts):
    play = Play(folder, case["given"])
    for step in case["steps"]:
        play.take(step)
    expect = case["expect"]
    assert play.path == expect.get("path", play.path)
    assert sorted(play.path) == sorted(expect.get("visits", play.path))
    assert (play.step.ended is flow.Ended.COMPLETED) == expect["ended"]


class Play:
    """One instance of a pack's process; operations give back what the example file states."""

    def __init__(self, folder, given):
        self.model = flow.parse({"process.bpmn": process_file(folder).read_bytes()}, evaluator=Feel()).only()
        self.operations = load(folder / "cases.yaml").get("operations", {})
        self.given, self.at, self.path = given, BEGIN, []
        self.keep(flow.start(self.model, given, evaluator=Feel(), at=self.at, perform=self.perform))

    def perform(self, item):
        if item.kind is flow.ItemKind.OPERATION:
            return self.operations.get(item.target, {})
        if item.kind is flow.ItemKind.DECISION:
            return {item.result_variable: decide(item.target, self.given)}
        return None

    def keep(self, step):
        self.step = step
        completed = [event for event in step.path if event.kind is flow.PathKind.COMPLETED]
        self.path += [event.element_id for event in completed if event.element_type in WORK]

    def advance(self, command):
        self.keep(
            flow.advance(self.model, self.step.state, command, evaluator=Feel(), at=self.at, perform=self.perform)
        )

    def take(self, step):
        if "waiting" in step:
            assert sorted(item.element_id for item in self.step.open_items) == sorted(step["waiting"])
        elif "timer" in step:
            self.at = max(timer.due_at for timer in self.step.timers) + timedelta(seconds=1)
            self.advance(flow.TimerDue())
        else:
            element = step.get("task") or step["called"]
            (item,) = [item for item in self.step.open_items if item.element_id == element]
            self.advance(flow.Completion(item.item_id, step.get("outputs", {})))


CHECKS = {
    "decision": check_decision,
    "materials": check_materials,
    "form": check_form,
    "members": check_members,
    "process": check_process,
}
EXAMPLES = [
    pytest.param(path.parent, case, id=f"{path.parent.name}: {case['name']}")
    for path in sorted(PACK.glob("*/*/cases.yaml"))
    for case in load(path)["cases"]
    if case.get("check") in CHECKS  # examples in decisions/ name none: the pack's own check runs them
]


@pytest.mark.parametrize(("folder", "case"), EXAMPLES)
def test_every_example_comes_out(folder, case):
    CHECKS[case["check"]](folder, case, told(case["given"]))


YAML_FILES = [path for path in sorted(PACK.rglob("*.yaml")) if schema_of(path)]
UNREAD = {"synonyms.yaml"}


def test_no_file_is_without_a_schema():
    assert {path.name for path in PACK.rglob("*.yaml") if path not in YAML_FILES} <= UNREAD


@pytest.mark.parametrize("path", YAML_FILES, ids=relative)
def test_every_file_is_what_its_schema_asks(path):
    schema = schema_of(path)
    Draft202012Validator.check_schema(schema)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(load(path))] == []


@pytest.mark.parametrize("path", sorted(PACK.rglob("*.bpmn")), ids=relative)
def test_every_process_is_read_without_a_remark_and_drawn(path):
    parsed = flow.parse({path.name: path.read_bytes()}, evaluator=Feel())
    assert parsed.findings == ()
    assert list(parsed.models) == [path.parent.name if path.name == "process.bpmn" else path.stem]
    text = path.read_text("utf-8")
    assert text.count("<bpmndi:BPMNEdge") == text.count("<bpmn:sequenceFlow")


@pytest.mark.parametrize("path", sorted(PACK.rglob("*.dmn")), ids=relative)
def test_every_decision_is_fit_to_be_published_and_reads_only_facts(path):
    model = rules.load_dmn(path.read_bytes())
    assert (model.faults, model.remarks) == ((), ())
    if "decisions" not in path.relative_to(PACK).parts:  # what no form asks is described in the model itself
        assert set(model.inputs) <= set(vocabulary())


@pytest.mark.parametrize("path", sorted(PACK.glob("bundles/*/bundle.yaml")), ids=relative)
def test_a_bundle_places_each_fact_of_its_members_once(path):
    bundle = load(path)
    placed = [name for step in bundle["form"]["steps"] for name in step["fields"]]
    asked = set()
    for member in bundle["members"]:
        file = PACK / "matters" / member["matter"] / "form.yaml"
        if not file.exists():
            assert "process" not in bundle, "a bundle that is handled here needs the forms of all its members"
            continue
        form = load(file)
        grouped = [name for group in form["ui"]["groups"] for name in group["fields"]]
        assert sorted(grouped) == sorted(form["data"]["properties"])
        asked |= set(grouped)
    assert len(placed) == len(set(placed))
    assert set(placed) == asked


@pytest.mark.parametrize(("year", "working_days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_the_calendars_agree_with_the_oracle(year, working_days):
    rows = csv.DictReader((PACK / "calendars" / f"{year}.csv").read_text("utf-8").splitlines())
    days, faults = read_year(year, rows)
    calendar = WorkCalendar({year: days})
    assert faults == ()
    assert calendar.working_days_in(year) == working_days
    year_long = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [d for d in year_long if calendar.is_working_day(d) != chinese_calendar.is_workday(d)] == []


def test_every_person_is_a_sample_with_a_sample_number():
    people = load(PACK / "people.yaml")
    assert people["sample"] is True
    everybody = [*people["residents"], *people["officials"]]
    for person in everybody:
        number = validate_id_number(person["id_number"], today=date(2026, 11, 22))
        assert number.sequence.startswith("00")
        assert (number.birth_date.isoformat(), number.sex.value) == (person["birth_date"], person["sex"])
    assert len({person["id_number"] for person in everybody}) == len(everybody)
    assert len({person["name"] for person in everybody}) == len(everybody)


@pytest.mark.parametrize(
    ("number", "fits"), [("320402202611090020", True), ("320402202611090012", False), ("320402202611080028", False)]
)
def test_an_id_number_assigned_to_the_child_must_fit_birth_and_sex(number, fits):
    rule = vocabulary()["child_id_number"]["valid_when"]
    facts = told({"child_id_number": number, "child_birth_date": "2026-11-09", "child_sex": "2"})
    assert holds(rule, facts) is fits


def test_writing_the_sample_city_again_loses_nobody(tmp_path):
    shutil.copytree(PACK / "regions", tmp_path / "regions")
    told = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, ROOT / "tools" / "sample_city.py", tmp_path], check=True, env=told)
    for name in ("people.yaml", "organisations.yaml"):
        assert (tmp_path / name).read_text("utf-8") == (PACK / name).read_text("utf-8")
