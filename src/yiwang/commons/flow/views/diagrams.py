"""Where a process stands, drawn: a page of its own, and the fragment that other pages fetch when it comes into view."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiwang.commons.flow import queries
from yiwang.commons.flow.contracts import DiagramNode, DiagramView, NodeState
from yiwang.commons.flow.views import words
from yiwang.kernel.actor import SubjectRef
from yiwang.web.components import Crumbs, DiagramState, DiagramStep, Link, ProcessDiagram
from yiwang.web.responses import is_htmx

_STATES = {
    NodeState.PASSED: DiagramState.PASSED,
    NodeState.CURRENT: DiagramState.CURRENT,
    NodeState.HALTED: DiagramState.HALTED,
    NodeState.TAKEN_AWAY: DiagramState.AWAY,
}
_SHOWN_ALWAYS = ("startEvent", "endEvent")
_YEAR = 365 * 24 * 3600


@login_required
@require_GET
def diagram(request: HttpRequest, instance_id: UUID) -> HttpResponse:
    """One process instance."""
    return _page(request, queries.diagram(instance_id=instance_id, viewer=words.viewer_of(request)))


@login_required
@require_GET
def diagram_of(request: HttpRequest, kind: str, subject_id: UUID) -> HttpResponse:
    """The process about a subject, for pages that know the subject only."""
    return _page(request, queries.diagram_of(subject=SubjectRef(kind, subject_id), viewer=words.viewer_of(request)))


@login_required
@require_GET
def bpmn(request: HttpRequest, definition_id: UUID) -> HttpResponse:
    """A published definition's file: it never changes, so a browser keeps it."""
    key, version, content = queries.published_bpmn(definition_id=definition_id, viewer=words.viewer_of(request))
    response = HttpResponse(content, content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{key}-{version}.bpmn"'
    response["Cache-Control"] = f"private, max-age={_YEAR}, immutable"
    return response


def _page(request: HttpRequest, view: DiagramView) -> HttpResponse:
    shown = drawing(view)
    if is_htmx(request):
        return render(request, "flow/diagram_fragment.html", {"diagram": shown})
    official = words.viewer_of(request).is_official
    inbox = Link(_("待办"), reverse("flow:inbox")) if official else Link(_("我的"), reverse("flow:mine"))
    context = {
        "base": "web/work_base.html" if official else "web/portal_base.html",
        "crumbs": Crumbs((inbox,), _("流程图")),
        "title": view.title,
        "diagram": shown,
    }
    return render(request, "flow/diagram.html", context)


def drawing(view: DiagramView) -> ProcessDiagram:
    """The component that draws a process and says the same in words."""
    return ProcessDiagram(
        id=f"diagram-{view.instance_id.hex[-12:]}",
        title=view.process,
        src=reverse("flow:bpmn", args=[view.definition_id]),
        states={node.element_id: _STATES[node.state] for node in view.nodes if node.state},
        steps=tuple(_step(node) for node in view.nodes if _is_told(node)),
        words=_("第 %(version)d 版") % {"version": view.version},
    )


def _is_told(node: DiagramNode) -> bool:
    """What is done, and whatever else has a name and was reached: branches not taken would only lengthen the list."""
    if node.is_step or (node.name and node.kind in _SHOWN_ALWAYS):
        return True
    return bool(node.name) and node.state in {NodeState.CURRENT, NodeState.HALTED}


def _step(node: DiagramNode) -> DiagramStep:
    note = node.who
    if node.state is NodeState.PASSED and node.at is not None:
        note = words.moment_words(node.at)
    inside = Link(_("看里面"), reverse("flow:diagram", args=[node.child]), about=node.name) if node.child else None
    return DiagramStep(
        node.name or node.element_id, _STATES[node.state] if node.state else DiagramState.AHEAD, note, inside
    )
