"""What a situation comes to: the matters, what to bring, what need not be brought, and whether it can be had here."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiwang.serve.cases import queries as cases
from yiwang.serve.matters.contracts import (
    Bundle,
    Inclusion,
    Necessity,
    SatisfierKind,
    SituationQuestion,
    TailoredGuide,
    TailoredMaterial,
    TailoredMember,
)
from yiwang.serve.portal.contracts import Eligibility
from yiwang.serve.portal.queries import Unsent
from yiwang.serve.portal.views.catalogue import home_link
from yiwang.serve.portal.views.halting import halted_notes
from yiwang.serve.portal.views.speaking import address, say, unsent_words, visits_words, words_of
from yiwang.web.components import BackLink, Crumbs, Link, Note
from yiwang.web.components.lists import Fact, Facts, Task, TaskList
from yiwang.web.components.marks import Provenance, Source, Tag, Tone

_NECESSITIES = {
    Necessity.OPTIONAL: Tag(gettext_lazy("非必要")),
    Necessity.DEFERRABLE: Tag(gettext_lazy("可容缺后补"), Tone.LINE),
}


def tailored_page(
    bundle: Bundle,
    answers: Mapping[str, Any],
    tailored: TailoredGuide,
    verdict: Eligibility | None,
    opened: Sequence[Unsent],
) -> dict[str, Any]:
    """The context of the page. `opened`: drafts of this bundle that are not sent."""
    members = [each for each in tailored.members if each.inclusion is Inclusion.YES]
    spoken_of = {each.key for each in tailored.members} | {each.key for each in tailored.halted}
    materials = [each for each in tailored.materials if each.inclusion is not Inclusion.NO]
    to_bring = [each for each in materials if not cases.can_be_exempt(material=each)]
    spared = [each for each in materials if each not in to_bring]
    words = words_of(bundle)
    names = {member.key: say(member.matter.name, words) for member in bundle.members}
    return {
        **common(bundle),
        **unsent_words(opened),
        "members": TaskList(tuple(_member(each, members, names, words) for each in members)),
        "member_count": len(members),
        "left_out": [names[member.key] for member in bundle.members if member.key not in spoken_of],
        "halted": halted_notes(tailored, words),
        "blocked": bool(tailored.blocking),
        "to_bring": TaskList(tuple(_brought(each, words) for each in to_bring)),
        "to_bring_count": len(to_bring),
        "exempt": TaskList(tuple(_spared(each, names, words) for each in spared)),
        "exempt_count": len(spared),
        "facts": _facts(tailored),
        "answered": answered(bundle, answers),
        "nothing": not members,
        "refused": verdict is not None and verdict.refused,
        "advice": _advice(bundle, verdict),
        "back": back_to(bundle, list(answers)[-1] if answers else ""),
    }


def common(bundle: Bundle) -> dict[str, Any]:
    """What the pages of the guide share."""
    name = say(bundle.spec.name, bundle.spec.translations)
    return {
        "bundle": bundle,
        "name": name,
        "crumbs": Crumbs((home_link(), Link(name, address(bundle))), _("导办")),
        "guide_url": address(bundle, "guide"),
        "again_url": address(bundle, "guide_again"),
        "begin_url": address(bundle, "begin"),
    }


def back_to(bundle: Bundle, fact: str) -> BackLink:
    """To the question about `fact`; without one to the bundle."""
    if not fact:
        return BackLink(_("上一步"), address(bundle))
    return BackLink(_("上一步"), f"{address(bundle, 'guide')}?about={fact}")


def answered(bundle: Bundle, answers: Mapping[str, Any]) -> Facts | None:
    """The answers in words, each with a link to change it."""
    words, base = bundle.spec.translations, address(bundle, "guide")
    facts = tuple(
        Fact(
            say(each.text, words),
            _in_words(each, answers[each.fact], words),
            change=Link(_("更改"), f"{base}?about={each.fact}", about=say(each.text, words)),
        )
        for each in bundle.spec.questions
        if each.fact in answers
    )
    return Facts(facts) if facts else None


def _in_words(question: SituationQuestion, value: Any, words: Mapping[str, str]) -> str:
    if question.type == "boolean":
        return _("是") if value else _("否")
    return next((say(option.label, words) for option in question.options if option.value == value), str(value))


def _advice(bundle: Bundle, verdict: Eligibility | None) -> Note | None:
    if verdict is None or not verdict.advice:
        return None
    title = _("按您的情况，不能在网上办理") if verdict.refused else ""
    return Note(say(verdict.advice, bundle.spec.translations), title, Tone.WARN if verdict.refused else Tone.BLUE)


def _member(
    each: TailoredMember, members: Sequence[TailoredMember], names: Mapping[str, str], words: Mapping[str, str]
) -> Task:
    before = [names[other.key] for other in members if other.key in each.depends_on]
    results = [say(name, words) for name in each.results]
    parts = (
        each.organisation_name,
        _("拿到：%(results)s") % {"results": _("、").join(results)} if results else "",
        _("等「%(names)s」办好后自动开始") % {"names": _("、").join(before)} if before else "",
    )
    return Task(names[each.key], detail=_("；").join(part for part in parts if part))


def _brought(each: TailoredMaterial, words: Mapping[str, str]) -> Task:
    return Task(say(each.name, words), detail=say(each.note, words), tag=_NECESSITIES.get(each.necessity))


def _spared(each: TailoredMaterial, names: Mapping[str, str], words: Mapping[str, str]) -> Task:
    if each.origin:
        told = _("「%(name)s」的结果，自动带入") % {"name": names.get(each.origin, each.origin)}
        return Task(say(each.name, words), provenance=Provenance(Source.COMPUTED, told))
    if any(way.kind is SatisfierKind.FORM for way in each.satisfiers):
        return Task(say(each.name, words), provenance=Provenance(Source.TYPED, _("您在线填写的表单就是")))
    return Task(say(each.name, words), provenance=Provenance(Source.SHARED, _("系统核验，免交")))


def _facts(tailored: TailoredGuide) -> Facts:
    return Facts(
        (
            Fact(_("部门"), _("、").join(tailored.departments) or _("按您填写的住址确定")),
            Fact(_("全部办结"), _("承诺 %(n)d 个工作日内") % {"n": tailored.limits.promised}),
            Fact(_("到现场"), visits_words(tailored.visits)),
        )
    )
