"""`/work/licences/`: licences found by number or holder, one licence, the decisions about it, what is stuck."""

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.commons.identity import queries as identity
from yiwang.commons.licences import commands, queries
from yiwang.commons.licences.contracts import (
    IMPORT,
    MANAGE,
    VIEW,
    Ground,
    LicenceBrief,
    LicenceNotFound,
    LicencePage,
    LifeVerb,
    MayNotManage,
)
from yiwang.commons.licences.rules.wording import GROUND_WORDS, ORIGIN_WORDS, STATE_WORDS, VERB_WORDS
from yiwang.commons.licences.views import mine, words
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import Invalid
from yiwang.web.components import (
    Cell,
    Column,
    Crumbs,
    Empty,
    ErrorSummary,
    Fact,
    Facts,
    Link,
    LinkButton,
    Pagination,
    Row,
    Tab,
    Table,
    Tabs,
)
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go

_HOLDER = "licences.holder_sought"
_GROUNDS = {
    LifeVerb.SUSPEND: (Ground.INVESTIGATION, Ground.COURT, Ground.LOST, Ground.OTHER),
    LifeVerb.RESUME: (Ground.OTHER, Ground.ERROR),
    LifeVerb.REVOKE: (Ground.DEREGISTERED, Ground.RESCINDED, Ground.PENALTY, Ground.VOID, Ground.COURT),
    LifeVerb.CHANGE: (Ground.CHANGED, Ground.ERROR),
    LifeVerb.ABANDON: (Ground.ERROR, Ground.OTHER),
}


def official(request: HttpRequest) -> Actor:
    """Whoever may open these pages. Raises MayNotManage."""
    viewer = identity.actor_of(request)
    if not identity.held_in_menu(request, VIEW, MANAGE, IMPORT):
        raise MayNotManage
    return viewer


def _in_office(request: HttpRequest) -> Actor:
    """Any official; which licences is asked with each. Raises LicenceNotFound."""
    viewer = identity.actor_of(request)
    if not viewer.is_official:
        raise LicenceNotFound
    return viewer


def tabs(here: str) -> Tabs:
    """The tabs over them."""
    named = (
        ("desk", _("证照"), "licences:desk"),
        ("imports", _("批量归集"), "licences:imports"),
        ("stuck", _("制作异常"), "licences:stuck"),
    )
    return Tabs(_("电子证照"), tuple(Tab(label, reverse(url), current=key == here) for key, label, url in named))


@login_required
@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """Licences in reach. Whose they are is asked by POST and kept in the session: no name or ID number stands in an address."""
    viewer = official(request)
    if request.method == "POST":
        return _sought(request)
    asked = {name: _clean(request.GET.get(name, "")) for name in ("q", "state", "type", "held")}
    holder = str(request.session.get(_HOLDER, "")) if asked["held"] else ""
    page = queries.licences(
        viewer=viewer, text=asked["q"], holder=holder, state=asked["state"], type_key=asked["type"],
        cursor=request.GET.get("cursor"),
    )  # fmt: skip
    names = queries.holder_names(licence_ids=[each.id for each in page.items], viewer=viewer)
    pages = Pagination.of(page, path=request.path, params=asked)
    columns = (Column(_("证照")), Column(_("持有人")), Column(_("颁发机构")), Column(_("状态")), Column(_("有效期至")))
    table = Table.of(
        _("证照"), columns, tuple(_row(each, names.get(each.id, "")) for each in page.items), keys=True, boxed=True,
        empty=Empty(_("没有符合条件的证照"), _("换个编号或持有人再找。")), pages=pages if pages.needed else None,
    )  # fmt: skip
    context = {
        "tabs": tabs("desk"),
        "asked": {**asked, "holder": holder},
        "table": table,
        "states": tuple((each.value, _(said)) for each, said in STATE_WORDS.items()),
        "types": tuple((spec.key, spec.name if words.chinese() else spec.name_en or spec.name) for spec in queries.types(viewer=viewer)),
    }  # fmt: skip
    return render(request, "licences/desk.html", context)


