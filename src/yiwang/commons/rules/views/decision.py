"""One decision: its tables as officials read them, tried on facts that are typed in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.rules import rules
from yiwang.commons.rules.contracts import DecisionText
from yiwang.commons.rules.rules import FactKind
from yiwang.commons.rules.views import grid, reasons
from yiwang.commons.rules.views.frame import frame_of, shown, text_shown
from yiwang.kernel import clock
from yiwang.web.components import Text
from yiwang.web.responses import is_htmx

_PREFIX = "fact-"
_LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact of the form; `state` is "missing" while it can change the outcome, "spared" when it no longer can."""

    name: str
    label: str
    kind: str
    value: str
    options: tuple[tuple[str, str], ...]
    error: Text = ""
    hint: str = ""
    state: str = ""

    @property
    def control(self) -> str:
        return "select" if self.options and self.kind != "text" else "date" if self.kind == "date" else "input"


@login_required
@require_http_methods(["GET", "POST"])
def decision(request: HttpRequest, key: str) -> HttpResponse:
    """The page; POST tries it on the facts of the form, `?example=` on those of an example."""
    frame = frame_of(request, key, "decision")
    text = text_shown(request, frame)
    found = shown(text)
    if found is None:
        return render(request, "rules/unreadable.html", {"frame": frame})
    layout, model = found.layout, found.model
    number = _number(request.GET.get("example", ""), text)
    given = _given(request, layout, text, number)
    facts = rules.entered(layout, given)
    asked = request.method == "POST" or number is not None
    simulation = rules.simulate(model, layout, facts.facts, words=found.words, now=clock.now()) if asked else None
    context = {
        "frame": frame,
        "layout": layout,
        "facts": tuple(_row(fact, given, facts.faults, simulation) for fact in layout.facts),
        "parts": tuple(grid.part_of(part, simulation, layout) for part in layout.parts),
        "answer": reasons.answer(layout, simulation) if simulation is not None else None,
        "examples": tuple((index, example.name, index == number) for index, example in enumerate(text.examples)),
        "which": request.POST.get("v") or request.GET.get("v") or "",
        "told": json.dumps(facts.facts, ensure_ascii=False, default=str),
        "passed": _passed(model, text),
        "keeps": simulation is not None and simulation.known and frame.which == 0 and frame.may_edit,
    }
    name = "rules/trial.html" if is_htmx(request) else "rules/decision.html"
    return render(request, name, context, status=422 if facts.faults else 200)


@login_required
@require_GET
def dmn(request: HttpRequest, key: str) -> HttpResponse:
    """The DMN file of the text that is shown."""
    frame = frame_of(request, key, "decision")
    text = text_shown(request, frame)
    response = HttpResponse(text.xml, content_type="application/xml; charset=utf-8")
    name = f"{key}-{text.version}.dmn" if text.version else f"{key}-draft.dmn"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _number(asked: str, text: DecisionText) -> int | None:
    number = int(asked) if asked.isdecimal() and len(asked) < 6 else None
    return number if number is not None and number < len(text.examples) else None


def _given(request: HttpRequest, layout: rules.Layout, text: DecisionText, number: int | None) -> Mapping[str, str]:
    if request.method == "POST":
        return {fact.name: request.POST.get(_PREFIX + fact.name, "")[:_LONGEST] for fact in layout.facts}
    return rules.told(layout, text.examples[number].given) if number is not None else {}


def _row(
    fact: rules.FactField, given: Mapping[str, str], faults: Mapping[str, str], simulation: rules.Simulation | None
) -> FactRow:
    options: tuple[tuple[str, str], ...] = tuple((option, fact.value_label(option)) for option in fact.options)
    if fact.kind is FactKind.YES_NO:
        options = (("yes", _("是")), ("no", _("否")))
    state = ""
    if simulation is not None:
        state = "missing" if fact.name in simulation.missing else "spared" if fact.name in simulation.spared else ""
    return FactRow(
        fact.name, fact.label, fact.kind.value, given.get(fact.name, ""), options, _fault(faults.get(fact.name)), fact.hint, state
    )  # fmt: skip


def _fault(kind: str | None) -> Text:
    told: dict[str, Text] = {
        "number": _("请填写数字，例如 12 或 7.5。"),
        "date": _("请填写日期，例如 2026-01-31。"),
        "choice": _("请从列出的取值中选择。"),
        "yes_no": _("请选择是或否。"),
        "json": _('请按 JSON 填写，例如 [1, 2] 或 {"名称": 1}。'),
    }
    return "" if kind is None else told.get(kind, _("填写的内容读不出来。"))


def _passed(model: Any, text: DecisionText) -> tuple[int, int]:
    examined = rules.try_examples(model, text.key, text.examples)
    return examined.passed, len(text.examples)
