"""A process step: our engine beside the bare library with and without its own JSON state, and with the database.

The process has six user tasks, a parallel fork and join, and an exclusive gateway; conditions are FEEL for us and
Python for the library. A step is the start of an instance or the completion of a task. The bare engine is the library with its
own JSON state between any two steps, and nothing else: no database, no audit, no rights.
"""

import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from bench.family import SYSTEM, Desk
from bench.growing import by_instances, relay
from bench.measuring import Figures, Times, growth, interleaved, ratio
from bench.postgres import Backends
from bench.visiting import recording
from yiwang.commons.flow import commands, engine, queries
from yiwang.commons.flow.contrib.feel import FeelEvaluator
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.ids import new_id

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
EVALUATOR = FeelEvaluator()
_HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="urn:bench">'
)
_STEPS = 7  # the start and six tasks
_OFFICIAL = "tianning-street-acceptor"


def run(*, quick: bool, full: bool = False) -> Figures:
    """Milliseconds a step in memory, by length of the process; of `complete_task`, and by how many instances there are.

    `full` fills up to a million instances, which takes some minutes.
    """
    rounds = 3 if quick else 15
    model = engine.parse({"b.bpmn": _branching("=amount &gt; 10")}, evaluator=EVALUATOR).only()
    library = _library(_branching("amount &gt; 10"))
    ways = {"ours": lambda: _ours(model), "peer": lambda: _kept(library), "limit": lambda: _in_memory(library)}
    times = {
        name: _per(each, _STEPS) for name, each in interleaved(ways, rounds=rounds, repeat=1 if quick else 10).items()
    }
    figures: Figures = {"engine-step": {name: each.ms() for name, each in times.items()}}
    ratios: Figures = {"engine-step": _ratios(times)}
    lengths = (4, 16) if quick else (4, 16, 64)
    by_length = {length: _length(length, rounds) for length in lengths}
    figures["engine-step-by-tasks"] = {str(length): each.ms() for length, each in by_length.items()}
    ratios["growth_with_tasks"] = growth({length: each.ms()["cpu_ms"] for length, each in by_length.items()})
    figures["complete-task"], ratios["complete-task"] = _with_database(library, rounds)
    figures["relay"], ratios["relay_one_by_one_to_batches"] = relay(2 if quick else 5)
    official = Desk().actors[_OFFICIAL]
    sizes = (200, 1_000) if quick else (1_000, 10_000, 100_000, *((1_000_000,) if full else ()))
    figures["by-instances"], ratios["growth_with_instances"] = by_instances(sizes, official, _open, 3 if quick else 8)
    return {"figures": figures, "ratios": ratios}


def _branching(condition: str) -> bytes:
    tasks = "".join(_task(name) for name in "abcdeg")
    flows = (
        "s a",
        "a fork",
        "fork b",
        "fork c",
        "b join",
        "c join",
        "join d",
        "d way",
        "way e",
        "way f",
        "e g",
        "f g",
        "g end",
    )
    lines = []
    for number, pair in enumerate(flows):
        source, target = pair.split()
        inner = ""
        if pair == "way e":
            inner = f'<conditionExpression xsi:type="tFormalExpression">{condition}</conditionExpression>'
        lines.append(f'<sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>')
    gateways = '<parallelGateway id="fork"/><parallelGateway id="join"/><exclusiveGateway id="way" default="f9"/>'
    return _process(tasks + _task("f") + gateways + "".join(lines))


def _chain(length: int) -> bytes:
    names = [f"t{number}" for number in range(length)]
    ends = ["s", *names, "end"]
    flows = [
        f'<sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}"/>'
        for number, (source, target) in enumerate(pairwise(ends))
    ]
    return _process("".join(map(_task, names)) + "".join(flows))


def _task(name: str) -> str:
    group = '<extensionElements><zeebe:assignmentDefinition candidateGroups="acceptor"/></extensionElements>'
    return f'<userTask id="{name}" name="{name}">{group}</userTask>'


def _process(parts: str) -> bytes:
    return (
        f'{_HEAD}<process id="bench_steps" name="样例流程" isExecutable="true"><startEvent id="s"/>{parts}'
        '<endEvent id="end"/></process></definitions>'
    ).encode()


def _ours(model: engine.Model) -> int:
    """One instance from start to end, its state kept as bytes between any two steps; how many steps."""
    step = engine.start(model, {"amount": 12}, evaluator=EVALUATOR, at=AT)
    steps = 1
    while step.open_items:
        done = engine.Completion(step.open_items[0].item_id, {"amount": 12})
        step = engine.advance(model, step.state, done, evaluator=EVALUATOR, at=AT)
        steps += 1
    return steps