def _sought(request: HttpRequest) -> HttpResponse:
    """Keep whose licences are sought, and lead to their list."""
    asked = {name: _clean(request.POST.get(name, "")) for name in ("q", "holder", "state", "type")}
    request.session[_HOLDER] = asked["holder"]
    asked["holder"], asked["held"] = "", "1" if asked["holder"] else ""
    found = urlencode({name: value for name, value in asked.items() if value})
    return go(request, f"{request.path}?{found}" if found else request.path)


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()[:80]


def _row(each: LicenceBrief, holder: str) -> Row:
    cells = (
        Cell(each.title, each.number, reverse("licences:desk_licence", args=[each.id])),
        holder, each.issuer_name, words.state(each.state), words.until(each.valid_until),
    )  # fmt: skip
    return Row(cells, id=str(each.id), label=f"{each.title} {each.number}")


@login_required
@require_GET
def desk_licence(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """One licence as an official sees it, with the decisions that are open. Its holder has a page of their own."""
    viewer = _in_office(request)
    page = queries.licence(licence_id=licence_id, viewer=viewer)
    words.look(viewer, licence_id)
    context = {
        "page": page,
        "brief": page.brief,
        "crumbs": Crumbs((Link(_("电子证照"), reverse("licences:desk")),), page.brief.title),
        "marks": words.marks(page.brief),
        "common": _common(page),
        "facts": words.fields(page.fields),
        "versions": mine.versions_table(page.versions),
        "uses": mine.uses_table(
            queries.uses(licence_id=licence_id, viewer=viewer, cursor=request.GET.get("cursor")), request.path
        ),
        "history": words.history(page),
        "actions": tuple(
            LinkButton(_(VERB_WORDS[verb]), reverse("licences:step", args=[licence_id, verb.value]), "second" if number == 0 else "quiet")
            for number, verb in enumerate(page.verbs)
        ),
    }  # fmt: skip
    return render(request, "licences/desk_licence.html", context)


def _common(page: LicencePage) -> Facts:
    brief = page.brief
    return Facts(
        (
            Fact(_("持有人"), page.holder_name),
            Fact(_("颁发机构"), brief.issuer_name),
            Fact(_("有效期"), words.span(brief.valid_from, brief.valid_until)),
            Fact(_("来源"), _(ORIGIN_WORDS[page.origin])),
            Fact(_("可信等级"), words.grade(brief.grade)),
            Fact(_("证照标识"), page.identifier),
            Fact(_("类型版本"), str(page.spec.version)),
        ),
        tight=True,
    )  # fmt: skip


_DO: dict[LifeVerb, Callable[..., object]] = {
    LifeVerb.SUSPEND: commands.suspend,
    LifeVerb.RESUME: commands.resume,
    LifeVerb.REVOKE: commands.revoke,
    LifeVerb.ABANDON: commands.abandon_change,
}


@login_required
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, licence_id: UUID, verb: str) -> HttpResponse:
    """Say what a decision brings, ask for ground and reason (and what changes); POST decides."""
    if verb not in {each.value for each in _GROUNDS}:
        raise Http404
    chosen, viewer = LifeVerb(verb), _in_office(request)
    page = queries.licence(licence_id=licence_id, viewer=viewer)
    words.look(viewer, licence_id)
    given = {name: request.POST.get(name, "").replace("\x00", "").strip()[:500] for name in ("ground", "reason")}
    values = {
        each.fact: request.POST.get(f"v-{each.fact}", "").replace("\x00", "").strip()[:2000]
        for each in page.spec.fields
    }
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            _decide(chosen, licence_id, given, values, viewer)
        except Invalid as refused:
            faults = {f"v-{fact}": said for fact, said in refused.fields.items()} or {"reason": refused.sentence(_)}
        except ValueError:
            faults = {"ground": _("请选择原因。")}
        else:
            messages.success(
                request, _("%(verb)s：%(title)s，已完成。") % {"verb": _(VERB_WORDS[chosen]), "title": page.brief.title}
            )
            return go(request, reverse("licences:desk_licence", args=[licence_id]))
    fields = _step_fields(chosen, page, given, values if request.method == "POST" else None, faults)
    context = {
        "page": page,
        "verb": _(VERB_WORDS[chosen]),
        "consequence": _consequence(chosen),
        "grave": chosen is LifeVerb.REVOKE,
        "allowed": chosen in page.verbs,
        "fields": fields,
        "errors": ErrorSummary.of(fields) if faults else None,
        "crumbs": Crumbs(
            (
                Link(_("电子证照"), reverse("licences:desk")),
                Link(page.brief.title, reverse("licences:desk_licence", args=[licence_id])),
            ),
            _(VERB_WORDS[chosen]),
        ),
    }
    return render(request, "licences/step.html", context, status=422 if faults else 200)


