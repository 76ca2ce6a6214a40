"""News from below: an account was entered from a new device, a process waits for its applicant, an objection to an access is answered."""

from django.urls import reverse

from yiwang.commons.flow import queries as flow
from yiwang.commons.flow.contracts import TaskCreated
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import CLEARED, AccountDeactivated, FactorChanged, NewDeviceUsed
from yiwang.commons.notify import commands
from yiwang.commons.notify.contracts import Recipient
from yiwang.commons.notify.handlers import real_names
from yiwang.commons.notify.registry import Kind, register_kind
from yiwang.commons.privacy.contracts import ObjectionAnswered
from yiwang.kernel.actor import Actor
from yiwang.kernel.outbox import Delivery, subscribe
from yiwang.kernel.text import gettext_noop as _

__all__ = ["real_names"]

NEW_DEVICE = "identity.new_device"
FACTOR = "identity.factor_changed"
ALL_CLEARED = "identity.factors_cleared"
CLOSED = "identity.account_closed"
WAITING = "flow.waiting_for_you"
ANSWERED = "privacy.objection_answered"
_FACTORS = {
    "password": {"zh": "密码", "en": "password"},
    "totp": {"zh": "动态口令", "en": "authenticator app"},
    "webauthn": {"zh": "通行密钥", "en": "passkey"},
    "recovery_codes": {"zh": "备用码", "en": "recovery codes"},
    "mail": {"zh": "邮箱", "en": "e-mail address"},
    "second_code": {"zh": "密码加验证码", "en": "code beside the password"},
}

register_kind(Kind(WAITING, _("等您办理：{stage}"), _("“{title}”需要您处理后才能继续办理。")))
register_kind(
    Kind(ANSWERED, _("{organisation}答复了您的异议"), _("您对一次查看个人信息提出的异议已经核查，请看答复。"))
)
register_kind(
    Kind(NEW_DEVICE, _("您的账号在新设备上登录"), _("如果不是您本人，请马上移除这台设备并修改密码。")),
    Kind(FACTOR, _("您的登录方式有变动：{factor}"), _("如果不是您本人操作，请马上修改密码，并查看登录方式。")),
    Kind(
        ALL_CLEARED,
        _("您账号的登录方式已全部清除"),
        _(
            "密码、通行密钥、动态口令、备用码、邮箱和登录过的设备都已作废，请重新设置。不是您本人要求的，请马上联系本单位管理员。"
        ),
    ),
    Kind(
        CLOSED,
        _("您的一个账号已停用"),
        _("这个账号不能再登录，登录方式和登录过的设备都已清除。有疑问的，请联系原单位管理员，或者拨打 12345。"),
    ),
)


@subscribe(NewDeviceUsed, name="notify.on_new_device")
def on_new_device(event: NewDeviceUsed, *, delivery: Delivery) -> None:
    """The owner reads it where they are logged in already."""
    commands.send(
        to=Recipient(account_id=event.account_id),
        kind=NEW_DEVICE,
        href=reverse("identity:devices"),
        key=f"new_device:{event.session_id}",
        by=Actor.system("notify.on_new_device"),
        at=delivery.at,
    )


@subscribe(FactorChanged, name="notify.on_factor_changed")
def on_factor_changed(event: FactorChanged, *, delivery: Delivery) -> None:
    """Whoever steals an account changes how it is entered: the owner hears of each change."""
    cleared = event.factor == CLEARED
    named = _FACTORS.get(event.factor, _FACTORS["password"])
    commands.send(
        to=Recipient(account_id=event.account_id),
        kind=ALL_CLEARED if cleared else FACTOR,
        params={} if cleared else {"factor": dict(named)},
        href=reverse("mfa_index"),
        key=f"factor:{delivery.event_id}",
        by=Actor.system("notify.on_factor_changed"),
        at=delivery.at,
    )


@subscribe(AccountDeactivated, name="notify.on_account_closed")
def on_account_closed(event: AccountDeactivated, *, delivery: Delivery) -> None:
    """Nobody reads messages in an account that is closed: the person hears of it in one of their own."""
    program = Actor.system("notify.on_account_closed")
    person_id = identity.account(account_id=event.account_id, viewer=program).person_id
    if person_id is None:
        return
    commands.send(
        to=Recipient(person_id=person_id),
        kind=CLOSED,
        key=f"account_closed:{delivery.event_id}",
        by=program,
        at=delivery.at,
    )


@subscribe(ObjectionAnswered, name="notify.on_objection_answered")
def on_objection_answered(event: ObjectionAnswered, *, delivery: Delivery) -> None:
    """Tells the holder, once."""
    commands.send(
        to=Recipient(person_id=event.person_id, entity_id=event.entity_id),
        kind=ANSWERED,
        params={"organisation": event.organisation},
        href=reverse("privacy:objection", args=[event.objection_id]),
        key=f"objection:{event.objection_id}",
        by=Actor.system("notify.on_objection_answered"),
        at=delivery.at,
    )


@subscribe(TaskCreated, name="notify.on_task_created")
def on_task_created(event: TaskCreated, *, delivery: Delivery) -> None:
    """A task for the applicant becomes a message that opens it; officials find theirs in the inbox."""
    if not event.for_applicant:
        return
    program = Actor.system("notify.on_task_created")
    task = flow.task(task_id=event.task_id, viewer=program)
    person_id, entity_id = flow.applicant_of(instance_id=event.instance_id, viewer=program)
    if person_id is None and entity_id is None:
        return
    commands.send(
        to=Recipient(person_id=None if entity_id else person_id, entity_id=entity_id),
        kind=WAITING,
        params={"stage": task.row.name, "title": task.row.title},
        subject=event.subject,
        href=reverse("flow:task", args=[event.task_id]),
        key=f"task:{event.task_id}",
        by=program,
        at=delivery.at,
    )
