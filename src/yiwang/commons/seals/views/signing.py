"""`/mine/signing/`: what waits for my signature; one document with its exact text; signing after the password again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.identity import commands as identity
from yiwang.commons.identity import queries as accounts
from yiwang.commons.identity.contracts import (
    CodePurpose,
    CodesUnavailable,
    PasskeyWrong,
    PasswordWrong,
    SecondFactorNeeded,
    SecondFactorWrong,
    TooManyAttempts,
    WayMissing,
)
from yiwang.commons.seals import commands, queries
from yiwang.commons.seals.contracts import (
    STATEMENT_TYPE,
    CoSignaturePage,
    CoSignatureRow,
    ReasonMissing,
    SignerState,
)
from yiwang.commons.seals.views import words
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.web.components import (
    Cell,
    Column,
    Crumbs,
    Empty,
    ErrorSummary,
    Fact,
    Facts,
    Link,
    Pagination,
    Row,
    Tab,
    Table,
    Tabs,
    Tag,
    Tone,
)
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go

_DEPTH = 6


@login_required
@never_cache
@require_GET
def signing(request: HttpRequest) -> HttpResponse:
    """My documents: waiting for me, signed by me, asked for by me."""
    viewer = words.viewer_of(request)
    which = request.GET.get("which", "waiting")
    page = queries.cosignatures(viewer=viewer, which=which, cursor=request.GET.get("cursor"))
    pages = Pagination.of(page, path=request.path, params={"which": which})
    kinds = (("waiting", _("待我签署")), ("signed", _("我已签署")), ("asked", _("我发起的")))
    columns = (Column(_("文件")), Column(_("发起")), Column(_("截止")), Column(_("签署")), Column(_("状态")))
    empty = Empty(_("没有等您签署的文件"), _("有文件需要您签署时，会在“消息”里通知您。"))
    context = {
        "crumbs": Crumbs((Link(_("首页"), "/"), Link(_("我的"), "/mine/")), _("待我签署")),
        "tabs": Tabs(_("签署"), tuple(Tab(said, f"{request.path}?which={key}", None, key == which) for key, said in kinds)),
        "table": Table.of(_("文件"), columns, tuple(_row(row) for row in page.items), boxed=True, empty=empty if which == "waiting" else Empty(_("还没有"))),
        "pages": pages if pages.needed else None,
    }  # fmt: skip
    return render(request, "seals/signing.html", context)


def _row(row: CoSignatureRow) -> Row:
    done = _("%(signed)d / %(signers)d 人") % {"signed": row.signed, "signers": row.signers}
    state = Tag(_("等您签署"), Tone.BLUE) if row.turn else words.SIGNINGS[row.state]
    cells = (
        Cell(row.title, words.moment(row.created_at), reverse("seals:sign", args=[row.id])), row.asked_by or _("系统"),
        words.day(row.deadline), done, state,
    )  # fmt: skip
    return Row(cells, id=str(row.id), label=row.title)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, cosignature_id: UUID) -> HttpResponse:
    """The exact text, then the password, then the signature; or a refusal with its reason."""
    viewer = words.viewer_of(request)
    page = queries.cosignature(cosignature_id=cosignature_id, viewer=viewer)
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            said = _act(request, page, viewer)
        except (PasswordWrong, PasskeyWrong) as refused:
            faults["password"] = f"{refused.sentence(_)}{refused.advice(_)}"
        except (SecondFactorNeeded, SecondFactorWrong) as refused:
            faults["code"] = f"{refused.sentence(_)}{refused.advice(_)}"
        except (TooManyAttempts, CodesUnavailable, WayMissing) as refused:
            faults["password"] = f"{refused.sentence(_)}"
        except ReasonMissing as refused:
            faults["reason"] = refused.sentence(_)
        else:
            messages.success(request, said)
            return go(request, reverse("seals:sign", args=[cosignature_id]))
    password: tuple[Field, ...] = (
        Field("password", _("登录密码"), FieldKind.PASSWORD, error=faults.get("password", ""), autocomplete="current-password",
              hint=_("签署前再次确认是您本人。密码不会保存。")),
    )  # fmt: skip
    asks = accounts.confirmation(viewer=viewer)
    if asks.label:
        password += (Field("code", asks.label, error=faults.get("code", ""), autocomplete="one-time-code", maxlength=40, short=True),)  # fmt: skip
    refusal = (Field("reason", _("拒签原因"), FieldKind.TEXTAREA, value=request.POST.get("reason", "")[:500], error=faults.get("reason", ""), maxlength=500, rows=2),)  # fmt: skip
    context = {
        "page": page,
        "crumbs": Crumbs(
            (Link(_("首页"), "/"), Link(_("我的"), "/mine/"), Link(_("待我签署"), reverse("seals:signing"))),
            page.row.title,
        ),
        "state": words.SIGNINGS[page.row.state],
        "text": tuple(_lines(page.content)),
        "facts": _facts(page),
        "people": _people(page),
        "password": password if page.row.turn else (),
        "sends": bool(asks.way),
        "passkey": asks.passkey and page.row.turn,
        "passkey_options": accounts.passkey_challenge(viewer=viewer) if asks.passkey and page.row.turn else None,
        "refusal": refusal if page.row.mine is SignerState.WAITING and page.row.state.value == "open" else (),
        "errors": ErrorSummary.of((*password, *refusal)) if faults else "",
        "waits": page.row.mine is SignerState.WAITING and not page.row.turn and page.row.state.value == "open",
        "file": reverse("seals:signed_file", args=[cosignature_id]) if page.row.signed else "",
        "verify": reverse("seals:verify"),
    }
    return render(request, "seals/sign.html", context, status=422 if faults else 200)


def _act(request: HttpRequest, page: CoSignaturePage, viewer: Actor) -> str:
    verb, shown = request.POST.get("do", ""), request.POST.get("shown", "")[:64]
    now = clock.now()
    if verb == "decline":
        commands.decline_signature(cosignature_id=page.row.id, reason=request.POST.get("reason", ""), by=viewer, at=now)
        return _("您已拒签，发起人会看到您写的原因。")
    if verb == "withdraw":
        commands.withdraw_signatures(cosignature_id=page.row.id, by=viewer, at=now)
        return _("已撤回。")
    if verb == "remind":
        commands.remind_signers(cosignature_id=page.row.id, by=viewer, at=now)
        return _("已提醒还没有签署的人。")
    if verb == "send":
        return _code_sent(request, viewer)
    session, about = request.session.session_key or "", queries.about_cosignature(page.row.id, shown)
    if "credential" in request.POST:
        credential = request.POST["credential"]
        proof = identity.confirm_passkey(credential=credential, about=about, session=session, by=viewer, at=now)
    else:
        proof = identity.confirm_password(
            password=request.POST.get("password", "")[:200], about=about, session=session,
            code=request.POST.get("code", "")[:64], by=viewer, at=now,
        )  # fmt: skip
    commands.sign(
        cosignature_id=page.row.id, shown=shown, proof_of_step_up=proof, session=session, by=viewer, at=clock.now()
    )
    return _("已签署。")


def _code_sent(request: HttpRequest, viewer: Actor) -> str:
    """Have a code sent for whoever asks for one beside the password; what the page says then."""
    assert viewer.account_id is not None
    sent = identity.send_own_code(
        account_id=viewer.account_id, purpose=CodePurpose.CONFIRM, address=accounts.address_of(request),
        token=accounts.token_of(request), by=viewer, at=clock.now(),
    )  # fmt: skip
    shown = accounts.shown_code(code_id=sent, viewer=viewer)
    if shown:
        return _("这是演示环境，不发送短信。验证码：%(code)s") % {"code": shown}
    return _("验证码已经发出，请填在密码下面。")


def _lines(value: Any, name: str = "", depth: int = 0) -> Any:
    """(depth, name, text) of each thing that is signed, in its own words; nothing is left out."""
    if isinstance(value, dict):
        if name:
            yield min(depth, _DEPTH), name, ""
        for key, each in value.items():
            yield from _lines(each, str(key), depth + bool(name))
    elif isinstance(value, list):
        if name:
            yield min(depth, _DEPTH), name, ""
        for number, each in enumerate(value, start=1):
            yield from _lines(each, f"{number}.", depth + bool(name))
    else:
        said = {None: _("（空）"), True: _("是"), False: _("否")}
        text = said[value] if value is None or isinstance(value, bool) else str(value)
        yield min(depth, _DEPTH), name, text


def _facts(page: CoSignaturePage) -> Facts:
    row = page.row
    order = _("按次序签署") if page.ordered and row.signers > 1 else _("不分先后")
    facts = [
        Fact(_("发起"), f"{row.asked_by or _('系统')} {words.moment(row.created_at)}"),
        Fact(_("截止"), words.day(row.deadline) if row.deadline else _("没有期限")),
        Fact(_("文件摘要（SM3）"), page.digest, number=True),
    ]
    if row.signers > 1:
        facts.insert(2, Fact(_("次序"), order))
    return Facts(tuple(facts), tight=True)


def _people(page: CoSignaturePage) -> Table:
    columns = (Column(_("签署人")), Column(_("状态")), Column(_("时间")))
    rows = tuple(
        Row((Cell(each.name, each.capacity), words.SIGNERS[each.state], Cell(words.moment(each.at), each.reason)))
        for each in page.people
    )
    return Table.of(_("签署人"), columns, rows)


@login_required
@never_cache
@require_GET
def signed_file(request: HttpRequest, cosignature_id: UUID) -> HttpResponse:
    """What was signed, with the signatures, as one file that anybody can check."""
    data = queries.signed_file(cosignature_id=cosignature_id, viewer=words.viewer_of(request))
    answer = HttpResponse(data, content_type=STATEMENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="signed-{str(cosignature_id)[:8]}.json"'
    return answer
