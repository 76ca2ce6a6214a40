"""The row scope: which rows an official's grants reach, as one condition inside the list's own SQL; never a loop."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any, Final
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from yiwang.commons.identity import registry, rules
from yiwang.commons.identity.contracts import ACCOUNT, Tree
from yiwang.commons.identity.models import HeldGrant, OrganisationAncestry
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

_HELD: Final = HeldGrant._meta.db_table
_ANCESTRY: Final = f"{OrganisationAncestry._meta.db_table} AS up"
_IN_FORCE: Final = (
    "account_id = %s AND (office_id = %s OR office_id IS NULL) AND valid_from <= %s"
    " AND (valid_to >= %s OR valid_to IS NULL) AND action = ANY(%s)"
)


class _Reached(Func):
    """Whether the viewer's grants reach a row: the text of one condition, since this one stands in every list.

    The first two tests are prepared once for a statement and need no look at a row's own grants. They are already the
    answer where all grants have one root or all have one scope, as nearly every official's do; else a last test asks
    whether one grant covers organisation, scope key and grade together. That one is a scalar subquery, not EXISTS:
    PostgreSQL would turn EXISTS into a join of all grants with all organisations below.
    """

    output_field = BooleanField()

    def __init__(self, organisation: F, scope_key: F | None, grade: F | None, held: tuple[Any, ...]) -> None:
        super().__init__(*(column for column in (organisation, scope_key, grade) if column is not None))
        self.has_key, self.has_grade, self.held = scope_key is not None, grade is not None, held

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, tuple[Any, ...]]:
        columns = iter([compiler.compile(each) for each in self.get_source_expressions()])
        text = _Text({"organisation": next(columns), "held": (self._held(), self.held)})
        if self.has_key:
            text.parts["key"] = next(columns)
        if self.has_grade:
            text.parts["grade"] = next(columns)
        return text.filled(self._condition())

    def _held(self) -> str:
        everything = "" if self.has_key else " AND scope = '*'"
        return f"(SELECT organisation_id, tree, scope, highest_grade FROM {_HELD} WHERE {_IN_FORCE}{everything})"  # noqa: S608

    def _condition(self) -> str:
        below = f"{_ANCESTRY} JOIN {{held}} AS held ON held.organisation_id = ancestor_id AND held.tree = up.tree"
        within = f"{{organisation}} IN (SELECT descendant_id FROM {below})"  # noqa: S608
        if not self.has_key and not self.has_grade:
            return f"({within})"
        named, covering = "true", "true"
        if self.has_key:
            kind = "split_part({key}, ':', 1) || ':*'"
            scopes = "(SELECT array_agg(DISTINCT scope::text) FROM {held} AS held)"
            named = f"ARRAY[{{key}}, {kind}, '*']::text[] && {scopes}"
            covering = f"held.scope IN ('*', {{key}}, {kind})"
        alike = "count(DISTINCT (organisation_id, tree)) = 1 OR count(DISTINCT scope) = 1"
        simple = f"(SELECT {alike} FROM {{held}} AS held)"  # noqa: S608
        if self.has_grade:
            simple = f"{{grade}} <= (SELECT CASE WHEN {alike} THEN min(highest_grade) END FROM {{held}} AS held)"  # noqa: S608
            covering += " AND held.highest_grade >= {grade}"
        exact = f"(SELECT true FROM {below} WHERE descendant_id = {{organisation}} AND {covering} LIMIT 1)"  # noqa: S608
        return (
            f"({within} AND CASE WHEN NOT {named} THEN false WHEN {simple} THEN true ELSE coalesce({exact}, false) END)"
        )


@dataclass
class _Text:
    """SQL with named places; each brings its parameters along, as often as it is named."""

    parts: dict[str, tuple[str, Sequence[Any]]]

    def filled(self, text: str) -> tuple[str, tuple[Any, ...]]:
        sql, parameters = "", list[Any]()
        for literal, name, _format, _conversion in Formatter().parse(text):
            sql += literal.replace("%", "%%")
            if name:
                part, given = self.parts[name]
                sql += part
                parameters += given
        return sql, tuple(parameters)


def stood_in_for(viewer: Actor) -> UUID | None:
    """The absent official whose work the viewer does, as a deputy."""
    behalf = viewer.on_behalf
    return behalf.id if viewer.is_official and behalf is not None and behalf.kind == ACCOUNT else None


def _may_act(viewer: Actor, action: str) -> bool:
    """A deputy takes the actions only that were let; everybody else those of their grants."""
    return stood_in_for(viewer) is None or registry.may_stand_in(action)


def within(viewer: Actor, scope_key: str | None = "scope_key") -> Q:
    """Keeps a deputy's rows to the scope of the delegation."""
    kind, _colon, key = viewer.within.partition(":")
    if viewer.within == rules.ANY:
        return Q()
    if scope_key is None:
        return Q(pk__in=())
    return Q(**{f"{scope_key}__startswith": f"{kind}:"}) if key == rules.ANY else Q(**{scope_key: viewer.within})


