"""The officials' pages for what is no task of the process: special procedures, extension, after-checks, delivery."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import DomainError, Invalid
from yiwang.serve.cases import commands, queries
from yiwang.serve.cases.contracts import CaseNotFound, CaseView, DeliveryChannel, DraftDocument
from yiwang.serve.cases.rules import EXTENSION_DAYS
from yiwang.serve.cases.views import sheets
from yiwang.serve.cases.views.words import day_words
from yiwang.web import components as ui
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go, safe_next


@login_required
@require_http_methods(["GET", "POST"])
def special(request: HttpRequest, number: str) -> HttpResponse:
    """Begin a special procedure: which, how long, why; told in writing."""
    view, viewer = _case(request, number)

    def act() -> str:
        commands.stop_clock(
            case_id=view.id,
            procedure_key=request.POST.get("procedure", ""),
            days=_number(request.POST.get("days", "")),
            reason=request.POST.get("reason", "").strip(),
            by=viewer,
            at=clock.now(),
        )
        return _("特别程序已开始，期限停止计算，告知书已送达申请人。")

    offered = queries.terms(matter_id=view.matter_ids[0] if view.matter_ids else None).special
    posted = request.POST
    fields = (
        Field(
            "procedure", _("哪一种特别程序"), FieldKind.RADIO, posted.get("procedure", ""),
            options=tuple(Choice(each.key, each.name, each.basis) for each in offered),
        ),
        Field("days", _("预计需要的工作日"), FieldKind.NUMBER, posted.get("days", ""), required=False, short=True,
              hint=_("写进告知书；所需时间不计入办理期限"), minimum="1", maximum="365"),
        Field("reason", _("原因"), FieldKind.TEXTAREA, posted.get("reason", ""), required=False, rows=3),
    )  # fmt: skip
    about = _(
        "听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审的时间不计入办理期限，应当书面告知申请人（行政许可法第四十五条）。"
    )

    def draft() -> DraftDocument | None:
        return queries.draft_special(
            case_id=view.id, key=posted.get("procedure", ""), days=_number(posted.get("days", "")),
            reason=posted.get("reason", "").strip(), viewer=viewer,
        )  # fmt: skip

    return _page(request, view, _("开始特别程序"), about, fields, _("开始并告知"), act, draft)


@login_required
@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest, number: str) -> HttpResponse:
    """End the special procedure; the limit runs on from the next day."""
    view, viewer = _case(request, number)

    def act() -> str:
        result = request.POST.get("result", "").strip()
        commands.resume_clock(case_id=view.id, result=result, by=viewer, at=clock.now())
        return _("特别程序已结束，期限自次日起继续计算。")

    fields = (
        Field("result", _("结论"), FieldKind.TEXTAREA, request.POST.get("result", ""), _("申请人能看到"), rows=3,
              required=False),
    )  # fmt: skip
    about = _("正在进行：%(name)s。结束后自次日起继续计算办理期限。") % {"name": view.special} if view.special else ""
    return _page(request, view, _("结束特别程序"), about, fields, _("结束并恢复计时"), act)


@login_required
@require_http_methods(["GET", "POST"])
def extend(request: HttpRequest, number: str) -> HttpResponse:
    """Extend the limit once, approved by the head of the authority."""
    view, viewer = _case(request, number)
    posted = request.POST

    def act() -> str:
        commands.extend(
            case_id=view.id,
            days=_number(posted.get("days", "")) or 0,
            reason=posted.get("reason", "").strip(),
            approver=posted.get("approver", "").strip(),
            by=viewer,
            at=clock.now(),
        )
        return _("办理期限已延长，告知书已送达申请人。")

    fields = (
        Field("days", _("延长多少个工作日"), FieldKind.NUMBER, posted.get("days", str(EXTENSION_DAYS)), short=True,
              minimum="1", maximum=str(EXTENSION_DAYS)),
        Field("reason", _("理由"), FieldKind.TEXTAREA, posted.get("reason", ""), _("会写进告知书，申请人能看到"), rows=3),
        Field("approver", _("批准的负责人"), FieldKind.TEXT, posted.get("approver", ""), _("本机关负责人的姓名和职务")),
    )  # fmt: skip
    due = day_words(view.promised_due) if view.promised_due else ""
    about = _("现在的期限到 %(day)s。经本机关负责人批准可以延长一次，最多 %(n)d 个工作日（行政许可法第四十二条）。") % {
        "day": due, "n": EXTENSION_DAYS,
    }  # fmt: skip

    def draft() -> DraftDocument | None:
        return queries.draft_extension(
            case_id=view.id, days=_number(posted.get("days", "")) or 0, reason=posted.get("reason", "").strip("。 "),
            approver=posted.get("approver", ""), viewer=viewer,
        )  # fmt: skip

    return _page(request, view, _("延长办理期限"), about, fields, _("延长并告知"), act, draft)


@login_required
@require_http_methods(["GET", "POST"])
def check_pledge(request: HttpRequest, number: str, pledge_id: UUID) -> HttpResponse:
    """What the after-check of a pledge found; a false one revokes the decision."""
    view, viewer = _case(request, number)
    pledge = next((each for each in view.pledges if each.id == pledge_id), None)
    if pledge is None:
        raise CaseNotFound
    posted = request.POST

    def act() -> str:
        if posted.get("kept") not in {"yes", "no"}:
            raise Invalid(fields={"kept": _("请选择一项")})
        kept = posted["kept"] == "yes"
        finding = posted.get("finding", "").strip()
        commands.check_pledge(pledge_id=pledge_id, kept=kept, finding=finding, by=viewer, at=clock.now())
        return _("核查结论已记录。") if kept else _("核查结论已记录，依法撤销的，决定书已送达申请人。")

    fields = (
        Field(
            "kept", _("承诺是否属实"), FieldKind.RADIO, posted.get("kept", ""),
            options=(
                Choice("yes", _("属实")),
                Choice("no", _("不实"), _("已经准予的，立即撤销决定并送达撤销决定书；还没有决定的，请作出不予决定")),
            ),
        ),
        Field("finding", _("查明的事实"), FieldKind.TEXTAREA, posted.get("finding", ""), rows=4),
    )  # fmt: skip
    about = _("%(signer)s于 %(day)s承诺：%(name)s。承诺不实的后果：%(consequences)s") % {
        "signer": pledge.signer,
        "day": day_words(pledge.signed_at),
        "name": pledge.name,
        "consequences": pledge.consequences,
    }
    return _page(request, view, _("核查承诺事项"), about, fields, _("记录核查结论"), act)


@login_required
@require_http_methods(["GET", "POST"])
def restore_trust(request: HttpRequest, number: str, pledge_id: UUID) -> HttpResponse:
    """Note that the signer of a false pledge may pledge again."""
    view, viewer = _case(request, number)
    pledge = next((each for each in view.pledges if each.id == pledge_id), None)
    if pledge is None:
        raise CaseNotFound
    posted = request.POST

    def act() -> str:
        commands.restore_trust(pledge_id=pledge_id, ground=posted.get("ground", "").strip(), by=viewer, at=clock.now())
        return _("已登记，申请人可以再用告知承诺。")

    fields = (
        Field("ground", _("信用修复的依据"), FieldKind.TEXTAREA, posted.get("ground", ""),
              _("信用修复决定的文号，或者履行义务的情况"), rows=3),
    )  # fmt: skip
    about = _("%(signer)s对“%(name)s”的承诺经核查不实，信用修复之前不适用告知承诺（国办发〔2020〕42号）。") % {
        "signer": pledge.signer, "name": pledge.name,
    }  # fmt: skip
    return _page(request, view, _("登记信用修复"), about, fields, _("登记修复"), act)


@login_required
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Note how a document was delivered: signed for at the counter, posted, announced."""
    viewer = identity.actor_of(request)
    found, number = queries.document(document_id=document_id, viewer=viewer)
    view = queries.case(number=number, viewer=viewer)
    posted = request.POST

    def act() -> str:
        channel = posted.get("channel", "")
        if channel not in {"counter", "post", "announcement"}:
            raise Invalid(fields={"channel": _("请选择一项")})
        commands.record_delivery(
            document_id=document_id,
            channel=DeliveryChannel(channel),
            signer=posted.get("signer", "").strip(),
            detail=posted.get("detail", "").strip(),
            delivered=channel != "post" or bool(posted.get("arrived")),
            by=viewer,
            at=clock.now(),
        )
        return _("送达已登记。")

    chosen = posted.get("channel") or (found.delivery.channel.value if found.delivery else "counter")
    fields = (
        Field(
            "channel", _("怎么送达的"), FieldKind.RADIO, chosen,
            options=(
                Choice("counter", _("窗口领取"), _("受送达人当面签收，生成送达回证")),
                Choice("post", _("邮寄送达"), _("先登记寄出，收到回执后再登记签收")),
                Choice("announcement", _("公告送达"), _("其他方式无法送达的，自公告之日起满三十日视为送达")),
            ),
        ),
        Field("signer", _("签收人"), FieldKind.TEXT, posted.get("signer", ""), required=False),
        Field("detail", _("邮件号码或者公告的位置"), FieldKind.TEXT, posted.get("detail", ""), required=False),
        Field("arrived", _("邮件"), FieldKind.CHECKBOX, tuple(posted.getlist("arrived")), required=False,
              options=(Choice("yes", _("已经收到签收回执")),)),
    )  # fmt: skip
    together = queries.parcel_of(document_id=document_id, viewer=viewer)
    about = _("一并送达：%(names)s") % {"names": "、".join(f"{title}（{no}）" for _pk, title, no in together)}
    return _page(request, view, _("登记送达"), about, fields, _("登记送达"), act)


