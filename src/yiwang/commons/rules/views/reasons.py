"""An outcome in words: what was decided, because of what, what is still missing and what it would change."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from yiwang.commons.rules import rules
from yiwang.commons.rules.rules import CellState
from yiwang.commons.rules.views import words
from yiwang.web.components import Text

_MOST = 12


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence; `sign` is yes, no, unknown or note."""

    sign: str
    text: Text
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The panel below the table. `tone` is ok, warn or plain."""

    title: Text
    tone: str
    parts: tuple[tuple[str, str], ...]
    worlds: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...]
    remarks: tuple[Text, ...]


def answer(layout: rules.Layout, simulation: rules.Simulation) -> Answer:
    """What came out of a trial."""
    remarks = tuple(_(found.message).format(**found.params) for found in simulation.remarks[:5])
    worlds = tuple(
        (_world(layout, simulation, name), words.outcome_words(value, layout)) for name, value in simulation.worlds
    )
    found = tuple(_reasons(layout, simulation))[:_MOST]
    if simulation.known:
        nothing = simulation.value is None
        title = _("没有结果") if nothing else _("可以确定")
        parts = () if nothing else words.outcome_parts(simulation.value, layout)
        return Answer(title, "plain" if nothing else "ok", parts, (), found, remarks)
    count = len(simulation.missing)
    title = _("暂不能确定，只差一项事实") if count == 1 else _("暂不能确定，还差 %(count)d 项事实") % {"count": count}
    return Answer(title, "warn", (), worlds, found, remarks)


def _world(layout: rules.Layout, simulation: rules.Simulation, name: str) -> str:
    label = layout.label_of(simulation.missing[0])
    said = {"true": _("是"), "false": _("否")}.get(name, name)
    return _("%(label)s：%(value)s") % {"label": label, "value": said}


def _reasons(layout: rules.Layout, simulation: rules.Simulation) -> list[Reason]:
    table = layout.main
    trial = simulation.tables.get(table.id) if isinstance(table, rules.TableLayout) else None
    found: list[Reason] = []
    if isinstance(table, rules.TableLayout) and trial is not None:
        matched = [rule for rule in trial.rules if rule.matched]
        for rule in matched or [r for r in trial.rules if r.matched is None][-1:]:
            found += _of_rule(table, rule)
        if not matched and simulation.known:
            found += _failures(table, trial)
    found += [
        Reason("unknown", _("但还不知道“%(label)s”。") % {"label": layout.label_of(name)})
        for name in simulation.missing
    ]
    return found


def _of_rule(table: rules.TableLayout, rule: rules.RuleTrial) -> list[Reason]:
    row = table.rows[rule.number - 1]
    found = []
    for column, text, cell in zip(table.inputs, row.inputs, rule.cells, strict=False):
        if cell.state is CellState.YES:
            told = {"label": column.label, "seen": words.value_words(cell.seen), "test": words.cell_words(text)}
            found.append(Reason("yes", _("因为%(label)s为“%(seen)s”，符合“%(test)s”；") % told))
    if rule.matched and found:
        said = _("所以适用第 %(number)d 条规则。") % {"number": rule.number}
        found.append(Reason("note", said, row.note))
    return found


def _failures(table: rules.TableLayout, trial: rules.TableTrial) -> list[Reason]:
    found = []
    for rule in trial.rules:
        row = table.rows[rule.number - 1]
        for column, text, cell in zip(table.inputs, row.inputs, rule.cells, strict=False):
            if cell.state is CellState.NO:
                told = {
                    "number": rule.number, "label": column.label, "test": words.cell_words(text),
                    "seen": words.value_words(cell.seen),
                }  # fmt: skip
                said = _("第 %(number)d 条不适用：%(label)s应为“%(test)s”，实为“%(seen)s”。") % told
                found.append(Reason("no", said, row.note))
    return found
