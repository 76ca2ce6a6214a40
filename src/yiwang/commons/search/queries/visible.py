"""The documents that a viewer may find, narrowed to what they asked for."""

from collections.abc import Collection
from typing import Final

from django.db.models import F, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.fields import BooleanField

from yiwang.commons.search import policies
from yiwang.commons.search.contracts import Narrow
from yiwang.commons.search.models import SearchDocument
from yiwang.commons.search.rules import region_stem
from yiwang.kernel.actor import Actor

NO_LIMIT: Final = Narrow()
_NEAR: Final = "EXISTS (SELECT 1 FROM unnest(regions) r WHERE starts_with(r, %s) OR starts_with(%s, r))"


def visible(*, viewer: Actor, kinds: Collection[str], language: str, narrow: Narrow) -> QuerySet[SearchDocument]:
    """A queryset to build on; no statement yet."""
    rows: QuerySet[SearchDocument] = SearchDocument.objects.filter(policies.visible(viewer), language=language)
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    if narrow.theme:
        rows = rows.filter(themes__contains=[narrow.theme])
    if narrow.audience:
        rows = rows.filter(Q(audiences__contains=[narrow.audience]) | Q(audiences=[]))
    if narrow.region:
        stem = region_stem(narrow.region)
        near = RawSQL(_NEAR, [stem, stem], output_field=BooleanField())  # noqa: S611  constant text, bound parameters
        rows = rows.alias(near=near).filter(Q(regions=[]) | Q(near=Value(True)) if stem else Q(regions=F("regions")))
    return rows
