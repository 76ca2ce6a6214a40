"""Carries a waiting instance over to another version of its process, where that is safe; else tells why not.

Safe means: every token stands at an element that the other version has too, of the same kind and in the same surroundings, and
from there no branch of the other version can get stuck at a join. What was computed on arrival (due times, asked items) stays.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn

from SpiffWorkflow.task import TaskState

from .codec import _MARK, _read, from_state, to_state
from .definition import Body, Flow, Node, NodeKind, TimerRule
from .interpreter import ITEM, Interpreter
from .model import Model
from .token_game import stuck_at
from .values_json import dumps

_AT_THE_END = ".EndJoin"
_SUFFIXES = (".BoundaryEventSplit", ".BoundaryEventJoin", _AT_THE_END, "#each", "#body", "#start")
_JOINS = {NodeKind.PARALLEL, NodeKind.INCLUSIVE}
_LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED
_FORESEEN = TaskState.PREDICTED_MASK | TaskState.FUTURE
_NO_MOMENT = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an instance can't be carried over: the element where it stands, and a sentence."""

    element_id: str
    reason: str


class CannotMove(Exception):
    def __init__(self, obstacles: Iterable[Obstacle]) -> None:
        self.obstacles = tuple(obstacles)
        super().__init__("；".join(f"{each.element_id} {each.reason}" for each in self.obstacles))


@dataclass
class _Place:
    """An element with the body it stands in; `within` is the sub-process, empty for the process itself."""

    node: Node
    body: Body
    within: str


@dataclass
class Move:
    """From one version to another; `mapping` names elements whose id has changed, all others keep theirs. For many instances."""

    old: Model
    new: Model
    mapping: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._old = {place.node.id: place for place in _places(self.old.process.body, "")}
        self._new = {place.node.id: place for place in _places(self.new.process.body, "")}

    def faults(self) -> tuple[Obstacle, ...]:
        """What is wrong with the mapping itself, whatever the instance."""
        found = []
        for source, target in self.mapping.items():
            if source not in self._old:
                found.append(Obstacle(source, "原版本没有这个环节。"))
            elif target not in self._new:
                found.append(Obstacle(source, f"新版本没有环节“{target}”。"))
            elif self._old[source].node.kind is not self._new[target].node.kind:
                found.append(Obstacle(source, f"与“{target}”不是同一种环节。"))
        return tuple(found)

    def renamed(self, element_id: str) -> str:
        return self.mapping.get(element_id, element_id)

    def state(self, state: bytes) -> bytes:
        """The state under the new version; the old one stays valid. Raises CannotMove with every obstacle."""
        if not state:  # halted before its first step
            return state
        found = _read(state)
        obstacles: list[Obstacle] = []
        for part in found["w"]:
            obstacles += _Part(self, part[4]).obstacles()
        if obstacles:
            raise CannotMove(dict.fromkeys(obstacles))
        return self._rewritten(found)

    def _rewritten(self, found: Any) -> bytes:
        kept = _Kept()
        parts = []
        for owner, completed, success, last, rows in found["w"]:
            renewed = [kept.row(row, self) for row in rows]
            parts.append([kept.places.get(owner, 0), completed, success, last, [row for row in renewed if row]])
        for part in parts:
            part[3] = kept.places.get(part[3], 0)
        bare = _MARK + zlib.compress(dumps({"v": found["v"], "w": parts}).encode())
        try:
            renewed_state = self._foreseen(bare)
        except Exception as error:  # whatever the library can't do with it, the instance stays as it is
            raise CannotMove([Obstacle("", f"新版本接不上现有的状态（{type(error).__name__}）。")]) from error
        if _standing(parts) != _standing(_read(renewed_state)["w"]):
            raise CannotMove([Obstacle("", "换版后等候的环节会与现在不同。")])
        return renewed_state

    def _foreseen(self, bare: bytes) -> bytes:
        """The library keeps in a state what may come next; that is thought anew from the new version."""
        interpreter = Interpreter(_Nothing(), {}, _NO_MOMENT)
        workflow = from_state(bare, self.new.built, interpreter)
        for each in (workflow, *workflow.subprocesses.values()):
            for task in list(each.tasks.values()):
                if task.has_state(_LIVE) and task.id in each.tasks:
                    task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)  # noqa: SLF001 - as the library does
        return to_state(workflow, interpreter)

    def old_place(self, name: str) -> _Place | None:
        return self._old.get(_element(name))

    def new_place(self, name: str) -> _Place | None:
        return self._new.get(self.renamed(_element(name)))

    def new_name(self, name: str) -> str | None:
        """The name under which the new version knows a specification; None where it does not."""
        element = _element(name)
        changed = self.renamed(element) + name[len(element) :]
        specs = (self.new.built.root, *self.new.built.subprocesses.values())
        return changed if any(changed in spec.task_specs for spec in specs) else None


