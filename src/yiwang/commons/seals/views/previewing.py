"""The page that a request is about, as a picture: where the seal will stand, or stands. Of OFD files; browsers open PDF themselves."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from yiwang.commons.files import queries as files
from yiwang.commons.files.contracts import FileNotFound, MediaType
from yiwang.commons.seals import queries
from yiwang.commons.seals.contracts import RequestNotFound, RequestRow
from yiwang.commons.seals.engine import SealFault, paint_ofd
from yiwang.commons.seals.views import words
from yiwang.kernel.actor import Actor

_SEAL_RED = "#b5202a"


def is_drawn(row: RequestRow, viewer: Actor) -> bool:
    """Whether there is a picture of the page: one query."""
    held = files.described(file_ids=[row.document_id], viewer=viewer)
    return any(each.media_type is MediaType.OFD for each in held.values())


@login_required
@require_safe
def request_drawn(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The page as SVG: with a dashed ring where the seal is to stand, once approved with the seal itself."""
    viewer = words.viewer_of(request)
    row = queries.request(request_id=request_id, viewer=viewer)
    try:
        with files.open_file(file_id=row.sealed_id or row.document_id, viewer=viewer).stream as stream:
            pages = paint_ofd(stream.read(), pages=row.page + 1)
    except (SealFault, FileNotFound):
        raise RequestNotFound from None
    if len(pages) <= row.page:
        raise RequestNotFound
    drawn = pages[row.page] if row.sealed_id else _with_ring(pages[row.page], row)
    answer = HttpResponse(drawn, content_type="image/svg+xml")
    answer["Content-Security-Policy"] = "default-src 'none'; img-src data:; font-src data:; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _with_ring(page: str, row: RequestRow) -> str:
    """A seal appears only after sealing; before, its place is ringed."""
    across, down = row.seal.width_mm / 2, row.seal.height_mm / 2
    ring = (
        f'<ellipse cx="{row.x + across:g}" cy="{row.y + down:g}" rx="{across:g}" ry="{down:g}" fill="none"'
        f' stroke="{_SEAL_RED}" stroke-width=".6" stroke-dasharray="2.4 1.8"/>'
    )
    head, found, tail = page.rpartition("</svg>")
    return f"{head}{ring}{found}{tail}" if found else page
