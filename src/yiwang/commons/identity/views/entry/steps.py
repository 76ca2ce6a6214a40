"""What the pages of logging in have in common: one question a page, its errors on top, a way out below."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.commons.identity import queries
from yiwang.commons.identity.adapters.entry import SENT
from yiwang.commons.identity.contracts import CodePurpose, CodeWay
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import DomainError
from yiwang.web.components import ErrorSummary, Link, Note, Text, Tone
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go

PASSWORD_HINT = "至少 10 位，不能全是数字，也不要用常见的密码。"  # noqa: S105  words


def step(
    request: HttpRequest,
    *,
    title: Text,
    fields: Sequence[Field] = (),
    button: Text = "",
    lead: Text = "",
    sentences: Iterable[Text] = (),
    notes: Sequence[Note] = (),
    links: Sequence[Link] = (),
    hidden: Mapping[str, str] | None = None,
    faulty: bool = False,
    **more: Any,
) -> HttpResponse:
    """The page of one question; 422 where it comes back with errors."""
    said = tuple(sentences)
    wrong = faulty or bool(said) or any(field.error for field in fields)
    context = {
        "title": title,
        "lead": lead,
        "fields": fields,
        "button": button or _("继续"),
        "summary": ErrorSummary.of(fields, *said) if wrong else None,
        "notes": notes,
        "links": links,
        "hidden": dict(hidden or {}),
    } | more
    return render(request, "identity/entry/step.html", context, status=422 if wrong else 200)


def faults_of(error: DomainError, names: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """A refusal as errors of the fields it names, and as sentences where it names none that the page shows."""
    given: Mapping[str, str] = getattr(error, "fields", None) or {}
    shown = {name: _(said) for name, said in given.items() if name in names}
    rest = [] if shown else [error.sentence(_), error.advice(_)]
    return shown, [said for said in rest if said]


def sent_of(request: HttpRequest, purpose: CodePurpose) -> dict[str, str] | None:
    """The code for this purpose that was sent last in this session: where to stands in it, never the code."""
    kept = request.session.get(SENT)
    return kept if isinstance(kept, dict) and kept.get("purpose") == purpose.value else None


def demo_notes(kept: Mapping[str, str]) -> list[Note]:
    """The code itself, in a demonstration only."""
    shown = queries.shown_code(code_id=UUID(kept["id"]), viewer=Actor.anonymous())
    said = _("这是演示环境，不发送短信。验证码：%(code)s") % {"code": shown}
    return [Note(said, tone=Tone.LINE)] if shown else []


def sent_words(kept: Mapping[str, str]) -> str:
    """That a code is on its way to the account's own number or address."""
    if kept.get("way") == CodeWay.MAIL.value:
        return _("验证码已经发到 %(mail)s。") % {"mail": kept["tail"]}
    return _("验证码已经发到尾号 %(tail)s 的手机。") % {"tail": kept["tail"]}


def sent_notes(kept: Mapping[str, str]) -> list[Note]:
    """The same above a form that asks for more than the code."""
    return [Note(sent_words(kept), tone=Tone.LINE), *demo_notes(kept)]


def code_field(error: str = "") -> Field:
    """Six digits that came by message; phones offer to fill them in."""
    return Field(
        "code", _("验证码"), value="", error=error, hint=_("6 位数字，5 分钟内有效。"), autocomplete="one-time-code",
        inputmode="numeric", maxlength=12, short=True,
    )  # fmt: skip


def mobile_field(value: str = "", error: str = "") -> Field:
    return Field("mobile", _("手机号码"), FieldKind.PHONE, value=value, error=error, autocomplete="tel-national")


def mail_field(value: str = "", error: str = "") -> Field:
    return Field("mail", _("电子邮箱"), FieldKind.EMAIL, value=value, error=error, autocomplete="email", maxlength=254)


def password_field(name: str, label: Text, *, error: str = "", fresh: bool = False, hint: Text = "") -> Field:
    return Field(
        name, label, FieldKind.PASSWORD, error=error, hint=hint, autocomplete="new-password" if fresh else "current-password"
    )  # fmt: skip


def knows_more(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Ask who came in by a mobile number or from outside alone for the password, before they keep a way in of their own.

    Numbers change hands: the next holder receives the codes, and knows no password.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not queries.knows_the_number_only(request):
            return view(request, *args, **kwargs)
        back = request.path if request.method == "GET" else reverse("mfa_index")
        return go(request, f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")

    return asked


def counter_link() -> Link:
    """The way out that needs no phone and no password."""
    return Link(_("用不了手机？带身份证到服务窗口办理"), reverse("identity:counter_help"))
