"""The guide of one matter (办事指南): all that a resident asks before coming, on one page that also prints well."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from yiwang.commons.identity.contracts.real_names import LEVEL_NAMES, Assurance
from yiwang.kernel.actor import Actor
from yiwang.serve.matters import queries
from yiwang.serve.matters.contracts import (
    MATTER_TYPES,
    CatalogueRow,
    ExerciseLevel,
    Fee,
    Law,
    LimitUnit,
    Matter,
    MatterSpec,
    MatterState,
    Necessity,
    Requirement,
    Span,
)
from yiwang.serve.portal.views.speaking import card, say, visits_words
from yiwang.web.components import Basis, Cards, Crumbs, Link
from yiwang.web.components.lists import Fact, Facts
from yiwang.web.components.marks import Tag, Tone

NECESSITIES = {
    Necessity.REQUIRED: (gettext_lazy("必要"), Tone.LINE),
    Necessity.OPTIONAL: (gettext_lazy("非必要"), Tone.PLAIN),
    Necessity.DEFERRABLE: (gettext_lazy("可容缺后补"), Tone.PLAIN),
}
_CHANNELS = {
    "online": gettext_lazy("网上"),
    "mobile": gettext_lazy("手机"),
    "kiosk": gettext_lazy("自助终端"),
    "counter": gettext_lazy("窗口"),
    "post": gettext_lazy("邮寄"),
}
_AUDIENCES = {
    "person": gettext_lazy("自然人"),
    "legal_entity": gettext_lazy("法人和其他组织"),
}
_ORIGINALS = {
    "original": gettext_lazy("原件"),
    "copy": gettext_lazy("复印件"),
    "original_and_copy": gettext_lazy("原件和复印件"),
}


@dataclass(frozen=True, slots=True)
class Paper:
    """One material as it is told."""

    name: str
    notes: tuple[str, ...]
    ways: str
    tag: Tag
    basis: str
    form: str = ""
    sample: str = ""


def matter_page(request: HttpRequest, row: CatalogueRow, viewer: Actor, crumbs: Sequence[Link]) -> HttpResponse:
    """The page of a version in force or suspended, or of an entry that is only listed. Two or three queries."""
    if row.state is MatterState.LISTED:
        return _listed_page(request, row, viewer, crumbs)
    found = queries.matter_version(matter_id=row.id, viewer=viewer)
    spec = found.spec
    name = said(spec, spec.name)
    context = {
        "crumbs": Crumbs(tuple(crumbs), name),
        "matter": found,
        "name": name,
        "summary": said(spec, spec.summary),
        "sample_note": said(spec, spec.sample_note),
        "halted": _halted(row),
        "begin_url": _begin(found, row),
        "facts": _facts(found, row),
        "codes": _codes(found),
        "audience": together(str(_AUDIENCES[each]) for each in spec.audience if each in _AUDIENCES),
        "conditions": [said(spec, each.text) for each in spec.conditions],
        "papers": [_paper(spec, each) for each in spec.inputs],
        "pledge": _pledge(spec),
        "steps": _steps(spec),
        "special": [(said(spec, each.name), each.basis, span_words(each.longest)) for each in spec.special_procedures],
        "fees": [_fee(spec, each) for each in spec.fees],
        "results": [(said(spec, each.name), said(spec, each.validity), each.sample_file) for each in spec.results],
        "delivery": together(str(_CHANNELS[each]) for each in spec.delivery if each in _CHANNELS),
        "windows": [
            (said(spec, each.name), said(spec, each.address), said(spec, each.hours), each.phone)
            for each in spec.windows
        ],
        "area": said(spec, spec.area.note) or (_(spec.area.level.label) if spec.area.level else ""),
        "laws": tuple(Basis(_law(each), each.text) for each in spec.laws),
        "remedies": _remedies(spec),
        "consult": spec.consult,
        "complain": spec.complain,
        "faq": [(said(spec, each.question), said(spec, each.answer)) for each in spec.faq],
        "bundles": Cards(tuple(card(entry) for entry in queries.bundles_of(matter_code=spec.code, viewer=viewer))),
    }
    return render(request, "portal/matter.html", context)


def _listed_page(request: HttpRequest, row: CatalogueRow, viewer: Actor, crumbs: Sequence[Link]) -> HttpResponse:
    spec = queries.listed(matter_id=row.id, viewer=viewer)
    facts = [
        Fact(_("实施主体"), spec.department),
        Fact(_("事项类型"), type_words(spec.type)),
        Fact(_("实施编码"), spec.code, number=True),
    ]
    if spec.authority_code:
        facts.append(Fact(_("统一社会信用代码"), spec.authority_code, number=True))
    if spec.main_item:
        facts.append(Fact(_("所属主项"), spec.main_item))
    context = {
        "crumbs": Crumbs(tuple(crumbs), spec.name),
        "name": spec.name,
        "facts": Facts(tuple(facts)),
        "link": spec.link if spec.link.startswith(("http://", "https://")) else "",
        "halted": _halted(row),
    }
    return render(request, "portal/listed.html", context)


def said(spec: MatterSpec, words: str) -> str:
    """Words of the matter in the viewer's language."""
    return say(words, spec.translations)


