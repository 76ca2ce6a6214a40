"""`/work/seals/uses/`: the complete log of uses, searched and taken away as a table; using a seal; requests for uses."""

from contextlib import suppress
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.files import commands as files
from yiwang.commons.seals import commands, queries
from yiwang.commons.seals.contracts import (
    MOST_BYTES,
    OFD,
    PDF,
    SEAL,
    DocumentRefused,
    ReasonMissing,
    RequestRow,
    RequestState,
    SealPage,
    UseRow,
)
from yiwang.commons.seals.registry import UPLOAD
from yiwang.commons.seals.views import words
from yiwang.commons.seals.views.previewing import is_drawn
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.errors import DomainError
from yiwang.web.components import (
    Cell,
    Column,
    Crumbs,
    Empty,
    ErrorSummary,
    Fact,
    Facts,
    Link,
    LinkButton,
    Pagination,
    Row,
    Table,
)
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go


@login_required
@require_GET
def uses(request: HttpRequest) -> HttpResponseBase:
    """The log, found by words, way and days; `?format=csv` gives all that was found."""
    viewer = words.viewer_of(request)
    asked = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "mode", "since", "until", "seal")}
    wanted: dict[str, Any] = {
        "text": asked["q"], "mode": asked["mode"], "since": _day(asked["since"]), "until": _day(asked["until"]),
        "seal_id": _id(asked["seal"]),
    }  # fmt: skip
    if request.GET.get("format") == "csv":
        return _csv(viewer, wanted)
    page = queries.uses(viewer=viewer, cursor=request.GET.get("cursor"), **wanted)
    pages = Pagination.of(page, path=request.path, params=asked)
    context = {
        "tabs": words.tabs("uses", viewer),
        "asked": asked,
        "table": use_table(page.items, filtered=any(asked.values()), pages=pages if pages.needed else None, boxed=True),
        "modes": tuple((mode.value, said) for mode, said in words.MODES.items()),
    }
    return render(request, "seals/uses.html", context)


def use_table(
    rows: tuple[UseRow, ...], *, with_seal: bool = True, filtered: bool = False, pages: Any = None, boxed: bool = False
) -> Table:
    """Uses as a table."""
    columns = [
        Column(_("时间")),
        Column(_("文件")),
        Column(_("方式")),
        Column(_("申请、批准")),
        Column(_("文件摘要（SM3）")),
    ]
    if with_seal:
        columns.insert(1, Column(_("印章")))
    empty = Empty(_("没有符合条件的用印"), _("换个词，或放宽条件再找。")) if filtered else Empty(_("还没有用过印"))
    made = []
    for row in rows:
        people = "、".join(each for each in (row.requested_by, row.approved_by) if each) or _("系统")
        cells: list[Any] = [
            words.moment(row.at), Cell(row.reason, words.document_kind(row.kind)), words.MODES[row.mode], people,
            f"{row.sealed[:16]}…",
        ]  # fmt: skip
        if with_seal:
            cells.insert(1, Cell(row.seal, row.organisation, reverse("seals:seal", args=[row.seal_id])))
        made.append(Row(tuple(cells), id=str(row.id), label=row.reason))
    return Table.of(_("用印记录"), tuple(columns), tuple(made), empty=empty, pages=pages, boxed=boxed)


def _csv(viewer: Actor, wanted: dict[str, Any]) -> StreamingHttpResponse:
    heads = (
        _("时间"), _("印章编码"), _("印章"), _("单位"), _("方式"), _("文件种类"), _("事由"), _("申请人"), _("批准人"), _("用印前 SM3"),
        _("用印后 SM3"),
    )  # fmt: skip
    lines = queries.uses_csv(viewer=viewer, heads=heads, **wanted)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="seal-uses-{clock.today():%Y%m%d}.csv"'
    return answer


