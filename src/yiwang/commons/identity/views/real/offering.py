"""Giving a mandate, one question a page: whom, for what, until when, check. What was answered travels in the form."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yiwang.commons.identity.commands import agency as commands
from yiwang.commons.identity.commands.assurance import claim_of
from yiwang.commons.identity.contracts import LEGAL_ENTITY, PERSON, AlreadyHeld, UnknownRecord
from yiwang.commons.identity.contracts.real_names import Assurance, ScopeChoice
from yiwang.commons.identity.policies.real_names import check_has_real_name
from yiwang.commons.identity.queries import actor_of, agency
from yiwang.commons.identity.rules import ANY
from yiwang.commons.identity.views.real import words
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.errors import Invalid
from yiwang.web.components import Crumbs, Fact, Facts
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go

_STEPS: Final = ("who", "what", "until", "check")
_DAYS: Final = {"30": 30, "90": 90, "180": 180, "365": 365}
_OTHER: Final = "other"
_MOST: Final = 50


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def for_person(request: HttpRequest) -> HttpResponse:
    """A resident asks an agent."""
    viewer = actor_of(request)
    if viewer.person_id is None:
        raise UnknownRecord(kind=PERSON)
    crumbs = words.home_crumbs(words.mandates_link(), here=_("委托别人代办"))
    return _offering(request, SubjectRef(PERSON, viewer.person_id), crumbs, reverse("real:mandates"))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def for_entity(request: HttpRequest, entity_id: UUID) -> HttpResponse:
    """A legal representative asks somebody to act for the entity."""
    found = next((each for each in agency.bound_entities(viewer=actor_of(request)) if each.id == entity_id), None)
    if found is None:
        raise UnknownRecord(kind=LEGAL_ENTITY)
    crumbs = words.home_crumbs(words.entities_link(), here=_("授权员工"))
    return _offering(request, SubjectRef(LEGAL_ENTITY, entity_id), crumbs, reverse("real:entity", args=[entity_id]))


def _offering(request: HttpRequest, principal: SubjectRef, crumbs: Crumbs, back_url: str) -> HttpResponse:
    viewer = actor_of(request)
    check_has_real_name(viewer, Assurance.CHECKED)
    given = _given(request)
    faults: dict[str, str] = {}
    step = "who"
    if request.method == "POST":
        step, faults = _next(given, request.POST.getlist("scope"))
        if step == "done":
            try:
                commands.offer_mandate(
                    principal=principal, agent_name=given["name"], agent_number=given["id_number"],
                    scopes=_scopes(given, request), valid_to=_until(given), by=viewer, at=clock.now(),
                )  # fmt: skip
            except AlreadyHeld as refused:
                step, faults = "who", {"id_number": refused.sentence(_)}
            except Invalid as refused:
                step, faults = _back(refused)
            else:
                messages.success(request, _("委托已发出。请告诉对方：实名登录后在“代办委托”里确认，确认后生效。"))
                return go(request, back_url)
    known = agency.scope_choices(audience=principal.kind, viewer=viewer) if step == "what" else ()
    return words.form_page(
        request,
        title=_titles()[step],
        fields=_fields(step, given, faults, bool(known)),
        folds=_folds(known, request.POST.getlist("scope")) if step == "what" else (),
        crumbs=crumbs,
        back_url=back_url,
        submit=_("确认委托") if step == "check" else _("继续"),
        step=_("第 %(n)d 步，共 4 步") % {"n": _STEPS.index(step) + 1},
        facts=_summary(given, request, viewer) if step == "check" else None,
        kept=_kept(step, given, request.POST.getlist("scope")[:_MOST]),
    )


_FIELDS: Final = {
    "agent_name": ("who", "name"),
    "agent_number": ("who", "id_number"),
    "scopes": ("what", "all"),
    "valid_to": ("until", "until"),
}


def _back(refused: Invalid) -> tuple[str, dict[str, str]]:
    """The earliest step with a refused answer, and what is wrong there."""
    wrong = [(*_FIELDS.get(name, ("who", name)), _(said)) for name, said in refused.fields.items()]
    step = min((step for step, _field, _said in wrong), key=_STEPS.index, default="who")
    return step, {field: said for at, field, said in wrong if at == step}


def _titles() -> Mapping[str, str]:
    return {
        "who": _("请谁代办？"),
        "what": _("可以代办什么？"),
        "until": _("到哪天为止？"),
        "check": _("请核对委托内容"),
    }


def _given(request: HttpRequest) -> dict[str, str]:
    return words.asked(request, "step", "name", "id_number", "all", "until", "day")


def _next(given: Mapping[str, str], chosen: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The step that follows the answered one; earlier answers are judged again, for they came from the browser."""
    answered = given["step"] if given["step"] in _STEPS else "who"
    for step in _STEPS[: _STEPS.index(answered) + 1]:
        faults = _faults(step, given, chosen)
        if faults:
            return step, faults
    following = _STEPS.index(answered) + 1
    return (_STEPS[following] if following < len(_STEPS) else "done"), {}