def _decide(verb: LifeVerb, licence_id: UUID, given: dict[str, str], values: dict[str, str], viewer: Actor) -> None:
    ground = Ground(given["ground"])
    if verb is LifeVerb.CHANGE:
        commands.change(
            licence_id=licence_id, values=values, reason=given["reason"], ground=ground, by=viewer, at=clock.now()
        )
        return
    _DO[verb](licence_id=licence_id, reason=given["reason"], ground=ground, by=viewer, at=clock.now())


def _consequence(verb: LifeVerb) -> str:
    return {
        LifeVerb.SUSPEND: _("暂停期间不能出示、不能用来办事；正在用它办的事，办件页面会提示承办人员。以后可以恢复。"),
        LifeVerb.RESUME: _("恢复后可以继续出示和使用。"),
        LifeVerb.REVOKE: _("失效后不能恢复，并列入公开的失效清单；正在用它办的事，办件页面会提示承办人员。"),
        LifeVerb.ABANDON: _("还没有盖章的版本不再制作，现行版本不变。"),
        LifeVerb.CHANGE: _("生成新的版本并重新盖章；旧版本保留，在新版本盖章之前继续有效。"),
    }[verb]


def _step_fields(
    verb: LifeVerb, page: LicencePage, given: dict[str, str], values: dict[str, str] | None, faults: dict[str, str]
) -> tuple[Field, ...]:
    options = tuple(Choice(each.value, _(GROUND_WORDS[each])) for each in _GROUNDS[verb])
    fields = [
        Field(
            "ground", _("原因"), FieldKind.RADIO, value=given["ground"], options=options, error=faults.get("ground", "")
        )
    ]
    if verb is LifeVerb.CHANGE:
        now = {each.fact: each.value for each in page.fields} if values is None else values
        fields += [
            Field(f"v-{each.fact}", each.label, value=now.get(each.fact, ""), required=each.required,
                  error=faults.get(f"v-{each.fact}", ""), maxlength=each.max_length)
            for each in page.spec.fields
        ]  # fmt: skip
    fields.append(
        Field("reason", _("理由和依据"), FieldKind.TEXTAREA, value=given["reason"], error=faults.get("reason", ""),
              hint=_("持有人能看到，会留在证照的经过里。"), maxlength=500, rows=3)
    )  # fmt: skip
    return tuple(fields)


@login_required
@require_GET
def stuck(request: HttpRequest) -> HttpResponse:
    """Licences whose sealing does not come to an end, and why; each can be tried again."""
    viewer = official(request)
    context = {
        "tabs": tabs("stuck"),
        "rows": queries.stuck(viewer=viewer),
        "empty": Empty(_("没有制作异常"), _("所有证照都按时盖好了章。")),
    }
    return render(request, "licences/stuck.html", context)


@login_required
@require_POST
def again(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """Try to seal at once."""
    commands.seal_again(licence_id=licence_id, by=official(request), at=clock.now())
    messages.success(request, _("已重新开始制作。"))
    return go(request, reverse("licences:stuck"))
