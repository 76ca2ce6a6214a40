"""「我的授权」: what was agreed to, taken back by one click, with what that does said beside it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yiwang.commons.identity import queries as identity
from yiwang.commons.privacy import commands, queries, registry
from yiwang.commons.privacy.contracts import ConsentState, ConsentView
from yiwang.commons.privacy.views import words
from yiwang.kernel import clock
from yiwang.web.components import Empty, Fact, Facts, Pagination
from yiwang.web.responses import go


@login_required
@require_GET
def consents(request: HttpRequest) -> HttpResponse:
    """Those in force, or with `?ended=1` those taken back and past their date."""
    viewer = identity.actor_of(request)
    ended = request.GET.get("ended") == "1"
    page = queries.consents_of(viewer=viewer, in_force=not ended, cursor=request.GET.get("cursor"))
    effects = {} if ended else registry.effects_of(page.items, viewer)
    pages = Pagination.of(page, path=request.path, params={"ended": "1"} if ended else {})
    context = {
        "crumbs": words.crumbs(_("我的授权")),
        "tabs": words.tabs(request),
        "ended": ended,
        "lines": [_line(each, effects.get(each.id, "")) for each in page.items],
        "pages": pages if pages.needed else None,
        "empty": _empty(ended=ended),
    }
    return render(request, "privacy/consents.html", context)


def _line(view: ConsentView, effect: str) -> dict[str, object]:
    return {
        "href": reverse("privacy:consent", args=[view.id]),
        "title": _(view.data.words),
        "to": view.organisation,
        "purpose": words.purpose(view.purpose),
        "subject": view.subject_words,
        "subject_href": registry.address_of(view.subject, view.subject_words),
        "given": words.day(view.given_at),
        "until": words.day(view.until),
        "withdrawn": words.moment(view.withdrawn_at) if view.withdrawn_at else "",
        "tag": words.consent_tag(view),
        "withdraw": reverse("privacy:withdraw", args=[view.id]) if view.state is ConsentState.IN_FORCE else "",
        "effect": effect or _("撤回后对方不能再依据它使用您的信息；撤回前已经办成的事不受影响。"),
    }


def _empty(*, ended: bool) -> Empty:
    if ended:
        return Empty(_("没有已经结束的授权"), _("撤回的和到期的授权会留在这里。"))
    return Empty(_("没有有效的授权"), _("办事时您同意调取电子证照，授权会记在这里，随时可以撤回。"))


@login_required
@require_GET
def consent(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """One consent: the words as they were shown, how often it was used, and taking it back."""
    viewer = identity.actor_of(request)
    view = queries.consent(consent_id=consent_id, viewer=viewer)
    line = _line(view, registry.effects_of([view], viewer).get(view.id, ""))
    facts = [
        Fact(_("给谁"), view.organisation),
        Fact(_("哪项信息"), _(view.data.words)),
        Fact(_("用来做什么"), words.purpose(view.purpose) + (f"　{view.subject_words}" if view.subject_words else "")),
        Fact(_("授权时间"), words.moment(view.given_at)),
        Fact(_("期限"), words.day(view.until)),
        Fact(_("已经使用"), _("%(n)d 次") % {"n": view.uses or 0}),
    ]
    if view.withdrawn_at:
        facts.append(Fact(_("撤回时间"), words.moment(view.withdrawn_at)))
    context = {
        "crumbs": words.crumbs(_("授权书")),
        "line": line,
        "facts": Facts(tuple(facts)),
        "paragraphs": view.text.split("\n"),
        "version": view.version,
        "separate": view.separate,
    }
    return render(request, "privacy/consent.html", context)


@login_required
@require_POST
def withdraw(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Takes a consent back."""
    commands.withdraw_consent(consent_id=consent_id, by=identity.actor_of(request), at=clock.now())
    messages.success(request, _("授权已经撤回，立即生效。"))
    return go(request, reverse("privacy:consents"))
