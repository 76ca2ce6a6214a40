"""The guide: one question a page, only those whose answer still changes what this applicant needs.

Answers stay in the session, encrypted (some are sensitive), until an application begins or the browser closes.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiwang.commons.identity.queries import actor_of
from yiwang.kernel.cipher import Undecryptable, cipher
from yiwang.serve.cases import queries as cases
from yiwang.serve.matters import queries
from yiwang.serve.matters.contracts import Bundle, Inclusion, SituationQuestion, TailoredGuide
from yiwang.serve.portal.views.catalogue import home_link
from yiwang.serve.portal.views.speaking import say, visits_words
from yiwang.web.components import BackLink, Crumbs, ErrorSummary, Link
from yiwang.web.components.lists import Fact, Facts, Task, TaskList
from yiwang.web.components.marks import Provenance, Source, Tag, Tone
from yiwang.web.fields import Choice, Field, FieldKind

_YES_NO = {"yes": True, "no": False}


def answers_of(request: HttpRequest, key: str) -> dict[str, Any]:
    """What was answered so far in this browser, in order."""
    stored = request.session.get(_slot(key))
    if not stored:
        return {}
    try:
        answers: dict[str, Any] = json.loads(cipher().decrypt(bytes.fromhex(stored), context=_slot(key)))
    except (Undecryptable, ValueError):
        return {}
    return answers


def keep_answers(request: HttpRequest, key: str, answers: Mapping[str, Any]) -> None:
    """Remember the answers in the session, encrypted."""
    request.session[_slot(key)] = cipher().encrypt(json.dumps(dict(answers)).encode(), context=_slot(key)).hex()


def forget_answers(request: HttpRequest, key: str) -> None:
    """The guide is over."""
    request.session.pop(_slot(key), None)


def _slot(key: str) -> str:
    return f"guide:{key}"


def guide(request: HttpRequest, key: str) -> HttpResponse:
    """Ask the next question, or show what it comes to. `?about=<fact>` asks one again."""
    viewer = actor_of(request)
    bundle = queries.bundle(key=key, viewer=viewer)
    answers = answers_of(request, key)
    tailored = queries.guide(bundle=bundle, facts=answers, viewer=viewer)
    asked = _asked(bundle, request.GET.get("about", "")) or tailored.next_question
    if request.method == "POST":
        asked = _asked(bundle, request.POST.get("about", ""))
        if asked is None:
            return redirect("portal:guide", key=key)
        value, error = _read(asked, request.POST.get("answer", ""))
        if error:
            return render(
                request, "portal/question.html", _question(bundle, asked, answers, tailored, error), status=422
            )
        keep_answers(request, key, {**{k: v for k, v in answers.items() if k != asked.fact}, asked.fact: value})
        return redirect("portal:guide", key=key)
    if asked is None:
        return render(request, "portal/tailored.html", _tailored(bundle, answers, tailored))
    return render(request, "portal/question.html", _question(bundle, asked, answers, tailored, ""))


@require_POST
def guide_again(request: HttpRequest, key: str) -> HttpResponse:
    """Forget the answers and begin again."""
    forget_answers(request, key)
    return redirect("portal:guide", key=key)


def _asked(bundle: Bundle, fact: str) -> SituationQuestion | None:
    return next((each for each in bundle.spec.questions if each.fact == fact), None)


def _read(question: SituationQuestion, posted: str) -> tuple[Any, str]:
    if question.type == "boolean":
        return (_YES_NO[posted], "") if posted in _YES_NO else (None, _("请选择“是”或“否”"))
    allowed = {str(option.value): option.value for option in question.options}
    return (allowed[posted], "") if posted in allowed else (None, _("请选择一项"))


def _shown_value(question: SituationQuestion, value: Any, words: Mapping[str, str]) -> str:
    if question.type == "boolean":
        return _("是") if value else _("否")
    return next((say(option.label, words) for option in question.options if option.value == value), str(value))


def _field(question: SituationQuestion, answers: Mapping[str, Any], words: Mapping[str, str], error: str) -> Field:
    options = tuple(
        Choice(str(option.value), say(option.label, words), say(option.hint, words)) for option in question.options
    )
    kind = FieldKind.RADIO
    value = str(answers.get(question.fact, ""))
    if question.type == "boolean":
        options = (Choice("yes", _("是")), Choice("no", _("否")))
        value = {True: "yes", False: "no"}.get(answers.get(question.fact), "")
    return Field(
        name="answer", label=say(question.text, words), kind=kind, value=value, options=options,
        hint=say(question.help, words), error=error, as_heading=True,
    )  # fmt: skip


def _question(
    bundle: Bundle, asked: SituationQuestion, answers: Mapping[str, Any], tailored: TailoredGuide, error: str
) -> dict[str, Any]:
    given = list(answers)
    before = (
        given[given.index(asked.fact) - 1]
        if asked.fact in given and given.index(asked.fact)
        else (given[-1] if given and asked.fact not in given else "")
    )
    back = (
        f"{reverse('portal:guide', args=[bundle.key])}?about={before}"
        if before
        else reverse("portal:bundle", args=[bundle.key])
    )
    return {
        **_common(bundle),
        "asked": asked,
        "field": (field := _field(asked, answers, bundle.spec.translations, error)),
        "errors": ErrorSummary.of((field,)),
        "back": BackLink(_("上一步"), back),
        "left": len(tailored.questions_left),
        "answered": _answered(bundle, {k: v for k, v in answers.items() if k != asked.fact}),
    }


def _tailored(bundle: Bundle, answers: Mapping[str, Any], tailored: TailoredGuide) -> dict[str, Any]:
    words = bundle.spec.translations
    members = [each for each in tailored.members if each.inclusion is Inclusion.YES]
    materials = [each for each in tailored.materials if each.inclusion is not Inclusion.NO]
    to_bring = [each for each in materials if not cases.can_be_exempt(material=each)]
    named = {member.key: say(member.matter.name, member.matter.spec.translations) for member in bundle.members}
    return {
        **_common(bundle),
        "members": TaskList(
            tuple(
                Task(
                    say(named.get(each.key, each.name), words),
                    detail="，".join(part for part in (each.organisation_name, "、".join(each.results)) if part),
                    waits=_("等「%(names)s」办好后自动开始")
                    % {"names": "」「".join(named[k] for k in each.depends_on if k in named)}
                    if any(other.key in each.depends_on for other in members)
                    else "",
                )
                for each in members
            )
        ),
        "member_count": len(members),
        "left_out": [say(each.name, words) for each in tailored.members if each.inclusion is Inclusion.NO],
        "to_bring": TaskList(
            tuple(
                Task(say(each.name, words), detail=say(each.note, words), tag=_necessity(each.necessity))
                for each in to_bring
            )
        ),
        "to_bring_count": len(to_bring),
        "exempt": TaskList(
            tuple(
                Task(
                    say(each.name, words),
                    provenance=Provenance(
                        Source.COMPUTED,
                        _("「%(name)s」的结果，自动带入") % {"name": named.get(each.origin, each.origin)},
                    )
                    if each.origin
                    else Provenance(Source.SHARED, _("系统核验，免交")),
                )
                for each in materials
                if each not in to_bring
            )
        ),
        "exempt_count": len(materials) - len(to_bring),
        "facts": Facts(
            (
                Fact(_("部门"), "、".join(tailored.departments) or _("按您填写的住址确定")),
                Fact(_("全部办结"), _("承诺 %(n)d 个工作日内") % {"n": tailored.limits.promised}),
                Fact(_("到现场"), visits_words(tailored.visits)),
            )
        ),
        "answered": _answered(bundle, answers),
        "nothing": not members,
        "back": BackLink(
            _("上一步"),
            f"{reverse('portal:guide', args=[bundle.key])}?about={list(answers)[-1]}"
            if answers
            else reverse("portal:bundle", args=[bundle.key]),
        ),
    }


def _necessity(necessity: Any) -> Tag | None:
    return {"optional": Tag(_("非必要")), "deferrable": Tag(_("可容缺后补"), Tone.LINE)}.get(necessity.value)


def _common(bundle: Bundle) -> dict[str, Any]:
    spec = bundle.spec
    name = say(spec.name, spec.translations)
    return {
        "bundle": bundle,
        "name": name,
        "crumbs": Crumbs((home_link(), Link(name, reverse("portal:bundle", args=[bundle.key]))), _("导办")),
    }


def _answered(bundle: Bundle, answers: Mapping[str, Any]) -> Facts | None:
    words = bundle.spec.translations
    base = reverse("portal:guide", args=[bundle.key])
    known = [(each, answers[each.fact]) for each in bundle.spec.questions if each.fact in answers]
    if not known:
        return None
    return Facts(
        tuple(
            Fact(
                say(each.text, words),
                _shown_value(each, value, words),
                change=Link(_("更改"), f"{base}?about={each.fact}", about=say(each.text, words)),
            )
            for each, value in known
        )
    )