def _faults(step: str, given: Mapping[str, str], chosen: Sequence[str]) -> dict[str, str]:
    if step == "who":
        try:
            claim_of(name=given["name"], id_number=given["id_number"])
        except Invalid as refused:
            return {name: _(said) for name, said in refused.fields.items()}
    if step == "what" and given["all"] != "all" and not (given["all"] == "some" and chosen):
        return {"all": _("请选择可以代办的事项。")}
    if step == "until":
        return _fault_of_day(given)
    return {}


def _fault_of_day(given: Mapping[str, str]) -> dict[str, str]:
    if given["until"] in _DAYS:
        return {}
    if given["until"] != _OTHER:
        return {"until": _("请选择截止日期。")}
    try:
        date.fromisoformat(given["day"])
    except ValueError:
        return {"day": _("请填写截止日期。")}
    return {}


def _until(given: Mapping[str, str]) -> date:
    days = _DAYS.get(given["until"])
    return clock.today() + timedelta(days=days) if days else date.fromisoformat(given["day"])


def _scopes(given: Mapping[str, str], request: HttpRequest) -> Sequence[str]:
    return (ANY,) if given["all"] == "all" else tuple(request.POST.getlist("scope")[: _MOST + 1])


def _fields(step: str, given: Mapping[str, str], faults: Mapping[str, str], bounded: bool) -> list[Field]:
    if step == "who":
        return [
            Field("name", _("代办人的姓名"), value=given["name"], error=faults.get("name", ""), maxlength=80, autocomplete="off"),
            Field("id_number", _("代办人的身份证件号码"), FieldKind.ID_NUMBER, value=given["id_number"],
                  error=faults.get("id_number", ""), hint=_("只有姓名和号码都对上的人，才能看到并接受这份委托。")),
        ]  # fmt: skip
    if step == "what":
        return _what(given, faults, bounded)
    if step == "until":
        options = (
            Choice("30", _("一个月")), Choice("90", _("三个月")), Choice("180", _("半年")), Choice("365", _("一年")),
            Choice(_OTHER, _("另选日期"), _("最长三年")),
        )  # fmt: skip
        return [
            Field("until", _("截止日期"), FieldKind.RADIO, value=given["until"] or "90", options=options,
                  error=faults.get("until", "")),
            Field("day", _("另选的日期"), FieldKind.DATE, value=given["day"], required=False, error=faults.get("day", ""),
                  minimum=clock.today().isoformat()),
        ]  # fmt: skip
    return []


def _what(given: Mapping[str, str], faults: Mapping[str, str], bounded: bool) -> list[Field]:
    options = [Choice("all", _("全部事项"), _("对方可以替您办所有能代办的事"))]
    if bounded:
        options.append(Choice("some", _("只办下面选的事项"), _("点开分类，勾选事项")))
    return [
        Field("all", _("代办范围"), FieldKind.RADIO, value=given["all"] or ("some" if bounded else "all"),
              options=tuple(options), error=faults.get("all", "")),
    ]  # fmt: skip


def _folds(known: Sequence[ScopeChoice], chosen: Sequence[str]) -> list[words.Fold]:
    """The matters by group, in the order of their first; open where something is chosen, or where there is one group."""
    groups: dict[str, list[ScopeChoice]] = {}
    for each in known:
        groups.setdefault(each.group, []).append(each)
    return [
        words.Fold(title or _("事项"), field, opened=bool(field.value) or len(groups) == 1)
        for n, (title, picks) in enumerate(groups.items())
        for field in [_picks(n, title, picks, chosen)]
    ]


def _picks(n: int, title: str, picks: Sequence[ScopeChoice], chosen: Sequence[str]) -> Field:
    value = tuple(each.key for each in picks if each.key in chosen)
    options = tuple(Choice(each.key, each.label) for each in picks)
    return Field("scope", title, FieldKind.CHECKBOX, value=value, options=options, required=False, id_prefix=f"f{n}-")


def _summary(given: Mapping[str, str], request: HttpRequest, viewer: Actor) -> Facts:
    claim = claim_of(name=given["name"], id_number=given["id_number"])
    return Facts((
        Fact(_("代办人"), claim.name),
        Fact(_("身份证件号码"), claim.id_number, number=True),
        Fact(_("可以办什么"), words.scopes(_scopes(given, request), viewer)),
        Fact(_("截止日期"), _until(given).isoformat()),
    ))  # fmt: skip


def _kept(step: str, given: Mapping[str, str], scopes: Sequence[str]) -> dict[str, str | Sequence[str]]:
    """The answers of the other steps, so that nothing has to be typed twice."""
    own = {"who": ("name", "id_number"), "what": ("all",), "until": ("until", "day"), "check": ()}[step]
    kept: dict[str, str | Sequence[str]] = {name: value for name, value in given.items() if name not in own and value}
    kept["step"] = step
    if step != "what" and scopes:
        kept["scope"] = list(scopes)
    return kept
