"""Errors that people meet. Each has a stable code, a sentence for a resident, and what to do next.

Contexts subclass these in their contracts; faces translate and map them once: HTML (web), RFC 9457 (REST), exit code (CLI).
"""

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any, ClassVar

from yiwang.kernel.text import gettext_noop as _


class ErrorKind(IntEnum):
    """What sort of refusal it is; the value is the HTTP status."""

    MALFORMED = 400
    INVALID = 422
    UNAUTHENTICATED = 401
    FORBIDDEN = 403
    NOT_FOUND = 404
    CONFLICT = 409
    GONE = 410
    TOO_LARGE = 413
    UNSUPPORTED = 415
    TOO_MANY = 429
    BROKEN = 500
    UNAVAILABLE = 503


class DomainError(Exception):
    """Base of all expected refusals. `message` and `next_step` are Chinese msgids with `{param}` fields."""

    code: ClassVar[str] = "kernel.error"
    kind: ClassVar[ErrorKind] = ErrorKind.INVALID
    message: ClassVar[str] = _("操作没有完成。")
    next_step: ClassVar[str] = _("请稍后再试；仍有问题请拨打 12345。")

    def __init__(self, **params: object) -> None:
        super().__init__(self.code)
        self.params: dict[str, object] = params

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        """The sentence with its parameters, through the face's `translate`."""
        return _fill(translate(self.message), self.params)

    def advice(self, translate: Callable[[str], str] = str) -> str:
        """What to do next, through the face's `translate`."""
        return _fill(translate(self.next_step), self.params)

    def __str__(self) -> str:
        return f"{self.sentence()} [{self.code}]"


def _fill(template: str, params: Mapping[str, object]) -> str:
    try:
        return template.format_map({key: value for key, value in params.items() if value is not None})
    except (KeyError, IndexError, ValueError):
        return template


class Invalid(DomainError):
    """The input is wrong; `fields` maps a field's name to its sentence."""

    code = "kernel.invalid"
    message = _("填写的内容有误。")
    next_step = _("请按提示修改后重新提交，已填写的内容不会丢失。")

    def __init__(self, *, fields: Mapping[str, str] | None = None, **params: object) -> None:
        super().__init__(**params)
        self.fields: dict[str, str] = dict(fields or {})

    def __str__(self) -> str:
        faults = "；".join(f"{name}：{sentence}" for name, sentence in self.fields.items())
        return f"{super().__str__()} {faults}".rstrip()


class Malformed(DomainError):
    """The request itself can't be read: no JSON, half a character, a NUL."""

    code = "kernel.malformed"
    kind = ErrorKind.MALFORMED
    message = _("发来的内容无法读取。")
    next_step = _("请检查内容的格式和字符后重新发送。")


class Unauthenticated(DomainError):
    """Nobody is logged in and somebody must be."""

    code = "kernel.unauthenticated"
    kind = ErrorKind.UNAUTHENTICATED
    message = _("请先登录。")
    next_step = _("登录后会回到这一页。")


class Forbidden(DomainError):
    """The actor may not do this."""

    code = "kernel.forbidden"
    kind = ErrorKind.FORBIDDEN
    message = _("您没有办理这一事项的权限。")
    next_step = _("如果这是您的工作，请联系本单位管理员授权。")


class NotFound(DomainError):
    """There is no such thing, or the viewer may not know that there is."""

    code = "kernel.not_found"
    kind = ErrorKind.NOT_FOUND
    message = _("没有找到您要的内容。")
    next_step = _("请核对网址或编号，或从首页重新查找。")


class Conflict(DomainError):
    """The state does not allow it (any more)."""

    code = "kernel.conflict"
    kind = ErrorKind.CONFLICT
    message = _("内容已经变化，这一步没有完成。")
    next_step = _("请刷新页面，按最新的状态继续。")


class Unavailable(DomainError):
    """Something that is needed does not answer now."""

    code = "kernel.unavailable"
    kind = ErrorKind.UNAVAILABLE
    message = _("服务暂时不可用。")
    next_step = _("已提交的内容不会丢失，请稍后再试。")


class IdempotencyMismatch(Conflict):
    """One idempotency key came with two different requests."""

    code = "kernel.idempotency_mismatch"
    message = _("同一提交凭据对应了不同的内容。")
    next_step = _("请刷新页面后重新提交。")


def problem(error: DomainError, *, instance: str = "", translate: Callable[[str], str] = str) -> dict[str, Any]:
    """The error as an RFC 9457 problem document (application/problem+json)."""
    document: dict[str, Any] = {
        "type": f"urn:yiwang:error:{error.code}",
        "title": error.sentence(translate),
        "status": int(error.kind),
        "detail": error.advice(translate),
        "code": error.code,
    }
    if instance:
        document["instance"] = instance
    if isinstance(error, Invalid) and error.fields:
        document["errors"] = [{"name": name, "reason": translate(text)} for name, text in error.fields.items()]
    return document