def together(parts: Iterable[str]) -> str:
    """Words in a row, as each language sets them apart."""
    return (", " if (get_language() or "zh").startswith("en") else "、").join(parts)


def audiences() -> list[tuple[str, str]]:
    """Whom a matter may serve, for a filter."""
    return [(key, str(label)) for key, label in _AUDIENCES.items()]


def type_words(code: str) -> str:
    """The type by its national code."""
    return _(MATTER_TYPES[code]) if code in MATTER_TYPES else "—"


def limit_words(count: int | None, unit: LimitUnit) -> str:
    """A limit as a resident says it."""
    if count is None:
        return _("法律未作规定")
    if unit is LimitUnit.IMMEDIATE or (count == 0 and unit is LimitUnit.WORKING_DAY):
        return _("即办，当场办结")
    words = {
        LimitUnit.WORKING_DAY: ngettext("%(n)d 个工作日", "%(n)d 个工作日", count),
        LimitUnit.CALENDAR_DAY: _("%(n)d 天"),
        LimitUnit.HOUR: _("%(n)d 小时"),
    }
    return words[unit] % {"n": count}


def span_words(span: Span | None) -> str:
    """A length of time; empty where none is set."""
    return limit_words(span.count, span.unit) if span else ""


def level_words(level: str) -> str:
    """The level at which it is handled."""
    return _(ExerciseLevel(level).label) if level in set(ExerciseLevel) else level


def _halted(row: CatalogueRow) -> str:
    if row.state is not MatterState.SUSPENDED:
        return ""
    until = (
        _("%(day)s恢复办理") % {"day": row.suspended_until.isoformat()}
        if row.suspended_until
        else _("恢复日期另行通知")
    )
    return _("暂停办理：%(reason)s。%(until)s。") % {"reason": row.reason, "until": until}


def _begin(found: Matter, row: CatalogueRow) -> str:
    """Where one applies; empty where one can't here or now."""
    spec = found.spec
    open_ = row.state is MatterState.PUBLISHED and spec.handled_here and found.form_version is not None
    return reverse("portal:matter_guide", args=[spec.code]) if open_ and "online" in spec.channels else ""


def _facts(found: Matter, row: CatalogueRow) -> Facts:
    spec = found.spec
    fees = _("收费") if spec.fees else _("不收费")
    depth = (
        _(spec.online.depth.label) if spec.online.depth else together(str(_CHANNELS[each]) for each in spec.channels)
    )
    facts = [
        Fact(_("承诺时限"), limit_words(spec.limits.promised, spec.limits.unit)),
        Fact(_("法定时限"), limit_words(spec.limits.statutory, spec.limits.statutory_unit)),
        Fact(
            _("到现场"), visits_words(spec.visits) + (f"：{said(spec, spec.visit_reason)}" if spec.visit_reason else "")
        ),
        Fact(_("费用"), fees),
        Fact(_("怎样办"), depth),
    ]
    if spec.real_name:
        facts.append(Fact(_("网上办要求的实名级别"), _(LEVEL_NAMES[Assurance(spec.real_name)])))
    if found.organisation_name or row.department:
        facts.insert(0, Fact(_("办理部门"), found.organisation_name or row.department))
    return Facts(tuple(facts))


