"""Random models with messages, races and event sub-processes, played in random order: each ends, each node passed as often as it must."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.commons.flow import engine
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    catch,
    chain,
    end,
    event_sub,
    gateway,
    message,
    on_message,
    start,
    start_on,
    sub,
    user,
)
from yiwang.commons.flow.engine.tests.play import Play
from yiwang.commons.flow.engine.tests.test_random_models import Maker

LEAVES = ("task", "message", "race", "noticed")
SHAPES = (*LEAVES, "sequence", "parallel", "exclusive", "inclusive", "many", "again", "watched")


class EventMaker(Maker):
    """Blocks with events. `races` are pairs of which one is passed; `extra` follows an event that may come any number of times."""

    def __init__(self, draw):
        super().__init__(draw)
        self.races = {}
        self.extra = {}

    def block(self, depth, times):
        shape = self.draw(st.sampled_from(SHAPES if depth > 0 else LEAVES))
        return getattr(self, shape)(depth - 1, times)

    def message(self, _depth, times):
        node = self.name("c")
        self.visits[node] += times
        return catch(node, on_message("m")), node, node

    def race(self, _depth, times):
        fork, join, one, two = self.name("f"), self.name("j"), self.name("r"), self.name("r")
        self.races[one, two] = times
        parts = gateway("eventBased", fork) + catch(one, on_message("m")) + catch(two, on_message("m"))
        return parts + gateway("exclusive", join) + chain(fork, one, join) + chain(fork, two, join), fork, join

    def noticed(self, _depth, times):
        """A task, beside which a message may begin another one again and again."""
        node, event, more, last = self.name("u"), self.name("n"), self.name("x"), self.name("e")
        self.visits[node] += times
        self.extra[event] = more
        parts = user(node) + boundary(event, node, on_message("m"), interrupting=False)
        return parts + user(more) + end(last) + chain(event, more, last), node, node

    def watched(self, depth, times):
        """A sub-process with an event sub-process that runs beside it."""
        node, first, last, event, more, done = (self.name(each) for each in "mseoxe")
        inner, entry, out = self.block(depth, times)
        self.extra[event] = more
        begin = start_on(event, on_message("m"), interrupting=False)
        beside = event_sub(self.name("h"), begin, user(more), end(done), chain(event, more, done))
        return sub(node, start(first), inner, end(last), chain(first, entry), chain(out, last), beside), node, node


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_random_model_with_events_ends_with_each_node_passed_as_often_as_it_must(data):
    maker = EventMaker(data.draw)
    parts, entry, out = maker.block(3, 1)
    root = message("m", '="k"'.replace('"', "&quot;"))
    play = Play(bpmn(start(), parts, end(), chain("start", entry), chain(out, "end"), root=root))
    expected = Counter(maker.visits)
    spare = 5
    while not play.ended:
        choices = [("item", each) for each in play.step.open_items]
        choices += [("event", each) for each in play.step.subscriptions if spare or not each.repeats]
        choices.sort(key=lambda choice: (choice[0], choice[1].element_id))
        kind, chosen = choices[data.draw(st.integers(0, len(choices) - 1))]
        if kind == "item":
            play.do(engine.Completion(chosen.item_id, {}))
            continue
        if chosen.repeats:
            spare -= 1
            expected[maker.extra[chosen.element_id]] += 1
        play.do(engine.Arrival(chosen.subscription_id, {}))
    passed = Counter(play.path)
    assert Counter({node: passed[node] for node in expected}) == expected
    assert {pair: passed[pair[0]] + passed[pair[1]] for pair in maker.races} == maker.races
    assert (play.step.timers, play.step.subscriptions) == ((), ())
