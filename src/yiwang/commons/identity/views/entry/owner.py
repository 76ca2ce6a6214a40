"""Numbers change hands: at a browser that the account does not know, a code alone opens nothing."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yiwang.commons.identity import commands
from yiwang.commons.identity.adapters.entry import log_in_by_code
from yiwang.commons.identity.contracts import CodePurpose, CodeWay, CodeWrong, OwnerWrong, TooManyAttempts
from yiwang.commons.identity.views.entry import codes, steps
from yiwang.kernel import clock
from yiwang.web.components import Link
from yiwang.web.fields import Field
from yiwang.web.responses import go


@sensitive_post_parameters("name", "tail")
@never_cache
@require_http_methods(["GET", "POST"])
def login_owner(request: HttpRequest) -> HttpResponse:
    """After a code at a browser that the account does not know; then it is logged in."""
    return _asked(request, CodePurpose.LOGIN, _("您第一次在这台设备上登录，请再核对一次身份。"))


@sensitive_post_parameters("name", "tail")
@never_cache
@require_http_methods(["GET", "POST"])
def recover_owner(request: HttpRequest) -> HttpResponse:
    """After a code of the way back; then a new password may be set."""
    return _asked(request, CodePurpose.RECOVER, _("重新设置密码以前，请再核对一次身份。"))


def _asked(request: HttpRequest, purpose: CodePurpose, lead: str) -> HttpResponse:
    proof = codes.proved(request, purpose)
    start = reverse("identity:login_code" if purpose is CodePurpose.LOGIN else "identity:recover")
    if proof is None:
        return go(request, start)
    name, sentences = request.POST.get("name", "")[:80], list[str]()
    if request.method == "POST":
        tail = request.POST.get("tail", "")[:40]
        try:
            found = commands.prove_owner(proof=proof, name=name, tail=tail, by=codes.asker(request), at=clock.now())
        except CodeWrong:
            codes.spent(request)
            return go(request, start)
        except OwnerWrong as refused:
            sentences = [f"{refused.sentence(_)}{refused.advice(_)}"]
        except TooManyAttempts:
            codes.spent(request)
            return _too_often(request)
        else:
            if purpose is CodePurpose.LOGIN:
                return log_in_by_code(request, found, codes.spent(request), way=proof.way)
            return go(request, reverse("identity:recover_password"))
    fields = (
        Field("name", _("姓名"), value=name, hint=_("账号本人的姓名，与身份证件上的一致。"), autocomplete="name", maxlength=40),
        Field("tail", _("身份证号码最后四位"), hint=_("最后一位是 X 的，也要填上。"), autocomplete="off", maxlength=18, short=True),
    )  # fmt: skip
    recycled = Link(_("号码是新办的，以前由别人使用？带身份证到服务窗口办理"), reverse("identity:counter_help"))
    links = (
        recycled if proof.way is CodeWay.SMS else steps.counter_link(),
        Link(_("用密码登录"), reverse("account_login")),
    )
    return steps.step(
        request, title=_("请核对身份"), lead=lead, fields=fields, sentences=sentences, button=_("核对"), links=links
    )


def _too_often(request: HttpRequest) -> HttpResponse:
    said = (_("今天核对的次数已经用完。") + _("请明天再试、用密码登录，或者带身份证到服务窗口办理。"),)
    links = (Link(_("用密码登录"), reverse("account_login")), steps.counter_link())
    return steps.step(request, title=_("没有核对成功"), sentences=said, links=links)
