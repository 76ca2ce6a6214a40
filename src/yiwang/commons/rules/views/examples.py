"""A decision's examples (用例): all of them with what comes out, and for the draft also what was expected before."""

import json
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yiwang.commons.rules import commands, queries, rules
from yiwang.commons.rules.contracts import DecisionText, Example, ExampleRefused, ExampleResult
from yiwang.commons.rules.views import words
from yiwang.commons.rules.views.frame import Frame, frame_of, shown, text_shown
from yiwang.kernel import clock
from yiwang.web.responses import go

_MOST_FACTS = 20_000


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """One line: its facts and what must come out in words, what comes out, and what the version in force says."""

    index: int
    name: str
    note: str
    facts: str
    expected: str
    found: str
    holds: bool
    why: str
    in_force: str = ""
    differs: bool = False


@login_required
@require_GET
def examples(request: HttpRequest, key: str) -> HttpResponse:
    """All examples of the text shown, run now."""
    frame = frame_of(request, key, "examples")
    text = text_shown(request, frame)
    ready = shown(text)
    if ready is None:
        return render(request, "rules/unreadable.html", {"frame": frame})
    layout, model = ready.layout, ready.model
    results = rules.try_examples(model, key, text.examples)
    old = _old_results(request, frame, text)
    rows = tuple(
        _row(index, result, layout, old[index] if old else None) for index, result in enumerate(results.results)
    )
    context = {
        "frame": frame,
        "rows": sorted(rows, key=lambda row: row.holds),
        "failed": len(results.failed),
        "passed": results.passed,
        "total": len(rows),
        "compares": bool(old),
        "editable": frame.which == 0 and frame.may_edit,
        "revision": text.revision,
    }
    return render(request, "rules/examples.html", context)


def _old_results(request: HttpRequest, frame: Frame, text: DecisionText) -> list[ExampleResult]:
    """What the version in force says of the draft's examples."""
    now = frame.page.in_force
    if frame.which != 0 or now is None:
        return []
    old = queries.text_of(key=text.key, version=now.version, viewer=words.viewer_of(request))
    model = rules.model_of(old.xml, old.imports)
    return [] if model is None else list(rules.try_examples(model, text.key, text.examples).results)


def _row(index: int, result: ExampleResult, layout: rules.Layout, old: ExampleResult | None) -> ExampleRow:
    example = result.example
    facts = _("，").join(
        f"{layout.label_of(name)} {words.fact_words(layout, name, value)}" for name, value in example.given.items()
    )
    expect: Any = example.expect
    expected = words.outcome_words(expect["value"] if set(expect) == {"value"} else dict(expect), layout)
    found = words.outcome_words(_narrowed(result.value, expect), layout) if result.value is not None else "—"
    before = "" if old is None else words.outcome_words(_narrowed(old.value, expect), layout)
    if old is not None and old.value is None:
        before = "—"
    return ExampleRow(
        index, example.name, example.note, facts, expected, found, result.holds, result.why, before, bool(before) and before != found
    )  # fmt: skip


def _narrowed(value: Any, expect: Any) -> Any:
    """Only the outputs that the example is about."""
    if isinstance(value, dict) and "value" not in expect:
        return {name: value.get(name) for name in expect}
    return value


@login_required
@require_POST
def change_examples(request: HttpRequest, key: str) -> HttpResponse:
    """Add an example from the simulator, take one out, or accept what comes out now (`do`)."""
    viewer = words.viewer_of(request)
    text = queries.text_of(key=key, version=0, viewer=viewer)
    given = request.POST.get("revision", "")
    revision = int(given) if given.isdecimal() else text.revision
    kept = list(text.examples)
    index = int(number) if (number := request.POST.get("index", "")).isdecimal() else -1
    match request.POST.get("do"):
        case "add":
            kept.append(_new(request, text))
            said = _("已存为用例。")
        case "remove" if 0 <= index < len(kept):
            kept.pop(index)
            said = _("已删去这个用例。")
        case "accept" if 0 <= index < len(kept):
            kept[index] = _accepted(kept[index], text)
            said = _("已确认新的结果。")
        case _:
            raise ExampleRefused(detail=_("没有这个用例"))
    commands.save_draft(
        key=key, revision=revision, examples=[example.data for example in kept], by=viewer, at=clock.now()
    )
    messages.success(request, said)
    return go(request, reverse("rules:examples", args=[key]) + "?v=draft")


def _new(request: HttpRequest, text: DecisionText) -> Example:
    name = request.POST.get("name", "").strip()[:120]
    if not name:
        raise ExampleRefused(detail=_("没有写名称"), fields={"name": _("请写明这个用例说明什么。")})
    try:
        facts = json.loads(request.POST.get("facts", "")[:_MOST_FACTS])
    except ValueError:
        facts = None
    if not isinstance(facts, dict):
        raise ExampleRefused(detail=_("事实读不出来"))
    return _accepted(Example(name, facts, {"value": None}, request.POST.get("note", "").strip()[:200]), text)


def _accepted(example: Example, text: DecisionText) -> Example:
    """The example with what the draft makes of it now. Raises ExampleRefused where facts are missing."""
    model = rules.model_of(text.xml, text.imports)
    result = rules.try_example(model, text.key, example) if model is not None else None
    if result is None or (result.value is None and "缺少" in result.why):
        raise ExampleRefused(detail=_("事实还不够得出结果"))
    if isinstance(result.value, dict):
        return replace(example, expect=dict(result.value))
    return replace(example, expect={"value": result.value})
