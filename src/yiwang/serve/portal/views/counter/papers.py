"""What is printed at the counter: the one-time notice of materials, the application form to be signed, the receipt."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from yiwang.commons.forms import queries as form_queries
from yiwang.commons.identity import queries as identity
from yiwang.commons.ledger import queries as ledger
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.serve.cases import queries as cases
from yiwang.serve.cases.contracts import CaseNotFound
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import Bundle, Inclusion, Necessity, Requirement, TailoredGuide, TailoredMaterial
from yiwang.serve.portal import queries
from yiwang.serve.portal.views.applying.materials import exempt, uploads
from yiwang.serve.portal.views.applying.work import language, open_work
from yiwang.serve.portal.views.counter.frame import at_counter, crumbs, served
from yiwang.serve.portal.views.situation import answers_of
from yiwang.serve.portal.views.speaking import address, day_words, say, visits_words, words_of
from yiwang.web.components import Link
from yiwang.web.components.lists import Facts

_NECESSITY = {
    Necessity.REQUIRED: "必要",
    Necessity.OPTIONAL: "非必要",
    Necessity.DEFERRABLE: "可容缺后补",
}


@at_counter
def notice(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The notice for a draft: whoever scans its code goes on at home, whoever shows the ID card at any counter."""
    _clerk, came = served(request)
    work = open_work(request, draft_id)
    guide = matters.guide(bundle=work.bundle, facts=work.facts, viewer=work.viewer)
    link = request.build_absolute_uri(reverse("portal:apply", args=[draft_id]))
    return _notice(request, work.bundle, guide, work.facts, link=link, person=came.name)


@at_counter
def open_notice(request: HttpRequest, key: str) -> HttpResponse:
    """The notice for somebody who only asks: by the answers of this page, the code leads to the guide."""
    viewer = identity.actor_of(request)
    bundle = queries.offer(key=key, viewer=viewer)
    answers = answers_of(request, key)
    guide = matters.guide(bundle=bundle, facts=answers, viewer=viewer)
    link = request.build_absolute_uri(address(bundle, "guide" if queries.can_apply(bundle) else ""))
    return _notice(request, bundle, guide, answers, link=link)


def _notice(
    request: HttpRequest, bundle: Bundle, guide: TailoredGuide, facts: Mapping[str, Any], *, link: str, person: str = ""
) -> HttpResponse:
    viewer, words = identity.actor_of(request), words_of(bundle)
    standing = identity.standing_of(request)
    parts = [each for each in guide.members if each.inclusion is not Inclusion.NO]
    members = [bundle.member(each.key) for each in parts]
    wanted = [each for each in guide.materials if each.inclusion is not Inclusion.NO]
    needs = cases.material_needs(guide=guide, facts=facts, viewer=viewer)
    to_bring = [each for each in wanted if needs.get(each.code) is None]
    name = say(bundle.name, words)
    context = {
        **crumbs(_("一次性告知单"), Link(name, reverse("portal:counter_situation", args=[bundle.key]))),
        "name": name,
        "person": person,
        "clerk": standing.name,
        "office": standing.office.organisation.name if standing.office else "",
        "today": day_words(clock.now()),
        "members": [
            {
                "name": say(each.name, words),
                "office": each.organisation_name,
                "laws": _laws(bundle.member(each.key).matter.spec.laws),
            }
            for each in parts
        ],
        "to_bring": [_material(bundle, each, words) for each in to_bring],
        "spared": [say(each.name, words) for each in wanted if each not in to_bring],
        "windows": [*_hall(viewer), *_windows(members)],
        "promised": guide.limits.working_days,
        "visits": visits_words(guide.visits),
        "consult": bundle.spec.consult or "12345",
        "open": [say(each.text, words) for each in guide.questions_left],
        "code": _code(link),
        "link": link,
        "sample": bundle.spec.sample,
    }
    return render(request, "portal/counter/notice.html", context)


def _material(bundle: Bundle, each: TailoredMaterial, words: Mapping[str, str]) -> dict[str, Any]:
    """One line: what, how many, from where, on what ground."""
    asked = _requirement(bundle, each)
    return {
        "name": say(each.name, words),
        "necessity": _(_NECESSITY[each.necessity]),
        "maybe": each.inclusion is Inclusion.OPEN,
        "copies": asked.copies if asked else 1,
        "how": say(each.standard or each.note, words),
        "source": _from_where(asked, words),
        "spared": cases.can_be_exempt(material=each),
        "law": f"《{asked.basis.name}》{asked.basis.clause}" if asked and asked.basis else "",
    }


