"""The verdict about a licence's sealed file, and the signed list of identifiers that are no licences any more."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from yiwang.commons.identity import queries as identity
from yiwang.commons.licences import queries
from yiwang.commons.licences.views import words
from yiwang.kernel.verdicts import Mark
from yiwang.web.components import Crumbs, Fact, Facts, Link, Tag, Tone


@require_GET
def verified(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """What verifying the sealed OFD of the version in force says, mark by mark, for whoever may see the licence."""
    viewer = identity.actor_of(request)
    page = queries.licence(licence_id=licence_id, viewer=viewer)
    words.look(viewer, licence_id)
    verdict = queries.verdict(licence_id=licence_id, viewer=viewer)
    language = "zh" if words.chinese() else "en"
    marks = (
        (_("数字签名"), verdict.signature),
        (_("文件内容"), verdict.references),
        (_("电子印章"), verdict.seal),
        (_("证书"), verdict.chain),
    )
    context = {
        "page": page,
        "verdict": verdict,
        "state": words.state(page.brief.state),
        "facts": Facts(tuple(Fact(label, _mark(mark)) for label, mark in marks), tight=True),
        "reasons": tuple(each.text(language) for each in verdict.reasons),
        "remarks": tuple(each.text(language) for each in verdict.remarks if getattr(each, "code", "") != "no_status"),
        "crumbs": Crumbs(
            (
                Link(_("我的证照"), reverse("licences:wallet")),
                Link(page.brief.title, reverse("licences:licence", args=[licence_id])),
            ),
            _("验证"),
        ),
    }
    return render(request, "licences/verified.html", context)


def _mark(mark: Mark) -> Tag:
    said = {
        Mark.VALID: Tag(_("有效"), Tone.OK),
        Mark.INVALID: Tag(_("无效"), Tone.BAD),
        Mark.UNKNOWN: Tag(_("不能判断"), Tone.WARN),
    }
    return said[mark]


@require_safe
def picture(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """The first page of the sealed OFD as a drawing, for whoever may see the licence."""
    viewer = identity.actor_of(request)
    drawn = queries.picture(licence_id=licence_id, viewer=viewer)
    words.look(viewer, licence_id)
    response = HttpResponse(drawn, content_type="image/svg+xml")
    response["Content-Security-Policy"] = "default-src 'none'; img-src data:; font-src data:; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"  # public computers keep nothing
    return response


@require_safe
def status_list(request: HttpRequest) -> HttpResponse:
    """The signed list of identifiers that are suspended or ended: what `yiwang verify licence --status` reads."""
    body = queries.status_list(viewer=identity.actor_of(request))
    response = HttpResponse(body, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=60"
    response["Access-Control-Allow-Origin"] = "*"
    return response
