"""One login for other systems: what a client system is, what it asks to know, and what pages and protocols read of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from yiwang.kernel.events import Event
from yiwang.kernel.text import gettext_noop as _

CLIENT_SYSTEM = "client_system"
CLIENT_REQUEST = "client_request"
CLIENT_LOGIN = "client_login"
SIGNING_KEY = "signing_key"
"""Kinds of subjects."""

REQUEST_CLIENTS: Final = "identity.request_clients"
REVIEW_CLIENTS: Final = "identity.review_clients"
"""Actions of grants: ask for the connection of an organisation's system; decide on it."""


class Scope(StrEnum):
    """What a client system may learn. `reviewed` ones are given by name in the review only."""

    OPENID = "openid"
    PROFILE = "profile"
    ORGANISATION = "organisation"
    ENTITY = "entity"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    OFFLINE = "offline_access"

    @property
    def label(self) -> str:
        return _SCOPES[self]

    @property
    def claim(self) -> str:
        """The claim by which a sensitive scope is told."""
        return "phone_number" if self is Scope.PHONE else self.value


_SCOPES: Final = {
    Scope.OPENID: _("识别您的账号"),
    Scope.PROFILE: _("姓名和实名等级"),
    Scope.ORGANISATION: _("任职的单位和岗位"),
    Scope.ENTITY: _("您正在代表的企业或个人"),
    Scope.PHONE: _("手机号码"),
    Scope.ID_NUMBER: _("身份证件号码"),
    Scope.OFFLINE: _("继续使用以上信息，最长 30 天，直到您退出登录或取消同意"),
}
SENSITIVE_SCOPES: Final = frozenset({Scope.PHONE, Scope.ID_NUMBER})


class SigningAlgorithm(StrEnum):
    """How tokens for a client are signed (RFC 7518; RFC 8037 for EdDSA)."""

    RS256 = "RS256"
    ES256 = "ES256"
    EDDSA = "EdDSA"


class ClientKind(StrEnum):
    """A system with a server keeps a secret; an app can't; a device without keyboard asks on another screen."""

    SERVER = "server"
    APP = "app"
    DEVICE = "device"

    @property
    def label(self) -> str:
        return _KINDS[self]


_KINDS: Final = {
    ClientKind.SERVER: _("网站或有服务器的系统"),
    ClientKind.APP: _("手机或电脑上的应用"),
    ClientKind.DEVICE: _("没有键盘的设备"),
}


class ClientState(StrEnum):
    """Whether a client system may be logged into."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class RequestState(StrEnum):
    """Where a request for connection stands."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {"open": _("待审核"), "approved": _("已同意"), "refused": _("未同意")}[self.value]


