"""What pickers offer: choices of a list, organisations with a duty, regions level by level."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.commons.forms.contracts import say
from yiwang.commons.forms.engine import Fact, FactType, Question
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import RegionLevel, RegionRef
from yiwang.kernel.actor import Actor
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.fields import RegionLevel as Level

UPPER = ".district"
"""What the name of a region's upper select ends in; the lower one bears the name of the fact."""


def choices(*, fact: Fact, viewer: Actor, language: str) -> tuple[Choice, ...]:
    """The options of a fact that is chosen from a list or among organisations."""
    if fact.type is FactType.ORGANISATION:
        wanted = fact.choose
        page = identity.organisations(viewer=viewer, duty=wanted.get("duty"), line=wanted.get("line"), size=200)
        return tuple(Choice(each.code, _named(each.name, each.name_en, language)) for each in page.items)
    return tuple(Choice(item.value, say(item.label, language), say(item.help, language)) for item in fact.items)


def region_field(
    *, name: str, label: str, value: str, district: str = "", viewer: Actor, language: str = "zh", **more: object
) -> Field:
    """A picker of a street or town in two levels. `value`: its code; `district`: what the upper select says. ≤ 3 queries."""
    path = identity.region_path(code=value, viewer=viewer) if value else ()
    chosen = next((each.code for each in path if each.level is RegionLevel.DISTRICT), "")
    upper = district or chosen
    lower = value if upper == chosen else ""
    districts = identity.regions(viewer=viewer, level=RegionLevel.DISTRICT)
    streets = identity.regions(viewer=viewer, parent=upper, level=RegionLevel.STREET) if upper else ()
    levels = (
        Level(name + UPPER, _("区（市）"), _options(districts, language), upper),
        Level(name, _("街道（镇）"), _options(streets, language), lower),
    )
    url = f"{reverse('forms:regions')}?name={name}"
    return Field(name=name, label=label, kind=FieldKind.REGION, levels=levels, lookup_url=url, **more)  # type: ignore[arg-type]


def settled(*, question: Question, posted: Mapping[str, Sequence[str]], viewer: Actor) -> str:
    """The posted region, empty where the upper select was changed and the lower not yet (a browser without script)."""
    name = question.name
    code, district = _last(posted, name), _last(posted, name + UPPER)
    if not code or not district or code == district:
        return code
    path = identity.region_path(code=code, viewer=viewer)
    return code if district in {each.code for each in path} else ""


def _last(posted: Mapping[str, Sequence[str]], name: str) -> str:
    held = posted.get(name, ())
    return held[-1] if held else ""


def _options(regions: Sequence[RegionRef], language: str) -> tuple[Choice, ...]:
    return tuple(Choice(each.code, _named(each.name, each.name_en, language)) for each in regions)


def _named(chinese: str, english: str, language: str) -> str:
    return english if language == "en" and english else chinese
