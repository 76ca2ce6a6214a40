"""What identity asks of us: bring a code to a mobile number or an e-mail address."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from yiwang.commons.identity.contracts import CodePurpose, CodesUnavailable
from yiwang.commons.identity.registry.codes import provide_codes, provide_mail_codes
from yiwang.commons.notify import registry
from yiwang.commons.notify.contrib.smtp import MailGateway, Post
from yiwang.kernel.settings import settings

_LANGUAGE = "zh-hans"


def connect() -> None:
    """Called once at start-up."""
    if settings().codes_smtp:
        registry.register_gateway(MailGateway(settings().codes_smtp))
    provide_codes(carry, ready=ready)
    if settings().mail_smtp:
        registry.register_post(Post(settings().mail_smtp))
    provide_mail_codes(carry_mail, ready=mail_ready)


def ready() -> bool:
    """Whether codes reach anybody: through a gateway, or on the page itself in a demonstration."""
    return registry.gateway() is not None or settings().demo


def carry(*, mobile: str, code: str, purpose: CodePurpose, minutes: int) -> None:
    """In Chinese, as nobody has told us the reader's language yet. A demonstration without gateway shows codes on its pages."""
    found = registry.gateway()
    if found is None:
        if settings().demo:
            return
        raise CodesUnavailable
    with override(_LANGUAGE):
        found.send(mobile, _("验证码"), _sentence(code, purpose, minutes))


def mail_ready() -> bool:
    """The same for e-mail."""
    return registry.post() is not None or settings().demo


def carry_mail(*, mail: str, code: str, purpose: CodePurpose, minutes: int) -> None:
    """As `carry`, to an e-mail address."""
    found = registry.post()
    if found is None:
        if settings().demo:
            return
        raise CodesUnavailable
    with override(_LANGUAGE):
        found.send(mail, _("验证码"), _sentence(code, purpose, minutes))


def _sentence(code: str, purpose: CodePurpose, minutes: int) -> str:
    said = _("您的验证码是 %(code)s，用于%(purpose)s，%(minutes)s 分钟内有效。请勿告诉任何人，工作人员不会向您索要。")
    return said % {"code": code, "purpose": _words(purpose), "minutes": minutes}


def _words(purpose: CodePurpose) -> str:
    return {
        CodePurpose.LOGIN: _("登录您的账号"),
        CodePurpose.REGISTER: _("注册账号"),
        CodePurpose.RECOVER: _("重设登录密码"),
        CodePurpose.SECOND: _("登录您的账号"),
        CodePurpose.CONFIRM: _("确认是您本人操作"),
        CodePurpose.MAIL: _("添加邮箱"),
    }[purpose]
