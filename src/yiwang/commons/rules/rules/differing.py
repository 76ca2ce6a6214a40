"""What a new text of a decision changes: rule by rule, cell by cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from yiwang.commons.rules.rules.layout import Layout, LogicLayout, TableLayout, TableRow


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule before and after; one of the two is None where it was added or removed. `cells` are the columns that differ."""

    before: TableRow | None
    after: TableRow | None
    cells: frozenset[int] = frozenset()
    note: bool = False

    @property
    def kind(self) -> str:
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


@dataclass(frozen=True, slots=True)
class TableChange:
    """A decision that differs; `rules` are those that do, in the order of the new table. `before` None: it is new."""

    before: TableLayout | LogicLayout | None
    after: TableLayout | LogicLayout | None
    rules: tuple[RuleChange, ...] = ()
    columns: bool = False
    policy: bool = False

    @property
    def part(self) -> TableLayout | LogicLayout:
        found = self.after or self.before
        assert found is not None
        return found


def differences(before: Layout | None, after: Layout | None) -> tuple[TableChange, ...]:
    """The decisions of a model that differ, by their ids; equal ones are left out."""
    old: Mapping[str, TableLayout | LogicLayout] = {part.id: part for part in before.parts} if before else {}
    new: Mapping[str, TableLayout | LogicLayout] = {part.id: part for part in after.parts} if after else {}
    changes = [_part(old.get(name), part) for name, part in new.items() if old.get(name) != part]
    changes += [TableChange(part, None) for name, part in old.items() if name not in new]
    return tuple(change for change in changes if change is not None)


def _part(before: TableLayout | LogicLayout | None, after: TableLayout | LogicLayout) -> TableChange | None:
    if not isinstance(before, TableLayout) or not isinstance(after, TableLayout):
        if isinstance(before, LogicLayout) and isinstance(after, LogicLayout) and before.text == after.text:
            return None
        return TableChange(before, after)
    columns = (before.inputs, before.outputs) != (after.inputs, after.outputs)
    policy = (before.policy, before.aggregation) != (after.policy, after.aggregation)
    rules = _rules(before.rows, after.rows)
    return TableChange(before, after, rules, columns, policy) if rules or columns or policy else None


def _content(row: TableRow) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    return row.inputs, row.outputs, row.note


def _rules(before: tuple[TableRow, ...], after: tuple[TableRow, ...]) -> tuple[RuleChange, ...]:
    """Rules are the same by their id where both tables give ids; else by their place among equal ones."""
    old = {row.id: row for row in before if row.id}
    if len(old) == len(before) and any(row.id in old for row in after):
        changes = [_changed(old.get(row.id), row) for row in after]
        kept = {row.id for row in after}
        gone = [RuleChange(row, None) for row in before if row.id not in kept]
        return tuple(change for change in [*changes, *gone] if change is not None)
    found: list[RuleChange | None] = []
    matcher = SequenceMatcher(None, [_content(row) for row in before], [_content(row) for row in after], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        left, right = before[i1:i2], after[j1:j2]
        paired = min(len(left), len(right))
        found += [_changed(a, b) for a, b in zip(left, right, strict=False)]
        found += [RuleChange(row, None) for row in left[paired:]]
        found += [RuleChange(None, row) for row in right[paired:]]
    return tuple(change for change in found if change is not None)


def _changed(before: TableRow | None, after: TableRow) -> RuleChange | None:
    if before is None:
        return RuleChange(None, after)
    if _content(before) == _content(after):
        return None
    old, new = (*before.inputs, *before.outputs), (*after.inputs, *after.outputs)
    cells = frozenset(i for i in range(max(len(old), len(new))) if old[i : i + 1] != new[i : i + 1])
    return RuleChange(before, after, cells, before.note != after.note)
