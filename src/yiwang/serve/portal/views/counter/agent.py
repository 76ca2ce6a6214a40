"""An enterprise or institution at the counter: its credit code, who comes for it, on what they act."""

from collections.abc import Mapping
from types import MappingProxyType

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import (
    AgentBasis,
    EntityCard,
    InvalidIdentity,
    LegalEntityKind,
    MayNotRepresent,
)
from yiwang.kernel import clock
from yiwang.kernel.codes import InvalidCode, clean_code, validate_credit_code
from yiwang.serve.portal import commands
from yiwang.serve.portal.views.counter.frame import at_counter, crumbs, entity_facts
from yiwang.web.components import Attr, ErrorSummary
from yiwang.web.fields import Choice, Field, FieldKind

_KINDS = {
    LegalEntityKind.ENTERPRISE: gettext_lazy("企业"),
    LegalEntityKind.INDIVIDUAL_BUSINESS: gettext_lazy("个体工商户"),
    LegalEntityKind.PARTNERSHIP: gettext_lazy("合伙企业"),
    LegalEntityKind.INSTITUTION: gettext_lazy("机关、事业单位"),
    LegalEntityKind.ASSOCIATION: gettext_lazy("社会组织"),
}
_NOTHING: Mapping[str, str] = MappingProxyType({})


@at_counter
def agent(request: HttpRequest) -> HttpResponse:
    """Check the presented credit code, then ask who comes; `serve` posts both."""
    if request.method != "POST":
        return redirect("portal:counter")
    code = clean_code(request.POST.get("credit_code", ""))
    try:
        validate_credit_code(code)
    except InvalidCode as error:
        words = _(str(error)) if code else _("请填写统一社会信用代码")
        return _page(request, code, {"credit_code": words}, status=422)
    return _serve(request, code) if "serve" in request.POST else _page(request, code)


def _serve(request: HttpRequest, code: str) -> HttpResponse:
    posted = request.POST
    kind, basis = posted.get("entity_kind", ""), posted.get("basis", "")
    if basis not in set(AgentBasis):
        return _page(request, code, {"basis": _("请选择一项")}, status=422)
    try:
        entity_id, came = commands.receive_agent(
            credit_code=code,
            entity_name=posted.get("entity_name", "").strip(),
            entity_kind=LegalEntityKind(kind) if kind in set(LegalEntityKind) else LegalEntityKind.ENTERPRISE,
            agent_number=posted.get("id_number", "").strip(),
            agent_name=posted.get("name", "").strip(),
            basis=AgentBasis(basis),
            by=identity.actor_of(request),
            at=clock.now(),
        )
    except InvalidIdentity as refusal:
        return _page(request, code, {name: _(words) for name, words in refusal.fields.items()}, status=422)
    except MayNotRepresent:
        words = _("登记的法定代表人不是这个人。受委托来办的，请选择“持授权委托书”。")
        return _page(request, code, {"basis": words}, status=422)
    request.session[identity.SESSION_SERVING] = identity.serving_entity(entity_id=entity_id, agent=came)
    identity.forget_standing(request)
    messages.success(request, _("已核对，开始办理。"))
    return redirect("portal:counter_person")


def _page(request: HttpRequest, code: str, errors: Mapping[str, str] = _NOTHING, *, status: int = 200) -> HttpResponse:
    viewer = identity.actor_of(request)
    known = identity.entity_by_credit_code(credit_code=code, viewer=viewer) if "credit_code" not in errors else None
    fields = (
        (*_entity(request, code, known, errors), *_agent(request, errors)) if _asks(errors) else _code(code, errors)
    )
    context = {
        **crumbs(_("为企业、单位办理")),
        "fields": fields,
        "errors": ErrorSummary.of(fields),
        "known": entity_facts(known) if known else None,
        "asks": _asks(errors),
        "code": code,
    }
    return render(request, "portal/counter/agent.html", context, status=status)


def _asks(errors: Mapping[str, str]) -> bool:
    """Whether the credit code is right, so that one can ask who comes."""
    return "credit_code" not in errors


def _code(code: str, errors: Mapping[str, str]) -> tuple[Field, ...]:
    return (credit_code_field(code, errors.get("credit_code", "")),)


def credit_code_field(value: str = "", error: str = "") -> Field:
    """The presented credit code."""
    return Field(
        name="credit_code",
        label=_("统一社会信用代码"),
        value=value,
        error=error,
        hint=_("营业执照或者法人证书上的 18 位代码"),
        maxlength=40,
        short=True,
    )


def _entity(request: HttpRequest, code: str, known: EntityCard | None, errors: Mapping[str, str]) -> tuple[Field, ...]:
    held = (Field(name="credit_code", label="", kind=FieldKind.HIDDEN, value=code),)
    if known is not None:
        return held
    posted = request.POST
    return (
        *held,
        Field(
            name="entity_name",
            label=_("单位名称"),
            value=posted.get("entity_name", ""),
            error=errors.get("entity_name", ""),
            hint=_("与证照一致"),
        ),
        Field(
            name="entity_kind",
            label=_("单位类型"),
            kind=FieldKind.SELECT,
            value=posted.get("entity_kind", LegalEntityKind.ENTERPRISE.value),
            options=tuple(Choice(kind.value, str(words)) for kind, words in _KINDS.items()),
        ),
    )


def _agent(request: HttpRequest, errors: Mapping[str, str]) -> tuple[Field, ...]:
    posted = request.POST
    return (
        Field(
            name="id_number",
            label=_("经办人身份证件号码"),
            kind=FieldKind.ID_NUMBER,
            value=posted.get("id_number", ""),
            error=errors.get("id_number", ""),
            hint=_("请核对原件，人证一致"),
            attrs=(Attr("autofocus"),),
        ),
        Field(
            name="name",
            label=_("经办人姓名"),
            value=posted.get("name", ""),
            required=False,
            error=errors.get("name", ""),
            hint=_("已经登记过的不用填"),
        ),
        Field(
            name="basis",
            label=_("以什么身份来办"),
            kind=FieldKind.RADIO,
            value=posted.get("basis", ""),
            error=errors.get("basis", ""),
            options=(
                Choice(AgentBasis.LEGAL_REPRESENTATIVE.value, _("法定代表人（负责人）本人")),
                Choice(AgentBasis.LETTER.value, _("持授权委托书"), _("委托书与申请材料一并收下")),
            ),
        ),
    )
