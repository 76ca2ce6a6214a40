"""The rows that somebody may have to do with by acting for another, as conditions inside the list's own SQL."""

from typing import Any, Final

from django.db.models import CharField, Exists, Func, OuterRef, Q, Value
from django.db.models.functions import Concat

from yiwang.commons.identity.contracts import LEGAL_ENTITY, PERSON
from yiwang.commons.identity.models import Representation
from yiwang.commons.identity.policies import representations_in_force
from yiwang.commons.identity.rules import ANY
from yiwang.kernel.actor import Actor

_COLUMNS: Final = {PERSON: "person_id", LEGAL_ENTITY: "legal_entity_id"}


def acting_scope(viewer: Actor, *scope_keys: str) -> Q:
    """Rows one of whose columns `scope_keys` (`matter:birth`) is covered by what the viewer may do for whom they act now.

    Nothing for who acts for nobody and for officials. No query of its own.
    """
    if viewer.on_behalf is None or viewer.person_id is None or viewer.is_official:
        return Q(pk__in=())
    held = Representation.objects.filter(representations_in_force(viewer.person_id, viewer.on_behalf))
    covered = Q(scope=ANY)
    for column in scope_keys:
        kind = Func(OuterRef(column), Value(":"), Value(1), function="split_part", output_field=CharField())
        covered |= Q(scope=OuterRef(column)) | Q(scope=Concat(kind, Value(":*"), output_field=CharField()))
    return Q(Exists(held.filter(covered)))


def still_acts(viewer: Actor, **columns: str) -> Q:
    """Rows whose applicant (`person="person_id"`, `legal_entity="entity_id"`: the columns) the viewer may act for today, in whatever.

    For what the viewer has done as an agent: it ends with the right to act. No query of its own.
    """
    if viewer.person_id is None or viewer.is_official:
        return Q(pk__in=())
    found = Q(pk__in=())
    for kind, column in columns.items():
        same: dict[str, Any] = {_COLUMNS[kind]: OuterRef(column)}
        found |= Q(Exists(Representation.objects.filter(representations_in_force(viewer.person_id), **same)))
    return found
