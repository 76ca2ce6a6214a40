"""Check your answers: what was answered, in words, where it comes from, and where it is changed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from yiwang.commons.forms.contracts import Answer, Answers, say
from yiwang.commons.forms.contracts import Source as From
from yiwang.commons.forms.engine import Definition, Fact, FactType, State
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import UnknownRecord
from yiwang.kernel.actor import Actor
from yiwang.kernel.codes import mask_id_number, mask_mobile
from yiwang.web import components
from yiwang.web.components import Link, Provenance, Source

_NUMERIC: Final = frozenset(
    {FactType.INTEGER, FactType.NUMBER, FactType.DATE, FactType.TIME, FactType.ID_NUMBER, FactType.MOBILE}
)
_MASKS: Final[Mapping[FactType, Callable[[str], str]]] = {
    FactType.ID_NUMBER: mask_id_number,
    FactType.MOBILE: mask_mobile,
}


@dataclass(frozen=True, slots=True)
class SummaryGroup:
    """One block of the check page; `step` is where its answers are changed."""

    step: str
    title: str
    facts: tuple[components.Fact, ...]


def summary(
    *,
    definition: Definition,
    state: State,
    answers: Answers,
    viewer: Actor,
    change_url: Callable[[str], str] | None = None,
    language: str = "zh",
) -> tuple[SummaryGroup, ...]:
    """All visible answers by step and group. `change_url` gives the address of a step; None for a page that only reads.

    Queries: one for regions and one for organisations, where such facts occur.
    """
    names = [name for name in definition.asked() if name in state.visible and name in answers]
    words = _places(definition, names, answers, viewer, language)
    groups: list[SummaryGroup] = []
    for step in definition.steps:
        for group in step.groups:
            lines = [
                _line(definition, name, answers[name], words, _change(change_url, step.key, name), language)
                for name in group.names
                if name in state.visible and name in answers
            ]
            if lines:
                groups.append(SummaryGroup(step.key, say(group.title, language), tuple(lines)))
    return tuple(groups)


def in_words(
    *, definition: Definition, answers: Answers, viewer: Actor, language: str = "zh"
) -> dict[str, tuple[str, str]]:
    """(label, value in words) of every answer of a known fact: what a case keeps beside the values."""
    known = [name for name in answers if name in definition.vocabulary.facts]
    asked = [name for name in known if name in definition.questions]
    words = _places(definition, asked, answers, viewer, language)
    facts = definition.vocabulary.facts
    return {
        name: (
            say(facts[name].label, language),
            display(fact=facts[name], value=answers[name].value, language=language, places=words),
        )
        for name in known
    }


def facts(
    *, definition: Definition, names: Sequence[str], answers: Answers, viewer: Actor, language: str
) -> tuple[components.Fact, ...]:
    """Lines of known answers, without links."""
    words = _places(definition, names, answers, viewer, language) if names else {}
    return tuple(_line(definition, name, answers[name], words, None, language) for name in names)


def display(*, fact: Fact, value: Any, language: str = "zh", places: Mapping[str, str] | None = None) -> str:
    """A JSON value in words. `places`: names of region and organisation codes."""
    if value is None or value == "":
        return ""
    items = {item.value: say(item.label, language) for item in fact.items}
    words = str(value)
    match fact.type:
        case FactType.BOOLEAN:
            words = _("是") if value else _("否")
        case FactType.CHOICE:
            words = items.get(value, words)
        case FactType.CHOICES:
            words = "、".join(items.get(each, str(each)) for each in value)
        case FactType.DATE:
            words = date_format(date.fromisoformat(value), "DATE_FORMAT")
        case FactType.REGION | FactType.ORGANISATION:
            words = (places or {}).get(value, words)
    return words


def provenance(*, answer: Answer) -> Provenance:
    """The mark of an answer's source; a source with a name of its own says it."""
    mark = Provenance(Source(answer.source.value))
    return replace(mark, words=f"{mark.label}：{answer.text}") if answer.text else mark


def _line(
    definition: Definition, name: str, answer: Answer, places: Mapping[str, str], change: str | None, language: str
) -> components.Fact:
    question = definition.questions[name]
    fact = question.fact
    value = display(fact=fact, value=answer.value, language=language, places=places)
    mask = _MASKS.get(fact.type)
    if mask is not None and answer.source is not From.TYPED and value:
        value = mask(value)
    label = say(fact.label, language)
    link = Link(_("更改"), change, about=label) if change and not answer.locked else None
    return components.Fact(label, value, provenance(answer=answer), link, number=fact.type in _NUMERIC)


def _change(change_url: Callable[[str], str] | None, step: str, name: str) -> str | None:
    return f"{change_url(step)}#f-{name}" if change_url else None


def _places(
    definition: Definition, names: Iterable[str], answers: Answers, viewer: Actor, language: str
) -> dict[str, str]:
    """Names of all regions and organisations among the answers."""
    regions: set[str] = set()
    found: dict[str, str] = {}
    for name in names:
        fact, value = definition.questions[name].fact, answers[name].value
        if fact.type is FactType.REGION and value:
            regions |= {value, value[:6]}
        elif fact.type is FactType.ORGANISATION and value:
            try:
                held = identity.organisation_by_code(code=value, viewer=viewer)
            except UnknownRecord:
                continue
            found[value] = held.name_en if language == "en" and held.name_en else held.name
    if regions:
        refs = identity.regions_by_code(codes=regions, viewer=viewer)
        said = {code: ref.name_en if language == "en" and ref.name_en else ref.name for code, ref in refs.items()}
        for code, name in said.items():
            above = said.get(code[:6], "") if len(code) > 6 else ""
            found[code] = f"{name}, {above}".strip(", ") if language == "en" else above + name
    return found
