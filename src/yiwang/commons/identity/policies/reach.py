"""The row scope: which rows an official's grants reach. One EXISTS over the view `reach`, never a loop."""

from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, Func, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import NegatedExpression
from django.db.models.functions import Concat

from yiwang.commons.identity import rules
from yiwang.commons.identity.models import OrganisationAncestry, Reach
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor


class _Kind(Func):
    """The part of a scope key before the colon."""

    function = "split_part"
    template = "%(function)s(%(expressions)s, ':', 1)"
    output_field = CharField()


def reach(viewer: Actor, action: str) -> "QuerySet[Reach]":
    """The viewer's grants in force for `action` in the present office: deny by default."""
    if not viewer.is_official or viewer.account_id is None or viewer.organisation_id is None:
        nothing: QuerySet[Reach] = Reach.objects.none()
        return nothing
    today = clock.today()
    found: QuerySet[Reach] = Reach.objects.filter(
        Q(office_id=viewer.organisation_id) | Q(office_id__isnull=True),
        Q(valid_to__gte=today) | Q(valid_to__isnull=True),
        account_id=viewer.account_id,
        valid_from__lte=today,
        action__in=rules.covering(action, "."),
    )
    return found


def scope(
    *,
    viewer: Actor,
    action: str,
    organisation: str = "organisation_id",
    scope_key: str | None = "scope_key",
    grade: str | None = "grade",
) -> "Exists | NegatedExpression[Any]":
    """The row filter of every list: `Case.objects.filter(scope(viewer=…, action="case.read"))`.

    `organisation`, `scope_key`, `grade` name the row's columns (`case__organisation_id` works). Rows without a scope
    key (`scope_key=None`) need a grant of scope `*`; `grade=None` leaves the grade out. The program itself sees all
    rows, residents and strangers none.
    """
    if viewer.is_system:
        return ~Exists(Reach.objects.none())
    rows = reach(viewer, action).filter(organisation_id=OuterRef(organisation))
    if scope_key is None:
        rows = rows.filter(scope=rules.ANY)
    else:
        key = OuterRef(scope_key)
        rows = rows.filter(Q(scope=rules.ANY) | Q(scope=key) | Q(scope=Concat(_Kind(key), Value(":*"))))
    if grade is not None:
        rows = rows.filter(highest_grade__gte=OuterRef(grade))
    return Exists(rows)


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
    rows = reach(viewer, action).filter(scope__in=rules.covering(scope_key, ":"))
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    if grade is not None:
        rows = rows.filter(highest_grade__gte=grade)
    return rows.exists()


def holds_throughout(viewer: Actor, actions: tuple[str, ...], *, root: UUID, tree: str, scope: str, grade: int) -> bool:
    """Whether the viewer's grants for each of `actions` reach every organisation of the subtree. One query."""
    if viewer.is_system:
        return True
    missing = Q()
    for action in actions:
        rows = reach(viewer, action).filter(
            organisation_id=OuterRef("descendant_id"), scope__in=rules.covering(scope, ":"), highest_grade__gte=grade
        )
        missing |= ~Q(Exists(rows))
    subtree = OrganisationAncestry.objects.filter(tree=tree, ancestor_id=root)
    return subtree.exists() and not subtree.filter(missing).exists()
