"""Which documents hold the concepts of a query, and how strongly: one statement over the words of the index."""

from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from yiwang.commons.search.models import SearchDocument
from yiwang.commons.search.rules import Candidate, Plan

_MOST: Final = 200
# A word's rarity is 1 where one document holds it and 0 where all do. A concept counts by its best alternative.
_SQL: Final = """
WITH visible AS ({visible}),
size AS (SELECT greatest(count(*), 2)::float8 AS n FROM visible),
asked AS (SELECT * FROM unnest(%s::text[], %s::int[], %s::int[], %s::float8[]) AS q(term, concept, alternative, share)),
held AS MATERIALIZED (
  SELECT q.concept, q.alternative, q.share, q.term, p.document_id, p.weight
  FROM asked q JOIN commons_search_searchposting p ON p.term = q.term JOIN visible v ON v.id = p.document_id
),
rare AS (
  SELECT term, ln(1 + (size.n - count(DISTINCT document_id) + 0.5) / (count(DISTINCT document_id) + 0.5))
               / ln(1 + size.n) AS rarity
  FROM held, size GROUP BY term, size.n
),
strong AS (
  SELECT document_id, concept, max(strength) AS strength FROM (
    SELECT document_id, concept, alternative, sum(share * weight * rarity) AS strength
    FROM held JOIN rare USING (term) GROUP BY 1, 2, 3) AS ways
  GROUP BY 1, 2
),
ideal AS (
  SELECT concept, max(reach) AS reach FROM (
    SELECT concept, alternative, sum(share * rarity) AS reach FROM asked JOIN rare USING (term) GROUP BY 1, 2) AS ways
  GROUP BY 1
),
best AS (
  SELECT document_id, json_object_agg(concept, strength) AS strengths
  FROM strong GROUP BY 1
  ORDER BY sum(strength * (%s::float8[])[concept + 1]) DESC, 1 LIMIT {most}
)
SELECT d.id, d.names_folded, d.boost, best.strengths, (SELECT json_object_agg(concept, reach) FROM ideal)
FROM best JOIN commons_search_searchdocument d ON d.id = best.document_id
"""


def candidates(wanted: Plan, rows: QuerySet[SearchDocument]) -> tuple[list[Candidate], dict[int, float]]:
    """At most 200 of `rows` that hold most of the query, and by concept the highest strength that its words can reach."""
    asked = [
        (term, place, number, share)
        for place, concept in enumerate(wanted.concepts)
        for number, alternative in enumerate(concept.alternatives)
        for term, share in alternative.shares.items()
    ]
    if not asked:
        return [], {}
    inner, given = rows.order_by().values("id").query.sql_with_params()
    masses = [concept.mass for concept in wanted.concepts]
    text = _SQL.format(visible=inner, most=_MOST)
    with connection.cursor() as cursor:
        cursor.execute(text, [*given, *map(list, zip(*asked, strict=True)), masses])
        found = cursor.fetchall()
    reach = _by_place(found[0][4]) if found else {}
    return [
        Candidate(str(document), tuple(names.split()), boost, _by_place(strengths))
        for document, names, boost, strengths, _ in found
    ], reach


def _by_place(raw: Any) -> dict[int, float]:
    return {int(place): float(value) for place, value in (raw or {}).items()}
