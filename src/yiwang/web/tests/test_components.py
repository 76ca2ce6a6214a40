"""Every component renders, and none lets words become markup."""

import dataclasses
import re
from enum import Enum

import pytest
from django.utils.functional import Promise

from yiwang.kernel.paging import Page
from yiwang.web.components import (
    Attr,
    Button,
    Cell,
    Chart,
    Column,
    Due,
    DueState,
    Empty,
    ErrorSummary,
    LaneChart,
    LaneSpan,
    Pagination,
    Progress,
    Row,
    SealState,
    SpanKind,
    Table,
    Tag,
    Tone,
)
from yiwang.web.components.time import MOST_SEGMENTS
from yiwang.web.fields import Field
from yiwang.web.samples import fields, sections

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
KEYWORDS = {"kind", "type", "tone", "size", "icon", "sorted", "id", "id_prefix", "name", "target", "template"}
VALUES = [value for section in sections() for value in section.values]


def poisoned(value, name=""):
    """The same value with hostile text in each place that takes words."""
    if isinstance(value, Enum) or name in KEYWORDS:
        return value
    if isinstance(value, str | Promise):
        return HOSTILE if value else value
    if isinstance(value, tuple):
        return tuple(poisoned(item, name) for item in value)
    if isinstance(value, dict):
        return {key: poisoned(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, Attr):
        changed = {f.name: poisoned(getattr(value, f.name), f.name) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **changed)
    return value


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_renders_and_escapes_hostile_words(value, render):
    assert "<" in render(value)
    assert "<img src=x" not in render(poisoned(value))
    assert "<script>alert" not in render(poisoned(value))


@pytest.mark.parametrize("value", fields(), ids=lambda field: field.kind)
def test_renders_each_field_and_escapes_hostile_words(value, render):
    assert f'name="{value.name}"' in render(value) or value.levels
    hostile = render(poisoned(value))
    assert "<img src=x" not in hostile
    assert "<script>alert" not in hostile


def test_words_that_are_not_a_component_are_escaped(render):
    assert render(("<b>", Tag("好"))).startswith("&lt;b&gt;<span")
    assert render(None) == ""


def test_nothing_carries_an_inline_style_or_handler(render):
    for value in (*VALUES, *fields()):
        html = re.sub(r"<script.*?</script>", "", render(value), flags=re.DOTALL)
        assert not re.search(r"<[^>]*\s(style|on[a-z]+)\s*=", html), html


@pytest.mark.parametrize(("done", "of"), [(0, 1), (3, 5), (5, 5), (70, 100)])
def test_the_stroke_has_its_tip_where_the_work_is(done, of):
    segments = Progress(done, of).segments
    assert len(segments) == min(of, MOST_SEGMENTS)
    written = round(done * len(segments) / of)
    assert [s for s in segments if "is-done" in s] == ["is-done"] * (written - 1) + ["is-done is-tip"] * (written > 0)


@pytest.mark.parametrize(("done", "of"), [(-1, 3), (4, 3), (0, 0)])
def test_a_stroke_of_impossible_length_is_refused(done, of):
    with pytest.raises(ValueError):
        Progress(done, of)


def test_lanes_never_leave_their_axis():
    chart = LaneChart(10, (), today=99)
    assert chart.today_at == "100%"
    drawn = chart._drawn(SpanKind.RUNNING, 8, 30)
    assert (drawn.x, drawn.width, drawn.end) == ("70%", "30%", "100%")


def test_only_finished_work_has_a_tip(render):
    def lane(kind):
        sample = next(v for v in VALUES if isinstance(v, LaneChart))
        one = dataclasses.replace(sample.lanes[0], spans=(LaneSpan(kind, 1, 3),))
        return render(LaneChart(16, (one,)))

    assert lane(SpanKind.FINISHED).count("y-lane__tip") == lane(SpanKind.RUNNING).count("y-lane__tip") + 1


def test_a_refused_button_says_why(render):
    html = render(Button("去缴费", refused="受理以后才能缴费"))
    assert "disabled" in html
    assert "受理以后才能缴费" in html


def test_attributes_are_let_through_by_name_only():
    assert Attr("hx-get", "/x")
    for name in ("style", "onclick", "hx-on:click", "data-x y", 'data-x"'):
        with pytest.raises(ValueError):
            Attr(name, "x")


def test_an_empty_table_shows_its_empty_state(render):
    table = Table.of("办件", (Column("事项"),), (), empty=Empty("还没有办件"))
    assert "还没有办件" in render(table)
    assert "<table" not in render(table)


def test_a_table_refuses_rows_of_another_width():
    with pytest.raises(ValueError):
        Table.of("办件", (Column("事项"),), (Row(("a", "b")),))


def test_table_cells_take_numbers_zero_and_components(render):
    columns = (Column("事项"), Column("收件", number=True), Column("时限"))
    row = Row((Cell("落户", "公安", "/x/"), 0, Due(DueState.FINE, "正常")))
    html = render(Table.of("办件", columns, (row,)))
    assert '<a class="y-rowlink" href="/x/">落户</a>' in html
    assert ">0<" in html
    assert "y-due--fine" in html


def test_paging_keeps_filters_and_leaves_out_the_old_cursor():
    page = Page(items=(), next_cursor="abc", previous_cursor=None, total=41)
    paging = Pagination.of(page, path="/work/", params={"q": "餐饮", "cursor": "old", "empty": ""})
    assert paging.next_href == "/work/?q=%E9%A4%90%E9%A5%AE&cursor=abc"
    assert paging.previous_href == ""
    assert paging.needed


def test_an_error_summary_links_to_the_fields():
    bad = Field("tel", "手机", error="少 1 位")
    summary = ErrorSummary.of([Field("name", "姓名"), bad], "两处地址不一致")
    assert [(error.field_id, error.words) for error in summary.errors] == [("", "两处地址不一致"), ("f-tel", "少 1 位")]
    assert ErrorSummary.of([Field("name", "姓名")]) is None


def test_chart_data_cannot_end_its_script_element(render):
    html = render(Chart("c", "图", {"title": "</script><b>"}))
    assert "</script><b>" not in html
    assert 'type="application/json"' in html


def test_shapes_differ_where_colours_do(render):
    assert len({render(Due(state, "同样的字")).split("#")[1].split('"')[0] for state in DueState}) == len(DueState)
    for tone in (Tone.OK, Tone.WARN, Tone.BAD):
        assert "<svg" in render(Tag("状态", tone))


def test_a_seal_is_red_only_after_sealing(render):
    sample = next(v for v in VALUES if type(v).__name__ == "Sheet")
    waiting = dataclasses.replace(sample, seal=dataclasses.replace(sample.seal, state=SealState.WAITING))
    assert "textPath" in render(sample)
    assert "textPath" not in render(waiting)
    assert "签章后加盖" in render(waiting)
