"""`/licences/check/`: whoever is shown a code sees what its purpose needs, once. No log-in needed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yiwang.commons.identity import queries as identity
from yiwang.commons.licences import commands
from yiwang.commons.licences.contracts import Checked, CheckResult
from yiwang.commons.licences.views import words
from yiwang.kernel import clock
from yiwang.web.components import SAMPLE, Crumbs, ErrorSummary, Fact, Facts, Link
from yiwang.web.fields import Field


@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Ask for the code; POST shows what it shows. Opened from a QR code, the script puts the code into its field."""
    viewer = identity.actor_of(request)
    code = request.POST.get("code", "").replace("\x00", "")[:200]
    name = request.POST.get("name", "").replace("\x00", "").strip()[:60]
    found: Checked | None = None
    if request.method == "POST":
        found = commands.check_shown(
            code=code, address=words.address_of(request), checker_name=name, by=viewer, at=clock.now()
        )
    if found is not None and found.result is CheckResult.SHOWN:
        return render(request, "licences/shown.html", _shown(found))
    fault = _fault(found)
    fields = _fields(code, name, fault, asks_name=not viewer.is_official)
    context = {
        "crumbs": Crumbs((Link(_("首页"), "/"),), _("查验证照")),
        "fields": fields,
        "errors": ErrorSummary.of(fields) if fault else None,
    }
    status = 200 if found is None else 429 if found.result is CheckResult.TOO_MANY else 422
    return render(request, "licences/check.html", context, status=status)


def _fault(found: Checked | None) -> str:
    if found is None:
        return ""
    if found.result is CheckResult.TOO_MANY:
        return _("试的次数太多，请十分钟后再试。")
    return _("没有这个出示码，或者它已经用过、收回、过期。请对方重新出示。")


def _fields(code: str, name: str, fault: str, *, asks_name: bool) -> tuple[Field, ...]:
    wanted = Field(
        "code", _("出示码"), value=code, error=fault, hint=_("12 位数字，在对方手机上；也可以直接扫二维码打开本页。"),
        inputmode="numeric", autocomplete="off", maxlength=200, short=True,
    )  # fmt: skip
    who = Field(
        "name", _("您的单位或姓名"), value=name, required=False, maxlength=60, hint=_("会告诉证照持有人是谁查验的。"),
        autocomplete="organization",
    )  # fmt: skip
    return (wanted, who) if asks_name else (wanted,)


def _shown(found: Checked) -> dict[str, object]:
    assert found.state is not None
    facts = [
        Fact(_("持有人"), found.holder_name),
        Fact(_("编号"), found.number),
        Fact(_("颁发机构"), found.issuer_name),
        Fact(_("有效期"), words.span(found.valid_from, found.valid_until)),
        *(Fact(each.label, each.value) for each in found.fields),
    ]
    return {
        "found": found,
        "state": words.state(found.state),
        "sample": SAMPLE if found.sample else None,
        "facts": Facts(tuple(facts), tight=True),
        "grade": words.grade(found.grade) if found.grade else "",
        "crumbs": Crumbs((Link(_("首页"), "/"),), _("查验证照")),
        "looked_at": words.moment(clock.now()),
        "lines": range(6),
    }
