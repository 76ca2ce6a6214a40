"""The audit trail: who did what, in which capacity, on what. Searched, paged, and taken along as CSV."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yiwang.commons.flow import commands, queries, registry
from yiwang.commons.flow.views import words
from yiwang.commons.flow.views.administration import frame
from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.audit import AuditRow, AuditSearch
from yiwang.web.components import Cell, Column, Empty, LinkButton, Pagination, Row, Table, Tag, Text, Tone

_ASKED = ("subject", "account", "command", "since", "until", "refused")
_LONGEST = 80
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    "time", "command", "error_code", "actor_kind", "account_id", "account", "organisation", "role", "on_behalf",
    "subject_kind", "subject_id", "purpose", "zone", "run", "details",
)  # fmt: skip


@dataclass(frozen=True)
class _Asked:
    """What the form asked, and what could not be understood."""

    said: Mapping[str, str]
    wanted: AuditSearch
    fault: str = ""


@login_required
@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Entries by subject, account, command and time, the latest first."""
    viewer = words.viewer_of(request)
    asked = _asked(request.GET, viewer)
    page = queries.audit_trail(wanted=asked.wanted, viewer=viewer, cursor=request.GET.get("cursor"))
    names = _Names.of(page.items, viewer)
    here = reverse("flow:audit")
    pages = Pagination.of(page, path=here, params=dict(asked.said))
    columns = (Column(_("时间")), Column(_("谁")), Column(_("操作")), Column(_("对象")))
    empty = Empty(
        asked.fault or _("没有符合条件的记录"), _("换一个条件再查。"), LinkButton(_("看全部记录"), here, "second")
    )
    table = Table.of(
        _("审计记录"),
        columns,
        tuple(_row(row, names) for row in page.items),
        boxed=True,
        keys=True,
        empty=empty,
        pages=pages if pages.needed else None,
    )
    context = {
        "crumbs": frame.crumbs(_("审计记录")),
        "side": frame.side(request, "audit"),
        "said": asked.said,
        "table": table,
    }
    return render(request, "flow/audit.html", context)


@login_required
@require_POST
def audit_export(request: HttpRequest) -> HttpResponseBase:
    """The same entries as CSV (UTF-8 with a mark, so that spreadsheets read it). Who takes them is audited itself."""
    viewer = words.viewer_of(request)
    asked = _asked(request.POST, viewer)
    found = queries.audit_export(wanted=asked.wanted, viewer=viewer)
    conditions = {name: value for name, value in asked.said.items() if value}
    commands.note_audit_export(conditions=conditions, by=viewer, at=clock.now())
    response = StreamingHttpResponse(_written(found, viewer), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{clock.today()}.csv"'
    return response


def _asked(form: Mapping[str, Any], viewer: Actor) -> _Asked:
    said = {name: str(form.get(name, "")).strip()[:_LONGEST] for name in _ASKED}
    faults: list[str] = []
    since, until = (_day(said[name], faults) for name in ("since", "until"))
    wanted = AuditSearch(
        subjects=_subjects(said["subject"], viewer, faults),
        account_id=_account(said["account"], viewer, faults),
        command=said["command"],
        since=_start(since),
        until=_start(until + timedelta(days=1)) if until else None,
        refused_only=bool(said["refused"]),
    )
    if faults:
        wanted = AuditSearch(subjects=())
    return _Asked(said, wanted, faults[0] if faults else "")


def _subjects(text: str, viewer: Actor, faults: list[str]) -> tuple[UUID, ...] | None:
    if not text:
        return None
    identifier = _uuid(text)
    found = (identifier,) if identifier else registry.subjects_numbered(text, viewer)
    if not found:
        faults.append(_("没有找到编号为“%(number)s”的对象") % {"number": text})
    return found


def _account(text: str, viewer: Actor, faults: list[str]) -> UUID | None:
    if not text:
        return None
    identifier = _uuid(text)
    if identifier:
        return identifier
    found = identity.account_by_username(username=text, viewer=viewer)
    if found is None:
        faults.append(_("没有找到账号“%(account)s”") % {"account": text})
    return found.id if found else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str, faults: list[str]) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        faults.append(_("日期应写成 2026-01-01 的形式"))
        return None


