"""Plays a body's tokens in the abstract, every choice each way, to find a join where a branch would wait for ever.

Where nothing is chosen the order of moves does not matter, so one order is played; choices and boundary events are played all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from .definition import Body, Flow, Node, NodeKind

MOST_MARKINGS = 4000
_Token = str
_Marking = frozenset[tuple[_Token, int]]
_ENDS = {NodeKind.END, NodeKind.ERROR_END, NodeKind.EVENT_END}
_JOINS = {NodeKind.PARALLEL, NodeKind.INCLUSIVE}
_ONE_WAY = {NodeKind.EXCLUSIVE, NodeKind.EVENT_GATEWAY, NodeKind.AD_HOC}


def stuck_at(body: Body, standing: Iterable[str | Flow]) -> str:
    """The join where a branch gets stuck, empty where none does. `standing`: elements that tokens wait in, flows they came by.

    A body whose play has no end within reason counts as stuck at its first join.
    """
    game = _Game(body)
    begin = _frozen(Counter(each.id if isinstance(each, Flow) else f"@{each}" for each in standing))
    seen, todo = {begin}, [begin]
    while todo:
        marking = todo.pop()
        if not marking:
            continue
        following = list(game.moves(Counter(dict(marking))))
        if not following:
            return game.waiting_in(marking)
        for each in following:
            if each not in seen:
                seen.add(each)
                todo.append(each)
        if len(seen) > MOST_MARKINGS:
            return game.waiting_in(begin)
    return ""


class _Game:
    def __init__(self, body: Body) -> None:
        self._nodes = {node.id: node for node in body.nodes}
        self._outgoing = {node.id: body.outgoing(node.id) for node in body.nodes}
        self._incoming = {node.id: body.incoming(node.id) for node in body.nodes}
        self._target = {flow.id: flow.target for flow in body.flows}
        self._boundaries: dict[str, list[Node]] = {}
        for node in body.nodes:
            if node.attached_to:
                self._boundaries.setdefault(node.attached_to, []).append(node)

    def waiting_in(self, marking: _Marking) -> str:
        nodes = [self._node_of(token) for token, _count in marking]
        return next((node for node in nodes if self._nodes[node].kind in _JOINS), nodes[0] if nodes else "")

    def moves(self, marking: Counter[_Token]) -> Iterator[_Marking]:
        """What may come next: one move where a token has no choice, else every way of each token that has one."""
        chosen: list[_Marking] = []
        for token in sorted(marking):
            ways = self._ways(token, marking)
            if len(ways) == 1:
                yield ways[0]
                return
            chosen += ways
        yield from chosen

    def _node_of(self, token: _Token) -> str:
        return token[1:] if token.startswith("@") else self._target[token]

    def _ways(self, token: _Token, marking: Counter[_Token]) -> list[_Marking]:
        node = self._nodes[self._node_of(token)]
        if node.kind is NodeKind.TERMINATE:
            return [frozenset()]
        taken = [token]
        if node.kind in _JOINS and not token.startswith("@") and len(self._incoming[node.id]) > 1:
            taken = self._joined(node, marking)
            if not taken:
                return []
        rest = marking - Counter(taken)
        return [_frozen(rest + Counter(put)) for put in self._puts(node)]

    def _joined(self, node: Node, marking: Counter[_Token]) -> list[_Token]:
        arrived = [flow.id for flow in self._incoming[node.id] if marking[flow.id]]
        if node.kind is NodeKind.PARALLEL:
            return arrived if len(arrived) == len(self._incoming[node.id]) else []
        others = [token for token in marking if token not in arrived]
        return [] if any(self._reaches(self._node_of(token), node.id) for token in others) else arrived

    def _puts(self, node: Node) -> Iterator[list[_Token]]:
        flows = [flow.id for flow in self._outgoing[node.id]]
        if node.kind in _ENDS or not flows:
            yield []
        elif node.kind in _ONE_WAY:
            yield from ([flow] for flow in flows)
        elif node.kind is NodeKind.INCLUSIVE:
            for size in range(1, len(flows) + 1):
                yield from (list(each) for each in combinations(flows, size))
        else:
            yield flows
        for boundary in self._boundaries.get(node.id, ()):
            beyond = [flow.id for flow in self._outgoing[boundary.id]]
            yield beyond if boundary.interrupting else [*flows, *beyond]

    def _reaches(self, source: str, target: str) -> bool:
        seen, todo = {source}, [source]
        while todo:
            node = todo.pop()
            exits = [*self._outgoing[node], *(f for b in self._boundaries.get(node, ()) for f in self._outgoing[b.id])]
            for flow in exits:
                if flow.target == target:
                    return True
                if flow.target not in seen:
                    seen.add(flow.target)
                    todo.append(flow.target)
        return False


def _frozen(marking: Counter[_Token]) -> _Marking:
    return frozenset((token, min(count, 3)) for token, count in marking.items() if count > 0)
