"""How the pages of real names and mandates say things."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiwang.commons.identity.contracts import RepresentationKind
from yiwang.commons.identity.contracts.real_names import (
    LEVEL_NAMES,
    Assurance,
    CheckReason,
    CheckState,
    MandateState,
)
from yiwang.commons.identity.queries import agency
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.web.components import Crumbs, ErrorSummary, Facts, Link, Tag, Text, Tone
from yiwang.web.fields import Field

LEVELS: dict[Assurance, tuple[Text, Text]] = {
    Assurance.CLAIMED: (gettext_lazy(LEVEL_NAMES[Assurance.CLAIMED]), gettext_lazy("账号已经开通，还没有核验身份。")),
    Assurance.CHECKED: (
        gettext_lazy(LEVEL_NAMES[Assurance.CHECKED]),
        gettext_lazy("姓名和身份证件号码与登记信息一致，可以委托代办、关联企业。"),
    ),
    Assurance.CONFIRMED: (
        gettext_lazy(LEVEL_NAMES[Assurance.CONFIRMED]),
        gettext_lazy("人脸或者银行卡确认过是本人。"),
    ),
    Assurance.IN_PERSON: (
        gettext_lazy(LEVEL_NAMES[Assurance.IN_PERSON]),
        gettext_lazy("在服务窗口出示过身份证原件，级别最高。"),
    ),
}
REASONS: dict[CheckReason, Text] = {
    CheckReason.DIFFERS: gettext_lazy("姓名和身份证件号码对不上，请检查后再试。"),
    CheckReason.OTHER_PERSON: gettext_lazy("这个号码和您账号登记的不一致，每个账号只能认证本人。"),
    CheckReason.NAME_VARIANT: gettext_lazy("姓名中有异体字、生僻字或者间隔点，需要人工核对。"),
    CheckReason.NOT_FOUND: gettext_lazy("登记库里没有查到，需要人工核对。"),
    CheckReason.UNAVAILABLE: gettext_lazy("登记库暂时连不上，已转人工核对。"),
    CheckReason.KNOWN_PERSON: gettext_lazy("平台上已有这位办事人的记录，为防冒用，需要人工核对。"),
    CheckReason.BY_HAND: gettext_lazy("工作人员核对后没有通过。"),
}
OWN_REASONS: dict[CheckReason, Text] = REASONS | {
    CheckReason.NOT_FOUND: gettext_lazy("自动核验没有完成，需要人工核对。着急的话，可以带身份证到服务窗口办理。"),
}
"""What the owner of a check reads; officials read what is the matter."""
STATES: dict[CheckState, tuple[Text, Tone]] = {
    CheckState.ASKED: (gettext_lazy("没有完成"), Tone.PLAIN),
    CheckState.WAITING: (gettext_lazy("人工核对中"), Tone.WARN),
    CheckState.PASSED: (gettext_lazy("通过"), Tone.OK),
    CheckState.REFUSED: (gettext_lazy("没有通过"), Tone.BAD),
}
METHODS: dict[str, Text] = {
    "register": gettext_lazy("姓名和证件号码核验"),
    "face": gettext_lazy("人脸核验"),
    "bank": gettext_lazy("银行卡核验"),
    "counter": gettext_lazy("窗口当面核验"),
}
MANDATES: dict[MandateState, tuple[Text, Tone]] = {
    MandateState.OFFERED: (gettext_lazy("等对方确认"), Tone.WARN),
    MandateState.ACCEPTED: (gettext_lazy("生效中"), Tone.OK),
    MandateState.DECLINED: (gettext_lazy("对方没有接受"), Tone.PLAIN),
    MandateState.WITHDRAWN: (gettext_lazy("已撤回"), Tone.PLAIN),
    MandateState.ENDED: (gettext_lazy("已结束"), Tone.PLAIN),
}
KINDS: dict[RepresentationKind, Text] = {
    RepresentationKind.AGENT: gettext_lazy("受委托代办"),
    RepresentationKind.GUARDIAN: gettext_lazy("监护人"),
    RepresentationKind.LEGAL_REPRESENTATIVE: gettext_lazy("法定代表人"),
    RepresentationKind.STAFF: gettext_lazy("企业办事人员"),
}


def mark(state: CheckState) -> Tag:
    return Tag(*STATES[state])


def mandate_mark(state: MandateState) -> Tag:
    return Tag(*MANDATES[state])


def method(key: str) -> Text:
    return METHODS.get(key, key)


def moment(at: datetime) -> str:
    return at.astimezone(clock.CHINA).strftime("%Y-%m-%d %H:%M")


def scopes(keys: Sequence[str], viewer: Actor) -> str:
    """The matters of a mandate in one sentence."""
    labels = agency.scope_labels(scopes=keys, viewer=viewer)
    return _("、").join(label or _("全部事项") for label in labels)


def home_crumbs(*links: Link, here: Text) -> Crumbs:
    return Crumbs((Link(_("首页"), "/"), Link(_("我的"), "/mine/"), *links), here)


def mandates_link() -> Link:
    return Link(_("代办委托"), reverse("real:mandates"))


def entities_link() -> Link:
    return Link(_("企业员工与代办人"), reverse("real:entities"))


@dataclass(frozen=True, slots=True)
class Fold:
    """Choices under a heading that opens: many matters stay findable on a small screen."""

    title: Text
    field: Field
    opened: bool = False

    @property
    def count(self) -> str:
        chosen = len(self.field.value) if isinstance(self.field.value, tuple) else 0
        if chosen:
            return _("%(n)d 项，已选 %(chosen)d 项") % {"n": len(self.field.options), "chosen": chosen}
        return _("%(n)d 项") % {"n": len(self.field.options)}


def form_page(
    request: HttpRequest,
    *,
    title: Text,
    fields: Sequence[Field],
    crumbs: Crumbs,
    back_url: str,
    submit: Text,
    lead: Text = "",
    step: Text = "",
    facts: Facts | None = None,
    kept: Mapping[str, str | Sequence[str]] | None = None,
    folds: Sequence[Fold] = (),
) -> HttpResponse:
    """One question of a resident, with a way back and a way out. 422 where a field is wrong."""
    hidden = [
        (name, value)
        for name, values in (kept or {}).items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    wrong = any(field.error for field in fields)
    context = {
        "title": title, "fields": tuple(fields), "crumbs": crumbs, "back_url": back_url, "submit": submit, "lead": lead,
        "step": step, "facts": facts, "kept": hidden, "folds": folds,
        "summary": ErrorSummary.of(tuple(fields)) if wrong else None,
    }  # fmt: skip
    return render(request, "identity/real/form.html", context, status=422 if wrong else 200)


def asked(request: HttpRequest, *names: str, longest: int = 120) -> dict[str, str]:
    """What was posted, without what no form can send: bounded, no NUL."""
    return {name: request.POST.get(name, "").replace("\x00", "")[:longest].strip() for name in names}
