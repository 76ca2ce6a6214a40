"""常享链 for everybody: the newest head, what was entered, one entry as a receipt that can be printed."""

from collections.abc import Sequence
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiwang.commons.identity import queries as identity
from yiwang.commons.ledger import commands, queries, registry
from yiwang.commons.ledger.contracts import EntryView, LogView, ReceiptState
from yiwang.commons.ledger.engine import NoteVerifier, Receipt, TrustedKeys
from yiwang.commons.ledger.views import words
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page
from yiwang.web.components import (
    Cell,
    Column,
    Crumbs,
    Due,
    DueState,
    Empty,
    Fact,
    Facts,
    Link,
    Pagination,
    Row,
    StateLine,
    StateList,
    Table,
    Tag,
    Tone,
)

_LONGEST = 80


@require_GET
def chain(request: HttpRequest) -> HttpResponse:
    """The public page of the log: size, last head, witnesses, entries, search by receipt number."""
    viewer = identity.actor_of(request)
    number = request.GET.get("number", "").replace("\x00", "").strip()[:_LONGEST]
    found = queries.find(number=number, viewer=viewer) if number else None
    if found is not None and found.evidence_id is not None:
        return redirect("ledger:entry", evidence_id=found.evidence_id)
    log = queries.log(viewer=viewer)
    kind = request.GET.get("kind", "")
    kind = kind if kind in registry.kinds() else ""
    page = queries.entries(viewer=viewer, cursor=request.GET.get("cursor"), kind=kind)
    pages = Pagination.of(page, path=request.path, params={"kind": kind} if kind else {})
    context = {
        "crumbs": Crumbs((Link(_("首页"), "/"),), _("常享链")),
        "log": log,
        "figures": _figures(log) if log else (),
        "witnesses": _witnesses(viewer, log) if log else None,
        "table": _table(page, viewer, pages),
        "kinds": sorted(((code, _(said)) for code, said in registry.kinds().items()), key=lambda each: each[1]),
        "kind": kind,
        "number": number,
        "missing": bool(number),
    }
    return render(request, "ledger/chain.html", context)


def _figures(log: LogView) -> tuple[tuple[str, str, str], ...]:
    """(label, value, what stands below)."""
    quorum = _("%(many)s 家已签，至少要 %(wanted)s 家") % {"many": log.cosigned, "wanted": log.quorum}
    return (
        (_("存证条数"), words.number(log.size), _("自 %(day)s起") % {"day": words.moment(log.opened_at)}),
        (_("最近一次签发"), words.short_moment(log.checkpoint_at) or "—", _("链的根和条数由常享链签名")),
        (_("见证单位"), str(log.witnesses), quorum if log.quorum else _("没有要求见证单位签名")),
        (_("密码算法"), "SM2 / SM3" if log.suite == "national" else "Ed25519 / SHA-256", log.origin),
    )


def _witnesses(viewer: Actor, log: LogView) -> StateList | None:
    rows = queries.witnesses(viewer=viewer)
    lines = tuple(
        StateLine(
            each.organisation or each.name,
            Due(DueState.FINE, _("%(at)s 签名") % {"at": words.moment(each.last_cosigned_at)})
            if each.last_size >= log.final_size and each.last_cosigned_at
            else Due(DueState.SOON, _("还差 %(n)s 条") % {"n": words.number(each.behind)}),
        )
        for each in rows
    )
    return StateList(lines) if lines else None


def _table(page: Page[EntryView], viewer: Actor, pages: Pagination) -> Table:
    names = words.organisations((each.organisation_id for each in page.items), viewer)
    rows = tuple(
        Row((
            Cell(words.kind(each.kind), href=_address(each)),
            names.get(each.organisation_id, "") if each.organisation_id else "",
            words.moment(each.at),
            words.number(each.index),
            Tag(_("已存证"), Tone.OK) if each.final else Tag(_("等待见证"), Tone.WARN),
        ))
        for each in page.items
    )  # fmt: skip
    columns = (
        Column(_("记录")),
        Column(_("机关")),
        Column(_("时间")),
        Column(_("序号"), number=True),
        Column(_("状态")),
    )
    empty = Empty(_("还没有存证"), _("机关办理的每一个法定步骤都会在这里留下一条。"))
    return Table.of(_("最近的存证"), columns, rows, boxed=True, empty=empty, pages=pages if pages.needed else None)


