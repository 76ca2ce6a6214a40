"""The engine's front: parse files to models, start an instance, advance it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from .assuming import assume
from .build import Built, build
from .definition import Body, Node, NodeKind, Process, expression_in, from_blob, to_blob
from .errors import ModelRefused
from .findings import Report
from .lint import check
from .normalise import STARTS, normalised
from .ports import Evaluator, Performer, leave_open
from .reader import Reader
from .run import Run
from .safe_xml import XmlRefused, read
from .values import Assignment, Beginning, Command, Finding, Severity, Step, Use

MODELS_IN_MEMORY = 256


@dataclass(frozen=True)
class Model:
    """One executable process. `spec_blob` is all that must be kept of it; equal processes have equal blobs."""

    process: Process

    @property
    def key(self) -> str:
        return self.process.id

    @property
    def name(self) -> str:
        return self.process.name or self.process.id

    @cached_property
    def spec_blob(self) -> bytes:
        return to_blob(self.process)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.spec_blob).hexdigest()

    @cached_property
    def built(self) -> Built:
        return build(self.process)

    @cached_property
    def entry(self) -> str:
        """The start event of an instance that nothing but a command begins; empty where several events could."""
        starts = [node for node in self.process.body.nodes if node.kind in STARTS]
        plain = [node for node in starts if node.kind is NodeKind.START]
        found = plain or starts
        return found[0].id if len(found) == 1 else ""

    @cached_property
    def beginnings(self) -> tuple[Beginning, ...]:
        """The start events by which the outside world begins an instance."""
        return tuple(_beginning(node) for node in self.process.body.nodes if node.kind is NodeKind.EVENT_START)

    @cached_property
    def elements(self) -> frozenset[str]:
        """The ids of all flow nodes, those of sub-processes and those that were supplied included."""
        return frozenset(_elements(self.process.body))

    def targets(self, kind: str) -> frozenset[str]:
        """Literal targets of one kind of node (`NodeKind` value): the operations, decisions or processes it asks for."""
        return frozenset(use.target for use in self.uses(kind))

    def uses(self, kind: str) -> tuple[Use, ...]:
        """Where the targets stand, in the order of the file."""
        return tuple(_uses(self.process.body, kind))

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """For whom the user tasks are that name somebody, in the order of the file."""
        return tuple(_assignments(self.process.body))


@dataclass(frozen=True)
class Parsed:
    """What was found in some files. A file with an error gives no model."""

    models: Mapping[str, Model]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    def only(self) -> Model:
        """The one model. Raises `ModelRefused` when there are errors or it is not exactly one."""
        if self.errors:
            raise ModelRefused(self.errors)
        if len(self.models) != 1:
            message = f"应有一个可执行的流程，实有{len(self.models)}个。"
            raise ModelRefused((Finding("", "", 0, message, "请为每个流程单独保存一个文件。"),))
        return next(iter(self.models.values()))


def parse(files: Mapping[str, bytes], *, evaluator: Evaluator, assume_executable: bool = False) -> Parsed:
    """Reads BPMN files, each with one executable process or several. Never raises for bad input: it is in `findings`.

    `assume_executable` is for tests with drawings that were never meant to run (see `assuming`).
    """
    models: dict[str, Model] = {}
    findings: list[Finding] = []
    for file, data in files.items():
        report = Report(file)
        for process in _read(data, report, evaluator, assume_executable=assume_executable):
            if process.id in models:
                report.refuse(process.id, 0, f"流程 {process.id} 出现两次。", "请为每个流程填写不同的id。")
            elif not report.has_errors:
                models[process.id] = Model(process)
        findings += report.findings
    return Parsed(models, tuple(findings))


def _read(data: bytes, report: Report, evaluator: Evaluator, *, assume_executable: bool) -> list[Process]:
    try:
        root = read(data)
    except XmlRefused as refused:
        report.refuse("", refused.line, refused.message, refused.mend)
        return []
    if assume_executable:
        assume(root)
    processes = Reader(root, report).processes()
    if not processes and not report.has_errors:
        report.refuse("", root.line, "文件里没有流程。", "请画一个流程后重新导出。")
    ready = []
    complete = not report.has_errors
    for process in processes:
        body = normalised(process.body, process.id, root.line, report) if complete else process.body
        whole = Process(process.id, process.name, body, process.documentation)
        check(whole, evaluator, report, complete=complete)
        ready.append(whole)
    return ready


def _beginning(node: Node) -> Beginning:
    assert node.event is not None
    rule, timer = node.event, node.timer
    return Beginning(
        node.id,
        rule.kind.value,
        rule.name,
        timer_kind=timer.kind.value if timer else "",
        timer=timer.text if timer else "",
    )


def _elements(body: Body) -> Iterator[str]:
    for node in body.nodes:
        yield node.id
        if node.body is not None:
            yield from _elements(node.body)


def _uses(body: Body, kind: str) -> Iterator[Use]:
    for node in body.nodes:
        if node.body is not None:
            yield from _uses(node.body, kind)
        elif node.kind.value == kind and node.work is not None and expression_in(node.work.target) is None:
            yield Use(node.id, node.line, node.work.target)


def _assignments(body: Body) -> Iterator[Assignment]:
    for node in body.nodes:
        if node.body is not None:
            yield from _assignments(node.body)
        elif node.kind is NodeKind.USER and node.work is not None:
            said = [
                text if expression_in(text) is None else "" for text in (node.work.assignee, node.work.candidate_groups)
            ]
            groups = tuple(each.strip() for each in said[1].split(",") if each.strip())
            yield Assignment(node.id, node.line, said[0].strip(), groups)


@lru_cache(MODELS_IN_MEMORY)
def load(spec_blob: bytes) -> Model:
    """The model behind a stored blob, kept in memory. Raises ValueError when the blob is not one."""
    return Model(from_blob(spec_blob))


def start(
    model: Model,
    variables: Mapping[str, Any],
    *,
    evaluator: Evaluator,
    at: datetime,
    perform: Performer = leave_open,
    entry: str = "",
) -> Step:
    """A new instance, run to its first waiting tokens. `entry` is the start event that a message, a signal or a timer
    begins; without it the plain start, or the only one there is. Raises `EvaluationHalt`.
    """
    return Run(model.built, evaluator, perform, at).start(variables, entry or model.entry)


def advance(
    model: Model, state: bytes, command: Command, *, evaluator: Evaluator, at: datetime, perform: Performer = leave_open
) -> Step:
    """The instance after `command`. The same state and command give the same result but for the ids of new items; nothing is kept between calls.

    Timers that are due at `at` fire in any step. Raises `EvaluationHalt`, `UnknownItem`; the old state stays valid.
    """
    return Run(model.built, evaluator, perform, at).advance(state, command)
