"""「企业员工与代办人」: the entities whose legal representative one is, binding another, who acts for each."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.identity.commands import binding
from yiwang.commons.identity.contracts import LEGAL_ENTITY, UnknownRecord
from yiwang.commons.identity.contracts.real_names import BindingRefused, BoundEntity
from yiwang.commons.identity.queries import actor_of, agency
from yiwang.commons.identity.views.real import words
from yiwang.commons.identity.views.real.mandates import given_table, needed
from yiwang.kernel import clock
from yiwang.kernel.errors import Invalid
from yiwang.web.components import Card, Cards, Component, Empty, Pagination
from yiwang.web.fields import Field
from yiwang.web.responses import go


@login_required
@never_cache
@require_GET
def entities(request: HttpRequest) -> HttpResponse:
    """One's entities, each with how many act for it."""
    viewer = actor_of(request)
    found = agency.bound_entities(viewer=viewer)
    shown: Component = Empty(
        _("还没有关联企业"), _("关联时核对统一社会信用代码、名称和法定代表人，和登记信息一致就行。")
    )
    if found:
        shown = Cards(tuple(_card(each) for each in found))
    context = {
        "crumbs": words.home_crumbs(here=_("企业员工与代办人")),
        "note": needed(viewer),
        "shown": shown,
        "bind_url": reverse("real:bind"),
        "area": "portal",
    }
    return render(request, "identity/real/entities.html", context)


def _card(each: BoundEntity) -> Card:
    said = ngettext("%(n)d 人可以代办", "%(n)d 人可以代办", each.agents) % {"n": each.agents}
    if each.offers:
        said += _("，%(n)d 人还没有确认") % {"n": each.offers}
    return Card(each.name, reverse("real:entity", args=[each.id]), f"{each.credit_code} · {said}")


@login_required
@never_cache
@require_GET
def entity(request: HttpRequest, entity_id: UUID) -> HttpResponse:
    """Who acts for one entity."""
    viewer = actor_of(request)
    found = next((each for each in agency.bound_entities(viewer=viewer) if each.id == entity_id), None)
    if found is None:
        raise UnknownRecord(kind=LEGAL_ENTITY)
    page = agency.mandates_given(viewer=viewer, entity_id=entity_id, cursor=request.GET.get("cursor"))
    given, dialogs = given_table(page, viewer)
    pages = Pagination.of(page, path=request.path, params={})
    context = {
        "crumbs": words.home_crumbs(words.entities_link(), here=found.name),
        "entity": found,
        "note": needed(viewer),
        "given": given,
        "given_pages": pages if pages.needed else None,
        "dialogs": dialogs,
        "new_url": reverse("real:new_staff", args=[entity_id]),
        "acting_url": reverse("identity:acting"),
        "area": "portal",
    }
    return render(request, "identity/real/entity.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def bind(request: HttpRequest) -> HttpResponse:
    """Bind an entity by its code and name; the register says who represents it."""
    viewer = actor_of(request)
    given = words.asked(request, "credit_code", "name")
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            entity_id = binding.bind_legal_entity(**given, by=viewer, at=clock.now())
        except Invalid as refused:
            faults = {name: _(said) for name, said in refused.fields.items()}
        except BindingRefused as refused:
            faults = {"credit_code": f"{refused.sentence(_)}{refused.advice(_)}"}
        else:
            messages.success(request, _("关联成功，现在可以代企业办事、授权员工。"))
            return go(request, reverse("real:entity", args=[entity_id]))
    fields = (
        Field("credit_code", _("统一社会信用代码"), value=given["credit_code"], error=faults.get("credit_code", ""),
              hint=_("营业执照上的 18 位代码。"), maxlength=30, autocomplete="off"),
        Field("name", _("企业名称"), value=given["name"], error=faults.get("name", ""), hint=_("和营业执照上一致。"),
              maxlength=120, autocomplete="organization"),
    )  # fmt: skip
    return words.form_page(
        request,
        title=_("关联企业"),
        fields=fields,
        crumbs=words.home_crumbs(words.entities_link(), here=_("关联企业")),
        back_url=reverse("real:entities"),
        submit=_("核对并关联"),
        lead=_("只有法定代表人（经营者、负责人）本人可以关联。"),
    )
