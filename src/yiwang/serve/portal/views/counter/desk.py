"""The first page of the counter: find the next person by the number of the ID card, or register them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiwang.commons.identity import commands as identity_commands
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import InvalidIdentity, PersonExists
from yiwang.kernel import clock
from yiwang.kernel.codes import InvalidCode, clean_code, validate_id_number
from yiwang.serve.portal import queries
from yiwang.serve.portal.views.counter.agent import credit_code_field
from yiwang.serve.portal.views.counter.frame import at_counter
from yiwang.serve.portal.views.speaking import search_links
from yiwang.web.components import Attr, ErrorSummary
from yiwang.web.components.lists import StateLine, StateList
from yiwang.web.components.marks import Tag, Tone
from yiwang.web.fields import Field, FieldKind


@at_counter
def desk(request: HttpRequest) -> HttpResponse:
    """Whom to serve next; what is to be handed over; and what somebody needs who only asks."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, **shown: Any) -> HttpResponse:
    viewer = identity.actor_of(request)
    taken = queries.to_hand_over(viewer=viewer)
    waiting = queries.handovers_to_confirm(viewer=viewer)
    text = request.GET.get("q", "").strip()
    number = shown.pop("number", None) or _number_field()
    context = {
        "number": number,
        "credit_code": credit_code_field(),
        "errors": ErrorSummary.of((number, *shown.get("fields", ()))),
        "text": text,
        "found": search_links(text, viewer) if text else (),
        "shift": StateList(
            (
                StateLine(_("这一班收件"), _("%(n)d 件") % {"n": len(taken)}),
                StateLine(_("纸质材料"), _("%(n)d 页") % {"n": sum(each.papers for each in taken)}),
                *(
                    (StateLine(_("待您确认的交接单"), Tag(_("%(n)d 张") % {"n": waiting}, Tone.WARN)),)
                    if waiting
                    else ()
                ),
            )
        ),
        "taken": len(taken) + waiting,
        **shown,
    }
    return render(request, "portal/counter/desk.html", context, status=status)


def _number_field(value: str = "", error: str = "") -> Field:
    return Field(
        name="id_number",
        label=_("身份证件号码"),
        kind=FieldKind.ID_NUMBER,
        value=value,
        error=error,
        hint=_("读卡器读出或手工输入，按回车查找"),
        attrs=(Attr("autofocus"),),
    )


@at_counter
def find(request: HttpRequest) -> HttpResponse:
    """Check the number; serve the person, or ask what is needed to register them."""
    if request.method != "POST":
        return redirect("portal:counter")
    typed = request.POST.get("id_number", "").strip()
    try:
        validate_id_number(clean_code(typed))
    except InvalidCode as error:
        words = _("请填写身份证件号码") if not typed else _(str(error))
        return _page(request, status=422, number=_number_field(typed, words))
    known = identity.find_person(id_number=typed, viewer=identity.actor_of(request))
    if known is None:
        return _page(request, number=_number_field(typed), fields=_register_fields(typed))
    return _serve(request, known.id)


def _register_fields(
    number: str, name: str = "", mobile: str = "", errors: Mapping[str, str] = MappingProxyType({})
) -> tuple[Field, ...]:
    return (
        Field(name="id_number", label="", kind=FieldKind.HIDDEN, value=number),
        Field(
            name="name",
            label=_("姓名"),
            value=name,
            error=errors.get("name", ""),
            hint=_("与身份证件一致"),
            attrs=(Attr("autofocus"),),
        ),
        Field(
            name="mobile",
            label=_("手机号码"),
            kind=FieldKind.PHONE,
            value=mobile,
            required=False,
            error=errors.get("mobile", ""),
            hint=_("没有手机可以不填，办理进度凭身份证到窗口查询"),
        ),
    )


@at_counter
def register(request: HttpRequest) -> HttpResponse:
    """A person nobody knows yet, who needs neither a phone nor an account."""
    if request.method != "POST":
        return redirect("portal:counter")
    number, name, mobile = (request.POST.get(key, "").strip() for key in ("id_number", "name", "mobile"))
    clerk, at = identity.actor_of(request), clock.now()
    try:
        person_id = identity_commands.register_person(
            name=name, id_number=number, mobile=mobile or None, by=clerk, at=at
        )
    except InvalidIdentity as refusal:
        told = {field: _(words) for field, words in refusal.fields.items()}
        return _page(
            request,
            status=422,
            number=_number_field(number, told.get("id_number", "")),
            fields=_register_fields(number, name, mobile, told),
        )
    except PersonExists:
        return find(request)
    messages.success(request, _("已登记。"))
    return _serve(request, person_id)


def _serve(request: HttpRequest, person_id: Any) -> HttpResponse:
    identity_commands.serve(person_id=person_id, by=identity.actor_of(request), at=clock.now())
    request.session[identity.SESSION_SERVING] = str(person_id)
    identity.forget_standing(request)
    return redirect("portal:counter_person")


@at_counter
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """The next person, please."""
    request.session.pop(identity.SESSION_SERVING, None)
    identity.forget_standing(request)
    return redirect(reverse("portal:counter"))
