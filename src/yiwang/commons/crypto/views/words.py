"""Words for purposes, states, steps and operations; the tabs that all pages of keys share."""

from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiwang.commons.crypto import rules
from yiwang.commons.crypto.contracts import CertificateRole, KeyState, KeyVerb, Operation, Purpose
from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.web.components import Tab, Tabs, Tag, Text, Tone

STATES: dict[KeyState, Tag] = {
    KeyState.PRE_ACTIVE: Tag(gettext_lazy("未启用"), Tone.BLUE),
    KeyState.ACTIVE: Tag(gettext_lazy("启用"), Tone.OK),
    KeyState.SUSPENDED: Tag(gettext_lazy("停用"), Tone.WARN),
    KeyState.RETIRED: Tag(gettext_lazy("退役"), Tone.PLAIN),
    KeyState.DESTROYED: Tag(gettext_lazy("已销毁"), Tone.PLAIN),
}
PURPOSES: dict[Purpose, Text] = {
    Purpose.FIELDS: gettext_lazy("字段加密"),
    Purpose.LOOKUP: gettext_lazy("字段查找"),
    Purpose.DATA: gettext_lazy("应用数据加密"),
    Purpose.SIGNING: gettext_lazy("数字签名"),
}
VERBS: dict[KeyVerb, Text] = {
    KeyVerb.ACTIVATE: gettext_lazy("启用此密钥"),
    KeyVerb.SUSPEND: gettext_lazy("停用此密钥"),
    KeyVerb.RESUME: gettext_lazy("恢复使用"),
    KeyVerb.ROTATE: gettext_lazy("轮换此密钥"),
    KeyVerb.RETIRE: gettext_lazy("让密钥退役"),
    KeyVerb.DESTROY: gettext_lazy("销毁此密钥"),
}
STEPS: dict[KeyVerb, Text] = {
    KeyVerb.CREATE: gettext_lazy("创建密钥"),
    KeyVerb.ACTIVATE: gettext_lazy("启用密钥"),
    KeyVerb.SUSPEND: gettext_lazy("停用密钥"),
    KeyVerb.RESUME: gettext_lazy("恢复密钥"),
    KeyVerb.ROTATE: gettext_lazy("轮换密钥"),
    KeyVerb.RETIRE: gettext_lazy("密钥退役"),
    KeyVerb.DESTROY: gettext_lazy("销毁密钥"),
}
CONSEQUENCES: dict[KeyVerb, Text] = {
    KeyVerb.ACTIVATE: gettext_lazy("启用后，所属应用可以用它。"),
    KeyVerb.SUSPEND: gettext_lazy("停用期间，任何应用都不能用它，半分钟内所有进程生效；以后可以恢复。"),
    KeyVerb.RESUME: gettext_lazy("恢复后，所属应用可以继续用它。"),
    KeyVerb.ROTATE: gettext_lazy(
        "生成新的版本，新的内容都用新版本；旧版本继续解密和验签。已存储的字段在后台重加密，办理不受影响。"
    ),
    KeyVerb.RETIRE: gettext_lazy("退役后不能再加密和签名，只能解密和验签，也不能再恢复使用。"),
    KeyVerb.DESTROY: gettext_lazy("密钥材料将从数据库里永久清除，由它加密而没有转换的内容再也读不出来。签名仍可验证。"),
}
OPERATIONS: dict[Operation, Text] = {
    Operation.SEAL: gettext_lazy("加密"),
    Operation.OPEN: gettext_lazy("解密"),
    Operation.HASH: gettext_lazy("计算查找值"),
    Operation.SIGN: gettext_lazy("签名"),
}
ROLES: dict[CertificateRole, Text] = {
    CertificateRole.ANCHOR: gettext_lazy("信任锚"),
    CertificateRole.INTERMEDIATE: gettext_lazy("中间证书"),
    CertificateRole.SIGNING: gettext_lazy("签名证书"),
    CertificateRole.ENCRYPTION: gettext_lazy("加密证书"),
}
ALGORITHMS: dict[str, str] = {
    "sm4-gcm": "SM4-GCM", "sm2-sm3": "SM2 / SM3", "hmac-sm3": "HMAC-SM3", "aes-256-gcm": "AES-256-GCM",
    "ed25519": "Ed25519", "hmac-sha256": "HMAC-SHA-256",
}  # fmt: skip
SUITES: dict[str, Text] = {"national": gettext_lazy("国密"), "international": gettext_lazy("国际")}


def viewer_of(request: HttpRequest) -> Actor:
    return identity.actor_of(request)


def algorithm(name: str) -> str:
    return ALGORITHMS.get(name, name)


def day(moment: datetime | None) -> str:
    """A date as people write it; a dash where there is none."""
    return date_format(timezone.localtime(moment).date(), "DATE_FORMAT") if moment else "—"


def moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{date_format(local.date(), 'DATE_FORMAT')} {local:%H:%M}"


def due(next_rotation_at: datetime | None) -> str | Tag:
    """When a key is due; a mark where that is soon or over."""
    if next_rotation_at is None:
        return _("人工轮换")
    left = next_rotation_at - clock.now()
    if left.total_seconds() < 0:
        return Tag(_("%(day)s 已到期") % {"day": day(next_rotation_at)}, Tone.BAD)
    if left < rules.DUE_SOON:
        return Tag(_("%(day)s 将到期") % {"day": day(next_rotation_at)}, Tone.WARN)
    return day(next_rotation_at)


def number(count: int) -> str:
    """With thin groups of three digits."""
    return f"{count:,}"


def tabs(here: str) -> Tabs:
    """The pages of the pool; `here` is the name of an address."""
    pages = (
        ("keys", _("密钥")),
        ("applications", _("应用与配额")),
        ("certificates", _("数字证书")),
        ("standing", _("保护现状")),
    )
    return Tabs(_("密码资源"), tuple(Tab(said, reverse(f"crypto:{name}"), None, name == here) for name, said in pages))
