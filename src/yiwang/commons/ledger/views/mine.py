"""「我的存证」: each legal step of the resident's own cases, with how far its receipt is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiwang.commons.identity import queries as identity
from yiwang.commons.ledger import queries, registry
from yiwang.commons.ledger.contracts import ReceiptLine
from yiwang.commons.ledger.registry import Held
from yiwang.commons.ledger.views import words
from yiwang.kernel.actor import SubjectRef
from yiwang.web.components import Crumbs, Empty, Link, LinkButton, Pagination, Tag

_SIZE = 30
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One line: what was done, by whom and when, and what can be had."""

    title: str
    said: str
    state: Tag
    href: str
    download: str
    verify: str


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """The lines of one record that stand together."""

    held: Held
    steps: tuple[ShownStep, ...]


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """All legal steps of the viewer's own records, newest first, or those of one by its number (`?of=`)."""
    viewer = identity.actor_of(request)
    of = request.GET.get("of", "").replace("\x00", "").strip()[:_LONGEST]
    held = registry.held_by(viewer)
    chosen = tuple(each for each in held if of in {"", each.number, each.whole})
    owned = {each.subject: each for each in chosen}
    page = queries.receipts_page(
        subjects=list(owned),
        viewer=viewer,
        kinds=registry.steps(),
        cursor=request.GET.get("cursor"),
        size=_SIZE,
    )
    pages = Pagination.of(page, path=request.path, params={"of": of} if of else {})
    names = words.organisations((line.organisation_id for line in page.items), viewer)
    context = {
        "crumbs": Crumbs((Link(_("首页"), "/"), Link(_("我的"), "/mine/")), _("我的存证")),
        "records": _together(page.items, owned, names),
        "pages": pages if pages.needed else None,
        "of": of,
        "empty": _empty(of),
    }
    return render(request, "ledger/mine.html", context)


def _together(lines: Sequence[ReceiptLine], owned: dict[SubjectRef, Held], names: Any) -> tuple[ShownRecord, ...]:
    """The lines by record, in the order in which the records first come."""
    groups: dict[str, tuple[Held, list[ShownStep]]] = {}
    for line in lines:
        held = owned[line.subject]
        groups.setdefault(held.href, (held, []))[1].append(_step(line, names))
    return tuple(ShownRecord(held, tuple(steps)) for held, steps in groups.values())


def _step(line: ReceiptLine, names: Any) -> ShownStep:
    organisation = names.get(line.organisation_id, "")
    return ShownStep(
        title=words.step(line.kind, line.facts),
        said="　".join(each for each in (organisation, words.moment(line.at)) if each),
        state=words.state_tag(line.state),
        href=reverse("ledger:entry", args=[line.evidence_id]),
        download=reverse("ledger:receipt", args=[line.evidence_id]) if line.final else "",
        verify=f"{reverse('ledger:verify')}#{line.evidence_id}" if line.final else "",
    )


def _empty(of: str) -> Empty:
    if of:
        return Empty(
            _("没有这个办件的存证"),
            _("请核对办件编号，或者看全部存证。"),
            LinkButton(_("看全部"), reverse("ledger:mine"), "second"),
        )
    return Empty(
        _("还没有存证"),
        _("您办的事每走一个法定步骤，例如收件、受理、作出决定，这里就多一条存证。"),
        LinkButton(_("去办事"), "/"),
    )
