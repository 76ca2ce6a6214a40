"""REST of the catalogue: matters, bundles, search. Public, read only; the same words as the pages."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from yiwang.commons.identity.queries import actor_of
from yiwang.commons.search import queries as searching
from yiwang.serve.matters import queries
from yiwang.serve.matters.contracts import CatalogueEntry, MatterSpec, Requirement

router = Router(tags=["catalogue"], auth=None)
KINDS = ("bundle", "matter")


class EntryOut(Schema):
    """A matter or a bundle in a list. `key`: a matter's code (实施编码) or a bundle's key."""

    kind: str
    key: str
    name: str
    name_en: str | None = None
    summary: str
    themes: list[str]
    audience: list[str]
    departments: int
    members: int = Field(description="Matters of a bundle; 0 for a matter.")
    promised_days: int = Field(description="Working days.")
    visits: int
    sample: bool


class EntryList(Schema):
    items: list[EntryOut]


class MaterialOut(Schema):
    """A material that a matter asks for; `ways`: how it may be provided, in the order in which they are tried."""

    code: str
    name: str
    necessity: str
    ways: list[str]
    conditional: bool
    note: str


class LawOut(Schema):
    name: str
    clause: str


class ResultOut(Schema):
    key: str
    name: str


class MatterOut(Schema):
    """The implementation list (实施清单) of a matter, as published."""

    code: str
    catalogue_code: str
    version: int
    name: str
    name_en: str | None = None
    summary: str
    organisation: str | None = Field(default=None, description="Absent where it depends on the applicant's place.")
    promised_days: int = Field(description="Working days.")
    statutory_days: int | None = Field(description="Working days; null where the law sets no limit.")
    visits: int
    audience: list[str]
    themes: list[str]
    materials: list[MaterialOut]
    results: list[ResultOut]
    laws: list[LawOut]
    bundles: list[str] = Field(description="Keys of the bundles that contain it.")
    published_at: datetime | None
    sample: bool


class QuestionOut(Schema):
    """A question of the guide. `type`: boolean, choice, number, date, text, region."""

    fact: str
    text: str
    type: str
    options: list[str]


class MemberOut(Schema):
    key: str
    matter: str
    name: str
    kind: str
    depends_on: list[str]
    promised_days: int


class BundleOut(Schema):
    """A bundle (一件事), as published."""

    key: str
    version: int
    name: str
    name_en: str | None = None
    summary: str
    promised_days: int
    audience: list[str]
    themes: list[str]
    members: list[MemberOut]
    questions: list[QuestionOut]
    published_at: datetime | None
    sample: bool


class HitOut(Schema):
    kind: str
    key: str
    title: str
    summary: str


class HitPage(Schema):
    """One page; `next` is the cursor of the following one."""

    items: list[HitOut]
    next: str | None


@router.get("/matters", response=EntryList, summary="事项")
def matters(request: HttpRequest, theme: str = "", audience: str = "") -> EntryList:
    """All matters in force, of a theme or an audience (`person`, `legal_entity`)."""
    entries = queries.catalogue(viewer=actor_of(request), theme=theme, audience=audience, kind="matter")
    return EntryList(items=[_entry(each) for each in entries])


@router.get("/matters/{code}", response=MatterOut, summary="一个事项")
def matter(request: HttpRequest, code: str) -> MatterOut:
    """A matter in force by its code."""
    viewer = actor_of(request)
    found = queries.matter(code=code, viewer=viewer)
    spec = found.spec
    return MatterOut(
        code=spec.code,
        catalogue_code=spec.catalogue_code,
        version=found.version,
        name=spec.name,
        name_en=spec.translations.get(spec.name),
        summary=spec.summary,
        organisation=found.organisation_name or None,
        promised_days=spec.limits.promised,
        statutory_days=spec.limits.statutory,
        visits=spec.visits,
        audience=list(spec.audience),
        themes=list(spec.themes),
        materials=[_material(each) for each in spec.inputs],
        results=[ResultOut(key=each.key, name=each.name) for each in spec.results],
        laws=_laws(spec),
        bundles=[each.key for each in queries.bundles_of(matter_code=code, viewer=viewer)],
        published_at=found.published_at,
        sample=spec.sample,
    )


@router.get("/bundles", response=EntryList, summary="一件事")
def bundles(request: HttpRequest, theme: str = "", audience: str = "") -> EntryList:
    """All bundles in force, of a theme or an audience."""
    entries = queries.catalogue(viewer=actor_of(request), theme=theme, audience=audience, kind="bundle")
    return EntryList(items=[_entry(each) for each in entries])


@router.get("/bundles/{key}", response=BundleOut, summary="一个“一件事”")
def bundle(request: HttpRequest, key: str) -> BundleOut:
    """A bundle in force with its members and the questions of its guide."""
    found = queries.bundle(key=key, viewer=actor_of(request))
    spec = found.spec
    return BundleOut(
        key=spec.key,
        version=found.version,
        name=spec.name,
        name_en=spec.translations.get(spec.name),
        summary=spec.summary,
        promised_days=found.promised,
        audience=list(spec.audience),
        themes=list(spec.themes),
        members=[
            MemberOut(
                key=each.key,
                matter=each.matter.code,
                name=each.matter.name,
                kind=each.spec.kind.value,
                depends_on=list(each.depends_on),
                promised_days=each.matter.spec.limits.promised,
            )
            for each in found.members
        ],
        questions=[
            QuestionOut(
                fact=each.fact, text=each.text, type=each.type, options=[str(option.value) for option in each.options]
            )
            for each in spec.questions
        ],
        published_at=found.published_at,
        sample=spec.sample,
    )


@router.get("/search", response=HitPage, summary="用自己的话查找")
def search(
    request: HttpRequest, q: Annotated[str, Query(min_length=1, max_length=200)], cursor: str | None = None
) -> HitPage:
    """Bundles and matters for plain words, best first."""
    page = searching.search(text=q, viewer=actor_of(request), kinds=KINDS, cursor=cursor)
    hits = [
        HitOut(kind=hit.kind, key=hit.key, title=hit.title, summary=str(hit.payload.get("summary", "")))
        for hit in page.items
    ]
    return HitPage(items=hits, next=page.next_cursor)


def _entry(entry: CatalogueEntry) -> EntryOut:
    return EntryOut(
        kind=entry.kind,
        key=entry.key,
        name=entry.name,
        name_en=entry.translations.get(entry.name),
        summary=entry.summary,
        themes=list(entry.themes),
        audience=list(entry.audience),
        departments=entry.departments,
        members=entry.members,
        promised_days=entry.promised,
        visits=entry.visits,
        sample=entry.sample,
    )


def _material(each: Requirement) -> MaterialOut:
    return MaterialOut(
        code=each.material,
        name=each.name,
        necessity=each.necessity.value,
        ways=[way.kind.value for way in each.satisfiers],
        conditional=bool(each.condition),
        note=each.note,
    )


def _laws(spec: MatterSpec) -> list[LawOut]:
    return [LawOut(name=law.name, clause=law.clause) for law in spec.laws]
