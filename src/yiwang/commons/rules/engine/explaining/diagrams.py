"""Reduced decision diagrams over variables of few values: what a function depends on is what stands in its diagram.

Nodes are numbers; equal functions are the same node whatever the order in which they were built.
"""

from collections.abc import Hashable, Sequence


class Diagrams:
    """Variables are numbered from 0 in their fixed order; each has its count of values."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = sizes
        self._leaves: dict[Hashable, int] = {}
        self._inner: dict[tuple[int, tuple[int, ...]], int] = {}
        self._nodes: list[tuple[int, tuple[int, ...]] | Hashable] = []
        self._variable: list[int] = []
        self._cases: dict[tuple[int, tuple[int, ...]], int] = {}

    def leaf(self, value: Hashable) -> int:
        """The constant function."""
        if value not in self._leaves:
            self._leaves[value] = self._add(len(self.sizes), value)
        return self._leaves[value]

    def _add(self, variable: int, content: tuple[int, tuple[int, ...]] | Hashable) -> int:
        self._nodes.append(content)
        self._variable.append(variable)
        return len(self._nodes) - 1

    def _made(self, variable: int, children: tuple[int, ...]) -> int:
        if all(child == children[0] for child in children):
            return children[0]
        key = (variable, children)
        if key not in self._inner:
            self._inner[key] = self._add(variable, key)
        return self._inner[key]

    def case(self, variable: int, children: Sequence[int]) -> int:
        """The function that is `children[i]` where the variable has its value `i`; they may hold any variables."""
        key = (variable, tuple(children))
        if key not in self._cases:
            self._cases[key] = self._case(variable, children)
        return self._cases[key]

    def _case(self, variable: int, children: Sequence[int]) -> int:
        top = min([variable, *(self._variable[child] for child in children)])
        if top == variable:
            return self._made(variable, tuple(self._fixed(child, variable, i) for i, child in enumerate(children)))
        branches = (
            self.case(variable, [self._fixed(child, top, value) for child in children])
            for value in range(self.sizes[top])
        )
        return self._made(top, tuple(branches))

    def _fixed(self, node: int, variable: int, value: int) -> int:
        """The function where a variable, at or before its first, has a value."""
        if self._variable[node] != variable:
            return node
        content = self._nodes[node]
        assert isinstance(content, tuple)
        return int(content[1][value])

    def support(self, node: int) -> set[int]:
        """The variables on which a function depends."""
        return {self._variable[n] for n in self._below(node) if self._variable[n] < len(self.sizes)}

    def leaves(self, node: int) -> list[Hashable]:
        """The values that a function takes."""
        return [self._nodes[n] for n in sorted(self._below(node)) if self._variable[n] == len(self.sizes)]

    def _below(self, node: int) -> set[int]:
        found: set[int] = set()
        waiting = [node]
        while waiting:
            here = waiting.pop()
            if here in found:
                continue
            found.add(here)
            content = self._nodes[here]
            if self._variable[here] < len(self.sizes):
                assert isinstance(content, tuple)
                waiting += content[1]
        return found
