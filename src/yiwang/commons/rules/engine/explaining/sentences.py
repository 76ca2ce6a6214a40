"""What decided, in sentences for a person: the rule that holds and why, why the others don't, what is not yet known.

Sub-decisions that a condition reads are explained below it, each once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yiwang.commons.rules.engine import dmn_tree as model
from yiwang.commons.rules.engine.diagnostics import Diagnostic, FeelSyntaxError
from yiwang.commons.rules.engine.dmn_graph import Node
from yiwang.commons.rules.engine.expression import BUILTIN_SCOPE
from yiwang.commons.rules.engine.outcome import Outcome
from yiwang.commons.rules.engine.parser import parse
from yiwang.commons.rules.engine.tables import HitPolicy
from yiwang.commons.rules.engine.unknown import OPEN
from yiwang.commons.rules.engine.values import Value

from .conditions import Conditions
from .facts import Known
from .views import NO, UNKNOWN, YES, CellView, RuleView, TableView
from .words import Words, in_words, spaced, spoken

MAX_RULES = 20
NOTE = "note"


@dataclass(frozen=True, slots=True)
class Sentence:
    """`sign` is YES, NO or UNKNOWN for a condition, NOTE else; `depth` from 0 indents; `clause` is what a rule cites."""

    text: str
    sign: str = NOTE
    depth: int = 0
    clause: str = ""


_ZH: Mapping[str, str] = {
    "result": "结果：{value}。",
    "open": "暂不能确定，还差 {count} 项事实：{facts}。",
    "empty": "没有得出结果。",
    "because": "计算中发现：{reason}。",
    "matched": "第 {number} 条规则成立。",
    "else": "如果前面的规则都不成立，就按第 {number} 条规则。",
    "none": "没有一条规则成立。",
    "default": "没有一条规则成立，按默认处理。",
    "met": "因为{label}{value}，符合“{wanted}”的要求；",
    "met_bool": "因为“{label}”为{value}；",
    "failed": "第 {number} 条规则不成立：因为{label}要求{wanted}，实际{value}。",
    "failed_bool": "第 {number} 条规则不成立：因为要求“{label}”{wanted}，实际{value}。",
    "unsure": "第 {number} 条规则还不能判断：还不知道{facts}。",
    "others": "其余 {count} 条规则也不成立。",
    "by": "{label}{value}，由下列情况得出：",
    "is": "为{value}",
    "source": "依据：{source}。",
}
_EN: Mapping[str, str] = {
    "result": "Result: {value}.",
    "open": "Not yet certain; {count} fact(s) still missing: {facts}.",
    "empty": "There is no result.",
    "because": "The evaluation noticed: {reason}.",
    "matched": "Rule {number} holds.",
    "else": "Rule {number} applies if none before it holds.",
    "none": "No rule holds.",
    "default": "No rule holds, so the default applies.",
    "met": "because {label} is {value}, as required: {wanted};",
    "met_bool": "because “{label}” is {value};",
    "failed": "Rule {number} does not hold: because {label} was required to be {wanted}, and {value} was found.",
    "failed_bool": "Rule {number} does not hold: because “{label}” was required to be {wanted}, and {value} was found.",
    "unsure": "Rule {number} can't be judged yet: {facts} is not known.",
    "others": "The other {count} rules do not hold either.",
    "by": "{label} is {value}, for these reasons:",
    "is": "{value}",
    "source": "Ground: {source}.",
}


class Speaker:
    """Speaks about one outcome in one language."""

    def __init__(self, known: Known, outcome: Outcome, tables: Sequence[TableView], language: str) -> None:
        self.known = known
        self.outcome = outcome
        self.tables = tables
        self.language = language
        self.templates = _EN if language == "en" else _ZH
        self._told: set[str] = set()
        self._said: set[tuple[str, str]] = set()
        self._knowledge = {n.element.name for n in known.by_name.values() if isinstance(n.element, model.Knowledge)}

    def say(self, template: str, **params: object) -> str:
        return self.templates[template].format(**params)

    def label(self, words: Words) -> str:
        return spoken(words.label, self.language)

    def value(self, value: Value, words: Words) -> str:
        """“为小型”, “为 9 个月”."""
        told = in_words(value, words, self.language)
        return self.say("is", value=told if self.language == "en" else spaced(told))

    def all(self, node: Node) -> Iterator[Sentence]:
        if self.outcome.known:
            yield Sentence(self._result(node.element.name, self.outcome.value))
            if self.outcome.value is None:
                yield from (
                    Sentence(self.say("because", reason=self._remark(d)), NO) for d in self.outcome.diagnostics[:3]
                )
        else:
            missing = self.outcome.missing_facts
            yield Sentence(self.say("open", count=len(missing), facts=self.facts(missing)))
        yield from self.element(node, 0)
        for source in sources_of(self.known, node):
            yield Sentence(self.say("source", source=source))

    def _remark(self, diagnostic: Diagnostic) -> str:
        """What went wrong; in English by its code, since sentences of diagnostics are translated by the faces."""
        return diagnostic.code if self.language == "en" else diagnostic.text

    def _result(self, name: str, value: Value) -> str:
        if value is None:
            return self.say("empty")
        if not isinstance(value, dict):
            return self.say("result", value=in_words(value, self.known.words(name), self.language))
        parts = []
        for entry, given in value.items():
            words = self.known.output_words(name, entry)
            if given not in {None, ""} if isinstance(given, str | None) else True:
                parts.append(f"{self.label(words)} {in_words(given, words, self.language)}")
        return self.say("result", value=("; " if self.language == "en" else "，").join(parts).rstrip("。."))

    def facts(self, names: Sequence[str]) -> str:
        told = [self.label(self.known.words(name)) for name in names]
        return (", " if self.language == "en" else "、").join(told)

    def element(self, node: Node, depth: int) -> Iterator[Sentence]:
        """Why a decision came out as it did."""
        if node.element.name in self._told:
            return
        self._told.add(node.element.name)
        logic = node.element.logic if isinstance(node.element, model.Decision) else None
        if isinstance(logic, model.Literal):
            yield from self._literal(node, logic, depth)
        views = [view for view in self.tables if view.where == node.element.name]
        for view in views:
            yield from self._table(node, view, depth)
        if not isinstance(logic, model.Literal | model.Table):
            for name in node.names:
                yield from self.required(node, name, depth)

    def _literal(self, node: Node, logic: model.Literal, depth: int) -> Iterator[Sentence]:
        yield from self._expression(node, logic.text, depth)

    def _expression(self, node: Node, text: str, depth: int) -> Iterator[Sentence]:
        """The parts of a condition that decided, each once."""
        if (node.element.name, text) in self._said:
            return
        self._said.add((node.element.name, text))
        try:
            expression = parse(text, BUILTIN_SCOPE.child(self.known.visible(node)))
        except (FeelSyntaxError, RecursionError):
            return
        conditions = Conditions(self.known, node, self.language)
        for remark in conditions.explain(expression):
            yield Sentence(remark.text, remark.sign, depth)
            for name in remark.names:
                yield from self.required(node, name, depth + 1)

    def required(self, node: Node, name: str, depth: int) -> Iterator[Sentence]:
        """Below a condition, the decision that it reads."""
        required = self.known.required_decision(node, name)
        if required is None or required.element.name in self._told:
            return
        value = self.known.value(node, name)
        inner = list(self.element(required, depth + 1))
        if inner and type(value) not in OPEN:
            words = self.known.words(required.element.name)
            yield Sentence(self.say("by", label=self.label(words), value=self.value(value, words)), NOTE, depth)
        yield from inner

    def _table(self, node: Node, view: TableView, depth: int) -> Iterator[Sentence]:
        unsure = [rule for rule in view.rules if rule.looked_at and rule.matched is None]
        for rule in view.matched:
            if unsure and view.hit_policy is HitPolicy.FIRST:
                yield Sentence(self.say("else", number=rule.number), NOTE, depth, rule.clause)
                continue
            yield Sentence(self.say("matched", number=rule.number), YES, depth, rule.clause)
            for cell in rule.cells:
                if cell.state == YES:
                    yield self._met(cell, depth + 1)
                    yield from self._below(node, cell, depth + 2)
        if not view.matched and not unsure:
            record = next(iter(self.outcome.records), None)
            default = record is not None and any(o.default.strip() for o in record.ready.table.outputs)
            yield Sentence(self.say("default" if default else "none"), NO, depth)
        for rule in unsure:
            yield Sentence(self._unsure(rule), UNKNOWN, depth, rule.clause)
        failed = [rule for rule in view.rules if rule.looked_at and rule.matched is False]
        for rule in failed[:MAX_RULES]:
            first = rule.failed
            if first is not None:
                yield Sentence(self._failed(rule, first), NO, depth, rule.clause)
                yield from self._below(node, first, depth + 1)
        if len(failed) > MAX_RULES:
            yield Sentence(self.say("others", count=len(failed) - MAX_RULES), NO, depth)

    def _below(self, node: Node, cell: CellView, depth: int) -> Iterator[Sentence]:
        """What stands behind a condition: the decision that its column names, or the parts of what it computes."""
        if cell.column.name:
            yield from self.required(node, cell.column.name, depth)
        elif isinstance(cell.seen, bool) and node.element.name not in self._knowledge:
            yield from self._expression(node, cell.column.expression, depth)

    def _met(self, cell: CellView, depth: int) -> Sentence:
        words = cell.column.words
        if isinstance(cell.seen, bool):
            told = in_words(cell.seen, words, self.language)
            return Sentence(self.say("met_bool", label=self.label(words), value=told), YES, depth)
        wanted, value = cell.words(self.language).strip(), self.value(cell.seen, words)
        if wanted in {value, value.replace(" ", "")} or wanted == in_words(cell.seen, words, self.language):
            text = (
                f"because {self.label(words)} is {value};"
                if self.language == "en"
                else f"因为{self.label(words)}{value}；"
            )
            return Sentence(text, YES, depth)
        return Sentence(self.say("met", label=self.label(words), value=value, wanted=wanted), YES, depth)

    def _failed(self, rule: RuleView, cell: CellView) -> str:
        words = cell.column.words
        template = "failed_bool" if isinstance(cell.seen, bool) else "failed"
        wanted, value = cell.words(self.language), self.value(cell.seen, words)
        return self.say(template, number=rule.number, label=self.label(words), wanted=wanted, value=value)

    def _unsure(self, rule: RuleView) -> str:
        names: dict[str, None] = {}
        for cell in rule.cells:
            if cell.state == UNKNOWN:
                names[self.label(cell.column.words)] = None
        return self.say("unsure", number=rule.number, facts=(", " if self.language == "en" else "、").join(names))


def sources_of(known: Known, node: Node) -> list[str]:
    """The authorities of a decision and of those it requires."""
    by_id = {source.id: source for source in known.graph.main.sources}
    found: dict[str, None] = {}
    for key in known.graph.needs(node.key):
        for id_ in known.graph.nodes[key].element.sources:
            source = by_id.get(id_)
            if source is not None:
                found[f"{source.name}（{source.uri}）" if source.uri else source.name] = None
    return list(found)
