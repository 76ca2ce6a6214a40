"""What a program asks of the log over HTTP: the C2SP endpoints (head, tiles), receipts by evidence, and a list as JSON.

Read-only and public; what can't change any more may be kept by every cache on the way.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe
from ninja import Router, Schema

from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.contracts import LogMissing, NoSuchEntry, NotFinal, ReceiptBroken
from yiwang.kernel.actor import Actor

router = Router(tags=["ledger"])
_TEXT: Final = "text/plain; charset=utf-8"
_BYTES: Final = "application/octet-stream"
_FOREVER: Final = "public, max-age=31536000, immutable"
_SECOND: Final = "public, max-age=1"
_MINUTE: Final = "public, max-age=60"
_DAY: Final = "public, max-age=86400"
_UNOPENED: Final = {"responses": {404: {"description": "There is no log yet."}}}
_PUBLIC: Final = Actor.anonymous()  # everybody sees the same: no session is read
_View = Callable[..., HttpResponse]


def _plain(view: _View) -> _View:
    """What is not there is told in one line of plain text: programs ask here, no people."""

    def answer(request: HttpRequest, **where: Any) -> HttpResponse:
        try:
            return view(request, **where)
        except NotFinal as fault:
            response = HttpResponse(f"{fault}\n", status=404, content_type=_TEXT)
            response["Retry-After"] = "5"
        except (NoSuchEntry, LogMissing) as fault:
            response = HttpResponse(f"{fault}\n", status=404, content_type=_TEXT)
        except ReceiptBroken as fault:
            response = HttpResponse(f"{fault}\n", status=500, content_type=_TEXT)
        response["Cache-Control"] = "no-store"
        return response

    return require_safe(answer)


@_plain
def checkpoint(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """The newest head of a log that the quorum has co-signed (C2SP tlog-tiles §Checkpoints); without a number of the open one."""
    return _found(queries.checkpoint(number=number, viewer=_PUBLIC), _TEXT, _SECOND)


@_plain
def tile(request: HttpRequest, where: str, number: int | None = None) -> HttpResponse:
    """A tile of hashes or a bundle of entries (C2SP tlog-tiles §Merkle Tree, §Log entries).

    Under its log's number it never changes; without a number it is the open log's, which may be another one tomorrow.
    """
    found = queries.tile(path=f"tile/{where}", number=number, viewer=_PUBLIC)
    return _found(found, _BYTES, _MINUTE if number is None else _FOREVER)


@_plain
def receipt(request: HttpRequest, evidence_id: UUID) -> HttpResponse:
    """The receipt of a statement as a file (C2SP tlog-proof)."""
    with commands.handing_out():
        found = queries.final_receipt(evidence_id=evidence_id, viewer=_PUBLIC)
    response = _found(found.to_text().encode(), _TEXT, _DAY)
    response["Content-Disposition"] = f'attachment; filename="{evidence_id}.tlog-proof"'
    return response


@_plain
def keys(request: HttpRequest) -> HttpResponse:
    """Public keys of log and witnesses with the quorum: what `yiwang verify receipt --keys` reads; `?current`: of today alone."""
    address = request.build_absolute_uri("/ledger")
    found = queries.trusted_keys(viewer=_PUBLIC, address=address, current="current" in request.GET)
    return _found(found.encode(), _TEXT, _SECOND)


def _found(body: bytes, kind: str, cache: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Cache-Control"] = cache
    response["Access-Control-Allow-Origin"] = "*"  # whoever checks the log may do so from a page of their own
    return response


endpoints: list[URLPattern] = [
    path("ledger/checkpoint", checkpoint, name="checkpoint"),
    path("ledger/tile/<path:where>", tile, name="tile"),
    path("ledger/<int:number>/checkpoint", checkpoint, name="checkpoint_of"),
    path("ledger/<int:number>/tile/<path:where>", tile, name="tile_of"),
    path("ledger/receipts/<uuid:evidence_id>", receipt, name="receipt"),
    path("ledger/keys", keys, name="keys"),
]


class LogOut(Schema):
    """The log's name, key and newest signed head; keys and hashes in hexadecimal."""

    origin: str
    suite: str
    public_key: str
    size: int
    root: str
    checkpoint_at: datetime | None
    cosigned: int
    quorum: int
    final_size: int


class EntryOut(Schema):
    """An entry as the public sees it: public facts and salted hashes; `final`: a receipt can be had."""

    index: int
    evidence: UUID | None
    kind: str
    subject: str | None
    organisation: UUID | None
    at: datetime
    facts: dict[str, Any]
    leaf: str
    final: bool


class EntryPage(Schema):
    """One page; `next` is the cursor of the following one, `previous` of the one before."""

    items: list[EntryOut]
    next: str | None
    previous: str | None


@router.get("/ledger", auth=None, response=LogOut, summary="常享链当前状态", openapi_extra=_UNOPENED)
def state(request: HttpRequest) -> dict[str, Any]:
    """The log's name, key and newest signed head."""
    found = queries.log(viewer=_PUBLIC)
    if found is None:
        raise LogMissing
    return {
        "origin": found.origin,
        "suite": found.suite,
        "public_key": found.public_key.hex(),
        "size": found.size,
        "root": found.root.hex(),
        "checkpoint_at": found.checkpoint_at,
        "cosigned": found.cosigned,
        "quorum": found.quorum,
        "final_size": found.final_size,
    }


@router.get("/ledger/entries", auth=None, response=EntryPage, summary="常享链存证条目")
def entries(request: HttpRequest, cursor: str | None = None, kind: str = "", q: str = "") -> dict[str, Any]:
    """A page of entries, newest first; `q`: an id of evidence or subject, or an index."""
    page = queries.entries(viewer=_PUBLIC, cursor=cursor, kind=kind, q=q)
    items = [
        {
            "index": each.index,
            "evidence": each.evidence_id,
            "kind": each.kind,
            "subject": str(each.subject) if each.subject else None,
            "organisation": each.organisation_id,
            "at": each.at,
            "facts": each.facts,
            "leaf": each.leaf.hex(),
            "final": each.final,
        }
        for each in page.items
    ]
    return {"items": items, "next": page.next_cursor, "previous": page.previous_cursor}
