"""A draft on its way with all that its pages need, read once a request, and the frame they share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Concatenate, Final, ParamSpec
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yiwang.commons.forms import queries as forms
from yiwang.commons.forms.contracts import DraftView, Fault, say
from yiwang.commons.forms.engine import Definition, State, check, computed, evaluate
from yiwang.commons.identity.queries import actor_of
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.serve.cases import queries as cases
from yiwang.serve.cases.contracts import MaterialInput, PledgeBar
from yiwang.serve.cases.contracts.licences import LicenceOffer
from yiwang.serve.cases.queries import licensing
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import (
    Bundle,
    BundleNotFound,
    Inclusion,
    Member,
    PledgeTerms,
    TailoredGuide,
    TailoredMaterial,
)
from yiwang.serve.portal import queries
from yiwang.serve.portal.commands import applicant_of
from yiwang.serve.portal.contracts import BundleWithdrawn, Eligibility
from yiwang.serve.portal.views import speaking
from yiwang.web.components import BackLink, Progress
from yiwang.web.components.time import Step
from yiwang.web.responses import to_login

MATERIALS: Final = "materials"
CHECK: Final = "check"
WORKPLACE: Final = "counter.workplace"
"""Where the session keeps at which workplace of the counter the clerk sits."""
P = ParamSpec("P")


def signed_in(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Lead to the log-in page and back, also where htmx asked: the draft is kept, whoever's session has run out."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_login(request, settings.LOGIN_URL)
        return view(request, *args, **kwargs)

    return guarded


def language() -> str:
    """The language of the page, as forms name it."""
    return "en" if (get_language() or "").startswith("en") else "zh"


@dataclass(frozen=True)
class Work:
    """The draft with its form, its bundle as offered today, and what follows from the answers."""

    draft: DraftView
    bundle: Bundle
    definition: Definition
    viewer: Actor

    @cached_property
    def state(self) -> State:
        return evaluate(self.definition, self.draft.answers, today=clock.today())

    @cached_property
    def facts(self) -> dict[str, Any]:
        """The answers, and what is computed from them, as JSON."""
        answers = {**self.draft.answers, **computed(self.definition, self.state)}
        return {name: answer.value for name, answer in answers.items()}

    @cached_property
    def guide(self) -> TailoredGuide:
        return matters.guide(bundle=self.bundle, facts=self.facts, viewer=self.viewer, with_handlers=False)

    @cached_property
    def needs(self) -> Mapping[str, MaterialInput | None]:
        """What provides each material; None where it is to be uploaded."""
        return cases.material_needs(guide=self.guide, facts=self.facts, viewer=self.viewer)

    @cached_property
    def eligibility(self) -> Eligibility | None:
        return queries.eligibility(bundle=self.bundle, facts=self.facts, viewer=self.viewer)

    @property
    def replaced(self) -> bool:
        """Whether the offer goes by a newer version of the form than the one that is being filled in."""
        return self.draft.version < (self.bundle.form_version or 0)

    @property
    def at_counter(self) -> bool:
        """Whether a clerk fills it in for the person at the counter."""
        return self.viewer.is_official

    @property
    def refused(self) -> bool:
        return self.eligibility is not None and self.eligibility.refused

    @property
    def to_upload(self) -> list[TailoredMaterial]:
        wanted = (each for each in self.guide.materials if each.inclusion is not Inclusion.NO)
        return [each for each in wanted if self.needs.get(each.code) is None]

    @cached_property
    def pledges(self) -> Mapping[str, PledgeTerms]:
        """The terms of the pledges that may stand for materials which would have to be uploaded, by material."""
        offered = {
            code: member.matter.spec.pledge
            for member in self.bundle.members
            if member.matter.spec.pledge
            for code in member.matter.spec.pledge.materials
        }
        return {each.code: offered[each.code] for each in self.to_upload if each.code in offered}

    @cached_property
    def barred(self) -> Mapping[str, PledgeBar]:
        """By material the earlier false pledge for which the applicant may not pledge again; asked where it could be."""
        kinds = {code: m.matter.code for m in self.bundle.members for code in self.pledges if _pledges_for(m, code)}
        bars = cases.pledge_bars(
            applicant=applicant_of(self.viewer), matter_codes=set(kinds.values()), viewer=self.viewer
        )
        return {code: bars[kind] for code, kind in kinds.items() if kind in bars}

    @cached_property
    def offers(self) -> Mapping[str, LicenceOffer]:
        """By material the applicant's own electronic licence that can stand for it, with what they agreed to."""
        return licensing.offered(
            bundle=self.bundle,
            guide=self.guide,
            facts=self.facts,
            holder=applicant_of(self.viewer).subject,
            asked_for=SubjectRef("draft", self.draft.id),
            viewer=self.viewer,
        )

    def retrieved(self, material: str) -> LicenceOffer | None:
        """The licence that will be retrieved instead of the material: agreed to, and nothing was uploaded."""
        offer = self.offers.get(material)
        return offer if offer is not None and offer.agreed and not self.draft.files.get(material) else None

    def is_pledged(self, material: str) -> bool:
        """Whether the applicant signs a pledge for the material instead of handing it in."""
        offered = material in self.pledges and material not in self.barred
        return offered and material in self.draft.pledged and not self.draft.files.get(material)

    @cached_property
    def steps(self) -> list[str]:
        """Pages in order: the form's steps that ask something, then the materials."""
        return [*forms.shown_steps(definition=self.definition, state=self.state), MATERIALS]

    def faults(self) -> tuple[Fault, ...]:
        """What is missing or wrong in the whole form."""
        return check(self.definition, self.state, self.draft.answers)

    def say(self, words: str) -> str:
        """Words of the bundle and its members in the viewer's language."""
        return speaking.say(words, self.words)

    @cached_property
    def words(self) -> Mapping[str, str]:
        return speaking.words_of(self.bundle)

    def address(self, step: str) -> str:
        return reverse("portal:step", args=[self.draft.id, step])


