"""Makes a definition out of forms: merges the questions of several forms, lays them out in steps and groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from yiwang.commons.forms.contracts import DefinitionFaulty, Problem, Words
from yiwang.commons.forms.engine.conditions import Condition, compiled
from yiwang.commons.forms.engine.definition import SITUATION, Definition, Group, Question, Step, Use
from yiwang.commons.forms.engine.vocabulary import APPLICATION_DATE, Vocabulary, needed

_REST: Final[Words] = {"zh": "其他信息", "en": "Further details"}
_SITUATION: Final[Words] = {"zh": "确认情形", "en": "Your situation"}
Place = tuple[str | int, ...]


@dataclass(slots=True)
class _Draft:
    """A question while the forms are read."""

    uses: list[Use] = field(default_factory=list)
    group: tuple[str, Words] | None = None
    label: Words | None = None
    help: Words | None = None
    placeholder: Words | None = None
    widget: str = ""
    narrow: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Reading:
    """What is shared while one definition is put together."""

    vocabulary: Vocabulary
    problems: list[Problem] = field(default_factory=list)
    drafts: dict[str, _Draft] = field(default_factory=dict)

    def condition(self, text: str | None, place: Place) -> Condition | None:
        return compiled(text, self.vocabulary.facts, place, self.problems)

    def known(self, name: str, place: Place) -> bool:
        fact = self.vocabulary.facts.get(name)
        if fact is None:
            self.problems.append(Problem(place, f"事实 {name} 没有定义", "先在 facts.yaml 中定义，或改正名称"))
        elif not fact.asked:
            self.problems.append(Problem(place, f"事实 {name} 由系统计算，不能作为问题", "从表单中去掉"))
        return fact is not None and fact.asked


def define(content: Mapping[str, Any], *, key: str, version: int, vocabulary: Vocabulary | None = None) -> Definition:
    """Put a definition together from its content. Raises DefinitionFaulty with every problem.

    content: `title`; `vocabulary` {lists, facts} unless given; `forms` {key: form}; `members` [{form, when?}];
    `situation` [{fact, question, help?, when?}]; `steps` [{key, title, fields}] (absent: one step, the groups of the
    first form); `conditions` [FEEL]: others whose outcome the situation must settle (of materials).
    """
    reading = _Reading(vocabulary or Vocabulary.parse(content["vocabulary"]))
    members: dict[str, Condition | None] = {}
    for index, member in enumerate(content["members"]):
        when = reading.condition(member.get("when"), ("members", index, "when"))
        members[member["form"]] = None if when is not None and when.text.strip() == "true" else when
        form = content["forms"].get(member["form"])
        if form is None:
            reading.problems.append(Problem(("members", index, "form"), f"没有表单 {member['form']}", "改正名称"))
            continue
        _read_form(reading, member["form"], form, members[member["form"]], ("forms", member["form"]))
    situation = _situation(reading, content.get("situation", ()))
    conditions = [
        reading.condition(text, ("conditions", index)) for index, text in enumerate(content.get("conditions", ()))
    ]
    steps = _steps(reading, content, tuple(situation))
    questions = _questions(reading, steps, situation)
    if reading.problems:
        raise DefinitionFaulty(tuple(reading.problems))
    return Definition(
        key=key,
        version=version,
        title=content["title"],
        vocabulary=reading.vocabulary,
        steps=steps,
        questions=questions,
        members=members,
        titles={name: form["title"] for name, form in content["forms"].items()},
        conditions=tuple(condition for condition in conditions if condition is not None),
    )


def self_contained(
    content: Mapping[str, Any], vocabulary: Mapping[str, Any], words: Vocabulary | None = None
) -> dict[str, Any]:
    """`content` with the part of the vocabulary's data that it needs, so that it can be stored as a version.

    `words`: the vocabulary as it was compiled before.
    """
    words = words or Vocabulary.parse(vocabulary)
    made = define(content, key="", version=0, vocabulary=words)
    read = set(made.asked())
    for condition in [*made.members.values(), *made.conditions]:
        read |= set(condition.names if condition else ())
    for question in made.questions.values():
        whens = [condition for use in question.uses for condition in use.when]
        read |= {name for condition in [*whens, question.when] if condition for name in condition.names}
    wanted = set(needed(words, read))
    for name in words.computed:  # decisions read them, which forms do not know
        formula = words.facts[name].formula
        if formula is not None and set(formula.names) <= wanted | {APPLICATION_DATE}:
            wanted |= {name, *formula.names}
    facts = {name: raw for name, raw in vocabulary["facts"].items() if name in wanted}
    lists = {raw["list"] for raw in facts.values() if raw.get("list")}
    kept = {name: items for name, items in vocabulary.get("lists", {}).items() if name in lists}
    return {**content, "vocabulary": {"lists": kept, "facts": facts}}


def _read_form(reading: _Reading, key: str, form: Mapping[str, Any], member: Condition | None, place: Place) -> None:
    properties, required = form["data"]["properties"], set(form["data"].get("required", ()))
    hints = form["ui"].get("fields", {})
    for name in sorted(required - properties.keys()):
        reading.problems.append(Problem((*place, "data", "required"), f"{name} 不在 properties 中", "补上或去掉"))
    for name in hints.keys() - properties.keys():
        reading.problems.append(Problem((*place, "ui", "fields", name), f"{name} 不在 properties 中", "补上或去掉"))
    placed: set[str] = set()
    for index, group in enumerate(form["ui"]["groups"]):
        here = (*place, "ui", "groups", index)
        outer = reading.condition(group.get("when"), (*here, "when"))
        for name in group["fields"]:
            if name not in properties or name in placed:
                wrong = "出现了两次" if name in placed else "不在 properties 中"
                reading.problems.append(Problem((*here, "fields"), f"{name} {wrong}", "补上或去掉"))
                continue
            placed.add(name)
            if not reading.known(name, (*place, "data", "properties", name)):
                continue
            hint = hints.get(name, {})
            inner = reading.condition(hint.get("when"), (*place, "ui", "fields", name, "when"))
            when = tuple(condition for condition in (member, outer, inner) if condition is not None)
            draft = reading.drafts.setdefault(name, _Draft())
            draft.uses.append(Use(key, when, name in required))
            draft.group = draft.group or (group["key"], group["title"])
            draft.label = draft.label or hint.get("label")
            draft.help = draft.help or hint.get("help")
            draft.placeholder = draft.placeholder or hint.get("placeholder")
            draft.widget = draft.widget or hint.get("widget", "")
            draft.narrow |= properties[name] or {}
    for name in properties.keys() - placed:
        reading.problems.append(
            Problem((*place, "data", "properties", name), f"{name} 不在任何一组中", "放进 ui.groups")
        )


def _situation(reading: _Reading, raw: Sequence[Mapping[str, Any]]) -> dict[str, Question]:
    found: dict[str, Question] = {}
    for index, entry in enumerate(raw):
        place = (SITUATION, index)
        if not reading.known(entry["fact"], (*place, "fact")):
            continue
        fact = reading.vocabulary.facts[entry["fact"]]
        when = reading.condition(entry.get("when"), (*place, "when"))
        draft = reading.drafts.get(fact.name, _Draft())
        found[fact.name] = Question(
            fact,
            SITUATION,
            tuple(draft.uses),
            entry["question"],
            help=entry.get("help"),
            widget=draft.widget,
            when=when,
            situational=True,
        )
    return found


def _steps(reading: _Reading, content: Mapping[str, Any], situation: tuple[str, ...]) -> tuple[Step, ...]:
    steps: list[Step] = []
    if situation:
        steps.append(Step(SITUATION, _SITUATION, (Group(SITUATION, _SITUATION, situation),)))
    placed = set(situation)
    if "steps" not in content:
        groups = _grouped(reading, [name for name in reading.drafts if name not in placed])
        return (*steps, Step("form", content["title"], groups)) if groups else tuple(steps)
    for index, raw in enumerate(content["steps"]):
        names: list[str] = []
        for name in raw["fields"]:
            if name in placed:
                if name not in situation:
                    reading.problems.append(Problem(("steps", index, "fields"), f"{name} 出现了两次", "只留一处"))
            elif name not in reading.drafts:
                reading.problems.append(Problem(("steps", index, "fields"), f"没有表单要填 {name}", "去掉，或改正名称"))
            else:
                names.append(name)
                placed.add(name)
        if names:
            steps.append(Step(raw["key"], raw["title"], _grouped(reading, names)))
    rest = [name for name in reading.drafts if name not in placed]
    if rest:
        steps.append(Step("rest", _REST, _grouped(reading, rest)))
    return tuple(steps)


def _grouped(reading: _Reading, names: Sequence[str]) -> tuple[Group, ...]:
    groups: dict[str, tuple[Words, list[str]]] = {}
    for name in names:
        key, title = reading.drafts[name].group or ("", _REST)
        groups.setdefault(key, (title, []))[1].append(name)
    return tuple(Group(key, title, tuple(members)) for key, (title, members) in groups.items())


def _questions(reading: _Reading, steps: Sequence[Step], situation: Mapping[str, Question]) -> dict[str, Question]:
    questions: dict[str, Question] = {}
    for step in steps:
        for name in step.names:
            if name in situation:
                questions[name] = situation[name]
                continue
            draft, fact = reading.drafts[name], reading.vocabulary.facts[name]
            narrowed = replace(fact, schema={**fact.schema, **draft.narrow})
            questions[name] = Question(
                narrowed,
                step.key,
                tuple(draft.uses),
                draft.label or fact.label,
                help=draft.help,
                placeholder=draft.placeholder,
                widget=draft.widget,
            )
    return questions
