"""The filtered inbox as a file for a spreadsheet."""

import csv
import io
from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiwang.commons.flow import commands, queries, rules
from yiwang.commons.flow.contracts import InboxFilter, TaskRow
from yiwang.commons.flow.views import words
from yiwang.kernel import clock

_BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@login_required
@require_POST
def inbox_export(request: HttpRequest) -> HttpResponseBase:
    """CSV in UTF-8 with a mark, so that spreadsheets read it. Who takes it is audited."""
    viewer = words.viewer_of(request)
    wanted = InboxFilter.read(request.POST.dict())
    found = queries.inbox_export(viewer=viewer, wanted=wanted)
    commands.note_inbox_export(conditions=wanted.params(), by=viewer, at=clock.now())
    response = StreamingHttpResponse(_written(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="tasks-{clock.today()}.csv"'
    return response


def _written(found: Iterator[tuple[TaskRow, ...]]) -> Iterator[str]:
    header = (
        _("编号"), _("事情"), _("申请人"), _("环节"), _("网"), _("机构"), _("承办"), _("到期"), _("时限"), _("到达"),
    )  # fmt: skip
    yield _BOM + _lines([header])
    for rows in found:
        yield _lines([_line(row) for row in rows])


def _line(row: TaskRow) -> tuple[str, ...]:
    title, number = rules.parted(row.title)
    light = words.due_mark(row.due_at, clock.now())
    net = words.NETS.get(row.net)
    due = f"{row.due_at.astimezone(clock.CHINA):%Y-%m-%d %H:%M}" if row.due_at else ""
    said = (
        number,
        title,
        row.applicant,
        row.name,
        str(net[1]) if net else "",
        row.organisation,
        str(words.holder_words(row)),
    )
    arrived = f"{row.created_at.astimezone(clock.CHINA):%Y-%m-%d %H:%M}"
    return tuple(_plain(text) for text in (*said, due, str(light.words) if light else _("没有期限"), arrived))


def _plain(text: str) -> str:
    """No cell of ours is a formula: a spreadsheet would run what an applicant typed."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _lines(rows: list[tuple[str, ...]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()
