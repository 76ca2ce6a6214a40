"""Random block-structured models, played in random order: each ends, and each task is worked on as often as its blocks say."""

from collections import Counter
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    chain,
    end,
    flow,
    gateway,
    loop,
    start,
    sub,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.play import Play

SHAPES = ("task", "task", "timed", "sequence", "parallel", "exclusive", "inclusive", "many", "again")


class Maker:
    """Makes blocks; `visits` counts how often each task must be worked on."""

    def __init__(self, draw):
        self.draw = draw
        self.names = count()
        self.visits = Counter()

    def name(self, kind):
        return f"{kind}{next(self.names)}"

    def block(self, depth, times):
        """(parts, entry, exit) of one block that is run `times` times."""
        shape = self.draw(st.sampled_from(SHAPES if depth else SHAPES[:3]))
        return getattr(self, shape)(depth - 1, times)

    def task(self, _depth, times):
        node = self.name("u")
        self.visits[node] += times
        return user(node), node, node

    def timed(self, _depth, times):
        parts, node, _node = self.task(_depth, times)
        event, late = self.name("t"), self.name("e")
        return parts + boundary(event, node, timer("timeDuration", "P9D")) + end(late) + flow(event, late), node, node

    def sequence(self, depth, times):
        blocks = [self.block(depth, times) for _ in range(2)]
        joined = flow(blocks[0][2], blocks[1][1])
        return "".join(parts for parts, _entry, _exit in blocks) + joined, blocks[0][1], blocks[1][2]

    def branches(self, kind, depth, times, taken):
        fork, join, default = self.name("f"), self.name("j"), self.name("d")
        parts = gateway(kind, fork, default if kind != "parallel" else "") + gateway(kind, join)
        for position, runs in enumerate(taken):
            inner, entry, out = self.block(depth, times if runs else 0)
            conditional = kind != "parallel"
            condition = ("=true" if runs else "=false") if conditional and position else ""
            parts += (
                inner + flow(fork, entry, condition, default if conditional and not position else "") + flow(out, join)
            )
        return parts, fork, join

    def parallel(self, depth, times):
        return self.branches("parallel", depth, times, (True, True))

    def exclusive(self, depth, times):
        second = self.draw(st.booleans())
        return self.branches("exclusive", depth, times, (not second, second))

    def inclusive(self, depth, times):
        second = self.draw(st.booleans())
        third = self.draw(st.booleans())
        return self.branches("inclusive", depth, times, (not (second or third), second, third))

    def many(self, depth, times):
        node, first, last = self.name("m"), self.name("s"), self.name("e")
        number = self.draw(st.integers(min_value=0, max_value=3))
        inner, entry, out = self.block(depth, times * number)
        items = "[" + ", ".join(map(str, range(number))) + "]"
        around = loop(f"={items}", "item", sequential=self.draw(st.booleans()))
        return sub(node, start(first), inner, end(last), chain(first, entry), chain(out, last), around), node, node

    def again(self, depth, times):
        node, first, last = self.name("m"), self.name("s"), self.name("e")
        inner, entry, out = self.block(depth, times)
        return sub(node, start(first), inner, end(last), chain(first, entry), chain(out, last)), node, node


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_every_random_model_ends_with_each_task_done_as_often_as_it_must(data):
    maker = Maker(data.draw)
    parts, entry, out = maker.block(3, 1)
    play = Play(bpmn(start(), parts, end(), chain("start", entry), chain(out, "end")))
    while not play.ended:
        items = sorted(play.step.open_items, key=lambda item: (item.element_id, item.item_id))
        chosen = items[data.draw(st.integers(min_value=0, max_value=len(items) - 1))]
        position = [item.item_id for item in play.step.open_items if item.element_id == chosen.element_id].index(
            chosen.item_id
        )
        play.complete(chosen.element_id, position)
    worked = Counter(element for element in play.path if element.startswith("u"))
    assert worked == +maker.visits
    assert play.step.timers == ()
