"""A form ready for use: questions in steps and groups, each asked once, whichever forms of a bundle need it.

Its content is plain JSON that holds all it needs (facts, lists, member forms), so that a stored version never changes
its meaning; see `content` for the shape.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from yiwang.commons.forms.contracts import Words
from yiwang.commons.forms.engine.conditions import Condition
from yiwang.commons.forms.engine.vocabulary import Fact, Vocabulary

SITUATION: Final = "situation"


@dataclass(frozen=True, slots=True)
class Use:
    """That one form asks for a fact: under all of `when`, `required` or not."""

    form: str
    when: tuple[Condition, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A fact where it is asked. `situational`: it decides which forms are needed, so it is asked until that is known."""

    fact: Fact
    step: str
    uses: tuple[Use, ...]
    label: Words
    help: Words | None = None
    placeholder: Words | None = None
    widget: str = ""
    when: Condition | None = None
    situational: bool = False

    @property
    def name(self) -> str:
        return self.fact.name


@dataclass(frozen=True, slots=True)
class Group:
    """Questions under one heading."""

    key: str
    title: Words
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form."""

    key: str
    title: Words
    groups: tuple[Group, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The facts asked on this page, in order."""
        return tuple(name for group in self.groups for name in group.names)


@dataclass(frozen=True, slots=True)
class Definition:
    """One form, or the forms of a bundle merged. `members`: form key to the condition under which it is needed."""

    key: str
    version: int
    title: Words
    vocabulary: Vocabulary
    steps: tuple[Step, ...]
    questions: Mapping[str, Question]
    members: Mapping[str, Condition | None]
    titles: Mapping[str, Words] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()

    def step(self, key: str) -> Step:
        """The step called `key`. Raises KeyError."""
        return next((step for step in self.steps if step.key == key), None) or _none(key)

    def facts_of(self, form: str) -> tuple[str, ...]:
        """The facts that one member form asks, in the order of the pages."""
        return tuple(name for name in self.asked() if any(use.form == form for use in self.questions[name].uses))

    def asked(self) -> Iterable[str]:
        """All facts in the order of the pages."""
        return (name for step in self.steps for name in step.names)

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema 2020-12 of the answers, for other programs. What is required depends on the answers."""
        always = [
            name
            for name in self.asked()
            if any(u.required and not u.when and self.members.get(u.form) is None for u in self.questions[name].uses)
        ]
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.title.get("zh", self.key),
            "type": "object",
            "properties": {name: self.questions[name].fact.json_schema() for name in self.asked()},
            "required": always,
            "additionalProperties": False,
        }


def _none(key: str) -> Step:
    raise KeyError(key)
