"""REST of rules: decide by a published decision, with the reasons and a proof; read its versions. The same scope as the pages."""

import json
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from yiwang.commons.identity.queries import actor_of
from yiwang.commons.rules import queries
from yiwang.commons.rules.contracts import DecisionRow, VersionRow

router = Router(tags=["rules"])
MAX_FACTS = 500


class DecisionOut(Schema):
    """A decision with the version in force, null where there is none."""

    key: str
    title: str
    version: int | None
    valid_from: date | None
    scheduled_version: int | None
    has_draft: bool
    changed_at: datetime


class DecisionList(Schema):
    """One page; `next` is the cursor of the following one."""

    items: list[DecisionOut]
    next: str | None


class VersionOut(Schema):
    """A version; it holds from `valid_from` (null: from ever) to the day before `valid_to` (null: until replaced)."""

    version: int
    title: str
    standing: str = Field(description="`scheduled`, `in_force`, `replaced` or `withdrawn`.")
    valid_from: date | None
    valid_to: date | None
    published_at: datetime
    reason: str
    examples: int


class VersionList(Schema):
    key: str
    items: list[VersionOut]


class FactsIn(Schema):
    """Facts by the names of the decision's inputs. A fact that is left out is unknown, one that is null is told to be none."""

    facts: dict[str, Any] = Field(default_factory=dict, max_length=MAX_FACTS)
    on: date | None = Field(default=None, description="The day whose version decides; today when left out.")
    version: int | None = None
    language: Literal["zh", "en"] = "zh"
    proof: bool = Field(default=False, description="Also a proof that can be recomputed offline.")
    public: list[str] = Field(
        default_factory=list, description="Facts that stand in the proof as they are; others as salted hashes."
    )


class ReasonOut(Schema):
    """One sentence of the explanation; `depth` tells of which one above it is a part."""

    text: str
    sign: str = Field(description="`yes`, `no`, `unknown` or `note`.")
    clause: str
    depth: int


class OutcomeOut(Schema):
    """What a decision yields. Where facts are missing `value` is null, `known` false and `missing_facts` says which still matter."""

    key: str
    version: int
    value: Any
    known: bool
    missing_facts: list[str]
    matched_rules: list[int]
    reasons: list[ReasonOut]
    remarks: list[str]
    proof: dict[str, Any] | None = None


@router.get("/decisions", response=DecisionList, summary="全部决策")
def decisions(
    request: HttpRequest,
    search: Annotated[str, Query(max_length=80)] = "",
    state: Literal["", "in_force", "draft", "scheduled", "none"] = "",
    cursor: str | None = None,
) -> DecisionList:
    """Decisions, the last changed first; for officials who keep rules."""
    page = queries.decisions(viewer=actor_of(request), text=search, state=state, cursor=cursor)
    return DecisionList(items=[_decision(row) for row in page.items], next=page.next_cursor)


@router.get("/decisions/{key}/versions", response=VersionList, summary="一个决策的各个版本")
def versions(request: HttpRequest, key: str) -> VersionList:
    """All versions, newest first; for officials who keep rules."""
    page = queries.decision_page(key=key, viewer=actor_of(request))
    return VersionList(key=key, items=[_version(row) for row in page.versions])


@router.post("/decisions/{key}/evaluate", response=OutcomeOut, summary="按一个决策计算")
def evaluate(request: HttpRequest, key: str, given: FactsIn) -> OutcomeOut:
    """Decide by the version in force on a day, with reasons in words; decisions are public, nothing is kept."""
    found = queries.explained(
        key=key,
        version=given.version,
        on=given.on,
        facts=given.facts,
        language=given.language,
        public=given.public if given.proof else None,
        viewer=actor_of(request),
    )
    outcome = found.outcome
    return OutcomeOut(
        key=key,
        version=outcome.decision.version,
        value=outcome.value,
        known=outcome.known,
        missing_facts=list(outcome.missing_facts),
        matched_rules=list(outcome.matched_rules),
        reasons=[ReasonOut(text=r.text, sign=r.sign, clause=r.clause, depth=r.depth) for r in found.reasons],
        remarks=[remark.text for remark in outcome.remarks],
        proof=json.loads(found.proof) if found.proof else None,
    )


def _decision(row: DecisionRow) -> DecisionOut:
    return DecisionOut(
        key=row.key,
        title=row.title,
        version=row.version or None,
        valid_from=_day(row.valid_from),
        scheduled_version=row.scheduled or None,
        has_draft=row.draft is not None,
        changed_at=row.changed_at,
    )


def _version(row: VersionRow) -> VersionOut:
    return VersionOut(
        version=row.version,
        title=row.title,
        standing=row.standing.value,
        valid_from=_day(row.valid_from),
        valid_to=row.valid_to,
        published_at=row.published_at,
        reason=row.reason,
        examples=row.examples,
    )


def _day(day: date | None) -> date | None:
    return None if day is None or day.year == 1 else day