def _codes(found: Matter) -> Facts:
    spec = found.spec
    facts = [
        Fact(_("事项类型"), type_words(spec.type)),
        Fact(_("基本编码"), spec.catalogue_code, number=True),
        Fact(_("实施编码"), spec.implementation_code or spec.code, number=True),
        Fact(_("版本"), _("第 %(n)d 版") % {"n": found.version}),
        Fact(_("实施主体性质"), _(spec.authority.nature.label)),
        Fact(_("权力来源"), _(spec.authority.power_source.label)),
    ]
    if spec.authority.levels:
        facts.append(Fact(_("行使层级"), together(_(level.label) for level in spec.authority.levels)))
    more = {
        _("委托部门"): said(spec, spec.authority.entrusted_by),
        _("联办机构"): together(said(spec, each) for each in spec.authority.joint),
        _("数量限制"): said(spec, spec.quantity_limit),
        _("中介服务"): together(said(spec, each.name) for each in spec.intermediaries),
    }
    facts += [Fact(label, words) for label, words in more.items() if words]
    return Facts(tuple(facts), tight=True)


def _paper(spec: MatterSpec, each: Requirement) -> Paper:
    words, tone = NECESSITIES[each.necessity]
    notes = [said(spec, each.note), said(spec, each.standard), said(spec, each.source_note)]
    if each.paper != "electronic" and each.copies:
        notes.append(
            _("%(kind)s %(n)d 份") % {"kind": _ORIGINALS[each.original], "n": each.copies}
            + (f"，{each.size}" if each.size else "")
        )
    if each.condition:
        notes.append(_("视情形需要"))
    if each.supply_within and "补交" not in each.standard:  # where the standard itself does not say so
        notes.append(_("可以受理后 %(n)d 个工作日内补交") % {"n": each.supply_within})
    return Paper(
        name=said(spec, each.name),
        notes=tuple(note for note in notes if note),
        ways=together(str(_(way.kind.label)) for way in each.satisfiers),
        tag=Tag(words, tone),
        basis=_law(each.basis) if each.basis else "",
        form=each.blank_form,
        sample=each.sample_file,
    )


def _pledge(spec: MatterSpec) -> dict[str, Any] | None:
    pledge = spec.pledge
    if pledge is None:
        return None
    names = {each.material: said(spec, each.name) for each in spec.inputs}
    return {
        "materials": together(names.get(code, code) for code in pledge.materials),
        "text": said(spec, pledge.text),
        "consequences": said(spec, pledge.consequences),
        "check": span_words(pledge.check_within),
        "excluded": said(spec, pledge.excluded),
    }


def _steps(spec: MatterSpec) -> list[tuple[str, str, str]]:
    return [
        (
            said(spec, each.name),
            span_words(each.limit),
            "；".join(filter(None, (said(spec, each.role), said(spec, each.standard), said(spec, each.result)))),
        )
        for each in spec.steps
    ]


def _fee(spec: MatterSpec, fee: Fee) -> tuple[str, str, str, str]:
    return said(spec, fee.name), said(spec, fee.standard), fee.basis, said(spec, fee.reduction) or said(spec, fee.note)


def _law(law: Law) -> str:
    number = f"（{law.number}）" if law.number else ""
    return f"《{law.name}》{number}{law.clause}"


def _remedies(spec: MatterSpec) -> list[str]:
    terms = spec.remedies
    review = said(spec, terms.review_authority) or _("作出决定的机关所属的人民政府")
    court = said(spec, terms.court) or _("有管辖权的人民法院")
    return [
        _("收到决定之日起 %(n)d 日内，可以向%(who)s申请行政复议（%(basis)s）。")
        % {"n": terms.review_days, "who": review, "basis": terms.review_basis},
        _("知道决定之日起 %(n)d 个月内，可以向%(who)s提起行政诉讼（%(basis)s）。")
        % {"n": terms.litigation_months, "who": court, "basis": terms.litigation_basis},
    ]
