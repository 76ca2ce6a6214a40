"""Words and marks that all pages of licences share."""

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.queries import actor_of
from yiwang.commons.licences import commands
from yiwang.commons.licences.contracts import (
    FieldValue,
    Ground,
    LicenceBrief,
    LicencePage,
    LicenceState,
    TrustGrade,
    VersionRow,
)
from yiwang.commons.licences.rules.wording import GRADE_WORDS, GROUND_WORDS, STATE_WORDS, VERB_WORDS
from yiwang.commons.privacy import registry as privacy
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.web.components import SAMPLE, Event, Fact, Facts, Tag, Text, Timeline, Tone

TONES = {
    LicenceState.MAKING: Tone.BLUE,
    LicenceState.IN_FORCE: Tone.OK,
    LicenceState.SUSPENDED: Tone.WARN,
    LicenceState.REVOKED: Tone.BAD,
    LicenceState.EXPIRED: Tone.PLAIN,
    LicenceState.REPLACED: Tone.PLAIN,
}


def chinese() -> bool:
    """Whether the page is read in Chinese."""
    return (get_language() or "zh").startswith("zh")


def state(value: LicenceState) -> Tag:
    """The state as a tag."""
    return Tag(_(STATE_WORDS[value]), TONES[value])


def marks(brief: LicenceBrief) -> tuple[Tag, ...]:
    """State, and that it is a sample."""
    return (state(brief.state), *((SAMPLE,) if brief.sample else ()))


def grade(value: TrustGrade) -> Text:
    """The trust grade in a sentence."""
    return _(GRADE_WORDS[value])


def ground(value: Ground | None) -> str:
    """The ground, "" where there is none."""
    return _(GROUND_WORDS[value]) if value else ""


def day(value: date | None) -> str:
    """A day as it is written here."""
    return date_format(value, "DATE_FORMAT") if value else ""


def moment(value: datetime | None) -> str:
    """A moment in local time."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


def until(value: date | None) -> str:
    """The last day of validity, or that there is none."""
    return day(value) if value else _("长期")


def span(first: date | None, last: date | None) -> str:
    """From when until when it is valid."""
    if last is None:
        return _("%(first)s起长期有效") % {"first": day(first)}
    return _("%(first)s至%(last)s") % {"first": day(first), "last": day(last)}


def purpose(key: str) -> str:
    """A purpose that some context registered with privacy."""
    said = privacy.purpose_words(key)
    return _(said) if said else key


def fields(shown: tuple[FieldValue, ...]) -> Facts:
    """The fields of a licence."""
    return Facts(tuple(Fact(each.label, each.value) for each in shown), tight=True)


def history(page: LicencePage) -> Timeline:
    """What happened to the licence, the newest first."""
    return Timeline(
        tuple(
            Event(
                _(VERB_WORDS[step.verb]),
                moment(step.at),
                step.at,
                "，".join(each for each in (ground(step.ground), step.organisation, step.reason) if each),
            )
            for step in reversed(page.steps)
        )
    )


def version_state(row: VersionRow) -> Tag:
    """Where a version stands."""
    if row.current:
        return Tag(_("现行"), Tone.OK)
    if row.abandoned:
        return Tag(_("没有制作"), Tone.PLAIN)
    return Tag(_("制作中"), Tone.BLUE) if row.sealed_at is None else Tag(_("旧版本"), Tone.PLAIN)


def look(viewer: Actor, licence_id: UUID) -> None:
    """Whatever page of a licence an official opens, its holder reads that they did."""
    if viewer.is_official:
        commands.note_look(licence_id=licence_id, by=viewer, at=clock.now())


def address_of(request: HttpRequest) -> str:
    """Whence somebody asks, to slow down who guesses codes: their account, else what identity knows of the way here."""
    return str(actor_of(request).account_id or identity.address_of(request))
