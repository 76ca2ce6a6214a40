"""「谁看过我的信息」: the entries with their filter, objecting to one, and taking everything along."""

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.commons.identity import queries as identity
from yiwang.commons.privacy import commands, queries, rules
from yiwang.commons.privacy.contracts import ANSWER_DAYS, AccessFilter, WordsMissing
from yiwang.commons.privacy.views import words
from yiwang.kernel import calendars, clock
from yiwang.web.components import Empty, ErrorSummary, LinkButton, Pagination
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go

_SIZE = 20
_LONGEST = 130


@login_required
@require_GET
def accesses(request: HttpRequest) -> HttpResponse:
    """Who looked at the viewer's data, filtered by organisation, data and days (`?organisation=&data=&since=&until=`)."""
    viewer = identity.actor_of(request)
    given = {name: _clean(request, name) for name in ("organisation", "data", "since", "until")}
    wanted = AccessFilter(_uuid(given["organisation"]), given["data"], _date(given["since"]), _date(given["until"]))
    page = queries.accesses_of(viewer=viewer, wanted=wanted, cursor=request.GET.get("cursor"), size=_SIZE)
    kept = {name: value for name, value in given.items() if value}
    pages = Pagination.of(page, path=request.path, params=kept)
    context = {
        "crumbs": words.crumbs(_("谁看过我的信息")),
        "tabs": words.tabs(request),
        "entries": [words.shown(each) for each in page.items],
        "choices": queries.access_choices(viewer=viewer),
        "given": given,
        "filtered": bool(kept),
        "pages": pages if pages.needed else None,
        "empty": _empty(filtered=bool(kept)),
    }
    return render(request, "privacy/accesses.html", context)


def _empty(*, filtered: bool) -> Empty:
    here = reverse("privacy:accesses")
    if filtered:
        return Empty(_("没有符合条件的记录"), _("换一个条件，或者看全部。"), LinkButton(_("看全部"), here, "second"))
    return Empty(_("还没有人看过您的信息"), _("机关每次查看、调取您的证照和证件号码，都会在这里留下一条记录。"))


@login_required
@require_http_methods(["GET", "POST"])
def raise_objection(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Object to one access: who answers and by when stands beside the question."""
    viewer = identity.actor_of(request)
    entry = queries.access(entry_id=entry_id, viewer=viewer)
    text, refused = request.POST.get("words", "")[:4000], None
    if request.method == "POST":
        try:
            made = commands.raise_objection(entry_id=entry_id, words=text, by=viewer, at=clock.now())
        except WordsMissing as error:
            refused = error
        else:
            messages.success(request, _("异议已经提出，单位会在期限内答复。"))
            return go(request, reverse("privacy:objection", args=[made]))
    field = Field(
        "words",
        _("您认为哪里不对"),
        FieldKind.TEXTAREA,
        text,
        hint=_("例如：我没有办过这件事；这件事不需要看这项信息。"),
        error=_(refused.fields["words"]) if refused else "",
        maxlength=rules.LONGEST_WORDS,
    )
    context = {
        "crumbs": words.crumbs(_("提出异议")),
        "entry": words.shown(entry),
        "organisation": entry.organisation,
        "days": ANSWER_DAYS,
        "due": words.day(rules.answer_due(calendars.current(), clock.today())),
        "fields": (field,),
        "errors": ErrorSummary.of((field,)) if refused else None,
        "back_url": reverse("privacy:accesses"),
    }
    return render(request, "privacy/object.html", context, status=422 if refused else 200)


@login_required
@require_POST
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Everything about the viewer as a file (PIPL art. 45)."""
    viewer = identity.actor_of(request)
    commands.note_export(by=viewer, at=clock.now())
    name = f"{_('我的个人信息')}-{clock.today():%Y%m%d}.json"
    answer = StreamingHttpResponse(queries.export(viewer=viewer), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{urlencode({'': name})[1:]}"
    answer["Cache-Control"] = "no-store"
    return answer


def _clean(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "").strip()[:_LONGEST]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