def _library(bpmn: bytes) -> Any:
    parser = BpmnParser()
    parser.add_bpmn_str(bpmn)
    return parser.get_spec("bench_steps")


def _begun(spec: Any) -> BpmnWorkflow:
    workflow = BpmnWorkflow(spec)
    workflow.do_engine_steps()
    return workflow


def _do(workflow: BpmnWorkflow) -> None:
    task = workflow.get_next_task(state=TaskState.READY, manual=True)
    task.data["amount"] = 12
    task.run()
    workflow.do_engine_steps()


def _in_memory(spec: Any) -> None:
    """The library alone: nothing is kept between steps."""
    workflow = _begun(spec)
    while not workflow.is_completed():
        _do(workflow)


def _kept(spec: Any) -> None:
    """The library with its own serializer between any two steps."""
    serializer = BpmnWorkflowSerializer()
    state = serializer.serialize_json(_begun(spec))
    while True:
        workflow = serializer.deserialize_json(state)
        if workflow.is_completed():
            return
        _do(workflow)
        state = serializer.serialize_json(workflow)


def _length(length: int, rounds: int) -> Times:
    model = engine.parse({"b.bpmn": _chain(length)}, evaluator=EVALUATOR).only()
    times = interleaved({"ours": lambda: _ours(model)}, rounds=max(3, rounds // 3))
    return _per(times["ours"], length + 1)


def _with_database(library: Any, rounds: int) -> tuple[Figures, Figures]:
    """`complete_task` of an official, beside the bare engine, and the bare engine's JSON in one row that is locked and written."""
    official = Desk().actors[_OFFICIAL]
    commands.publish_definition(bpmn=_branching("=amount &gt; 10"), by=SYSTEM, at=clock.now())
    backends = Backends()
    tasks: list[UUID] = []

    def ours() -> None:
        if not tasks:
            tasks.extend(_open(official))
        commands.complete_task(task_id=tasks.pop(), outputs={"amount": 12}, by=official, at=clock.now())

    rows = _Rows(library)
    tasks += _open(official)
    with recording() as said:
        ours()
    with recording() as peers:
        rows.step()
    # Of each instance the first task is completed, so that every call meets the same work.
    tasks += [task for _ in range(rounds * 4 + 8) for task in _open(official)]
    ways = {"ours": ours, "bare": lambda: _kept(library), "peer": rows.step}
    times = interleaved(ways, rounds=rounds, repeat=4, warmup=2, beside=backends)
    times["bare"] = _per(times["bare"], _STEPS)
    figures = {
        "ours": {**times["ours"].ms(), "statements": len(said.said), "most_repeated": said.repeated},
        "bare": times["bare"].ms(),
        "peer": {**times["peer"].ms(), "statements": len(peers.said)},
        "steps": {name: times[name].rate()["median_per_s"] for name in ways},
    }
    return figures, {"to_bare": ratio(times["ours"], times["bare"]), "to_peer": ratio(times["ours"], times["peer"])}


def _open(official: Actor) -> list[UUID]:
    """A new instance in the official's office; its open tasks."""
    subject = SubjectRef("bench", new_id())
    commands.start(
        key="bench_steps", subject=subject, title="样例", net="serve", variables={"amount": 12},
        organisation_id=official.organisation_id, scope_key="matter:household_registration", by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    return [row.id for row in queries.open_tasks(subject=subject, viewer=SYSTEM)]


class _Rows:
    """The peer's table: one row an instance, its state as JSON."""

    def __init__(self, spec: Any) -> None:
        self._serializer = BpmnWorkflowSerializer()
        self._first = self._serializer.serialize_json(_begun(spec))
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE bench_instance (id int PRIMARY KEY, state jsonb)")
            cursor.execute("INSERT INTO bench_instance VALUES (1, %s)", [self._first])

    def step(self) -> None:
        """Complete the first task, and write the state as it was so that each call meets the same."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT state::text FROM bench_instance WHERE id = 1 FOR UPDATE")
            workflow = self._serializer.deserialize_json(cursor.fetchone()[0])
            _do(workflow)
            state = json.loads(self._serializer.serialize_json(workflow))
            cursor.execute("UPDATE bench_instance SET state = %s WHERE id = 1", [self._first if state else ""])


def _per(times: Times, steps: int) -> Times:
    """The times of one step of several."""
    return Times([each / steps for each in times.wall], [each / steps for each in times.cpu])


def _ratios(times: dict[str, Times]) -> Figures:
    return {"to_peer": ratio(times["ours"], times["peer"]), "to_limit": ratio(times["ours"], times["limit"])}
