"""「实名认证」: where one stands, and the check itself."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.identity.commands import assurance as commands
from yiwang.commons.identity.contracts.real_names import Assurance, CheckState, RealNameStanding
from yiwang.commons.identity.queries import actor_of, forget_standing
from yiwang.commons.identity.queries import assurance as queries
from yiwang.commons.identity.registry import real_names as ports
from yiwang.commons.identity.views.real import words
from yiwang.kernel import clock
from yiwang.kernel.errors import Invalid
from yiwang.web.components import Fact, Facts, Note, Tag, Task, TaskList, Tone
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go, safe_next


@login_required
@never_cache
@require_GET
def standing(request: HttpRequest) -> HttpResponse:
    """One's level, what the last check came to, and the next step."""
    viewer = actor_of(request)
    found = queries.real_name_standing(viewer=viewer)
    following = safe_next(request, request.GET.get("next", ""), "")
    waits = found.last is not None and found.last.state is CheckState.WAITING
    done = found.level >= Assurance.CHECKED
    lead = (
        _("您已经完成实名认证。") if done else _("核对姓名和身份证件号码，一分钟完成。委托代办、关联企业都要先实名。")
    )
    context = {
        "crumbs": words.home_crumbs(here=_("实名认证")),
        "lead": lead,
        "facts": _facts(found),
        "levels": _levels(found.level, waits=waits, following=following),
        "note": _note(found),
        "start_url": "" if done or waits else _way(ports.BY_REGISTER, following),
        "following": following,
        "start_words": _("开始认证"),
        "area": "portal",
    }
    return render(request, "identity/real/standing.html", context)


def _facts(found: RealNameStanding) -> Facts:
    label, _said = words.LEVELS[found.level]
    facts = [Fact(_("姓名"), found.name or _("未填写"))]
    facts.append(Fact(_("身份证件号码"), found.masked_number or _("未核验"), number=bool(found.masked_number)))
    facts.append(Fact(_("当前级别"), label))
    if found.last is not None:
        state, _tone = words.STATES[found.last.state]
        facts.append(Fact(_("最近一次认证"), f"{words.moment(found.last.asked_at)} · {state}"))
    return Facts(tuple(facts))


def _note(found: RealNameStanding) -> Note | None:
    last = found.last
    if last is None or last.state in {CheckState.PASSED, CheckState.ASKED}:
        return None
    said = str(words.OWN_REASONS.get(last.reason, ""))
    if last.words:
        said = _("%(said)s原因：%(words)s") % {"said": said, "words": last.words}
    if last.state is CheckState.WAITING:
        return Note(_("%(said)s不用重复提交，结果会显示在这里。") % {"said": said}, _("正在人工核对"), Tone.WARN)
    return Note(said, _("上次认证没有通过"), Tone.BAD)


def _way(method: str, following: str) -> str:
    """The page of a method; from there on to where somebody came from."""
    address = reverse("real:check", args=[method])
    return f"{address}?{urlencode({'next': following})}" if following else address


def _levels(level: Assurance, *, waits: bool, following: str) -> TaskList:
    """The four levels: those reached, and by what the next is reached."""
    ways = {Assurance.CHECKED: _way(ports.BY_REGISTER, following)}
    for each in ports.methods():
        ways.setdefault(each.method.level, _way(each.method.key, following))
    tasks = []
    for one, (label, said) in words.LEVELS.items():
        if one <= level:
            tasks.append(Task(label, tag=Tag(_("已达到"), Tone.OK), detail=said))
        elif one in ways and not waits:
            tasks.append(Task(label, ways[one], Tag(_("去认证"), Tone.BLUE), detail=said))
        else:
            blocked = _("核对完再办") if waits and one in ways else _("到服务窗口办理")
            tasks.append(Task(label, detail=said, waits=blocked))
    return TaskList(tuple(tasks))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, method: str) -> HttpResponse:
    """Name and number, and what else the method asks; then back to where one stands, or to `next` when passed."""
    viewer = actor_of(request)
    found = {each.method.key: each for each in ports.methods()}
    if method != ports.BY_REGISTER and method not in found:
        raise Http404
    asks = found[method].asks if method in found else ()
    known = queries.real_name_standing(viewer=viewer)
    following = safe_next(request, request.POST.get("next") or request.GET.get("next", ""), "")
    given = words.asked(request, "name", "id_number", *(proof.name for proof in asks))
    faults: dict[str, str] = {}
    if request.method == "POST":
        faults = {proof.name: _("请填写这一项。") for proof in asks if not given[proof.name]}
        try:
            commands.claim_of(name=given["name"], id_number=given["id_number"])
        except Invalid as refused:
            faults = {name: _(said) for name, said in refused.fields.items()} | faults
        if not faults:
            proofs = {proof.name: given[proof.name] for proof in asks}
            check_id = commands.check_real_name(
                name=given["name"], id_number=given["id_number"], method=method, given=proofs, by=viewer, at=clock.now()
            )
            forget_standing(request)
            passed = queries.own_check(check_id=check_id, viewer=viewer).state is CheckState.PASSED
            standing_url = reverse("real:standing")
            if not following:
                return go(request, standing_url)
            return go(request, following if passed else f"{standing_url}?{urlencode({'next': following})}")
    fields = [
        Field("name", _("姓名"), value=given["name"] or ("" if known.masked_number else known.name),
              hint=_("和身份证上一致；少数民族姓名中间的点怎么打都可以。"), error=faults.get("name", ""), maxlength=80, autocomplete="name"),
        Field("id_number", _("身份证件号码"), FieldKind.ID_NUMBER, value=given["id_number"],
              hint=_("18 位或者 15 位；最后一位是 X 的，大小写都可以。"), error=faults.get("id_number", "")),
    ]  # fmt: skip
    for proof in asks:
        value = "" if request.method == "GET" else given[proof.name]
        error = faults.get(proof.name, "")
        fields.append(
            Field(proof.name, _(proof.label), value=value, hint=_(proof.hint), error=error, maxlength=proof.longest)
        )
    lead = _(found[method].method.explanation) if method in found else _("信息只用来核对身份，不会给别人看。")
    return words.form_page(
        request,
        title=_(found[method].method.label) if method in found else _("核验身份"),
        fields=fields,
        crumbs=words.home_crumbs(here=_("实名认证")),
        back_url=f"{reverse('real:standing')}?{urlencode({'next': following})}"
        if following
        else reverse("real:standing"),
        submit=_("提交核验"),
        lead=lead,
        kept={"next": following} if following else None,
    )
