"""Pages of identity: logging in, for whom one acts, in which office, and what the shell shows of it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yiwang.commons.identity import commands, queries
from yiwang.commons.identity.contracts import (
    ActingChoice,
    Office,
    OrganisationRef,
    RepresentationKind,
    TooManyAttempts,
    UnknownRecord,
)
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.web.components import Link, Text
from yiwang.web.errors import refusal
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.registry import AccountSlot, ActingFor
from yiwang.web.responses import go, safe_next

MYSELF = "myself"
KINDS: dict[RepresentationKind, Text] = {
    RepresentationKind.AGENT: gettext_lazy("受委托代办"),
    RepresentationKind.GUARDIAN: gettext_lazy("监护人"),
    RepresentationKind.LEGAL_REPRESENTATIVE: gettext_lazy("法定代表人"),
    RepresentationKind.STAFF: gettext_lazy("企业办事人员"),
}


def too_many(request: HttpRequest, *_args: Any) -> HttpResponse:
    """handler429: allauth's rate limits end here."""
    return refusal(request, TooManyAttempts())


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def acting(request: HttpRequest) -> HttpResponse:
    """Choose for whom one acts: oneself, or somebody who has authorised it."""
    actor = queries.actor_of(request)
    choices = queries.acting_choices(viewer=actor)
    following = safe_next(request, request.POST.get("next") or request.GET.get("next", ""), "/")
    if request.method == "POST":
        subject = _chosen_subject(request.POST.get("choice", ""), choices)
        commands.act_for(subject=subject, by=actor, at=clock.now())
        _keep(request, queries.SESSION_ACTING, str(subject) if subject else "")
        return go(request, following)
    options = (
        Choice(MYSELF, _("为自己办事"), queries.standing_of(request).name),
        *(Choice(str(choice.subject), choice.name, _described(choice)) for choice in choices),
    )
    current = str(actor.on_behalf) if actor.on_behalf else MYSELF
    field = Field(
        "choice",
        _("选择申请人"),
        FieldKind.RADIO,
        value=current,
        options=options,
        hint=_("选定后，您提交的申请都以其名义办理，直到更换或退出登录。"),
    )
    return render(
        request,
        "identity/acting.html",
        {"field": field, "following": following, "alone": not choices, "area": "portal"},
    )


def _chosen_subject(choice: str, choices: tuple[ActingChoice, ...]) -> SubjectRef | None:
    if choice in {"", MYSELF}:
        return None
    found = next((known.subject for known in choices if str(known.subject) == choice), None)
    if found is None:
        raise UnknownRecord(kind="representation")
    return found


def _described(choice: ActingChoice) -> str:
    kind = str(KINDS[choice.kind])
    if choice.valid_to is None:
        return kind
    return _("%(kind)s，至 %(date)s") % {"kind": kind, "date": choice.valid_to.isoformat()}


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def office(request: HttpRequest) -> HttpResponse:
    """Choose the office in which an official acts."""
    offices = queries.offices(viewer=queries.actor_of(request))
    following = safe_next(request, request.POST.get("next") or request.GET.get("next", ""), "/work/")
    if request.method == "POST":
        chosen = request.POST.get("choice", "")
        if chosen not in {str(known.appointment_id) for known in offices}:
            raise UnknownRecord(kind="appointment")
        _keep(request, queries.SESSION_OFFICE, chosen)
        messages.success(request, _("已切换岗位。"))
        return go(request, following)
    options = tuple(Choice(str(known.appointment_id), _place(known.organisation), _title(known)) for known in offices)
    current = queries.standing_of(request).office
    present = str(current.appointment_id) if current else ""
    field = Field(
        "choice",
        _("您以哪个岗位工作？"),
        FieldKind.RADIO,
        value=request.GET.get("choice") or present,  # one that is none of theirs ticks nothing
        options=options,
    )
    return render(request, "identity/office.html", {"field": field, "following": following, "area": "work"})


def _keep(request: HttpRequest, name: str, value: str) -> None:
    if value:
        request.session[name] = value
    else:
        request.session.pop(name, None)
    queries.forget_standing(request)


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _place(organisation: OrganisationRef) -> str:
    return organisation.name_en if _english() and organisation.name_en else organisation.label


def _title(known: Office) -> str:
    return known.role_title_en if _english() and known.role_title_en else known.role_title


def account_slot(request: HttpRequest) -> AccountSlot:
    """The account's place in the shell: its menu, or the way to log in."""
    standing = queries.standing_of(request)
    if not standing.actor.is_known:
        return AccountSlot(_("登录"), href=reverse("account_login"))
    note: Text = ""
    links = [Link(_("登录方式"), reverse("mfa_index")), Link(_("登录设备"), reverse("identity:devices"))]
    if standing.office is not None:
        note = f"{_place(standing.office.organisation)} · {_title(standing.office)}"
        if len(standing.offices) > 1:
            links.insert(0, Link(_("切换岗位"), reverse("identity:office")))
    else:
        links = [
            Link(_("为他人或企业办事"), reverse("identity:acting")),
            Link(_("实名认证"), reverse("real:standing")),
            Link(_("代办委托"), reverse("real:mandates")),
            *links,
        ]
    links.insert(0, Link(_("我的应用"), reverse("openid:launcher")))
    return AccountSlot(standing.name, links=tuple(links), note=note, leave_url=reverse("account_logout"))


def acting_slot(request: HttpRequest) -> ActingFor | None:
    """The band that says for whom one acts; absent when for oneself."""
    standing = queries.standing_of(request)
    if standing.absent is not None:
        told = {"name": standing.absent.name, "day": standing.absent.until.isoformat()}
        said = _("您正在代 %(name)s 办理待办（代理至 %(day)s）") % told
        return ActingFor(said, Link(_("查看或结束"), standing.absent.href))
    choice = standing.acting
    if choice is None:
        return None
    words = _("您正在代 %(name)s 办事（%(kind)s）") % {"name": choice.name, "kind": KINDS[choice.kind]}
    return ActingFor(words, Link(_("更换"), reverse("identity:acting")))
