"""A client system's profile as a form and as facts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, QueryDict
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from yiwang.commons.identity.contracts.openid import (
    SENSITIVE_SCOPES,
    AudienceRow,
    ClientKind,
    ClientProfile,
    ClientSystemView,
    Scope,
    SigningAlgorithm,
)
from yiwang.commons.identity.views.openid.answers import issuer_of
from yiwang.web.components import Fact, Facts
from yiwang.web.fields import Choice, Field, FieldKind

_LINES: Final = 200
_LONGEST: Final = 20_000


def moment(at: datetime) -> str:
    return date_format(localtime(at), "Y-m-d H:i")


def keeps_secret(row: ClientSystemView) -> bool:
    return row.profile.kind is ClientKind.SERVER


def needs_secret(row: ClientSystemView) -> bool:
    return keeps_secret(row) and not row.has_secret


def sensitive_words(profile: ClientProfile) -> str:
    """The sensitive things that a system asks to know, for whoever reviews; "" where there are none."""
    return _("、").join(_(each.label) for each in profile.scopes if each in SENSITIVE_SCOPES)


@dataclass(frozen=True, slots=True)
class Given:
    """What stands in the form."""

    texts: dict[str, str]
    scopes: tuple[str, ...]
    flags: tuple[str, ...]

    @classmethod
    def of(cls, posted: QueryDict | None, system: ClientSystemView | None) -> "Given":
        """What was posted, else what the system has now."""
        if posted is not None:
            texts = {name: posted.get(name, "")[:_LONGEST] for name in _NAMES}
            return cls(texts, tuple(posted.getlist("scopes"))[:20], tuple(posted.getlist("flags"))[:20])
        profile = system.profile if system else ClientProfile("")
        texts = {
            "name": profile.name, "about": profile.about, "kind": profile.kind.value,
            "redirect_uris": "\n".join(profile.redirect_uris), "post_logout_uris": "\n".join(profile.post_logout_uris),
            "launch_url": profile.launch_url, "logout_url": profile.logout_url, "algorithm": profile.algorithm.value,
            "audience": "\n".join(f"{row.organisation} {row.role}".strip() for row in profile.audience),
            "least_assurance": str(profile.least_assurance), "reason": "",
        }  # fmt: skip
        chosen = {"residents": profile.residents, "consent": profile.asks_consent, "pairwise": profile.pairwise,
                  "two_factors": profile.least_level > 1}  # fmt: skip
        flags = tuple(name for name, on in chosen.items() if on)
        return cls(texts, tuple(each.value for each in profile.scopes), flags)

    def text(self, name: str) -> str:
        return self.texts.get(name, "").strip()

    def _lines(self, name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line.strip() for line in self.text(name).splitlines()[:_LINES] if line.strip()))

    def profile(self) -> ClientProfile:
        """What the command checks."""
        rows = (line.split(maxsplit=1) for line in self._lines("audience"))
        assurance = self.text("least_assurance")
        return ClientProfile(
            name=self.text("name"),
            about=self.text("about"),
            kind=next((each for each in ClientKind if each.value == self.text("kind")), ClientKind.SERVER),
            redirect_uris=self._lines("redirect_uris"),
            post_logout_uris=self._lines("post_logout_uris"),
            launch_url=self.text("launch_url"),
            logout_url=self.text("logout_url"),
            scopes=tuple(each for each in Scope if each is Scope.OPENID or each.value in self.scopes),
            algorithm=next((a for a in SigningAlgorithm if a.value == self.text("algorithm")), SigningAlgorithm.RS256),
            pairwise="pairwise" in self.flags,
            asks_consent="consent" in self.flags,
            least_assurance=int(assurance) if assurance in {"1", "2", "3", "4"} else 0,
            least_level=2 if "two_factors" in self.flags else 1,
            residents="residents" in self.flags,
            audience=tuple(AudienceRow(*row) for row in rows),
        )

    def fields(self, faults: dict[str, str]) -> tuple[Field, ...]:
        """The form, one question after the other."""

        def field(name: str, label: str, kind: FieldKind = FieldKind.TEXT, hint: str = "", **more: object) -> Field:
            said = {"value": self.texts.get(name, ""), "error": faults.get(name, ""), "hint": hint, **more}
            return Field(name, label, kind, **said)  # type: ignore[arg-type]  # checked by the field itself

        area, lines = FieldKind.TEXTAREA, _("每行一个，须与系统使用的地址完全一致。")
        told = tuple(Choice(each.value, _(each.label)) for each in Scope if each is not Scope.OPENID)
        flags = (
            Choice("residents", _("公众也可以进入")),
            Choice("consent", _("第一次进入时征求本人同意")),
            Choice("two_factors", _("须用两种登录方式")),
            Choice("pairwise", _("给本系统单独的用户编号，与其他系统的不同")),
        )
        levels = tuple(Choice(str(n), words) for n, words in enumerate(levels_in_words(), start=1))
        return (
            field("name", _("系统名称"), maxlength=80),
            field("about", _("一句话说明"), hint=_("显示在“我的应用”页和登录确认页上。"), required=False, maxlength=200),
            field("kind", _("系统类型"), FieldKind.RADIO, options=tuple(Choice(k.value, _(k.label)) for k in ClientKind)),
            field("redirect_uris", _("登录后返回的地址"), area, lines, rows=3, required=False),
            field("post_logout_uris", _("退出后返回的地址"), area, lines, rows=2, required=False),
            field("launch_url", _("系统首页"), hint=_("填写后，能进入的人会在“我的应用”页看到它。"), required=False),
            field("logout_url", _("接收退出通知的地址"), hint=_("用户在本平台退出时通知系统（Back-Channel Logout）。"), required=False),
            Field("scopes", _("需要知道的信息"), FieldKind.CHECKBOX, value=self.scopes, options=told, hint=_("只选办理业务必需的；手机号码和身份证件号码须在理由里说明依据。"), error=faults.get("scopes", ""), required=False),
            field("audience", _("哪些单位的人员可以进入"), area, _("每行一个单位代码，可以空一格再写岗位代码；下属单位的人员同样可以进入。"), rows=3, required=False),
            Field("flags", _("登录要求"), FieldKind.CHECKBOX, value=self.flags, options=flags, required=False),
            field("least_assurance", _("最低实名等级"), FieldKind.SELECT, options=levels),
            field("algorithm", _("签名算法"), FieldKind.SELECT, _("不清楚的，选 RS256。"), options=tuple(Choice(a.value, a.value) for a in SigningAlgorithm)),
            field("reason", _("接入理由"), area, _("为什么接入；需要手机号码、身份证件号码的，写明法律依据。"), rows=3, maxlength=500),
        )  # fmt: skip


_NAMES: Final = (
    "name", "about", "kind", "redirect_uris", "post_logout_uris", "launch_url", "logout_url", "algorithm", "audience",
    "least_assurance", "reason",
)  # fmt: skip


def levels_in_words() -> tuple[str, ...]:
    return _("一级：本人填报"), _("二级：与人口信息核对一致"), _("三级：人脸或银行账户核验"), _("四级：窗口当面核验")


def facts(profile: ClientProfile, organisation: str, keeper: str = "") -> Facts:
    """What a system asks for, as whoever decides reads it; who looks after it once it is connected."""
    audience = "；".join(f"{row.organisation} {row.role}".strip() for row in profile.audience)
    who = "；".join(each for each in (_("公众") if profile.residents else "", audience) if each)
    given = [
        (_("单位"), organisation),
        (_("负责人"), keeper),
        (_("说明"), profile.about),
        (_("系统类型"), _(profile.kind.label)),
        (_("登录后返回"), " ".join(profile.redirect_uris)),
        (_("退出后返回"), " ".join(profile.post_logout_uris)),
        (_("系统首页"), profile.launch_url),
        (_("接收退出通知"), profile.logout_url),
        (_("需要知道"), _("、").join(_(each.label) for each in profile.scopes if each is not Scope.OPENID)),
        (_("谁可以进入"), who),
        (_("最低实名等级"), levels_in_words()[min(max(profile.least_assurance, 1), 4) - 1]),
        (_("登录方式"), _("两种") if profile.least_level > 1 else _("一种")),
        (_("征求本人同意"), _("是") if profile.asks_consent else _("否")),
        (_("用户编号"), _("本系统单独的") if profile.pairwise else _("各系统相同")),
        (_("签名算法"), profile.algorithm.value),
    ]
    return Facts(tuple(Fact(label, value) for label, value in given if value), tight=True)


def connection(row: ClientSystemView, request: HttpRequest, secret: str = "") -> Facts:
    """What the system's people enter into it; `secret` on the one page that shows it."""
    issuer = issuer_of(request)
    given = [
        (_("发行者（issuer）"), issuer),
        (_("配置地址"), f"{issuer}/.well-known/openid-configuration"),
        (_("系统编号（client_id）"), row.client_id),
        (_("接入密钥（client_secret）"), secret),
    ]
    return Facts(tuple(Fact(label, value, number=True) for label, value in given if value), tight=True)
