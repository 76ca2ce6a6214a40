"""The editor of a draft: dmn-js, saved as one writes; what the check finds stands beside it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.commons.rules import commands, queries, rules
from yiwang.commons.rules.contracts import DecisionText, DraftChanged, DraftNotFound, DraftView, Finding
from yiwang.commons.rules.views import words
from yiwang.commons.rules.views.frame import Frame, frame_of
from yiwang.kernel import clock
from yiwang.kernel.errors import DomainError
from yiwang.web.components import Button, Dialog, Note, Text, Tone
from yiwang.web.components.modellers import Modeller
from yiwang.web.responses import go, is_htmx

_LARGEST = 5 * 1024 * 1024


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """The editor; without a draft a page that offers to begin one (POST)."""
    frame = frame_of(request, key, "edit")
    if request.method == "POST":
        commands.begin_draft(key=key, by=words.viewer_of(request), at=clock.now())
        return go(request, reverse("rules:edit", args=[key]))
    draft = frame.page.draft
    context = {
        "frame": frame,
        "draft": draft,
        "newest": frame.page.newest,
        "findings": findings_of(draft.findings) if draft else (),
        "checked": draft is not None and draft.state == "checked",
        "modeller": _modeller(draft) if draft is not None and frame.may_edit else None,
        "discard_dialog": _discard(draft) if draft is not None else None,
    }
    return render(request, "rules/edit.html", context)


def _modeller(draft: DraftView) -> Modeller:
    saved = timezone.localtime(draft.updated_at).strftime("%H:%M")
    return Modeller(
        "modeller",
        "dmn",
        reverse("rules:model", args=[draft.key]),
        reverse("rules:save", args=[draft.key]),
        draft.revision,
        draft.key,
        _("%(time)s 已保存") % {"time": saved},
        _("屏幕太窄，画不开编辑器。请在电脑上编辑；在手机上可以到“决策”页查看和试算草稿。"),
    )


def _discard(draft: DraftView) -> Dialog:
    said = _("草稿里写的规则和用例都不再保留，现行版本不变。")
    return Dialog(
        "discard",
        _("放弃草稿？"),
        said,
        Button(_("放弃草稿"), "danger"),
        reverse("rules:discard", args=[draft.key]),
        hidden=(("revision", str(draft.revision)),),
    )


@login_required
@require_GET
def model(request: HttpRequest, key: str) -> HttpResponse:
    """The draft's DMN for the editor. An official's browser never keeps it."""
    text: DecisionText = queries.text_of(key=key, version=0, viewer=words.viewer_of(request))
    response = HttpResponse(text.xml, content_type="application/xml; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["X-Revision"] = str(text.revision)
    return response


@login_required
@require_POST
def save(request: HttpRequest, key: str) -> JsonResponse:
    """Keep what the editor holds. Answers with the new revision, or with why it was not kept and what to do."""
    xml, revision = request.POST.get("xml", ""), request.POST.get("revision", "")
    if not xml or len(xml) > _LARGEST or not revision.isdecimal():
        return JsonResponse({"words": _("没有可以保存的内容。")}, status=422)
    try:
        kept = commands.save_draft(
            key=key, revision=int(revision), xml=xml, by=words.viewer_of(request), at=clock.now()
        )
    except DomainError as refused:
        told = {
            "words": refused.sentence(_),
            "advice": refused.advice(_),
            "conflict": isinstance(refused, DraftChanged),
        }
        return JsonResponse(told, status=int(refused.kind))
    said = _("%(time)s 已保存") % {"time": timezone.localtime(clock.now()).strftime("%H:%M:%S")}
    return JsonResponse({"revision": kept, "words": said})


@login_required
@require_POST
def check(request: HttpRequest, key: str) -> HttpResponse:
    """Check the draft as it is saved; the editor gets the findings alone, other pages are shown again."""
    viewer = words.viewer_of(request)
    text = queries.text_of(key=key, version=0, viewer=viewer)
    found = commands.check_draft(key=key, revision=text.revision, by=viewer, at=clock.now())
    if is_htmx(request):
        draft = frame_of(request, key, "edit").page.draft
        context = {
            "findings": findings_of(found),
            "checked": draft is not None and draft.state == "checked",
            "key": key,
        }
        return render(request, "rules/findings.html", {**context, "failed": _failed(text), "asked": True})
    return go(request, reverse("rules:publish", args=[key]))


@login_required
@require_POST
def discard(request: HttpRequest, key: str) -> HttpResponse:
    """Give the draft up, as it was when the page was opened or last saved from it: not what others saved since."""
    viewer = words.viewer_of(request)
    frame = frame_of(request, key, "edit")
    if frame.page.draft is None:
        raise DraftNotFound(key=key)
    asked = request.POST.get("revision", "")[:9]
    revision = int(asked) if asked.isdecimal() else 0
    try:
        commands.discard_draft(key=key, revision=revision, by=viewer, at=clock.now())
    except DraftChanged:
        messages.error(request, _("您打开以后有人改过这份草稿，没有放弃。请看过现在的草稿再决定。"))
        return go(request, reverse("rules:edit", args=[key]))
    messages.success(request, _("已放弃草稿，现行版本没有变化。"))
    return go(request, reverse("rules:decision", args=[key]) if frame.page.versions else reverse("rules:list"))


def _failed(text: DecisionText) -> int:
    model_ = rules.model_of(text.xml, text.imports)
    return len(rules.try_examples(model_, text.key, text.examples).failed) if model_ is not None else 0


def findings_of(found: tuple[Finding, ...]) -> tuple[Note, ...]:
    """Findings as notes: errors first."""
    ordered = sorted(found, key=lambda each: not each.is_error)
    return tuple(_note(each) for each in ordered[:50])


def _note(found: Finding) -> Note:
    where: Text = found.where
    if found.line:
        where = _("%(where)s（第 %(line)d 行）") % {"where": found.where, "line": found.line}
    said = _(found.message).format(**words.params_in(found.params)) if found.message else found.text
    if found.facts:
        facts = _("，").join(f"{name} = {words.value_words(value)}" for name, value in found.facts.items())
        said += _(" 例如：%(facts)s。") % {"facts": facts}
    return Note(said, where, Tone.BAD if found.is_error else Tone.WARN)


def draft_of(frame: Frame) -> DraftView:
    """The open draft. Raises DraftNotFound."""
    if frame.page.draft is None:
        raise DraftNotFound(key=frame.page.key)
    return frame.page.draft
