"""The tray of the workplace's scanner beside the materials: looked at every few seconds, each file used once."""

from hashlib import sha256
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yiwang.commons.identity.queries import actor_of
from yiwang.kernel import clock
from yiwang.serve.portal import commands, queries
from yiwang.serve.portal.contracts import Scan, ScanState, TrayClosed
from yiwang.serve.portal.views.applying.materials import types_of
from yiwang.serve.portal.views.applying.work import MATERIALS, WORKPLACE, Work, open_work
from yiwang.serve.portal.views.counter.frame import at_counter, workplace_of


@at_counter
@require_safe
def tray(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The fragment that the materials page asks for again and again: takes what has arrived and lists it.

    Where nothing has changed since the list that is `seen`, the answer is empty and the page stays as it is in the
    clerk's hands.
    """
    context = tray_context(request, open_work(request, draft_id))
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "portal/counter/tray.html", context)


def tray_context(request: HttpRequest, work: Work) -> dict[str, object]:
    """What the tray shows; collects first. A folder that can't be read is told and does not stop the page."""
    viewer = actor_of(request)
    known = queries.workplaces(viewer=viewer)
    workplace, closed = workplace_of(request, viewer), ""
    if workplace:
        try:
            commands.collect(workplace=workplace, folder=known[workplace], by=viewer, at=clock.now())
        except TrayClosed as refusal:
            closed = f"{refusal.sentence(_)}{refusal.advice(_)}"
    found = queries.scans(viewer=viewer, workplace=workplace) if workplace else ()
    return {
        "draft_id": work.draft.id,
        "workplace": workplace,
        "workplaces": list(known),
        "closed": closed,
        "materials": [(each.code, work.say(each.name)) for each in work.to_upload],
        "scans": [_line(each) for each in found],
        "seen": sha256(f"{workplace}{closed}{[(each.id, each.state) for each in found]}".encode()).hexdigest()[:16],
    }


def _line(scan: Scan) -> dict[str, object]:
    params = dict(scan.params)
    refused = scan.state is ScanState.REFUSED
    return {
        "id": scan.id,
        "name": scan.name,
        "size": filesizeformat(scan.size) if scan.size else "",
        "preview": reverse("files:preview", args=[scan.file_id]) if scan.file_id else "",
        "is_image": scan.is_image,
        "refused": f"{_(scan.message)}{_(scan.advice)}".format_map(params) if refused and scan.message else "",
    }


@at_counter
@require_POST
def use_scan(request: HttpRequest, draft_id: UUID, scan_id: UUID) -> HttpResponse:
    """Put a scan into the posted `material`."""
    work = open_work(request, draft_id)
    wanted = next((each for each in work.to_upload if each.code == request.POST.get("material")), None)
    if wanted is None:
        messages.warning(request, _("请先选择材料。"))
        return redirect("portal:step", draft_id=draft_id, step=MATERIALS)
    commands.use_scan(
        scan_id=scan_id,
        draft_id=draft_id,
        material=wanted.code,
        types=types_of(wanted),
        max_bytes=wanted.max_bytes,
        by=work.viewer,
        at=clock.now(),
    )
    return redirect("portal:step", draft_id=draft_id, step=MATERIALS)


@at_counter
@require_POST
def discard_scan(request: HttpRequest, draft_id: UUID, scan_id: UUID) -> HttpResponse:
    """Throw a scan away."""
    commands.discard_scan(scan_id=scan_id, by=actor_of(request), at=clock.now())
    return redirect("portal:step", draft_id=draft_id, step=MATERIALS)


@at_counter
@require_POST
def set_workplace(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Remember in this browser at which workplace the clerk sits."""
    chosen = request.POST.get("workplace", "")
    if chosen in queries.workplaces(viewer=actor_of(request)):
        request.session[WORKPLACE] = chosen
    return redirect("portal:step", draft_id=draft_id, step=MATERIALS)
