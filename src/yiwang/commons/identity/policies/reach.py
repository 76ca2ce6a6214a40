"""The row scope: which rows an official's grants reach, as one condition inside the list's own SQL; never a loop."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import In

from yiwang.commons.identity import rules
from yiwang.commons.identity.contracts import Tree
from yiwang.commons.identity.models import HeldGrant, OrganisationAncestry
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor


class _Kind(Func):
    """`matter:*` of the scope key `matter:birth`."""

    function = "split_part"
    template = "(%(function)s(%(expressions)s, ':', 1) || ':*')"
    output_field = CharField()


def held_grants(viewer: Actor, action: str) -> "QuerySet[HeldGrant]":
    """The viewer's grants in force for `action` in the present office: deny by default."""
    return _in_office(viewer).filter(action__in=rules.covering(action, "."))


def _in_office(viewer: Actor) -> "QuerySet[HeldGrant]":
    if not viewer.is_official or viewer.account_id is None or viewer.organisation_id is None:
        nothing: QuerySet[HeldGrant] = HeldGrant.objects.none()
        return nothing
    today = clock.today()
    found: QuerySet[HeldGrant] = HeldGrant.objects.filter(
        Q(office_id=viewer.organisation_id) | Q(office_id__isnull=True),
        Q(valid_to__gte=today) | Q(valid_to__isnull=True),
        account_id=viewer.account_id,
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
    held = held_grants(viewer, action)
    if scope_key is None:
        held = held.filter(scope=rules.ANY)
    within = Q(**{f"{organisation}__in": _reached(held).values("descendant_id")})
    if scope_key is None and grade is None:
        return within
    # The cheap conditions are implied by the exact one: hashed once, they leave few rows to it.
    cheap = within & _named(held, scope_key)
    exact = Case(When(cheap, then=_exact(held, organisation, scope_key, grade)), default=Value(value=False))
    return within & Q(exact)


def _named(held: "QuerySet[HeldGrant]", scope_key: str | None) -> Q:
    """The row's scope key, its kind or everything is granted somewhere."""
    if scope_key is None:
        return Q()
    scopes = held.values("scope")
    return (
        Q(**{f"{scope_key}__in": scopes}) | Q(In(_Kind(F(scope_key)), scopes)) | Q(Exists(held.filter(scope=rules.ANY)))
    )


def _exact(held: "QuerySet[HeldGrant]", organisation: str, scope_key: str | None, grade: str | None) -> Coalesce:
    """One grant covers the row's organisation, scope key and grade together.

    A scalar subquery, not EXISTS: PostgreSQL would turn that into a join of all grants with all organisations below.
    """
    held = held.filter(tree=OuterRef("tree"), organisation_id=OuterRef("ancestor_id"))
    if scope_key is not None:
        key = OuterRef(OuterRef(scope_key))
        held = held.filter(Q(scope=rules.ANY) | Q(scope=key) | Q(scope=_Kind(key)))
    if grade is not None:
        held = held.filter(highest_grade__gte=OuterRef(OuterRef(grade)))
    above = OrganisationAncestry.objects.filter(Exists(held), descendant_id=OuterRef(organisation))
    found = Subquery(above.values(covered=Value(value=True))[:1], output_field=BooleanField())
    return Coalesce(found, Value(value=False), output_field=BooleanField())


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
    held = held_grants(viewer, action).filter(scope__in=rules.covering(scope_key, ":"))
    if grade is not None:
        held = held.filter(highest_grade__gte=grade)
    if organisation_id is None:
        return bool(held.exists())
    return bool(_reached(held).filter(descendant_id=organisation_id).exists())


def held_among(viewer: Actor, actions: Iterable[str]) -> dict[str, bool]:
    """Which of `actions` the viewer holds for every scope, anywhere; True where over the whole territory. One query.

    For menus, and for what belongs to the whole installation and to no organisation (its calendar, its background work).
    """
    wanted = tuple(actions)
    if viewer.is_system:
        return dict.fromkeys(wanted, True)
    held: dict[str, bool] = {}
    patterns = {pattern for action in wanted for pattern in rules.covering(action, ".")}
    rows = _in_office(viewer).filter(action__in=patterns, scope=rules.ANY)
    for pattern, tree, above in rows.values_list("action", "tree", "organisation__territorial_parent_id"):
        whole = tree == Tree.TERRITORY.value and above is None
        for action in wanted:
            if pattern in rules.covering(action, "."):
                held[action] = held.get(action, False) or whole
    return held


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
