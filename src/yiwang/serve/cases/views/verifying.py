"""Whether the seal on a paper of a case holds: the four marks of the common verdict, with the reasons, from the file itself."""

from urllib.parse import quote
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiwang.commons.identity import queries as identity
from yiwang.commons.seals import queries as seals
from yiwang.kernel.actor import Actor
from yiwang.kernel.verdicts import Mark, Verdict
from yiwang.serve.cases import queries
from yiwang.serve.cases.contracts import PaperKind, SealedPaperView
from yiwang.serve.cases.views import words
from yiwang.web import components as ui

_LIGHTS = {Mark.VALID: ui.DueState.DONE, Mark.INVALID: ui.DueState.OVER, Mark.UNKNOWN: ui.DueState.PAUSED}


@login_required
@require_GET
def verify_document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The verdict on a sealed document."""
    return _verdict(request, PaperKind.DOCUMENT, document_id, reverse("cases:document", args=[document_id]))


@login_required
@require_GET
def verify_result(request: HttpRequest, number: str, result_id: UUID) -> HttpResponse:
    """The verdict on a sealed result that is no licence; a licence is verified on its own page."""
    return _verdict(request, PaperKind.RESULT, result_id, reverse("cases:result", args=[number, result_id]))


@login_required
@require_GET
def result_pdf(request: HttpRequest, number: str, result_id: UUID) -> HttpResponse:
    """The sealed file of a result that is no licence."""
    del number
    viewer = identity.actor_of(request)
    found = queries.sealed_paper(kind=PaperKind.RESULT, of=result_id, viewer=viewer)
    return as_file(queries.sealed_bytes(found=found, viewer=viewer), "result", f"{found.title} {found.number}.pdf")


def as_file(content: bytes, plain: str, name: str) -> HttpResponse:
    """A PDF to keep, under its Chinese name."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f"attachment; filename=\"{plain}.pdf\"; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    return response


def _verdict(request: HttpRequest, kind: PaperKind, of: UUID, back: str) -> HttpResponse:
    from yiwang.commons.seals.engine import verify_pdf

    viewer = identity.actor_of(request)
    found = queries.sealed_paper(kind=kind, of=of, viewer=viewer)
    verdict = verify_pdf(queries.sealed_bytes(found=found, viewer=viewer), seals.trust(viewer=viewer))
    context = {
        "base": "web/work_base.html" if viewer.is_official else "web/portal_base.html",
        "crumbs": _crumbs(found, back, viewer),
        "paper": found,
        "note": _note(verdict),
        "marks": _marks(verdict),
        "facts": _facts(found),
        "remarks": [each.text(_spoken()) for each in verdict.remarks],
        "back_url": back,
    }
    return render(request, "cases/verify.html", context)


def _spoken() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


def _note(verdict: Verdict) -> ui.Note:
    if verdict.valid:
        return ui.Note(_("文件从盖章到现在没有改动，印章和证书都有效。"), _("验证通过"), ui.Tone.OK)
    said = " ".join(each.text(_spoken()) for each in verdict.reasons)
    return ui.Note(said or _("有的部分现在无法判断。"), _("验证没有通过"), ui.Tone.BAD)


def _marks(verdict: Verdict) -> ui.Table:
    told = {Mark.VALID: _("有效"), Mark.INVALID: _("无效"), Mark.UNKNOWN: _("无法判断")}
    parts = (
        (_("数字签名"), verdict.signature),
        (_("文件内容"), verdict.references),
        (_("电子印章"), verdict.seal),
        (_("证书"), verdict.chain),
    )
    rows = tuple(ui.Row((name, ui.Due(_LIGHTS[mark], told[mark]))) for name, mark in parts)
    return ui.Table.of(_("验证结果"), (ui.Column(_("项目")), ui.Column(_("结果"))), rows)


def _facts(found: SealedPaperView) -> ui.Facts:
    return ui.Facts(
        (
            ui.Fact(_("文件"), f"{found.title} {found.number}"),
            ui.Fact(_("盖章时间"), words.moment_words(found.sealed_at)),
            ui.Fact(_("文件摘要（SM3）"), found.digest, number=True),
        ),
        tight=True,
    )


def _crumbs(found: SealedPaperView, back: str, viewer: Actor) -> ui.Crumbs:
    address = "cases:case" if viewer.is_official else "cases:progress"
    case = ui.Link(found.case_number, reverse(address, args=[found.case_number]))
    return ui.Crumbs((case, ui.Link(found.title, back)), _("验证"))