def _from_where(asked: Requirement | None, words: Mapping[str, str]) -> str:
    """Where one gets the material: as the matter says, else by its kind."""
    if asked is None or asked.source == "applicant":
        return say(asked.source_note, words) if asked and asked.source_note else _("您自己准备")
    return say(asked.source_note, words) or _("发证机关")


def _requirement(bundle: Bundle, each: TailoredMaterial) -> Requirement | None:
    found = (
        asked
        for member in bundle.members
        if member.key in each.needed_by
        for asked in member.matter.spec.inputs
        if asked.material == each.code
    )
    return next(found, None)


def _laws(laws: Any) -> list[str]:
    return [f"《{law.name}》{law.clause}" for law in laws]


def _hall(viewer: Actor) -> list[dict[str, str]]:
    """The clerk's own organisation."""
    if viewer.organisation_id is None:
        return []
    hall = identity.organisation(organisation_id=viewer.organisation_id, viewer=viewer)
    return [{"name": hall.name, "address": hall.address, "hours": "", "phone": hall.phone}]


def _windows(members: Any) -> list[dict[str, str]]:
    """Where one can go with it, each place once."""
    places = {
        (window.name, window.address): {
            "name": window.name, "address": window.address, "hours": window.hours, "phone": window.phone,
        }
        for member in members
        for window in member.matter.spec.windows
    }  # fmt: skip
    return list(places.values())


def _code(link: str) -> SafeString:
    """A QR code as an inline drawing; what it says stands beside it in letters."""
    drawn = segno.make(link, error="m").svg_inline(scale=4, border=2, omitsize=True, svgclass="y-qr", lineclass=None)
    return mark_safe(drawn)  # noqa: S308  drawn by us from an address of ours


@at_counter
def form(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The application form with all answers, for the applicant to read and sign."""
    _clerk, came = served(request)
    work = open_work(request, draft_id)
    groups = form_queries.summary(
        definition=work.definition,
        state=work.state,
        answers=work.draft.answers,
        viewer=work.viewer,
        language=language(),
    )
    standing = identity.standing_of(request)
    name = work.say(work.bundle.name)
    context = {
        **crumbs(_("申请表"), Link(name, reverse("portal:check", args=[draft_id]))),
        "name": name,
        "person": came.name,
        "agent": came.agent,
        "groups": [(group.title, Facts(group.facts, tight=True)) for group in groups],
        "members": [work.say(each.name) for each in work.guide.members if each.inclusion is Inclusion.YES],
        "uploads": uploads(work),
        "exempt": exempt(work),
        "office": standing.office.organisation.name if standing.office else "",
        "today": day_words(clock.now()),
        "check_url": reverse("portal:check", args=[draft_id]),
    }
    return render(request, "portal/counter/form.html", context)


@at_counter
def receipt(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What the applicant takes home: number, what was handed in, until when, where to ask."""
    viewer: Actor = identity.actor_of(request)
    filing = queries.filing_of(case_id=case_id, viewer=viewer)
    if filing is None:
        raise CaseNotFound
    case = cases.case(number=filing.number, viewer=Actor.system("portal.counter_receipt"))
    link = request.build_absolute_uri(reverse("cases:progress", args=[filing.number]))
    standing = identity.standing_of(request)
    context = {
        **crumbs(_("收件回执")),
        "case": case,
        "filing": filing,
        "office": standing.office.organisation.name if standing.office else "",
        "code": _code(link),
        "link": link,
        "evidence": _evidence(request, case_id),
    }
    return render(request, "portal/counter/receipt.html", context)


def _evidence(request: HttpRequest, case_id: UUID) -> dict[str, str]:
    """The number of the evidence of filing, and where it is checked; empty where none was left."""
    subjects = [SubjectRef("case", case_id)]
    found = ledger.receipts_of(subjects=subjects, viewer=identity.actor_of(request), kinds=["case.submit"])
    if not found:
        return {}
    number = str(found[0].evidence_id)
    return {"number": number, "link": request.build_absolute_uri(reverse("ledger:verify"))}