def _pledges_for(member: Member, material: str) -> bool:
    return member.matter.spec.pledge is not None and material in member.matter.spec.pledge.materials


def open_work(request: HttpRequest, draft_id: UUID) -> Work:
    """Raises DraftNotFound, also for another's draft; BundleWithdrawn."""
    viewer = actor_of(request)
    draft = forms.draft(draft_id=draft_id, viewer=viewer)
    definition = forms.definition(key=draft.key, version=draft.version, viewer=viewer)
    try:
        bundle = queries.offer(key=draft.key, viewer=viewer)
    except BundleNotFound:
        raise BundleWithdrawn(name=say(definition.title, language())) from None
    return Work(draft, bundle, definition, viewer)


def frame(work: Work, page: str) -> dict[str, Any]:
    """What every page of the draft shows around its own: name, stroke, way back. `page`: a step, MATERIALS or CHECK."""
    order = work.steps
    place = len(order) if page == CHECK else order.index(page) if page in order else 0
    titles = {each.key: say(each.title, language()) for each in work.definition.steps} | {MATERIALS: _("材料")}
    named = (*(Step(titles[key], work.address(key)) for key in order), Step(_("核对并提交")))
    if place:
        back = BackLink(_("上一步：%(name)s") % {"name": titles[order[place - 1]]}, work.address(order[place - 1]))
    else:
        back = BackLink(_("返回事项说明"), speaking.address(work.bundle))
    return {
        "work": work,
        "name": work.say(work.bundle.name),
        "draft_id": work.draft.id,
        "progress": Progress(place + 1, len(named), steps=named),
        "place": _("第 %(n)d 步，共 %(all)d 步") % {"n": place + 1, "all": len(named)},
        "back": back,
        "discard_url": reverse("portal:discard", args=[work.draft.id]),
    }
