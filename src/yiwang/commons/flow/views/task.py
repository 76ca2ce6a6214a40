"""One task without a page of its own elsewhere: what it is about, what happened, and what can be done."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yiwang.commons.flow import commands, queries, registry
from yiwang.commons.flow.contracts import HistoryRow, TaskView, UnknownTask
from yiwang.commons.flow.views import words
from yiwang.kernel import calendars, clock
from yiwang.kernel.legal_calendar import CalendarWarning
from yiwang.web.components import Crumbs, Event, Fact, Facts, LazyDiagram, Link, Note, Timeline, Tone
from yiwang.web.responses import go


@login_required
@require_GET
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Leads to the page of the subject's owner where there is one."""
    viewer = words.viewer_of(request)
    found = queries.task(task_id=task_id, viewer=viewer)
    if registry.opener(found.row.subject.kind) is not None:
        return go(request, words.task_href(found.row))
    history = queries.history(subject=found.row.subject, viewer=viewer)
    context = {
        "base": "web/work_base.html" if viewer.is_official else "web/portal_base.html",
        "crumbs": Crumbs((Link(_("待办"), reverse("flow:inbox")),), found.row.title),
        "task": found,
        "facts": _facts(found),
        "warning": _warning(found),
        "diagram": LazyDiagram(reverse("flow:diagram", args=[found.row.instance_id])),
        "timeline": Timeline(tuple(_event(line) for line in reversed(history))),
    }
    return render(request, "flow/task.html", context)


@login_required
@require_POST
def act(request: HttpRequest, task_id: UUID, action: str) -> HttpResponse:
    """Claim, release or complete."""
    viewer, at = words.viewer_of(request), clock.now()
    if action == "complete":
        queries.check_plain(task_id=task_id, viewer=viewer)
        commands.complete_task(task_id=task_id, by=viewer, at=at)
        messages.success(request, _("已办结。"))
    elif action == "release":
        commands.release(task_id=task_id, by=viewer, at=at)
        messages.success(request, _("已退回，其他人可以认领。"))
    elif action == "claim":
        commands.claim(task_id=task_id, by=viewer, at=at)
        messages.success(request, _("已认领。"))
        return go(request, words.task_page(task_id))
    else:
        raise UnknownTask
    return go(request, reverse("flow:inbox"))


def _facts(found: TaskView) -> Facts:
    row = found.row
    lines = [
        Fact(_("环节"), row.name),
        Fact(_("机构"), row.organisation),
        Fact(_("时限"), words.due_mark(row.due_at, clock.now()) or _("没有期限")),
        Fact(_("承办"), row.assignee_name or _("待认领")),
        Fact(_("到达"), words.moment_words(row.created_at)),
    ]
    return Facts(tuple(line for line in lines if line.value), tight=True)


def _warning(found: TaskView) -> Note | str:
    """Where the deadline lies in a year whose holidays are not announced."""
    due = found.row.due_at.astimezone(clock.CHINA) if found.row.due_at else None
    if due is None or calendars.current().is_announced(due.year):
        return ""
    warning = CalendarWarning(due.year)
    return Note(_(warning.message).format(**warning.params), tone=Tone.WARN)


def _event(line: HistoryRow) -> Event:
    said = f"{words.HAPPENINGS[line.kind]} {line.name}".strip()
    if "left" in line.details:
        said += _("（原来的承办人离开了岗位）")
    return Event(said, words.moment_words(line.at), line.at, line.actor)
