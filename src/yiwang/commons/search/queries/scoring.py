"""Which documents hold the concepts of a query, and how strongly: one statement over the words of the index."""

from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from yiwang.commons.search.models import SearchDocument
from yiwang.commons.search.rules import Candidate, Plan

_MOST: Final = 200
# A word's rarity is 1 where one document holds it and 0 where all do. A concept counts by its best alternative.
_SQL: Final = """
WITH visible AS MATERIALIZED ({visible}),
size AS (SELECT greatest(count(*), 2)::float8 AS n FROM visible),
held AS MATERIALIZED (
  SELECT w.no, p.document_id, p.weight
  FROM unnest(%s::text[]) WITH ORDINALITY AS w(term, no)
  JOIN commons_search_searchposting p ON p.term = w.term
  JOIN visible v ON v.id = p.document_id
),
rare AS (
  SELECT no, ln(1 + (size.n - count(*) + 0.5) / (count(*) + 0.5)) / ln(1 + size.n) AS rarity
  FROM held, size GROUP BY no, size.n
),
asked AS (
  SELECT q.no, q.concept, q.way, q.share * rarity AS share
  FROM unnest(%s::int[], %s::int[], %s::int[], %s::float8[]) AS q(no, concept, way, share) JOIN rare USING (no)
),
strong AS (
  SELECT document_id, concept, max(strength) AS strength FROM (
    SELECT document_id, concept, way, sum(share * weight) AS strength
    FROM held JOIN asked USING (no) GROUP BY 1, 2, 3) AS ways
  GROUP BY 1, 2
),
ideal AS (
  SELECT concept, max(reach) AS reach FROM (SELECT concept, way, sum(share) AS reach FROM asked GROUP BY 1, 2) AS ways
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


def candidates(*, wanted: Plan, rows: QuerySet[SearchDocument]) -> tuple[list[Candidate], dict[int, float]]:
    """At most 200 of `rows` that hold most of the query, and by concept the highest strength that its words can reach."""
    numbers: dict[str, int] = {}
    asked = [
        (numbers.setdefault(term, len(numbers) + 1), place, way, share)
        for place, concept in enumerate(wanted.concepts)
        for way, alternative in enumerate(concept.alternatives)
        for term, share in alternative.shares.items()
    ]
    if not asked:
        return [], {}
    inner, given = rows.order_by().values("id").query.sql_with_params()
    masses = [concept.mass for concept in wanted.concepts]
    text = _SQL.format(visible=inner, most=_MOST)
    with connection.cursor() as cursor:
        cursor.execute(text, [*given, list(numbers), *map(list, zip(*asked, strict=True)), masses])
        found = cursor.fetchall()
    reach = _by_place(found[0][4]) if found else {}
    return [
        Candidate(str(document), tuple(names.split()), boost, _by_place(strengths))
        for document, names, boost, strengths, _ in found
    ], reach


def _by_place(raw: Any) -> dict[int, float]:
    return {int(place): float(value) for place, value in (raw or {}).items()}
