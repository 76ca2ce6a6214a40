"""The form of each step of a seal's life: what it brings, why it is taken, who keeps the seal, the record of its destruction."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yiwang.commons.files import commands as files
from yiwang.commons.identity import queries as identity
from yiwang.commons.seals import commands, queries, rules
from yiwang.commons.seals.contracts import USE, NotAKeeper, ReasonMissing, SealPage, SealVerb
from yiwang.commons.seals.registry import RECORD
from yiwang.commons.seals.views import words
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import DomainError
from yiwang.web.components import Crumbs, ErrorSummary, Link
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go

_DO: dict[SealVerb, Callable[..., object]] = {
    SealVerb.APPROVE: commands.approve_seal,
    SealVerb.REFUSE: commands.refuse_seal,
    SealVerb.SUSPEND: commands.suspend_seal,
    SealVerb.RESUME: commands.resume_seal,
    SealVerb.ASK_DESTRUCTION: commands.ask_destruction,
    SealVerb.SPARE: commands.spare_seal,
}
_TYPES = ".pdf,.ofd,.jpg,.jpeg,.png"


@login_required
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, seal_id: UUID, verb: str) -> HttpResponse:
    """Say what a step brings and ask what it needs; POST takes it."""
    if verb not in set(SealVerb) or verb == SealVerb.APPLY:
        raise Http404
    chosen, viewer = SealVerb(verb), words.viewer_of(request)
    page = queries.seal_page(seal_id=seal_id, viewer=viewer)
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            _take(request, seal_id, chosen, viewer)
        except (ReasonMissing, NotAKeeper) as refused:
            faults = {name: refused.sentence(_) for name in refused.fields}
        except DomainError as refused:
            if chosen is not SealVerb.DESTROY or refused.kind not in {413, 415, 422}:
                raise
            faults["file"] = refused.sentence(_)
        else:
            said = {"verb": words.STEPS[chosen], "seal": page.seal.name}
            messages.success(request, _("%(verb)s：%(seal)s，已完成。") % said)
            return go(request, reverse("seals:seal", args=[seal_id]))
    fields = _fields(request, page, chosen, viewer, faults)
    context = {
        "page": page,
        "verb": words.STEPS[chosen],
        "consequence": words.CONSEQUENCES[chosen],
        "grave": chosen in words.GRAVE,
        "allowed": chosen in page.verbs,
        "fields": fields,
        "errors": ErrorSummary.of(fields) if faults else "",
        "crumbs": Crumbs(
            (Link(_("电子印章"), reverse("seals:seals")), Link(page.seal.name, reverse("seals:seal", args=[seal_id]))),
            words.STEPS[chosen],
        ),
    }
    return render(request, "seals/step.html", context, status=422 if faults else 200)


def _take(request: HttpRequest, seal_id: Any, verb: SealVerb, viewer: Actor) -> None:
    reason = request.POST.get("reason", "")[:2000]
    at = clock.now()
    if verb is SealVerb.MAKE:
        commands.make_seal(seal_id=seal_id, by=viewer, at=at)
    elif verb is SealVerb.HAND_OVER:
        keepers = [UUID(each) for each in request.POST.getlist("keepers") if _is_id(each)]
        commands.hand_over_seal(seal_id=seal_id, keepers=keepers, reason=reason, by=viewer, at=at)
    elif verb is SealVerb.DESTROY:
        _destroy(request, seal_id, reason, viewer)
    else:
        _DO[verb](seal_id=seal_id, reason=reason, by=viewer, at=at)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _destroy(request: HttpRequest, seal_id: Any, reason: str, viewer: Actor) -> None:
    """The record of the destruction is kept first; the step takes it, or it is swept away as what nobody submitted."""
    file: Any = request.FILES.get("file")
    kept = None
    if file is not None:
        kept = files.store(stream=file, name=file.name or "record", purpose=RECORD, by=viewer, at=clock.now()).id
    commands.destroy_seal(seal_id=seal_id, reason=reason, evidence_file=kept, by=viewer, at=clock.now())


def _fields(
    request: HttpRequest, page: SealPage, verb: SealVerb, viewer: Actor, faults: dict[str, str]
) -> tuple[Field, ...]:
    fields = []
    if verb is SealVerb.HAND_OVER:
        people = identity.holders(viewer=viewer, action=USE, organisation_id=page.seal.organisation_id)
        options = tuple(Choice(str(each.id), each.name, each.username) for each in people)
        now = tuple(str(each.account_id) for each in page.keepers if each.until is None)
        picked = tuple(request.POST.getlist("keepers")) if request.method == "POST" else now
        fields.append(
            Field("keepers", _("保管人"), FieldKind.CHECKBOX, value=picked, error=faults.get("keepers", ""), options=options,
                  hint=_("可以选多人。只列出有用印权限的本单位工作人员。"))
        )  # fmt: skip
    reason = request.POST.get("reason", "")[:2000]
    if verb is not SealVerb.MAKE:
        fields.append(
            Field("reason", _("事由"), FieldKind.TEXTAREA, value=reason, error=faults.get("reason", ""),
                  required=verb in rules.REASONED, hint=_("会留在印章的记录和存证里。"), maxlength=2000, rows=3)
        )  # fmt: skip
    if verb is SealVerb.DESTROY:
        fields.append(
            Field("file", _("销毁记录"), FieldKind.FILE, error=faults.get("file", ""), required=False, accept=_TYPES,
                  accept_words=_("PDF、OFD 或照片，不超过 20 MB"))
        )  # fmt: skip
    return tuple(fields)
