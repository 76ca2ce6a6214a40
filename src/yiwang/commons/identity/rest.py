"""REST: who I am, organisations, regions (what pickers need)."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from yiwang.commons.identity import queries
from yiwang.commons.identity.contracts import OrganisationView, RegionLevel, RegionRef, Tree
from yiwang.kernel.actor import SubjectRef

router = Router(tags=["identity"])


class SubjectOut(Schema):
    """Somebody acted for."""

    kind: str
    id: UUID
    name: str


class OfficeOut(Schema):
    """The office in which an official acts."""

    organisation_id: UUID
    organisation: str
    role: str
    title: str


class MeOut(Schema):
    """Who asks."""

    account_id: UUID
    kind: str
    name: str
    person_id: UUID | None
    office: OfficeOut | None
    acting_for: SubjectOut | None


class RegionOut(Schema):
    """A region of a picker."""

    id: UUID
    code: str
    name: str
    name_en: str
    level: str


class OrganisationOut(Schema):
    """An organisation in official order."""

    id: UUID
    code: str
    name: str
    name_en: str
    short_name: str
    kind: str
    credit_code: str | None
    region: str
    territorial_parent_id: UUID | None
    line_parent_id: UUID | None
    line: str
    duties: list[str]


class OrganisationPage(Schema):
    """One page; `next` is the cursor of the following one."""

    items: list[OrganisationOut]
    next: str | None


@router.get("/me", response=MeOut, summary="当前账号")
def me(request: HttpRequest) -> MeOut:
    standing = queries.standing_of(request)
    actor, office, acting = standing.actor, standing.office, standing.acting
    assert actor.account_id is not None  # the router's session authentication
    return MeOut(
        account_id=actor.account_id,
        kind=actor.kind,
        name=standing.name,
        person_id=actor.person_id,
        office=OfficeOut(
            organisation_id=office.organisation.id,
            organisation=office.organisation.name,
            role=office.role,
            title=office.role_title,
        )
        if office
        else None,
        acting_for=_subject(acting.subject, acting.name) if acting else None,
    )


def _subject(subject: SubjectRef, name: str) -> SubjectOut:
    return SubjectOut(kind=subject.kind, id=subject.id, name=name)


@router.get("/regions", response=list[RegionOut], auth=None, summary="行政区划")
def regions(
    request: HttpRequest,
    parent: str | None = None,
    level: RegionLevel | None = None,
    search: Annotated[str, Query(max_length=40)] = "",
) -> list[RegionOut]:
    """Children of a code, a level, or by part of the name; without a filter the highest regions."""
    found = queries.regions(viewer=queries.actor_of(request), parent=parent, level=level, search=search.strip())
    return [_region(region) for region in found]


def _region(region: RegionRef) -> RegionOut:
    return RegionOut(id=region.id, code=region.code, name=region.name, name_en=region.name_en, level=region.level)


@router.get("/organisations", response=OrganisationPage, auth=None, summary="机构")
def organisations(
    request: HttpRequest,
    below: UUID | None = None,
    parent: UUID | None = None,
    tree: Tree = Tree.TERRITORY,
    line: str | None = None,
    region: str | None = None,
    search: Annotated[str, Query(max_length=40)] = "",
    cursor: str | None = None,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> OrganisationPage:
    """A subtree (`below`), the children of one (`parent`), or filtered by line, region, name."""
    page = queries.organisations(
        viewer=queries.actor_of(request),
        below=below,
        parent=parent,
        tree=tree,
        line=line,
        region_code=region,
        search=search.strip(),
        cursor=cursor,
        size=size,
    )
    return OrganisationPage(items=[_organisation(view) for view in page.items], next=page.next_cursor)


def _organisation(view: OrganisationView) -> OrganisationOut:
    return OrganisationOut(
        id=view.id,
        code=view.code,
        name=view.name,
        name_en=view.name_en,
        short_name=view.short_name,
        kind=view.kind,
        credit_code=view.credit_code,
        region=view.region.code,
        territorial_parent_id=view.territorial_parent_id,
        line_parent_id=view.line_parent_id,
        line=view.line,
        duties=list(view.duties),
    )
