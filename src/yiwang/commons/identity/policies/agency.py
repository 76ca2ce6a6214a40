"""Which rows an agent reaches: those of whom they may act for today, in the matters that they were authorised for."""

from django.db.models import CharField, Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Concat

from yiwang.commons.identity import rules
from yiwang.commons.identity.models import Representation
from yiwang.commons.identity.policies import representations_in_force
from yiwang.kernel.actor import Actor, SubjectRef


def represented(
    *,
    viewer: Actor,
    of: SubjectRef | None = None,
    person: str = "person_id",
    entity: str = "entity_id",
    scope_key: str | None = "scope_key",
) -> Q:
    """Filter of rows whose applicant the viewer may act for today, in what the row is about.

    `person`, `entity` and `scope_key` name the row's columns; without a `scope_key` any authorisation counts. `of`: only
    rows of this applicant. As `scope` is for officials: one condition inside the list's own SQL, and at once of no effect
    when the authorisation ends.
    """
    if viewer.person_id is None or viewer.is_official:
        return Q(pk__in=())
    found = Representation.objects.filter(representations_in_force(viewer.person_id, of))
    found = found.filter(Q(person_id=OuterRef(person)) | Q(legal_entity_id=OuterRef(entity)))
    if scope_key is not None:
        kind = Func(F("key"), Value(":"), Value(1), function="split_part", output_field=CharField())
        found = found.annotate(key=OuterRef(scope_key)).filter(
            Q(scope=rules.ANY) | Q(scope=F("key")) | Q(scope=Concat(kind, Value(":*")))
        )
    return Q(Exists(found))
