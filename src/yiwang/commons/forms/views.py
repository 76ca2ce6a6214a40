"""Fragments that fields ask for: the next level of a region, a file uploaded at once."""

from typing import BinaryIO, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yiwang.commons.forms import commands, queries
from yiwang.commons.forms.contracts import DraftNotFound
from yiwang.commons.identity.queries import actor_of
from yiwang.kernel import clock
from yiwang.kernel.errors import Invalid


@require_safe
def regions(request: HttpRequest) -> HttpResponse:
    """The selects of a region field after the upper one was changed."""
    name = request.GET.get("name", "")[:80]
    field = queries.region_field(
        name=name,
        label="",
        value=request.GET.get(name, "")[:12],
        district=request.GET.get(f"{name}.district", "")[:12],
        viewer=actor_of(request),
        language=_language(),
    )
    return render(request, "forms/region.html", {"f": field})


@require_POST
def upload(request: HttpRequest, draft_id: UUID, material: str) -> HttpResponse:
    """Store the posted `file` for a material; answers with its line of the list. Raises the refusals of files."""
    limits = queries.read_limits(signed=request.GET.get("limits", ""), material=material)
    if limits is None:
        raise DraftNotFound
    file = request.FILES.get("file")
    if file is None or file.file is None:
        raise Invalid(fields={"file": _("请选择文件")})
    types, max_bytes = limits
    kept = commands.add_file(
        draft_id=draft_id,
        material=material,
        stream=cast("BinaryIO", file.file),
        name=file.name or "",
        types=types,
        max_bytes=max_bytes,
        by=actor_of(request),
        at=clock.now(),
    )
    return render(request, "forms/file.html", {"item": queries.file_item(material=material, file=kept)})


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"
