"""`explain`: an outcome with its tables cell by cell and its reasons in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from yiwang.commons.rules.engine.diagnostics import DmnError
from yiwang.commons.rules.engine.dmn_model import Model
from yiwang.commons.rules.engine.outcome import Outcome

from .facts import Known
from .sentences import Sentence, Speaker, sources_of
from .source import Source
from .views import TableView, table_views
from .words import Words


@dataclass(frozen=True, slots=True)
class Explanation:
    """What `decision` (a name) came to; `tables` in the order of evaluation, `sources` the authorities it rests on."""

    decision: str
    outcome: Outcome
    tables: tuple[TableView, ...]
    sources: tuple[str, ...]
    _known: Known

    def sentences(self, language: str = "zh") -> tuple[Sentence, ...]:
        """The reasons as sentences, in Chinese ("zh") or English ("en")."""
        speaker = Speaker(self._known, self.outcome, self.tables, language)
        return tuple(speaker.all(self._known.by_name[self.decision]))

    def text(self, language: str = "zh") -> str:
        """The same as indented lines, clauses in brackets."""
        lines = []
        for sentence in self.sentences(language):
            clause = f"（{sentence.clause}）" if sentence.clause and language != "en" else ""
            clause = f" ({sentence.clause})" if sentence.clause and language == "en" else clause
            lines.append(f"{'  ' * sentence.depth}{sentence.text}{clause}")
        return "\n".join(lines)


def explain(
    given: Source | Model,
    decision: str,
    facts: Mapping[str, object],
    *,
    vocabulary: Mapping[str, Words] | None = None,
    now: datetime | None = None,
) -> Explanation:
    """Decide and explain. `decision` by name or id, `facts` as for `Model.decide`.

    `vocabulary` has words for facts and decisions by name; what it lacks is spoken of by the labels of columns and
    elements (a unit in brackets at the end of a label is understood). Raises `DmnError` where there is no such decision.
    """
    read = given.model if isinstance(given, Source) else given
    name = read.name_of(decision)
    known = Known(read, facts, vocabulary or {}, now)
    if name not in known.by_name:
        raise DmnError("rules.unknown_decision", name=decision)
    outcome = read.decide(decision, facts, now=now)
    tables = table_views(outcome, known.words, known.scopes())
    return Explanation(name, outcome, tables, tuple(sources_of(known, known.by_name[name])), known)
