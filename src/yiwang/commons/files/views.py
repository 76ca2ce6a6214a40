"""Pages of files: download, preview in the browser. Both answer in a way that runs nothing in our origin."""

from urllib.parse import quote
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from yiwang.commons.files import queries, registry
from yiwang.commons.files.contracts import FileNotFound, MediaType
from yiwang.commons.files.queries import OpenFile
from yiwang.commons.identity.queries import actor_of

_NOTHING = "default-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
# Chromium's PDF viewer refuses to run inside a sandbox; a PDF's own script never reaches our origin.
_PDF = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'; base-uri 'none'"


@require_safe
def download(request: HttpRequest, file_id: UUID) -> FileResponse:
    """The bytes as an attachment under the file's cleaned name."""
    opened = _opened(request, file_id)
    return _answer(opened, disposition="attachment", policy=f"sandbox; {_NOTHING}")


@require_safe
def preview(request: HttpRequest, file_id: UUID) -> FileResponse:
    """A picture or PDF shown in the browser, also inside a frame of ours. Raises FileNotFound for other types."""
    opened = _opened(request, file_id)
    if not opened.file.media_type.can_preview:
        opened.stream.close()
        raise FileNotFound
    is_pdf = opened.file.media_type is MediaType.PDF
    return _answer(opened, disposition="inline", policy=_PDF if is_pdf else f"sandbox; {_NOTHING}")


def _opened(request: HttpRequest, file_id: UUID) -> OpenFile:
    viewer = actor_of(request)
    opened = queries.open_file(file_id=file_id, viewer=viewer)
    try:
        registry.told_opened(viewer, opened.file.subject)
    except BaseException:
        opened.stream.close()
        raise
    return opened


def _answer(opened: OpenFile, *, disposition: str, policy: str) -> FileResponse:
    response = FileResponse(opened.stream, content_type=opened.file.media_type.value)
    response["Content-Length"] = str(opened.file.size)
    response["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(opened.file.name, safe='')}"
    response["Content-Security-Policy"] = policy
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