class Acr(StrEnum):
    """Authentication context classes: one factor, or two of different kinds (NIST SP 800-63B names them AAL1, AAL2)."""

    ONE = "urn:yiwang:aal1"
    TWO = "urn:yiwang:aal2"

    @classmethod
    def of(cls, level: int) -> "Acr":
        return cls.TWO if level > 1 else cls.ONE


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """Officials who may open a system: those of an organisation's subtree (code), in a role (key) or in any."""

    organisation: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class ClientProfile:
    """What a department says of its system. Addresses are compared character by character.

    `logout_url` is told when somebody logs out (OpenID Back-Channel Logout 1.0); `least_assurance` 1 to 4 and
    `least_level` 1 or 2 bound who gets in; `residents` and `audience` who may open it at all.
    """

    name: str
    about: str = ""
    kind: ClientKind = ClientKind.SERVER
    redirect_uris: tuple[str, ...] = ()
    post_logout_uris: tuple[str, ...] = ()
    launch_url: str = ""
    logout_url: str = ""
    scopes: tuple[Scope, ...] = (Scope.OPENID, Scope.PROFILE)
    algorithm: SigningAlgorithm = SigningAlgorithm.RS256
    pairwise: bool = False
    asks_consent: bool = True
    least_assurance: int = 1
    least_level: int = 1
    residents: bool = False
    audience: tuple[AudienceRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ClientSystemView:
    """A connected system. `keeper`: who looks after it; `kept`: they still may; `own`: it is the viewer.

    `secret_known`: who was shown the secret last may take secrets of the organisation's systems no more.
    """

    id: UUID
    client_id: str
    organisation_id: UUID
    organisation: str
    profile: ClientProfile
    state: ClientState
    has_secret: bool
    created_at: datetime
    keeper: str = ""
    kept: bool = True
    secret_known: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class ClientRequestView:
    """A request for connection or for a change of `system_id`."""

    id: UUID
    system_id: UUID | None
    organisation_id: UUID
    organisation: str
    profile: ClientProfile
    state: RequestState
    reason: str
    requested_by: UUID
    requested_at: datetime
    decided_at: datetime | None
    remarks: str


@dataclass(frozen=True, slots=True)
class LauncherEntry:
    """A system that the viewer may open."""

    id: UUID
    name: str
    about: str
    organisation: str
    launch_url: str


@dataclass(frozen=True, slots=True)
class ConsentView:
    """What somebody agreed to give a system."""

    system_id: UUID
    name: str
    organisation: str
    scopes: tuple[Scope, ...]
    given_at: datetime


@dataclass(frozen=True, slots=True)
class LoginFacts:
    """How and as what somebody logs in at a client system: what the identity token will say."""

    issuer: str
    at: datetime
    level: int
    amr: tuple[str, ...]
    session: UUID | None = None
    organisation_id: UUID | None = None
    role: str = ""
    on_behalf: SubjectRef | None = None


@dataclass(frozen=True, slots=True)
class SystemRead:
    """A connected system learns something sensitive of a person: `reasons` says for each scope why its department may."""

    person_id: UUID
    system_id: UUID
    system: str
    organisation_id: UUID
    reasons: tuple[tuple[Scope, str], ...]


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key under which tokens may be signed: published before it signs and after it did."""

    kid: str
    algorithm: SigningAlgorithm
    jwk: dict[str, str]
    signs_from: datetime
    signs_until: datetime | None
    published_until: datetime | None


@dataclass(frozen=True, slots=True)
class ClientLoginEnded(Event):
    """Somebody is logged out of a client system: its tokens are void."""

    login_id: UUID
    system_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef(CLIENT_LOGIN, self.login_id)


class ClientProfileInvalid(Invalid):
    """An address, scope or name of a client system is wrong; `fields` says which."""

    code = "identity.client_profile_invalid"


class ClientUnknown(NotFound):
    """No such client system or request, or none that the viewer may see."""

    code = "identity.client_unknown"


class OwnClientRequest(Forbidden):
    """Who asks does not decide."""

    code = "identity.own_client_request"
    message = _("自己提出的接入申请须由别人审核。")
    next_step = _("请由另一位审核人员处理。")


class ClientRequestDecided(Conflict):
    """Somebody has decided already."""

    code = "identity.client_request_decided"
    message = _("这份申请已经有了审核结果。")
    next_step = _("请刷新页面查看结果。")


class ClientNotForYou(Forbidden):
    """The system is not open to this account."""

    code = "identity.client_not_for_you"
    message = _("您的账号不能进入这个系统。")
    next_step = _("如果工作需要，请联系本单位管理员；办事也可以到服务窗口。")


class AssuranceTooLow(Forbidden):
    """The system asks for a higher level of real-name check."""

    code = "identity.assurance_too_low"
    message = _("进入这个系统需要更高的实名等级。")
    next_step = _("请先完成实名认证，再重新进入；不方便在网上办理的，可以到服务窗口核验。")


class SecondFactorNeeded(Forbidden):
    """The system asks for two factors."""

    code = "identity.second_factor_needed"
    message = _("进入这个系统需要两种登录方式。")
    next_step = _("请先在“登录方式”里添加通行密钥或动态口令，再用它登录。")


@dataclass(frozen=True, slots=True)
class Begun:
    """A log-in at a client that waits for the exchange of its code; `code` is told once."""

    login_id: UUID
    code: str = field(repr=False)
