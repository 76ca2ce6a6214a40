"""The sharing interface of licences (GB/T 36906) as REST: only for registered callers, each call counted, each use recorded.

`catalogue` which types there are, `query` what a holder has, `verify` how an identifier stands, `use` the fields, on the
holder's consent or a legal basis. Callers send `Authorization: Bearer <token>`.
"""

from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yiwang.commons.licences import commands, queries
from yiwang.commons.licences.contracts import SharedLicence
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

router = Router(tags=["licences"])
_CALLER = Actor.system("证照共享")
_TOKEN: Final = {
    "security": [{"CallerToken": []}],
    "responses": {429: {"description": "The day's quota of this caller is used up."}},
}
_TOLD: Final = {
    "security": [{"CallerToken": []}],
    "responses": {
        404: {"description": "No such licence, or none that this caller may ask about."},
        429: {"description": "The day's quota of this caller is used up."},
    },
}


class HolderAsked(Schema):
    """Whose licences, of which type."""

    type: str = Field(max_length=60)
    holder_code: str = Field(max_length=40)


class IdentifierAsked(Schema):
    """Which licence, by the identifier on its paper."""

    identifier: str = Field(max_length=160)


class UseAsked(IdentifierAsked):
    """What for and on what ground: `consent` or `basis` with `ground`."""

    purpose: str = Field(min_length=2, max_length=120)
    basis: str = Field(default="", max_length=40)
    ground: str = Field(default="", max_length=200)
    consent: UUID | None = None


class FieldOut(Schema):
    """A field of a type (GB/T 36903)."""

    fact: str
    label: str
    sensitivity: str


class TypeOut(Schema):
    """A type of licences; `holder`: `person`, `legal_entity` or `any`."""

    key: str
    code: str
    name: str
    version: int
    holder: str
    sample: bool
    fields: list[FieldOut]


class LicenceOut(Schema):
    """How a licence stands, without its fields."""

    identifier: str
    type: str
    name: str
    number: str
    issuer: str
    state: str
    grade: str
    valid_from: date | None
    valid_until: date | None
    superseded: bool


class ValueOut(Schema):
    fact: str
    label: str
    value: Any


class UseOut(LicenceOut):
    """A licence with the fields that the use covers; `use`: under which it is recorded."""

    use: str
    fields: list[ValueOut]


def _token(request: HttpRequest) -> str:
    kind, _gap, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip()[:200] if kind.lower() == "bearer" else ""


def _admit(request: HttpRequest, verb: str, type_key: str = "") -> UUID:
    return commands.admit_caller(token=_token(request), verb=verb, type_key=type_key, by=_CALLER, at=clock.now())


@router.get(
    "/licences/catalogue", auth=None, openapi_extra=_TOKEN, response=list[TypeOut], summary="证照类型目录（GB/T 36906）"
)
def catalogue(request: HttpRequest) -> list[dict[str, Any]]:
    """All types with the metadata of their fields (GB/T 36903)."""
    _admit(request, "catalogue")
    return [
        {
            "key": spec.key,
            "code": spec.code,
            "name": spec.name,
            "version": spec.version,
            "holder": spec.holder.value if spec.holder else "any",
            "sample": spec.sample,
            "fields": [
                {"fact": each.fact, "label": each.label, "sensitivity": each.sensitivity} for each in spec.fields
            ],
        }
        for spec in queries.types(viewer=_CALLER)
    ]


@router.post(
    "/licences/query",
    auth=None,
    openapi_extra=_TOLD,
    response=list[LicenceOut],
    summary="查询持有人的证照（不含证照内容）",
)
def query(request: HttpRequest, asked: HolderAsked) -> list[dict[str, Any]]:
    """Which licences of a type somebody has, and how they stand; no fields."""
    caller = _admit(request, "query", asked.type)
    found = queries.shared_licences(holder_code=asked.holder_code, type_key=asked.type, viewer=_CALLER)
    _note(caller, *found)
    return [_told(each) for each in found]


@router.post("/licences/verify", auth=None, openapi_extra=_TOLD, response=LicenceOut, summary="核验证照标识")
def verify(request: HttpRequest, asked: IdentifierAsked) -> dict[str, Any]:
    """How the licence stands that bears this identifier."""
    caller = _admit(request, "verify")
    found = queries.by_identifier(identifier=asked.identifier, viewer=_CALLER, caller_id=caller)
    _note(caller, found)
    return _told(found)


@router.post(
    "/licences/use", auth=None, openapi_extra=_TOLD, response=UseOut, summary="使用证照（须有授权同意或法律依据）"
)
def use(request: HttpRequest, asked: UseAsked) -> dict[str, Any]:
    """Record a use and answer the fields."""
    caller = _admit(request, "use")
    found = queries.by_identifier(identifier=asked.identifier, viewer=_CALLER, caller_id=caller)
    made = commands.use_by_caller(
        token=_token(request), licence_id=found.id, words=asked.purpose, basis=asked.basis, ground=asked.ground,
        consent_id=asked.consent, by=_CALLER, at=clock.now(),
    )  # fmt: skip
    standing = queries.shared_use(use_id=made, viewer=_CALLER)
    return {
        **_told(found),
        "use": str(made),
        "fields": [{"fact": each.fact, "label": each.label, "value": each.value} for each in standing.fields],
    }


def _note(caller: UUID, *found: SharedLicence) -> None:
    """The holders read that somebody asked."""
    if found:
        commands.note_asked(caller_id=caller, licence_ids=[each.id for each in found], by=_CALLER, at=clock.now())


def _told(each: SharedLicence) -> dict[str, Any]:
    return {
        "identifier": each.identifier,
        "type": each.type_key,
        "name": each.title,
        "number": each.number,
        "issuer": each.issuer_name,
        "state": each.state.value,
        "grade": each.grade.value,
        "valid_from": each.valid_from,
        "valid_until": each.valid_until,
        "superseded": each.superseded,
    }
