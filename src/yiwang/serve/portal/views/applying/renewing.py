"""A form was replaced while somebody filled it in: what is kept, what falls away, and on to the new version."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.commons.forms import commands as forms
from yiwang.commons.forms import queries as form_queries
from yiwang.kernel import clock
from yiwang.serve.portal.views.applying.work import Work, language, open_work, signed_in
from yiwang.web.components import BackLink
from yiwang.web.components.lists import Fact, Facts


@signed_in
def renewal(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show what the new version changes for this draft; on POST move to it and go on. Nothing that fits is typed again."""
    work = open_work(request, draft_id)
    found = form_queries.renewal(draft_id=draft_id, viewer=work.viewer)
    if found is None:
        return redirect("portal:apply", draft_id=draft_id)
    if request.method == "POST":
        forms.renew_draft(draft_id=draft_id, by=work.viewer, at=clock.now())
        messages.success(request, _("已换成新版表格，填过的内容带过来了。"))
        return redirect("portal:apply", draft_id=draft_id)
    context = {
        "name": work.say(work.bundle.name),
        "kept_count": len(found.kept),
        "lost": _lines(work, found.lost) if found.lost else None,
        "lost_count": len(found.lost),
        "asked_count": len(found.asked),
        "discard_url": reverse("portal:discard", args=[draft_id]),
        "back": BackLink(_("返回"), reverse("portal:drafts")),
    }
    return render(request, "portal/renewal.html", context)


def _lines(work: Work, names: Iterable[str]) -> Facts:
    """What was answered and is not asked any more, or must be answered anew, as it was."""
    told = form_queries.in_words(
        definition=work.definition, answers=work.draft.answers, viewer=work.viewer, language=language()
    )
    return Facts(tuple(Fact(*told[name]) for name in names if name in told))