def _day(text: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(text)
    return None


def _id(text: str) -> UUID | None:
    with suppress(ValueError):
        return UUID(text)
    return None


@login_required
@require_http_methods(["GET", "POST"])
def use(request: HttpRequest, seal_id: UUID) -> HttpResponse:
    """A keeper seals a document and takes it away; or somebody asks another keeper to."""
    viewer = words.viewer_of(request)
    page = queries.seal_page(seal_id=seal_id, viewer=viewer)
    given = {name: request.POST.get(name, "").strip()[:500] for name in ("page", "x", "y", "reason")}
    faults: dict[str, str] = {}
    if request.method == "POST":
        place = _place(given, faults)
        file = request.FILES.get("file")
        if file is None or not file.size:
            faults["file"] = _("请选择要用印的 OFD 或 PDF 文件。")
        if not given["reason"]:
            faults["reason"] = _("请写明用印事由。")
        if not faults and file is not None and place is not None:
            try:
                return _done(request, page, file, place, given["reason"], viewer)
            except DomainError as refused:
                if refused.kind not in {413, 415, 422}:
                    raise
                faults["reason" if isinstance(refused, ReasonMissing) else "file"] = refused.sentence(_)
    fields = _use_fields(given, faults)
    context = {
        "page": page,
        "alone": page.may_use,
        "fields": fields,
        "errors": ErrorSummary.of(fields) if faults else "",
        "crumbs": Crumbs(
            (Link(_("电子印章"), reverse("seals:seals")), Link(page.seal.name, reverse("seals:seal", args=[seal_id]))),
            _("用印") if page.may_use else _("申请用印"),
        ),
    }
    return render(request, "seals/use.html", context, status=422 if faults else 200)


def _place(given: dict[str, str], faults: dict[str, str]) -> tuple[int, float, float] | None:
    number = given["page"] or "1"
    if not (number.isdecimal() and len(number) <= 4 and int(number) >= 1):
        faults["page"] = _("请填写页码，从 1 开始。")
    found = {}
    for name in ("x", "y"):
        with suppress(ValueError):
            found[name] = float(given[name])
        if not 0 <= found.get(name, -1) < 2000:
            faults[name] = _("请填写毫米数，例如 120。")
    return None if faults else (int(number) - 1, found["x"], found["y"])


def _done(
    request: HttpRequest, page: SealPage, file: Any, place: tuple[int, float, float], reason: str, viewer: Actor
) -> HttpResponse:
    number, x, y = place
    if not page.may_use:
        kept = files.store(stream=file, name=file.name or "document", purpose=UPLOAD, by=viewer, at=clock.now())
        made = commands.request_use(
            seal_id=page.seal.id, document_id=kept.id, page=number, x=x, y=y, reason=reason, by=viewer, at=clock.now()
        )
        messages.success(request, _("已提交用印申请，等待保管人批准。"))
        return go(request, reverse("seals:request", args=[made]))
    data = file.read(MOST_BYTES + 1)
    media_type = PDF if b"%PDF-" in data[:1024] else OFD
    from yiwang.commons.seals.engine import Stamp

    stamp = Stamp(page=number, x=x, y=y, width=page.seal.width_mm, height=page.seal.height_mm)
    sealed = commands.seal_document(
        seal_id=page.seal.id, document=data, media_type=media_type, stamps=[stamp], subject=SubjectRef(SEAL, page.seal.id),
        reason=reason, by=viewer, at=clock.now(),
    )  # fmt: skip
    answer = HttpResponse(BytesIO(sealed), content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="sealed.{"pdf" if media_type == PDF else "ofd"}"'
    return answer


def _use_fields(given: dict[str, str], faults: dict[str, str]) -> tuple[Field, ...]:
    at = {name: faults.get(name, "") for name in ("file", "page", "x", "y", "reason")}
    return (
        Field("file", _("要用印的文件"), FieldKind.FILE, error=at["file"], accept=".ofd,.pdf", accept_words=_("OFD 或 PDF，不超过 20 MB"), max_bytes=MOST_BYTES),
        Field("page", _("页码"), FieldKind.NUMBER, value=given["page"] or "1", error=at["page"], short=True, minimum="1"),
        Field("x", _("印章左边到页左的距离"), FieldKind.NUMBER, value=given["x"] or "120", error=at["x"], unit=_("毫米"), short=True),
        Field("y", _("印章上边到页顶的距离"), FieldKind.NUMBER, value=given["y"] or "220", error=at["y"], unit=_("毫米"), short=True),
        Field("reason", _("用印事由"), FieldKind.TEXTAREA, value=given["reason"], error=at["reason"], hint=_("会留在用印记录里，请不要写身份证件号码等个人信息。"), maxlength=500, rows=3),
    )  # fmt: skip


@login_required
@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """Requests that I made, or may decide on as a keeper."""
    viewer = words.viewer_of(request)
    state = request.GET.get("state", "").strip()[:20]
    page = queries.requests(viewer=viewer, state=state, cursor=request.GET.get("cursor"))
    pages = Pagination.of(page, path=request.path, params={"state": state})
    rows = tuple(
        Row(
            (
                Cell(row.reason, row.name, reverse("seals:request", args=[row.id])), row.seal.name, row.asked_by,
                words.moment(row.asked_at), words.REQUESTS[row.state],
            ),
            id=str(row.id), label=row.reason,
        )
        for row in page.items
    )  # fmt: skip
    columns = (
        Column(_("事由和文件")),
        Column(_("印章")),
        Column(_("申请人")),
        Column(_("申请时间")),
        Column(_("状态")),
    )
    empty = Empty(_("没有用印申请"), _("在印章页面点“申请用印”提出；由另一名保管人批准。"))
    context = {
        "tabs": words.tabs("requests", viewer),
        "state": state,
        "states": tuple((each.value, tag.words) for each, tag in words.REQUESTS.items()),
        "table": Table.of(_("用印申请"), columns, rows, keys=True, boxed=True, empty=empty, pages=pages if pages.needed else None),
    }  # fmt: skip
    return render(request, "seals/requests.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def request_page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request with its document; a keeper approves and so seals it, or refuses."""
    viewer = words.viewer_of(request)
    row = queries.request(request_id=request_id, viewer=viewer)
    fault = ""
    if request.method == "POST":
        try:
            said = _decide(request, row, viewer)
        except (ReasonMissing, DocumentRefused) as refused:
            fault = refused.sentence(_)
        else:
            messages.success(request, said)
            return go(request, reverse("seals:request", args=[request_id]))
    answer = request.POST.get("answer", "")[:500]
    fields = (Field("answer", _("意见"), FieldKind.TEXTAREA, value=answer, error=fault, required=False, hint=_("不批准时须写明原因。"), maxlength=500, rows=2),)  # fmt: skip
    context = {
        "row": row,
        "state": words.REQUESTS[row.state],
        "facts": _request_facts(row),
        "fields": fields,
        "errors": ErrorSummary.of(fields) if fault else "",
        "files": _request_files(row),
        "drawn": reverse("seals:request_drawn", args=[request_id]) if is_drawn(row, viewer) else "",
        "place": row.page + 1,
        "waiting": row.state is RequestState.WAITING,
        "crumbs": Crumbs(
            (Link(_("电子印章"), reverse("seals:seals")), Link(_("用印申请"), reverse("seals:requests"))), row.seal.name
        ),
    }
    return render(request, "seals/request.html", context, status=422 if fault else 200)


def _decide(request: HttpRequest, row: RequestRow, viewer: Actor) -> str:
    verb, answer = request.POST.get("do", ""), request.POST.get("answer", "")
    if verb == "approve":
        commands.approve_use(request_id=row.id, answer=answer, by=viewer, at=clock.now())
        return _("已批准并用印。")
    if verb == "refuse":
        commands.refuse_use(request_id=row.id, answer=answer, by=viewer, at=clock.now())
        return _("已退回，申请人会看到您的意见。")
    commands.withdraw_use(request_id=row.id, by=viewer, at=clock.now())
    return _("已撤回。")


def _request_facts(row: RequestRow) -> Facts:
    place = _("第 %(page)d 页，距左 %(x)s 毫米，距上 %(y)s 毫米") % {
        "page": row.page + 1,
        "x": f"{row.x:g}",
        "y": f"{row.y:g}",
    }
    facts = [
        Fact(_("印章"), row.seal.name),
        Fact(_("事由"), row.reason),
        Fact(_("位置"), place),
        Fact(_("申请人"), f"{row.asked_by} {words.moment(row.asked_at)}"),
        Fact(_("文件摘要（SM3）"), row.digest, number=True),
    ]
    if row.decided_at:
        facts.append(Fact(_("办理"), f"{row.decided_by} {words.moment(row.decided_at)} {row.answer}".strip()))
    return Facts(tuple(facts), tight=True)


def _request_files(row: RequestRow) -> tuple[LinkButton, ...]:
    found = [LinkButton(_("打开要用印的文件"), reverse("files:download", args=[row.document_id]), "second", "paper")]
    if row.sealed_id:
        found.append(
            LinkButton(_("下载已用印的文件"), reverse("files:download", args=[row.sealed_id]), "first", "download")
        )
        found.append(LinkButton(_("验证"), reverse("seals:verify"), "quiet"))
    return tuple(found)