def _address(entry: EntryView) -> str:
    return reverse("ledger:entry", args=[entry.evidence_id]) if entry.evidence_id else ""


@require_GET
def entry(request: HttpRequest, evidence_id: UUID) -> HttpResponse:
    """One statement with the state of its receipt: on the screen, and as the sheet that is printed."""
    viewer = identity.actor_of(request)
    found = queries.find(number=str(evidence_id), viewer=viewer)
    with commands.handing_out():
        receipt = queries.receipt_for(evidence_id=evidence_id, viewer=viewer)
    state = _state(found, receipt)
    cosigners = _cosigners(receipt, viewer) if receipt else ()
    link = f"{request.build_absolute_uri(reverse('ledger:verify'))}#{evidence_id}"
    context = {
        "crumbs": Crumbs((Link(_("首页"), "/"), Link(_("常享链"), reverse("ledger:chain"))), _("存证回执")),
        "number": str(evidence_id),
        "state": words.state_tag(state),
        "sentence": words.state_sentence(state, witnessed=bool(cosigners)),
        "waiting": state is not ReceiptState.FINAL,
        "title": words.kind(found.kind) if found else _("存证回执"),
        "facts": _facts(found, viewer) if found else None,
        "places": _places(found, receipt, cosigners, viewer) if found else None,
        "code": code_of(link),
        "verify": f"{reverse('ledger:verify')}#{evidence_id}",
        "link": link,
        "download": reverse("ledger:receipt", args=[evidence_id]) if receipt else "",
    }
    return render(request, "ledger/entry.html", context)


def _state(found: EntryView | None, receipt: Receipt | None) -> ReceiptState:
    if receipt is not None:
        return ReceiptState.FINAL
    return ReceiptState.WAITING_WITNESSES if found else ReceiptState.WAITING_LOG


def _facts(found: EntryView, viewer: Actor) -> Facts:
    names = words.organisations([found.organisation_id], viewer)
    stated = tuple(Fact(label, _readable(value)) for label, value in words.facts(found.facts))
    return Facts((
        Fact(_("记录"), words.kind(found.kind)),
        *(Fact(_("机关"), name) for name in names.values()),
        Fact(_("时间"), words.moment(found.at), number=True),
        *stated,
    ))  # fmt: skip


def _readable(value: str) -> str | words.Code:
    """Digests stand in letters of one width."""
    bare = value.replace(":", "")
    return words.Code(value) if len(bare) >= 32 and all(c in "0123456789abcdef" for c in bare) else value


def _places(found: EntryView, receipt: Receipt | None, cosigners: Sequence[str], viewer: Actor) -> Facts:
    facts = [
        Fact(_("常享链"), receipt.checkpoint.origin if receipt else _open_origin(viewer)),
        Fact(_("序号"), words.number(found.index), number=True),
        Fact(_("叶子摘要"), words.Code(found.leaf.hex())),
    ]
    if receipt is not None:
        facts += [
            Fact(_("签发时的条数"), words.number(receipt.checkpoint.size), number=True),
            Fact(_("签发的根"), words.Code(receipt.checkpoint.root.hex())),
            Fact(_("共同签名"), "、".join(cosigners) or _("没有要求见证单位签名")),
        ]
    return Facts(tuple(facts))


def _open_origin(viewer: Actor) -> str:
    log = queries.log(viewer=viewer)
    return log.origin if log else ""


def _cosigners(receipt: Receipt, viewer: Actor) -> tuple[str, ...]:
    """Organisations whose signatures stand on the checkpoint; that they hold is what verifying says."""
    named = {each.vkey: each.organisation or each.name for each in queries.witnesses(viewer=viewer)}
    trusted = TrustedKeys.parse(queries.trusted_keys(viewer=viewer))

    def signed(key: NoteVerifier) -> bool:
        return any(key.made(one) for one in receipt.note.signatures)

    return tuple(named.get(key.vkey, name) for name, key in trusted.witnesses.items() if signed(key))


def code_of(link: str) -> SafeString:
    """A QR code as an inline drawing; what it says stands beside it in letters."""
    drawn = segno.make(link, error="m").svg_inline(scale=4, border=2, omitsize=True, svgclass="y-qr", lineclass=None)
    return mark_safe(drawn)  # noqa: S308  drawn by us from an address of ours