class _Part:
    """The tokens of one body."""

    def __init__(self, move: Move, rows: list[list[Any]]) -> None:
        self._move = move
        self._rows = [row for row in rows if not row[1] & _FORESEEN]
        self._live = [row for row in self._rows if row[1] & _LIVE]

    def obstacles(self) -> list[Obstacle]:
        found = []
        for row in self._live:
            element, reason = _element(row[2]), self._reason(row[2])
            if reason:
                found.append(Obstacle(element, reason))
        if not found and self._waits_at_a_join():
            gone = [row[2] for row in self._rows if self._move.new_name(row[2]) is None]
            found += [
                Obstacle(_element(name), "有分支在汇合处等候，而已经走过的这个环节在新版本里没有了。") for name in gone
            ]
        return found or self._stuck()

    def _reason(self, name: str) -> str:
        old, new = self._move.old_place(name), self._move.new_place(name)
        if old is None:  # the library's own: the process's start and end
            return "" if self._move.new_name(name) else "新版本没有流程正在等候的这一处。"
        if new is None:
            return "流程停在这个环节，新版本没有它。"
        return _difference(old, new, self._move) or _surroundings(old, new, self._move)

    def _waits_at_a_join(self) -> bool:
        places = (self._move.old_place(row[2]) for row in self._live if row[1] == TaskState.WAITING)
        return any(place is not None and place.node.kind in _JOINS for place in places)

    def _stuck(self) -> list[Obstacle]:
        """Plays the rest of the new version from where the tokens are. What could get stuck before may do so again."""
        element = self._plays_to(self._move.new_place)
        if not element or self._plays_to(self._move.old_place):
            return []
        return [Obstacle(element, "按新版本走下去，分支会在这里汇合不了。")]

    def _plays_to(self, place_of: Callable[[str], _Place | None]) -> str:
        standing: list[str | Flow] = []
        body: Body | None = None
        for row in self._live:
            place = place_of(row[2])
            ended = row[2].endswith(_AT_THE_END)  # named after the sub-process, whose body is another
            if place is None or ended or place.node.kind is NodeKind.EVENT_START or place.node.attached_to:
                continue
            body = place.body
            standing += self._arrived(place, place_of) if place.node.kind in _JOINS else [place.node.id]
        return stuck_at(body, standing) if body is not None else ""

    def _arrived(self, place: _Place, place_of: Callable[[str], _Place | None]) -> Iterator[Flow]:
        """The flows by which finished branches have come to a join."""
        passed = (place_of(row[2]) for row in self._rows if row[1] & TaskState.FINISHED_MASK)
        finished = {arrived.node.id for arrived in passed if arrived is not None}
        return (flow for flow in place.body.incoming(place.node.id) if flow.source in finished)


