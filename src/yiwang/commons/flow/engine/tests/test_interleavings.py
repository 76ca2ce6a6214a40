"""However parallel work is interleaved, the instance ends with the same variables and the same nodes passed."""

from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.flow.engine.tests.models import bpmn, chain, end, flow, gateway, loop, service, start, sub, user
from yiwang.commons.flow.engine.tests.play import Play

INNER = sub(
    "sub",
    start("s2"),
    user("m"),
    gateway("exclusive", "ig", "no"),
    service("n"),
    gateway("exclusive", "im"),
    end("e2"),
    chain("s2", "m", "ig"),
    flow("ig", "n", "=item &gt; 1"),
    flow("ig", "im", name="no"),
    chain("n", "im", "e2"),
    loop("=[1, 2, 3]", "item", "results", "=item * 10"),
)
XML = bpmn(
    start(),
    gateway("parallel", "f"),
    user("a"),
    user("b"),
    gateway("parallel", "f2"),
    user("c"),
    service("d"),
    gateway("parallel", "j2"),
    INNER,
    gateway("inclusive", "o"),
    user("x"),
    user("y"),
    gateway("inclusive", "oj"),
    gateway("parallel", "j"),
    user("last"),
    end(),
    chain("start", "f", "a", "b", "j"),
    chain("f", "f2", "c", "j2"),
    chain("f2", "d", "j2", "j"),
    chain("f", "sub", "j"),
    chain("f", "o"),
    flow("o", "x", "=true"),
    flow("o", "y", "=true"),
    chain("x", "oj"),
    chain("y", "oj", "j"),
    chain("j", "last", "end"),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(min_value=0, max_value=10_000), min_size=20, max_size=20))
def test_every_order_ends_alike(choices):
    play = Play(XML)
    seen_last = 0
    for choice in choices:
        items = sorted(play.step.open_items, key=lambda item: (item.element_id, item.item_id))
        if not items:
            break
        chosen = items[choice % len(items)]
        seen_last += chosen.element_id == "last"
        position = [item.item_id for item in play.step.open_items if item.element_id == chosen.element_id].index(
            chosen.item_id
        )
        play.complete(
            chosen.element_id, position, **({f"did_{chosen.element_id}": True} if chosen.element_id in "abcdxy" else {})
        )
    assert play.ended
    assert seen_last == 1
    assert play.variables == {**{f"did_{each}": True for each in "abcdxy"}, "results": [10, 20, 30]}
    assert sorted(set(play.path)) == sorted(
        {
            "start",
            "f",
            "a",
            "b",
            "f2",
            "c",
            "d",
            "j2",
            "sub",
            "s2",
            "m",
            "ig",
            "n",
            "im",
            "e2",
            "o",
            "x",
            "y",
            "oj",
            "j",
            "last",
            "end",
        }
    )
