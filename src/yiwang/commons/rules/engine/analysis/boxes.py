"""Boxes over several columns of parts (bit masks): what they leave uncovered, found by sweeping column by column.

A rule of a decision table is a box. After the first columns only the set of rules still standing matters, so states are
remembered by that set; a box that is free in all columns to come covers the rest at once.
"""

import random
import time
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from operator import xor

Box = tuple[int, ...]
"""For each column the mask of its parts."""

_CHECK_EVERY = 64


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

    def part(self, share: float) -> "Deadline":
        """A share of the time that is left, for one question of many. Raises `TimeUp` where none is."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeUp
        return Deadline(left * share)


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


def touching(masks: Sequence[int]) -> list[int]:
    """For each box the boxes (as bits) with which it shares something in one column."""
    single = {index: next(runs(mask)) for index, mask in enumerate(masks) if _is_run(mask)}
    broken = [index for index, mask in enumerate(masks) if mask and index not in single]
    ends = max((mask.bit_length() for mask in masks), default=0) + 1
    begun, over = [0] * (ends + 1), [0] * (ends + 1)
    for index, (first, behind) in single.items():
        begun[first + 1] |= 1 << index
        over[behind] |= 1 << index
    for place in range(1, ends + 1):
        begun[place] |= begun[place - 1]
        over[place] |= over[place - 1]
    touched: list[int] = []
    for mask in masks:
        near = sum(1 << other for other in broken if mask & masks[other])
        for first, behind in runs(mask):
            near |= begun[behind] & ~over[first]
        touched.append(near)
    return touched


def _is_run(mask: int) -> bool:
    """Whether the parts stand side by side."""
    low = mask & -mask
    return mask != 0 and (mask // low) & (mask // low + 1) == 0


class Points:
    """Single points against many boxes: a point that no box holds settles at once that they don't cover."""

    def __init__(self, boxes: Sequence[Box], sizes: Sequence[int]) -> None:
        self.held = [_held([box[column] for box in boxes], size) for column, size in enumerate(sizes)]
        self.random = random.Random(0)  # noqa: S311 - chooses samples, always the same

    def free(self, box: Box, among: int, tries: int = 40) -> bool:
        """Whether one of some points of `box` lies in none of the boxes (bits) `among`."""
        stretches = [list(runs(mask)) for mask in box]
        for _ in range(tries):
            holding = among
            for held, choices in zip(self.held, stretches, strict=True):
                first, behind = self.random.choice(choices)
                holding &= held[self.random.randrange(first, behind)]
            if not holding:
                return True
        return False


def _held(masks: Sequence[int], size: int) -> list[int]:
    """For each part of a column the boxes that hold it."""
    toggles = [0] * (size + 1)
    for index, mask in enumerate(masks):
        for first, behind in runs(mask):
            toggles[first] ^= 1 << index
            toggles[behind] ^= 1 << index
    return list(accumulate(toggles[:size], xor))


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
    for first, behind in pairwise(ends):
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
