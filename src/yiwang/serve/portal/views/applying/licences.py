"""The applicant's own licences on the page of materials: what is found, what one agrees to, and the tick (免证办)."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yiwang.commons.privacy.contracts import ConsentTextChanged
from yiwang.kernel import clock
from yiwang.serve.cases.contracts.licences import LicenceOffer
from yiwang.serve.portal import commands
from yiwang.serve.portal.views.applying.work import Work
from yiwang.web.components.lists import Task
from yiwang.web.components.marks import Provenance, Source, Tag
from yiwang.web.fields import Choice, Field, FieldKind

_SHOWN = 4


def keep(request: HttpRequest, work: Work) -> dict[str, str]:
    """Agree where it is ticked, take back where it no longer is; refusals by material."""
    ticked = {code: request.POST.get(_name(code), "") for code in work.offers}
    agree = {code: offer for code, offer in work.offers.items() if ticked[code] and not offer.agreed}
    withdraw = [offer for code, offer in work.offers.items() if not ticked[code] and _consents(offer)]
    changed = [code for code, offer in agree.items() if ticked[code] != offer.seal]
    if changed:
        return dict.fromkeys(changed, ConsentTextChanged().sentence(_))
    if agree or withdraw:
        commands.agree_to_licences(
            draft_id=work.draft.id,
            scope_key=f"matter:{work.bundle.members[0].matter.code}",
            agreed=[(each.ask, each.digest) for offer in agree.values() for each in offer.agreements],
            withdrawn=[each for offer in withdraw for each in _consents(offer)],
            by=work.viewer,
            at=clock.now(),
        )
    return {}


def field(work: Work, offer: LicenceOffer, error: str) -> Field:
    """What was found and the tick; the whole words for each organisation open below it."""
    organisations = "、".join(each.organisation for each in offer.agreements)
    told = _("找到您的电子证照：%(what)s。同意后由%(who)s调取，不用上传。") % {
        "what": describe(offer),
        "who": organisations,
    }
    if offer.sensitive:
        told += _("其中有敏感个人信息，需要您单独同意。")
    if offer.needs_original:
        told += _("这个证照还没有经过核对，办理时要请您出示原件。")
    return Field(
        name=_name(offer.material),
        label=_("用电子证照代替“%(name)s”") % {"name": work.say(_material_name(work, offer))},
        kind=FieldKind.CONFIRM,
        value=offer.seal if offer.agreed else "",
        hint=told,
        error=error,
        required=False,
        options=(Choice(offer.seal, _("同意调取，只用于本次申请")),),
        help_question=_("您同意的内容"),
        help_answer="\n".join(each.text for each in offer.agreements),
    )


def spared(work: Work, name: str, offer: LicenceOffer) -> Task:
    """A line among what need not be handed in."""
    words = _("已从您的电子证照调取：%(what)s，无需上传") % {"what": describe(offer)}
    return Task(work.say(name), tag=Tag(_("免交")), provenance=Provenance(Source.LICENCE, words))


def describe(offer: LicenceOffer) -> str:
    """The licence by its name and the end of its number."""
    tail = offer.number[-_SHOWN:] if len(offer.number) > _SHOWN else offer.number
    return _("%(title)s（编号尾号 %(tail)s，%(issuer)s签发）") % {
        "title": offer.title,
        "tail": tail,
        "issuer": offer.issuer,
    }


def _name(material: str) -> str:
    return f"licence.{material}"


def _material_name(work: Work, offer: LicenceOffer) -> str:
    names: Mapping[str, str] = {each.code: each.name for each in work.guide.materials}
    return names.get(offer.material, offer.title)


def _consents(offer: LicenceOffer) -> list[str]:
    return [str(each.consent_id) for each in offer.agreements if each.consent_id is not None]
