"""Beginning a new process, from a first drawing or from a BPMN file."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yiwang.commons.flow import commands, queries
from yiwang.commons.flow.contracts import (
    DESIGN,
    MayNotDesign,
    ProcessDraftTooLarge,
    ProcessFileRefused,
    ProcessKeyRefused,
    ProcessKeyTaken,
)
from yiwang.commons.flow.views import words
from yiwang.kernel import clock
from yiwang.web.components import Crumbs, ErrorSummary, Link
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go

_LARGEST_FILE = 2 * 1024 * 1024


@login_required
@require_http_methods(["GET", "POST"])
def begin_process(request: HttpRequest) -> HttpResponse:
    """Asks for name, key and file; POST begins the draft."""
    viewer = words.viewer_of(request)
    if DESIGN not in queries.design_rights(viewer=viewer):
        raise MayNotDesign
    given = {name: request.POST.get(name, "").strip()[:200] for name in ("title", "key")}
    faults: dict[str, str] = {}
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is not None and (file.size or 0) > _LARGEST_FILE:
            faults["file"] = _("文件超过 2 MB。")
        if not given["title"]:
            faults["title"] = _("请填写名称。")
        if not faults:
            bpmn = file.read(_LARGEST_FILE) if file is not None else b""
            try:
                commands.begin_process(key=given["key"], title=given["title"], bpmn=bpmn, by=viewer, at=clock.now())
            except (ProcessKeyRefused, ProcessKeyTaken) as refused:
                faults["key"] = refused.sentence(_)
            except (ProcessDraftTooLarge, ProcessFileRefused) as refused:
                faults["file"] = refused.sentence(_)
            else:
                messages.success(request, _("已新建，现在可以编辑。"))
                return go(request, reverse("flow:edit", args=[given["key"]]))
    fields = (
        Field("title", _("名称"), value=given["title"], error=faults.get("title", ""), hint=_("办事的人看得懂的说法，例如：食品经营许可（新办）。"), maxlength=120),
        Field("key", _("编号"), value=given["key"], error=faults.get("key", ""), hint=_("小写字母、数字和下划线，定了以后不能再改。上传的文件里流程的 id 会改成它。"), maxlength=60),
        Field("file", _("BPMN 文件"), FieldKind.FILE, required=False, error=faults.get("file", ""), hint=_("已有流程图的可以上传，没有就从一个环节画起。"), accept=".bpmn,.xml", accept_words=_(".bpmn，不超过 2 MB"), max_bytes=_LARGEST_FILE),
    )  # fmt: skip
    context = {
        "fields": fields,
        "errors": ErrorSummary.of(fields) if faults else "",
        "crumbs": Crumbs((Link(_("流程"), reverse("flow:versions")),), _("新建流程")),
    }
    return render(request, "flow/design/begin.html", context, status=422 if faults else 200)
