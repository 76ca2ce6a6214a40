"""Several tasks at once: claim, give back, hand over. Each task's result is said, and can be undone."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.commons.flow import commands, policies, queries, rules
from yiwang.commons.flow.contracts import BatchOutcome, BatchResult, NoReason, TaskRow
from yiwang.commons.flow.views import words
from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.web.components import Cell, Column, Crumbs, Empty, ErrorSummary, Link, LinkButton, Row, Table, Text, Undo
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go, safe_next, say_undoable

AT_MOST = 200
_TOLD = 4
_WHY: dict[BatchOutcome, Text] = {
    BatchOutcome.TAKEN: lazy("“%(title)s”已由%(who)s认领，没有改动。"),
    BatchOutcome.CLOSED: lazy("“%(title)s”已经办结或撤销，没有改动。"),
    BatchOutcome.REFUSED: lazy("“%(title)s”不在您手上，没有改动。"),
    BatchOutcome.OUT_OF_REACH: lazy("“%(title)s”不在这位同事的权限之内，没有转办。"),
    BatchOutcome.UNKNOWN: lazy("有一件待办已不在您的权限之内，没有改动。"),
}


@login_required
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Claim or give back the chosen tasks, or go on to handing them over."""
    viewer, at = words.viewer_of(request), clock.now()
    chosen = chosen_ids(request.POST.getlist("task"))
    back = safe_next(request, request.POST.get("next", ""), reverse("flow:inbox"))
    action = request.POST.get("action")
    if not chosen:
        messages.error(request, _("请先选中要办的事。"))
    elif action == "hand_over":
        asked = urlencode([*(("task", str(each)) for each in chosen), ("next", back)])
        return go(request, f"{reverse('flow:hand_over')}?{asked}")
    elif action == "take_back":
        _say(request, commands.take_back(task_ids=chosen, by=viewer, at=at), viewer, back, back_again=True)
    elif action == "release":
        _say(request, commands.release_many(task_ids=chosen, by=viewer, at=at), viewer, back, undo="claim")
    else:
        _say(request, commands.claim_many(task_ids=chosen, by=viewer, at=at), viewer, back, undo="release")
    return go(request, back)


@login_required
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest) -> HttpResponse:
    """To whom, and why."""
    viewer = words.viewer_of(request)
    given = request.POST if request.method == "POST" else request.GET
    chosen = chosen_ids(given.getlist("task"))
    back = safe_next(request, given.get("next", ""), reverse("flow:inbox"))
    rows = queries.tasks_by_id(task_ids=chosen, viewer=viewer)
    if not rows:
        messages.error(request, _("请先选中要转办的事。"))
        return go(request, back)
    able = queries.candidates(task_ids=[row.id for row in rows], viewer=viewer)
    if all(row.is_mine for row in rows):
        able = tuple(card for card in able if card.id != policies.holder_id(viewer))
    to, reason = given.get("account", ""), given.get("reason", "")
    errors: dict[str, str] = {}
    if request.method == "POST":
        named = next((card for card in able if str(card.id) == to), None)
        if named is None:
            errors["account"] = _("请选择接手的同事")
        if not reason.strip():
            errors["reason"] = _("请写明转办的原因")
        if named is not None and not errors:
            ids = [row.id for row in rows]
            try:
                results = commands.hand_over(
                    task_ids=ids, account_id=named.id, reason=reason, by=viewer, at=clock.now()
                )
            except NoReason as refused:
                errors = dict(refused.fields)
            else:
                _say(request, results, viewer, back, undo="take_back", to=named.name)
                return go(request, back)
    options = tuple(Choice(str(card.id), f"{card.name}（{card.username}）") for card in able)
    fields = (
        Field("account", _("交给谁"), FieldKind.SELECT, to, _("名单里是有权限办理所选每一件的同事。"),
              errors.get("account", ""), options=options),
        Field("reason", _("原因"), FieldKind.TEXTAREA, reason, _("接手的人会看到，并记入办理经过。"),
              errors.get("reason", ""), rows=2, maxlength=200),
    )  # fmt: skip
    context = {
        "crumbs": Crumbs((Link(_("待办"), back),), _("转办")),
        "table": _chosen_table(rows),
        "rows": rows,
        "fields": fields,
        "errors": ErrorSummary.of(fields) if errors else None,
        "back": back,
        "nobody": None if able else _nobody(back),
    }
    return render(request, "flow/hand_over.html", context, status=422 if errors else 200)


def _nobody(back: str) -> Empty:
    return Empty(
        _("没有可以接手的同事"),
        _("所选的事分属不同的机构或事项，没有人有权限办理每一件。请分开转办，或请管理员授权。"),
        LinkButton(_("回到待办"), back, "second"),
        boxed=False,
    )


def _chosen_table(rows: Sequence[TaskRow]) -> Table:
    columns = (Column(_("事情")), Column(_("环节")), Column(_("承办")))
    lines = []
    for row in rows:
        title, number = rules.parted(row.title)
        lines.append(Row((Cell(title, number), row.name, words.holder_words(row)), id=str(row.id)))
    return Table.of(_("要转办的事"), columns, tuple(lines))


def chosen_ids(values: list[str]) -> list[UUID]:
    """The ids of a posted list, those that are ids, at most 200."""
    found = []
    for value in values[:AT_MOST]:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _say(
    request: HttpRequest,
    results: Sequence[BatchResult],
    viewer: Actor,
    back: str,
    *,
    undo: str = "",
    to: str = "",
    back_again: bool = False,
) -> None:
    done = [each for each in results if each.outcome is BatchOutcome.DONE]
    if done:
        said = _("已撤回转办 %(done)d 件。") % {"done": len(done)} if back_again else _said(len(done), undo, to)
        if undo:
            hidden = (("action", undo), ("next", back), *(("task", str(each.task_id)) for each in done))
            say_undoable(request, said, Undo(_("撤回"), reverse("flow:batch"), hidden))
        else:
            messages.success(request, said)
    missed = [each for each in results if each.outcome is not BatchOutcome.DONE]
    holders = {each.holder_id for each in missed if each.holder_id}
    names = identity.account_names(account_ids=holders, viewer=viewer) if holders else {}
    for each in missed[:_TOLD]:
        who = names.get(each.holder_id, _("他人")) if each.holder_id else _("他人")
        messages.error(request, str(_WHY[each.outcome]) % {"title": each.title, "who": f" {who} "})
    if len(missed) > _TOLD:
        messages.error(request, _("另有 %(count)d 件没有改动。") % {"count": len(missed) - _TOLD})


def _said(count: int, undo: str, to: str) -> str:
    if to:
        return _("已转办 %(done)d 件给%(who)s。") % {"done": count, "who": f" {to} "}
    if undo == "release":
        return _("已认领 %(done)d 件。") % {"done": count}
    return _("已退回 %(done)d 件，其他人可以认领。") % {"done": count}
