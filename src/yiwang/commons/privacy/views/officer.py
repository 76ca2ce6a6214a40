"""The data officer's desk: objections to what the organisation looked at, the soonest due first."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.identity import queries as identity
from yiwang.commons.privacy import commands, queries, rules
from yiwang.commons.privacy.contracts import ANSWER, Finding, NoSuchObjection, WordsMissing
from yiwang.commons.privacy.views.objections import line
from yiwang.kernel import clock
from yiwang.kernel.errors import Forbidden
from yiwang.kernel.text import gettext_noop as _noop
from yiwang.web.components import Crumbs, Empty, ErrorSummary, Link, Pagination, Tab, Tabs
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go

_COUNTED = "_privacy_waiting"


@login_required
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, or with `?answered=1` what was answered."""
    viewer = identity.actor_of(request)
    if not viewer.is_official:
        raise Forbidden
    answered = request.GET.get("answered") == "1"
    page = queries.objections(viewer=viewer, answered=answered, cursor=request.GET.get("cursor"))
    here = reverse("privacy:waiting")
    pages = Pagination.of(page, path=here, params={"answered": "1"} if answered else {})
    context = {
        "tabs": Tabs(
            _("信息查看异议"),
            (
                Tab(_("等待答复"), here, current=not answered),
                Tab(_("已答复"), f"{here}?answered=1", current=answered),
            ),
        ),
        "lines": [line(each, own=False) for each in page.items],
        "answered": answered,
        "pages": pages if pages.needed else None,
        "empty": Empty(
            _("没有等待答复的异议") if not answered else _("还没有答复过异议"),
            _("有人对本单位查看其个人信息提出异议时，会出现在这里。"),
        ),
    }
    return render(request, "privacy/waiting.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, objection_id: UUID) -> HttpResponse:
    """Look at what was objected to and answer."""
    viewer = identity.actor_of(request)
    if not viewer.is_official:
        raise NoSuchObjection
    view = queries.objection(objection_id=objection_id, viewer=viewer)
    finding, text = request.POST.get("finding", ""), request.POST.get("answer", "")[:4000]
    refused: WordsMissing | None = None
    if request.method == "POST":
        try:
            commands.answer_objection(
                objection_id=objection_id, finding=_finding(finding), words=text, by=viewer, at=clock.now()
            )
        except WordsMissing as error:
            refused = error
        else:
            messages.success(request, _("答复已经发出。"))
            return go(request, reverse("privacy:waiting"))
    fields = _fields(finding, text, refused)
    title = _("答复异议")
    context = {
        "crumbs": Crumbs((Link(_("信息查看异议"), reverse("privacy:waiting")),), title),
        "title": title,
        "one": line(view, own=False),
        "fields": fields if view.finding is None else None,
        "errors": ErrorSummary.of(fields) if refused else None,
        "back_url": reverse("privacy:waiting"),
    }
    return render(request, "privacy/answer.html", context, status=422 if refused else 200)


def _finding(given: str) -> Finding:
    """Raises WordsMissing."""
    if given not in set(Finding):
        raise WordsMissing(fields={"finding": _noop("请选择一项")})
    return Finding(given)


def _fields(finding: str, text: str, refused: WordsMissing | None) -> tuple[Field, ...]:
    wrong = {name: _(said) for name, said in refused.fields.items()} if refused else {}
    return (
        Field(
            "finding",
            _("核查结论"),
            FieldKind.RADIO,
            finding,
            error=wrong.get("finding", ""),
            options=(
                Choice(Finding.PROPER.value, _("依法查看"), _("有职责、有需要，没有超出范围")),
                Choice(Finding.IMPROPER.value, _("查看不当"), _("写明怎样处理、怎样防止再发生")),
            ),
        ),
        Field(
            "answer",
            _("答复内容"),
            FieldKind.TEXTAREA,
            text,
            hint=_("对方会看到全文。写明谁因什么事查看、依据哪一条规定。"),
            error=wrong.get("answer", ""),
            maxlength=rules.LONGEST_WORDS,
        ),
    )


def is_officer(request: HttpRequest) -> bool:
    """Whether the menu shows the data officer's desk."""
    return bool(identity.held_in_menu(request, ANSWER))


def waiting_of(request: HttpRequest) -> int:
    """How many wait, asked once a request."""
    found: int | None = getattr(request, _COUNTED, None)
    if found is None:
        found = queries.open_objections(viewer=identity.actor_of(request))
        setattr(request, _COUNTED, found)
    return found
