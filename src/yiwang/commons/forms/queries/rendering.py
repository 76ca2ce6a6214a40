"""A step of a form as values of the design system: what is known is shown, what is asked is a field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext

from yiwang.commons.forms.contracts import Answer, Answers, Fault, say
from yiwang.commons.forms.contracts import Source as From
from yiwang.commons.forms.engine import Definition, FactType, Group, Posted, Question, State, shown
from yiwang.commons.forms.queries import pickers, summaries
from yiwang.kernel.actor import Actor
from yiwang.web.components import Attr, ErrorSummary, Facts, Provenance
from yiwang.web.fields import Field, FieldKind

_KINDS: Final = {
    FactType.TEXT: FieldKind.TEXTAREA,
    FactType.INTEGER: FieldKind.NUMBER,
    FactType.NUMBER: FieldKind.NUMBER,
    FactType.BOOLEAN: FieldKind.YES_NO,
    FactType.DATE: FieldKind.DATE,
    FactType.CHOICES: FieldKind.CHECKBOX,
    FactType.ID_NUMBER: FieldKind.ID_NUMBER,
    FactType.MOBILE: FieldKind.PHONE,
    FactType.EMAIL: FieldKind.EMAIL,
}
_WIDGETS: Final = {
    "radio": FieldKind.RADIO,
    "select": FieldKind.SELECT,
    "textarea": FieldKind.TEXTAREA,
    "checkboxes": FieldKind.CHECKBOX,
}
_CHOSEN: Final = frozenset({FactType.CHOICE, FactType.ORGANISATION})
_MOST_RADIOS: Final = 5
ASKED: Final = "asked"
"""The name of the hidden field that says what a page asks."""
_COMPLETES: Final = {FactType.ADDRESS: "street-address"}


@dataclass(frozen=True, slots=True)
class GroupView:
    """Questions under one heading: `known` (from licences and shared data) is shown, `fields` are asked.

    `provenance` is set where all that is known comes from one source, for the heading.
    """

    key: str
    title: str
    known: Facts | None
    fields: tuple[Field, ...]
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True)
class StepView:
    """One page. `number` counts from 1; `waits` are questions that appear once others of this page are answered."""

    key: str
    title: str
    number: int
    of: int
    groups: tuple[GroupView, ...]
    errors: ErrorSummary | None
    previous: str
    following: str
    waits: bool

    @property
    def fields(self) -> tuple[Field, ...]:
        """All questions of the page."""
        fields = (field for group in self.groups for field in group.fields)
        return tuple(field for field in fields if field.kind is not FieldKind.HIDDEN)


@dataclass(frozen=True, slots=True)
class _Page:
    """What is shared while one page is made."""

    definition: Definition
    state: State
    answers: Answers
    posted: Posted | None
    sentences: Mapping[str, str]
    attrs: Mapping[str, tuple[Attr, ...]]
    viewer: Actor
    language: str


def render(
    *,
    definition: Definition,
    step: str,
    state: State,
    answers: Answers,
    viewer: Actor,
    faults: Sequence[Fault] = (),
    posted: Posted | None = None,
    language: str = "zh",
    refresh_url: str = "",
) -> StepView:
    """The page `step`. `posted` and `faults` show again what was typed, with what is wrong.

    With `refresh_url`, answers on which other questions of this page depend are sent there by htmx at once; it answers
    with the `#form-fields` of the page. Raises KeyError for an unknown step.
    """
    page = _Page(
        definition=definition,
        state=state,
        answers=answers,
        posted=posted,
        sentences={fault.fact: fault.sentence(language, gettext) for fault in faults},
        attrs=_refreshing(definition, step, refresh_url),
        viewer=viewer,
        language=language,
    )
    here = definition.step(step)
    groups = tuple(_group(page, group) for group in here.groups)
    groups = _with_asked(tuple(group for group in groups if group.fields or group.known))
    order = shown_steps(definition=definition, state=state)
    place = order.index(step) if step in order else 0
    fields = [field for group in groups for field in group.fields]
    return StepView(
        key=step,
        title=say(here.title, language),
        number=place + 1,
        of=len(order),
        groups=groups,
        errors=ErrorSummary.of(fields),
        previous=order[place - 1] if place else "",
        following=order[place + 1] if place + 1 < len(order) else "",
        waits=any(name in state.pending for name in here.names),
    )


def _with_asked(groups: tuple[GroupView, ...]) -> tuple[GroupView, ...]:
    if not groups:
        return groups
    names = " ".join(field.name for group in groups for field in group.fields)
    hidden = Field(name=ASKED, label="", kind=FieldKind.HIDDEN, value=names)
    return (*groups[:-1], replace(groups[-1], fields=(*groups[-1].fields, hidden)))


def shown_steps(*, definition: Definition, state: State) -> list[str]:
    """The steps that ask something, or may once more is known."""
    wanted = state.visible | state.pending.keys()
    return [step.key for step in definition.steps if any(name in wanted for name in step.names)]


def _group(page: _Page, group: Group) -> GroupView:
    names = [name for name in group.names if name in page.state.visible]
    locked = [name for name in names if name in page.answers and page.answers[name].locked]
    facts = summaries.facts(
        definition=page.definition, names=locked, answers=page.answers, viewer=page.viewer, language=page.language
    )
    sources = {fact.provenance for fact in facts}
    asked = tuple(_field(page, page.definition.questions[name]) for name in names if name not in locked)
    one = sources.pop() if len(sources) == 1 else None
    if one is not None:
        facts = tuple(replace(fact, provenance=None) for fact in facts)
    return GroupView(group.key, say(group.title, page.language), Facts(facts) if facts else None, asked, one)


def _field(page: _Page, question: Question) -> Field:
    fact, name, language = question.fact, question.name, page.language
    answer = page.answers.get(name)
    value = _shown(page, question, answer)
    more: dict[str, Any] = {
        "hint": say(question.help, language),
        "error": page.sentences.get(name, ""),
        "required": name in page.state.required or not _uses_optional(question),
        "provenance": _provenance(page, answer, value, fact),
        "placeholder": say(question.placeholder, language),
        "attrs": page.attrs.get(name, ()),
    }
    label = say(question.label, language)
    if fact.type is FactType.REGION:
        district = (page.posted.raw.get(name + pickers.UPPER, ("",)) if page.posted else ("",))[-1]
        return pickers.region_field(
            name=name, label=label, value=str(value), district=district, viewer=page.viewer, language=language, **more
        )
    kind = _WIDGETS.get(question.widget) or _KINDS.get(fact.type, FieldKind.TEXT)
    if fact.type in _CHOSEN or kind is FieldKind.CHECKBOX:
        more["options"] = pickers.choices(fact=fact, viewer=page.viewer, language=language)
        if kind is FieldKind.TEXT:
            kind = FieldKind.RADIO if len(more["options"]) <= _MOST_RADIOS else FieldKind.SELECT
    more |= _limits(fact.type, fact.json_schema())
    return Field(name=name, label=label, kind=kind, value=value, **more)


def _limits(type_: FactType, schema: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"autocomplete": _COMPLETES.get(type_, "")}
    if type_ in {FactType.STRING, FactType.ADDRESS, FactType.TEXT}:
        found["maxlength"] = schema.get("maxLength")
    if type_ is FactType.CREDIT_CODE:
        found |= {"maxlength": 18, "short": True}
    if type_ is FactType.TIME:
        found |= {"maxlength": 5, "short": True, "inputmode": "numeric", "placeholder": "06:42"}
    if type_ is FactType.INTEGER:
        found |= {"inputmode": "numeric"}
    found |= {key: str(schema[key]) for key in ("minimum", "maximum") if key in schema}
    return {key: value for key, value in found.items() if value not in (None, "")}


def _shown(page: _Page, question: Question, answer: Answer | None) -> str | tuple[str, ...]:
    name = question.name
    if page.posted is not None and name in page.posted.raw:
        raw = page.posted.raw[name]
        readable = name in page.posted.values
        if question.fact.type is FactType.CHOICES:
            return raw
        return shown(question.fact, page.posted.values[name]) if readable else raw[-1] if raw else ""
    return shown(question.fact, answer.value if answer else None)


def _provenance(page: _Page, answer: Answer | None, value: object, fact: Any) -> Provenance | None:
    if answer is None or answer.source is From.TYPED or shown(fact, answer.value) != value:
        return None
    return summaries.provenance(answer=answer)


def _uses_optional(question: Question) -> bool:
    return bool(question.uses) and not any(use.required for use in question.uses)


def _refreshing(definition: Definition, step: str, url: str) -> dict[str, tuple[Attr, ...]]:
    """Attributes for the answers of this page that other questions of this page wait for."""
    if not url:
        return {}
    names = set(definition.step(step).names)
    read: set[str] = set()
    for name in names:
        question = definition.questions[name]
        whens = [condition for use in question.uses for condition in use.when]
        read |= {each for condition in [*whens, question.when] if condition for each in condition.names}
        if question.situational:
            read |= names
    for name in tuple(read):
        fact = definition.vocabulary.facts.get(name)
        if fact is not None and fact.formula is not None:
            read |= set(fact.formula.names)
    attrs = (
        Attr("hx-post", url),
        Attr("hx-trigger", "change"),
        Attr("hx-target", "#form-fields"),
        Attr("hx-include", "closest form"),
        Attr("hx-sync", "closest form:replace"),  # an answer to what was entered before must not come last
    )
    return dict.fromkeys(names & read, attrs)