def held_grants(viewer: Actor, action: str) -> "QuerySet[HeldGrant]":
    """The viewer's grants in force for `action` in the present office: deny by default."""
    if not _may_act(viewer, action):
        nothing: QuerySet[HeldGrant] = HeldGrant.objects.none()
        return nothing
    return _in_office(viewer).filter(action__in=rules.covering(action, "."))


def _in_office(viewer: Actor) -> "QuerySet[HeldGrant]":
    if not viewer.is_official or viewer.account_id is None or viewer.organisation_id is None:
        nothing: QuerySet[HeldGrant] = HeldGrant.objects.none()
        return nothing
    today = clock.today()
    found: QuerySet[HeldGrant] = HeldGrant.objects.filter(
        Q(office_id=viewer.organisation_id) | Q(office_id__isnull=True),
        Q(valid_to__gte=today) | Q(valid_to__isnull=True),
        account_id=stood_in_for(viewer) or viewer.account_id,
        valid_from__lte=today,
    )
    return found


def _reached(held: "QuerySet[HeldGrant]") -> "QuerySet[OrganisationAncestry]":
    """Ancestry rows whose upper end is the root of a held grant: their lower ends are what the grants reach."""
    found: QuerySet[OrganisationAncestry] = OrganisationAncestry.objects.filter(
        Exists(held.filter(tree=OuterRef("tree"), organisation_id=OuterRef("ancestor_id")))
    )
    return found


def scope(
    *,
    viewer: Actor,
    action: str,
    organisation: str = "organisation_id",
    scope_key: str | None = "scope_key",
    grade: str | None = "grade",
) -> Q:
    """The row filter of every list: `Case.objects.filter(scope(viewer=…, action="cases.view"))`.

    `organisation`, `scope_key`, `grade` name the row's columns (`case__organisation_id` works). Rows without a scope
    key (`scope_key=None`) need a grant of scope `*`; `grade=None` leaves the grade out. The program itself sees all
    rows, residents and strangers none (their query is not even sent).
    """
    if viewer.is_system:
        return ~Q(pk__in=())
    if not viewer.is_official:
        return Q(pk__in=())
    if viewer.account_id is None or viewer.organisation_id is None or not _may_act(viewer, action):
        return Q(pk__in=())
    today = clock.today()
    held = (
        stood_in_for(viewer) or viewer.account_id,
        viewer.organisation_id,
        today,
        today,
        list(rules.covering(action, ".")),
    )
    key, level = (F(name) if name is not None else None for name in (scope_key, grade))
    return Q(_Reached(F(organisation), key, level, held)) & within(viewer, scope_key)


def holds(
    viewer: Actor,
    action: str,
    *,
    organisation_id: UUID | None = None,
    scope_key: str = rules.ANY,
    grade: int | None = None,
) -> bool:
    """Whether a grant reaches one row with these values; without an organisation: any organisation at all. One query."""
    if viewer.is_system:
        return True
    if not rules.scope_covers(viewer.within, scope_key):
        return False
    held = held_grants(viewer, action).filter(scope__in=rules.covering(scope_key, ":"))
    if grade is not None:
        held = held.filter(highest_grade__gte=grade)
    if organisation_id is None:
        return bool(held.exists())
    return bool(_reached(held).filter(descendant_id=organisation_id).exists())


def patterns_held(viewer: Actor) -> tuple[tuple[str, bool], ...]:
    """The action patterns that the viewer holds for every scope, each with whether it is over the whole territory. One query."""
    rows = _in_office(viewer).filter(scope=rules.ANY)
    found = rows.values_list("action", "tree", "organisation__territorial_parent_id")
    return tuple((action, tree == Tree.TERRITORY.value and above is None) for action, tree, above in found)


def among(viewer: Actor, patterns: Iterable[tuple[str, bool]], actions: Iterable[str]) -> dict[str, bool]:
    """`held_among` with the patterns at hand. No query."""
    wanted = tuple(actions)
    if viewer.is_system:
        return dict.fromkeys(wanted, True)
    if viewer.within != rules.ANY:
        return {}
    wanted = tuple(action for action in wanted if _may_act(viewer, action))
    held: dict[str, bool] = {}
    for pattern, whole in patterns:
        for action in wanted:
            if pattern in rules.covering(action, "."):
                held[action] = held.get(action, False) or whole
    return held


def held_among(viewer: Actor, actions: Iterable[str]) -> dict[str, bool]:
    """Which of `actions` the viewer holds for every scope, anywhere; True where over the whole territory. One query.

    For menus, and for what belongs to the whole installation and to no organisation (its calendar, its background work).
    """
    return among(viewer, () if viewer.is_system else patterns_held(viewer), actions)


def holds_throughout(viewer: Actor, actions: tuple[str, ...], *, root: UUID, tree: str, scope: str, grade: int) -> bool:
    """Whether the viewer's grants for each of `actions` reach every organisation of the subtree. One query."""
    if viewer.is_system:
        return True
    missing = Q()
    for action in actions:
        held = held_grants(viewer, action).filter(scope__in=rules.covering(scope, ":"), highest_grade__gte=grade)
        missing |= ~Q(descendant_id__in=_reached(held).values("descendant_id"))
    subtree = OrganisationAncestry.objects.filter(tree=tree, ancestor_id=root)
    return bool(subtree.exists() and not subtree.filter(missing).exists())