@login_required
@require_POST
def check_material(request: HttpRequest, number: str) -> HttpResponse:
    """Tick a material as checked."""
    view, viewer = _case(request, number)
    found = next((each.id for each in view.materials if str(each.id) == request.POST.get("material")), None)
    if found is None:
        raise CaseNotFound
    commands.check_material(case_id=view.id, material_id=found, by=viewer, at=clock.now())
    return go(request, safe_next(request, request.POST.get("back", ""), reverse("cases:case", args=[number])))


def _case(request: HttpRequest, number: str) -> tuple[CaseView, Actor]:
    viewer = identity.actor_of(request)
    if not viewer.is_official:
        raise CaseNotFound
    return queries.case(number=number, viewer=viewer), viewer


def _number(text: str) -> int | None:
    return int(text) if text.strip().isdigit() else None


def _page(
    request: HttpRequest,
    view: CaseView,
    title: str,
    about: str,
    fields: tuple[Field, ...],
    submit: str,
    act: Callable[[], str],
    draft: Callable[[], DraftDocument | None] | None = None,
) -> HttpResponse:
    """The form of a step; posted, it is done, or shown again with what is wrong. `draft`: its document, to look at first."""
    back = reverse("cases:case", args=[view.number])
    sentences: list[str] = []
    status, looked = 200, None
    if request.method == "POST" and "look" in request.POST and draft is not None:
        looked = draft()
    elif request.method == "POST":
        try:
            messages.success(request, act())
            return go(request, back)
        except Invalid as refused:
            fields = tuple(_with_error(field, refused) for field in fields)
            sentences = [] if any(field.error for field in fields) else [refused.sentence(_)]
            status = 422
        except DomainError as refused:
            sentences, status = [refused.sentence(_)], 409
    crumbs = (ui.Link(_("办件"), reverse("cases:list")), ui.Link(view.number, back))
    context = {
        "case": view,
        "title": title,
        "about": about,
        "crumbs": ui.Crumbs(crumbs, title),
        "fields": fields,
        "errors": ui.ErrorSummary.of(fields, *sentences),
        "submit": ui.Button(submit),
        "look": ui.Button(_("先看文书"), "second", "look", "yes") if draft is not None else None,
        "sheet": sheets.draft_sheet(looked) if looked is not None else None,
        "back_url": back,
    }
    return render(request, "cases/step.html", context, status=status)