def _start(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, clock.CHINA) if day else None


@dataclass(frozen=True)
class _Names:
    """Names for a page of entries. Two queries."""

    accounts: Mapping[UUID, str]
    organisations: Mapping[UUID, str]

    @classmethod
    def of(cls, rows: Iterable[AuditRow], viewer: Actor) -> "_Names":
        rows = tuple(rows)
        accounts = {row.account_id for row in rows if row.account_id}
        organisations = {row.organisation_id for row in rows if row.organisation_id}
        found = identity.organisation_names(organisation_ids=organisations, viewer=viewer) if organisations else {}
        return cls(
            identity.account_names(account_ids=accounts, viewer=viewer) if accounts else {},
            {key: organisation.label for key, organisation in found.items()},
        )

    def account(self, row: AuditRow) -> str:
        return self.accounts.get(row.account_id, "") if row.account_id else ""

    def organisation(self, row: AuditRow) -> str:
        return self.organisations.get(row.organisation_id, "") if row.organisation_id else ""


def _row(row: AuditRow, names: _Names) -> Row:
    local = row.at.astimezone(clock.CHINA)
    return Row(
        (
            Cell(words.moment_words(row.at), f"{local:%Y-%m-%d %H:%M:%S}"),
            _who(row, names),
            _done(row),
            _what(row),
        ),
        id=str(row.id),
        label=row.command,
    )


def _who(row: AuditRow, names: _Names) -> Cell:
    if row.actor is ActorKind.SYSTEM:
        return Cell(_("系统"), row.purpose)
    name = names.account(row) or (_("未登录") if row.actor is ActorKind.ANONYMOUS else str(row.account_id or ""))
    capacity: list[Text] = [part for part in (names.organisation(row), row.role) if part]
    if row.actor is ActorKind.PERSON:
        capacity.append(_("代办") if row.on_behalf else _("个人"))
    href = f"{reverse('flow:audit')}?account={row.account_id}" if row.account_id else ""
    return Cell(name, " ".join(map(str, capacity)), href)


def _done(row: AuditRow) -> Cell:
    if row.error_code:
        return Cell(Tag(_("被拒绝"), Tone.BAD), f"{row.command} {row.error_code}")
    return Cell(row.command, _details(row.details))


def _what(row: AuditRow) -> Cell | str:
    if row.subject is None:
        return ""
    number = str(row.details.get("number") or "")
    note = f"{row.subject.kind} {row.subject.id}" if number else str(row.subject.id)
    return Cell(number or row.subject.kind, note, f"{reverse('flow:audit')}?subject={row.subject.id}")


def _details(details: Mapping[str, Any]) -> str:
    return "，".join(
        f"{name} {value if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False)}"
        for name, value in details.items()
        if name != "number" and value not in ("", None)
    )


def _written(batches: Iterable[tuple[AuditRow, ...]], viewer: Actor) -> Iterator[str]:
    yield "\ufeff" + _line(_COLUMNS)
    for rows in batches:
        names = _Names.of(rows, viewer)
        yield "".join(_line(_cells(row, names)) for row in rows)


def _cells(row: AuditRow, names: _Names) -> tuple[str, ...]:
    return (
        row.at.astimezone(clock.CHINA).isoformat(timespec="milliseconds"),
        row.command,
        row.error_code,
        row.actor.value,
        str(row.account_id or ""),
        names.account(row),
        names.organisation(row),
        row.role,
        str(row.on_behalf or ""),
        row.subject.kind if row.subject else "",
        str(row.subject.id) if row.subject else "",
        row.purpose,
        row.zone,
        str(row.run),
        json.dumps(row.details, ensure_ascii=False) if row.details else "",
    )


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue()
