"""An outcome in words: what was decided, because of what, what is still missing and what it would change."""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yiwang.commons.rules import rules
from yiwang.commons.rules.views import words
from yiwang.web.components import Text

_MOST = 30
_MOST_POSSIBLE = 8


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence; `sign` is yes, no, unknown or note, `depth` how far below the decision it stands."""

    sign: str
    text: Text
    clause: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The panel above the tables. `tone` is ok, warn or plain."""

    title: Text
    tone: str
    parts: tuple[tuple[str, str], ...]
    worlds: tuple[tuple[str, str], ...]
    possible: tuple[str, ...]
    reasons: tuple[Reason, ...]
    remarks: tuple[Text, ...]


def answer(layout: rules.Layout, simulation: rules.Simulation) -> Answer:
    """What came out of a trial."""
    remarks = tuple(_(found.message).format(**found.params) for found in simulation.remarks[:5])
    told = simulation.sentences["en" if get_language() == "en" else "zh"]
    found = tuple(Reason(each.sign, each.text, each.clause, min(each.depth, 3)) for each in told[:_MOST])
    if simulation.known:
        nothing = simulation.value is None
        title = _("没有结果") if nothing else _("可以确定")
        parts = () if nothing else words.outcome_parts(simulation.value, layout)
        return Answer(title, "plain" if nothing else "ok", parts, (), (), found, remarks)
    worlds = tuple(
        (_world(layout, simulation, name), words.outcome_words(value, layout)) for name, value in simulation.worlds
    )
    possible = (
        () if worlds else tuple(dict.fromkeys(words.outcome_words(value, layout) for value in simulation.possible))
    )
    count = len(simulation.missing)
    title = _("暂不能确定，只差一项事实") if count == 1 else _("暂不能确定，还差 %(count)d 项事实") % {"count": count}
    return Answer(title, "warn", (), worlds, possible[:_MOST_POSSIBLE], found, remarks)


def _world(layout: rules.Layout, simulation: rules.Simulation, name: str) -> str:
    fact = next(fact for fact in layout.facts if fact.name == simulation.missing[0])
    said = {"true": _("是"), "false": _("否")}.get(name, fact.value_label(name))
    return _("%(label)s：%(value)s") % {"label": fact.label, "value": said}