class _Kept:
    """What stays of a state, and its new numbering."""

    def __init__(self) -> None:
        self.places: dict[int, int] = {}
        self._before = 0

    def row(self, row: list[Any], move: Move) -> list[Any] | None:
        parent, state, name, triggered, rank, internal = row
        self._before += 1
        if state & _FORESEEN:
            return None
        self.places[self._before] = len(self.places) + 1
        if internal and ITEM in internal:
            item = internal[ITEM]
            fields = {key: getattr(item, key) for key in item.__dataclass_fields__}
            internal = {**internal, ITEM: type(item)(**{**fields, "element_id": move.renamed(item.element_id)})}
        # A finished element that the new version lacks only marks the way that was gone.
        return [self.places.get(parent, 0), state, move.new_name(name) or "Start", triggered, rank, internal]


class _Nothing:
    """No expression is evaluated while an instance is carried over."""

    def check(self, text: str) -> NoReturn:
        raise AssertionError(text)

    def evaluate(self, text: str, variables: Mapping[str, Any]) -> NoReturn:
        raise AssertionError(text)


def _standing(parts: list[Any]) -> list[tuple[str, int]]:
    """Where tokens stand, to compare a state with what became of it."""
    return sorted((row[2], row[1]) for part in parts for row in part[4] if row[1] & _LIVE)


def _element(name: str) -> str:
    while suffix := next((each for each in _SUFFIXES if name.endswith(each)), ""):
        name = name.removesuffix(suffix)
    return name


def _places(body: Body, within: str) -> Iterator[_Place]:
    for node in body.nodes:
        yield _Place(node, body, within)
        if node.body is not None:
            yield from _places(node.body, node.id)


def _difference(old: _Place, new: _Place, move: Move) -> str:
    """Between the element that waits and the one it would wait at."""
    before, after = old.node, new.node
    events = [(each.event, each.error_code, each.interrupting) for each in (before, after)]
    asked = [each.work.target if each.work else "" for each in (before, after)]
    checks = (
        (before.loop is not None or after.loop is not None, "流程停在多实例中，不能换版本。"),
        (before.kind is not after.kind, f"环节的种类变了：{before.kind.value} → {after.kind.value}。"),
        (move.renamed(old.within) != new.within, "环节被移进或移出了子流程。"),
        (events[0] != events[1], "所等候的事件变了。"),
        (_timer_kind(before.timer) is not _timer_kind(after.timer), "定时的方式变了。"),
        (move.renamed(before.attached_to) != after.attached_to, "边界事件改挂在别的环节上。"),
        (asked[0] != asked[1], "正在等候结果的操作、决策或流程换成了别的。"),
    )
    return next((reason for differs, reason in checks if differs), "")


def _surroundings(old: _Place, new: _Place, move: Move) -> str:
    """What waits together with the element and so must be the same on both sides."""
    if _names(old.body, _on(old.node.id), move) != _names(new.body, _on(new.node.id), None):
        return "这个环节的边界事件变了。"
    if _names(old.body, _is_event_subprocess, move) != _names(new.body, _is_event_subprocess, None):
        return "事件子流程变了。"
    if _beside(old, move) != _beside(new, None):
        return "一同等候的事件变了。"
    return ""


def _on(host: str) -> Any:
    return lambda node: node.attached_to == host


def _is_event_subprocess(node: Node) -> bool:
    return node.kind is NodeKind.EVENT_SUBPROCESS


def _names(body: Body, wanted: Any, move: Move | None) -> set[tuple[str, str]]:
    return {(move.renamed(node.id) if move else node.id, node.kind.value) for node in body.nodes if wanted(node)}


def _beside(place: _Place, move: Move | None) -> set[str]:
    """After an event-based gateway: the ways out of it."""
    kinds = {node.id: node.kind for node in place.body.nodes}
    gateways = {flow.source for flow in place.body.incoming(place.node.id)}
    ways = (
        flow.target
        for gateway in gateways
        if kinds.get(gateway) is NodeKind.EVENT_GATEWAY
        for flow in place.body.outgoing(gateway)
    )
    return {move.renamed(way) if move else way for way in ways}


def _timer_kind(timer: TimerRule | None) -> Any:
    return timer.kind if timer else None
