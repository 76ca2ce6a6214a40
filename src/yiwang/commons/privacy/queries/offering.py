"""The words before somebody agrees, made the same way for the page and for the click."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import PERSON
from yiwang.commons.privacy import registry, rules
from yiwang.commons.privacy.contracts import ConsentAsk, ConsentOffer, UnknownPurpose
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer with what is kept of it and not shown."""

    offer: ConsentOffer
    sensitive: bool
    language: str


def consent_offer(*, ask: ConsentAsk, viewer: Actor) -> ConsentOffer:
    """What the holder reads before agreeing, in the reader's language. At most two queries. Raises UnknownPurpose."""
    del viewer
    return offered(ask=ask).offer


def offered(*, ask: ConsentAsk) -> Offered:
    """The offer with what is kept of it: whether it is sensitive, in which language it was read."""
    text, purpose = registry.text_of(ask.text_key), registry.purpose_words(ask.purpose)
    if text is None or not purpose:
        raise UnknownPurpose(key=ask.purpose if text else ask.text_key)
    program = Actor.system("privacy.offer")
    organisation = identity.organisation(organisation_id=ask.organisation_id, viewer=program)
    sensitive = ask.data.sensitive or _of_a_child(ask, program)
    fields = {
        "organisation": organisation.name,
        "purpose": gettext(purpose) + (f"（{ask.subject_words}）" if ask.subject_words else ""),
        "data": gettext(ask.data.words),
        "until": date_format(ask.until.astimezone(clock.CHINA), "DATE_FORMAT"),
    }
    said = [gettext(text.words).format_map(fields)]
    if sensitive and text.sensitive:
        said.append(gettext(text.sensitive).format_map(fields))
    refusing, withdrawing = gettext(text.refusing).format_map(fields), gettext(text.withdrawing).format_map(fields)
    whole = "\n".join((*said, refusing, withdrawing))
    offer = ConsentOffer(whole, refusing, withdrawing, text.version, rules.digest(whole), sensitive)
    return Offered(offer, sensitive, get_language() or "zh-hans")


def _of_a_child(ask: ConsentAsk, program: Actor) -> bool:
    """Data of somebody under fourteen is sensitive whatever it is (PIPL art. 28)."""
    if ask.holder.kind != PERSON or ask.data.sensitive:
        return False
    card = identity.person(person_id=ask.holder.id, viewer=program)
    return rules.is_child(card.birth_date, clock.today())
