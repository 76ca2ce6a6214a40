"""Words for kinds, states, steps and ways of use; the tabs that all pages of seals share."""

from datetime import date, datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiwang.commons.identity import queries as identity
from yiwang.commons.seals import queries, registry
from yiwang.commons.seals.contracts import (
    CoSignatureState,
    RequestState,
    SealKind,
    SealState,
    SealVerb,
    SignerState,
    UseMode,
    UseRule,
)
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.web.components import Tab, Tabs, Tag, Text, Tone

KINDS: dict[SealKind, Text] = {
    SealKind.OFFICIAL: gettext_lazy("法定名称章"),
    SealKind.SERVICE: gettext_lazy("政务服务专用章"),
    SealKind.LICENCE: gettext_lazy("证照专用章"),
}
STATES: dict[SealState, Tag] = {
    SealState.APPLIED: Tag(gettext_lazy("待批准"), Tone.BLUE),
    SealState.REFUSED: Tag(gettext_lazy("未批准"), Tone.PLAIN),
    SealState.APPROVED: Tag(gettext_lazy("待制作"), Tone.BLUE),
    SealState.MADE: Tag(gettext_lazy("待交接"), Tone.BLUE),
    SealState.IN_CUSTODY: Tag(gettext_lazy("在用"), Tone.OK),
    SealState.SUSPENDED: Tag(gettext_lazy("停用"), Tone.WARN),
    SealState.ENDING: Tag(gettext_lazy("待销毁"), Tone.WARN),
    SealState.DESTROYED: Tag(gettext_lazy("已销毁"), Tone.PLAIN),
}
STEPS: dict[SealVerb, Text] = {
    SealVerb.APPLY: gettext_lazy("申请印章"),
    SealVerb.APPROVE: gettext_lazy("批准申请"),
    SealVerb.REFUSE: gettext_lazy("不予批准"),
    SealVerb.MAKE: gettext_lazy("制作印章"),
    SealVerb.HAND_OVER: gettext_lazy("交接保管"),
    SealVerb.SUSPEND: gettext_lazy("停用印章"),
    SealVerb.RESUME: gettext_lazy("恢复印章使用"),
    SealVerb.ASK_DESTRUCTION: gettext_lazy("申请销毁"),
    SealVerb.SPARE: gettext_lazy("不予销毁"),
    SealVerb.DESTROY: gettext_lazy("销毁印章"),
}
CONSEQUENCES: dict[SealVerb, Text] = {
    SealVerb.APPROVE: gettext_lazy("批准后生成这枚印章的密钥，可以据此办理数字证书。申请人和批准人不能是同一个人。"),
    SealVerb.REFUSE: gettext_lazy("不予批准的理由会告知申请单位，可以重新申请。"),
    SealVerb.MAKE: gettext_lazy("将按批准的名称绘制印模，由制章系统签名。制作后须交接给保管人才能使用。"),
    SealVerb.HAND_OVER: gettext_lazy("交接后只有选中的人员保管这枚印章，以前的保管人不能再用印。交接会留在记录里。"),
    SealVerb.SUSPEND: gettext_lazy("停用后任何人、任何程序都不能用印，已经用印的文件不受影响。恢复须由登记机关办理。"),
    SealVerb.RESUME: gettext_lazy("恢复后，保管人可以继续用印。"),
    SealVerb.ASK_DESTRUCTION: gettext_lazy("提出后立即停止用印，由登记机关的另一位人员销毁。"),
    SealVerb.SPARE: gettext_lazy("印章保持停用，可以再恢复使用。"),
    SealVerb.DESTROY: gettext_lazy("印章的密钥将永久清除，不能恢复。以前盖的章仍可验证。"),
}
GRAVE = frozenset({SealVerb.DESTROY, SealVerb.ASK_DESTRUCTION})
RULES: dict[UseRule, Text] = {
    UseRule.ONE: gettext_lazy("一名保管人用印"),
    UseRule.TWO: gettext_lazy("一人申请、另一名保管人批准"),
}
MODES: dict[UseMode, Text] = {
    UseMode.ONE: gettext_lazy("保管人用印"),
    UseMode.TWO: gettext_lazy("申请并批准"),
    UseMode.AUTOMATIC: gettext_lazy("决定后自动"),
}
REQUESTS: dict[RequestState, Tag] = {
    RequestState.WAITING: Tag(gettext_lazy("待批准"), Tone.BLUE),
    RequestState.APPROVED: Tag(gettext_lazy("已用印"), Tone.OK),
    RequestState.REFUSED: Tag(gettext_lazy("未批准"), Tone.PLAIN),
    RequestState.WITHDRAWN: Tag(gettext_lazy("已撤回"), Tone.PLAIN),
}
SIGNINGS: dict[CoSignatureState, Tag] = {
    CoSignatureState.OPEN: Tag(gettext_lazy("签署中"), Tone.BLUE),
    CoSignatureState.COMPLETE: Tag(gettext_lazy("已签署"), Tone.OK),
    CoSignatureState.DECLINED: Tag(gettext_lazy("有人拒签"), Tone.WARN),
    CoSignatureState.EXPIRED: Tag(gettext_lazy("已过期"), Tone.PLAIN),
    CoSignatureState.WITHDRAWN: Tag(gettext_lazy("已撤回"), Tone.PLAIN),
}
SIGNERS: dict[SignerState, Tag] = {
    SignerState.WAITING: Tag(gettext_lazy("待签署"), Tone.BLUE),
    SignerState.SIGNED: Tag(gettext_lazy("已签署"), Tone.OK),
    SignerState.DECLINED: Tag(gettext_lazy("已拒签"), Tone.WARN),
}
_DOCUMENTS: dict[str, Text] = {
    "case_document": gettext_lazy("办件文书"),
    "case_result": gettext_lazy("办理结果"),
    "licence": gettext_lazy("电子证照"),
    "archive": gettext_lazy("电子档案"),
    "seal_use_request": gettext_lazy("用印申请"),
    "seal": gettext_lazy("保管人送来的文件"),
}


def document_kind(kind: str) -> Text:
    """What a kind of document is called."""
    whole, _star, rest = kind.partition(":")
    known = _DOCUMENTS.get(whole) or registry.document_kinds().get(whole)
    if not known:
        return kind
    return f"{known}（{rest}）" if rest and rest != "*" else known


def viewer_of(request: HttpRequest) -> Actor:
    return identity.actor_of(request)


def moment(at: datetime | None) -> str:
    return date_format(timezone.localtime(at, clock.CHINA), "Y-m-d H:i") if at else "—"


def day(at: datetime | date | None) -> str:
    if at is None:
        return "—"
    return date_format(timezone.localtime(at, clock.CHINA) if isinstance(at, datetime) else at, "Y-m-d")


def tabs(here: str, viewer: Actor) -> Tabs:
    """The pages of seals; `here` is the name of an address."""
    waiting = queries.waiting_requests(viewer=viewer)
    pages = (
        ("seals", _("印章"), None),
        ("requests", _("用印申请"), waiting or None),
        ("uses", _("用印记录"), None),
        ("signing", _("待我签署"), None),
    )
    return Tabs(_("电子印章"), tuple(Tab(said, reverse(f"seals:{name}"), n, name == here) for name, said, n in pages))