def _with_error(field: Field, refused: Invalid) -> Field:
    return replace(field, error=_(refused.fields[field.name])) if field.name in refused.fields else field


def offered(view: CaseView, rights: frozenset[str]) -> tuple[ui.LinkButton, ...]:
    """The steps that are possible now and that the viewer has the `rights` to take, as links to their pages."""
    running = bool(view.special)
    shown = (
        ("special", _("开始特别程序"), not running),
        ("resume", _("结束特别程序"), running),
        ("extend", _("延长期限"), not running and not view.extension_days),
    )
    return tuple(
        ui.LinkButton(words, reverse(f"cases:{name}", args=[view.number]), "second")
        for name, words, possible in shown
        if possible and name in rights
    )


def unchecked(view: CaseView) -> tuple[ui.Link, ...]:
    """The pledges whose after-check is still to come."""
    return tuple(
        ui.Link(
            _("核查“%(name)s”") % {"name": each.name},
            reverse("cases:check_pledge", args=[view.number, each.id]),
        )
        for each in view.pledges
        if each.kept is None and view.accepted_at is not None
    )


def barring(view: CaseView) -> tuple[ui.Link, ...]:
    """The false pledges whose signer may not pledge again yet."""
    return tuple(
        ui.Link(
            _("登记信用修复：%(name)s") % {"name": each.name},
            reverse("cases:restore_trust", args=[view.number, each.id]),
        )
        for each in view.pledges
        if each.bars
    )
