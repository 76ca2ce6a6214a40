"""Boxes over several columns of parts (bit masks): what they leave uncovered, found by sweeping column by column.

A rule of a decision table is a box. After the first columns only the set of rules still standing matters, so states are
remembered by that set; a box that is free in all columns to come covers the rest at once.
"""

import itertools
import time
from collections.abc import Iterator, Sequence

Box = tuple[int, ...]
"""For each column the mask of its parts."""

_CHECK_EVERY = 512


class TimeUp(Exception):
    """The time given is over before the answer was found."""


class Deadline:
    """When to give up; asked often, so it looks at the clock now and then only."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds
        self._count = 0

    def check(self) -> None:
        self._count += 1
        if self._count % _CHECK_EVERY == 0 and time.monotonic() > self.end:
            raise TimeUp

    @property
    def over(self) -> bool:
        return time.monotonic() > self.end


def runs(mask: int) -> Iterator[tuple[int, int]]:
    """Stretches of neighbouring bits as (first, behind the last)."""
    place = 0
    while mask:
        skip = (mask & -mask).bit_length() - 1
        mask >>= skip
        length = (~mask & (mask + 1)).bit_length() - 1
        yield place + skip, place + skip + length
        mask >>= length
        place += skip + length


def meet(a: Box, b: Box) -> Box | None:
    """What two boxes share, None where it is nothing."""
    shared = []
    for x, y in zip(a, b, strict=True):
        if not x & y:
            return None
        shared.append(x & y)
    return tuple(shared)


def uncovered(boxes: Sequence[Box], within: Box, deadline: Deadline) -> Box | None:
    """A part of `within` that no box meets, as large as can be found; None where they cover it. Raises `TimeUp`."""
    if not all(within):
        return None
    standing = [box for box in boxes if meet(box, within) is not None]
    if any(all(w & ~b == 0 for w, b in zip(within, box, strict=True)) for box in standing):
        return None
    found = _Sweep(standing, within, deadline).find()
    return None if found is None else _grown(found, standing, within)


class _Sweep:
    def __init__(self, boxes: Sequence[Box], within: Box, deadline: Deadline) -> None:
        self.deadline = deadline
        self.within = within
        classes = [_classes([box[c] for box in boxes], within[c]) for c in range(len(within))]
        self.order = sorted(range(len(within)), key=lambda c: -len(classes[c]))
        self.classes = [classes[c] for c in self.order]
        self.free = self._free(boxes)
        self.all = (1 << len(boxes)) - 1
        self.covered: set[tuple[int, int]] = set()

    def _free(self, boxes: Sequence[Box]) -> list[int]:
        """For each depth the boxes that are free in all columns from there on."""
        free = [(1 << len(boxes)) - 1]
        for column in reversed(self.order):
            open_here = sum(1 << i for i, box in enumerate(boxes) if self.within[column] & ~box[column] == 0)
            free.append(free[-1] & open_here)
        return free[::-1]

    def find(self) -> Box | None:
        path = self._find(self.all, 0)
        if path is None:
            return None
        box = list(self.within)
        for depth, parts in enumerate(path):
            box[self.order[depth]] = parts
        return tuple(box)

    def _find(self, active: int, depth: int) -> list[int] | None:
        if not active:
            return []
        if active & self.free[depth] or (depth, active) in self.covered:
            return None
        self.deadline.check()
        tried: set[int] = set()
        for standing, parts in self.classes[depth]:
            left = active & standing
            if left in tried:
                continue
            tried.add(left)
            rest = self._find(left, depth + 1)
            if rest is not None:
                return [parts, *rest]
        self.covered.add((depth, active))
        return None


def _classes(masks: Sequence[int], within: int) -> list[tuple[int, int]]:
    """Parts of a column that the same boxes hold, as (boxes, parts); those of fewest boxes first."""
    toggles: dict[int, int] = {}
    for index, mask in enumerate(masks):
        for first, behind in runs(mask & within):
            toggles[first] = toggles.get(first, 0) ^ (1 << index)
            toggles[behind] = toggles.get(behind, 0) ^ (1 << index)
    ends = sorted({0, within.bit_length(), *toggles})
    held = 0
    classes: dict[int, int] = {}
    for first, behind in itertools.pairwise(ends):
        held ^= toggles.get(first, 0)
        parts = within & ((1 << behind) - (1 << first))
        if parts:
            classes[held] = classes.get(held, 0) | parts
    return sorted(classes.items(), key=lambda pair: pair[0].bit_count())


def _grown(box: Box, boxes: Sequence[Box], within: Box) -> Box:
    """The same gap, each column as wide as it can be."""
    grown = list(box)
    for column in range(len(box)):
        blocked = 0
        for other in boxes:
            if all(g & o for c, (g, o) in enumerate(zip(grown, other, strict=True)) if c != column):
                blocked |= other[column]
        grown[column] = within[column] & ~blocked
    return tuple(grown)


def gaps(boxes: Sequence[Box], within: Box, deadline: Deadline, limit: int) -> Iterator[Box]:
    """What the boxes leave uncovered, in pieces that don't meet, at most `limit`. Raises `TimeUp`."""
    standing = list(boxes)
    for _ in range(limit):
        found = uncovered(standing, within, deadline)
        if found is None:
            return
        yield found
        standing.append(found)
