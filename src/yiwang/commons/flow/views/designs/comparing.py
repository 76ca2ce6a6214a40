"""Two texts of a process compared: both drawings with what came, went and changed, and the same in words."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from yiwang.commons.flow import queries
from yiwang.commons.flow.engine import ChangeKind, ElementChange
from yiwang.commons.flow.views import words
from yiwang.commons.flow.views.designs.frame import Frame, frame_of
from yiwang.web.components import DiagramState, ProcessDiagram, Tag, Text, Tone
from yiwang.web.components.modellers import kind_words

_DRAFT = "draft"
_KINDS = {
    ChangeKind.ADDED: (DiagramState.ADDED, Tag(gettext_lazy("新增"), Tone.OK)),
    ChangeKind.REMOVED: (DiagramState.REMOVED, Tag(gettext_lazy("已去掉"), Tone.BAD)),
    ChangeKind.CHANGED: (DiagramState.CHANGED, Tag(gettext_lazy("有改动"), Tone.BLUE)),
}
_PARTS: dict[str, Text] = {
    "": gettext_lazy("类型"), "name": gettext_lazy("名称"), "documentation": gettext_lazy("说明"), "conditionExpression": gettext_lazy("条件"),
    "sourceRef": gettext_lazy("从"), "targetRef": gettext_lazy("到"), "default": gettext_lazy("默认走向"), "attachedToRef": gettext_lazy("附在"),
    "cancelActivity": gettext_lazy("中断"), "isInterrupting": gettext_lazy("中断"), "taskDefinition.type": gettext_lazy("操作"),
    "taskDefinition.retries": gettext_lazy("重试次数"), "assignmentDefinition.candidateGroups": gettext_lazy("由谁办理"),
    "assignmentDefinition.assignee": gettext_lazy("指定办理人"), "formDefinition.formKey": gettext_lazy("表单"),
    "taskSchedule.dueDate": gettext_lazy("办理期限"), "calledDecision.decisionId": gettext_lazy("决策"),
    "calledDecision.resultVariable": gettext_lazy("结果存为"), "calledElement.processId": gettext_lazy("调用的流程"),
    "script.expression": gettext_lazy("算式"), "script.resultVariable": gettext_lazy("结果存为"), "text": gettext_lazy("文字"),
    "timerEventDefinition.timeDate": gettext_lazy("时间"), "timerEventDefinition.timeDuration": gettext_lazy("时间"),
    "timerEventDefinition.timeCycle": gettext_lazy("时间"), "order": gettext_lazy("先后"),
}  # fmt: skip
_ROWS: tuple[tuple[str, Text], ...] = (
    ("ioMapping.input[", gettext_lazy("输入")),
    ("ioMapping.output[", gettext_lazy("输出")),
    ("taskHeaders.header[", gettext_lazy("参数")),
    ("properties.property[", gettext_lazy("属性")),
)


@dataclass(frozen=True, slots=True)
class Said:
    """One element that differs, in words."""

    words: str
    kind: Text
    tag: Tag
    parts: tuple[tuple[Text, str, str], ...]


@login_required
@require_GET
def compare(request: HttpRequest, key: str) -> HttpResponse:
    """`a` and `b` are version numbers or `draft`; without them the newest text and the one before it."""
    frame = frame_of(request, key, "compare")
    choices = _choices(frame)
    params = [param for param, _words in choices]
    b = request.GET.get("b", "") if request.GET.get("b", "") in params else next(iter(params), "")
    others = [param for param in params if param != b]
    a = request.GET.get("a", "") if request.GET.get("a", "") in others else _before(b, others)
    context: dict[str, object] = {"frame": frame, "choices": choices, "a": a, "b": b}
    if a and b:
        numbers = [0 if each == _DRAFT else int(each) for each in (a, b)]
        viewer = words.viewer_of(request)
        changes = queries.process_changes(key=key, before=numbers[0], after=numbers[1], viewer=viewer)
        context |= {
            "changes": [_said(each) for each in changes or () if _is_told(each)],
            "unreadable": changes is None,
            "drawings": [_drawing(frame, each, dict(choices)[each], changes or (), later=each == b) for each in (a, b)],
        }
    return render(request, "flow/design/compare.html", context)


def _choices(frame: Frame) -> list[tuple[str, Text]]:
    found: list[tuple[str, Text]] = [(_DRAFT, _("草稿"))] if frame.page.draft is not None else []
    return found + [
        (str(row.version), _("第 %(version)d 版") % {"version": row.version}) for row in frame.page.versions
    ]


def _before(b: str, others: list[str]) -> str:
    """The draft is compared with the newest version, a version with the one before it."""
    earlier = [each for each in others if each != _DRAFT and (b == _DRAFT or int(each) < int(b))]
    return earlier[0] if earlier else next(iter(others), "")


def _drawing(
    frame: Frame, which: str, said: Text, changes: tuple[ElementChange, ...], *, later: bool
) -> ProcessDiagram:
    gone = ChangeKind.REMOVED if later else ChangeKind.ADDED
    states = {each.element_id: _KINDS[each.kind][0] for each in changes if each.kind is not gone}
    src = reverse("flow:draft_bpmn", args=[frame.page.key])
    if which != _DRAFT:
        row = next(row for row in frame.page.versions if row.version == int(which))
        src = reverse("flow:bpmn", args=[row.definition_id])
    return ProcessDiagram("after" if later else "before", said, src, states)


def _is_told(change: ElementChange) -> bool:
    """Lines that came or went with their elements are seen in the drawing; they would only lengthen the list."""
    return not change.follows or bool(change.name)


def _said(change: ElementChange) -> Said:
    tag = _KINDS[change.kind][1]
    parts = tuple((_part_words(path), before, after) for path, before, after in change.parts)
    return Said(change.name or change.element_id, kind_words(change.tag), tag, parts)


def _part_words(path: str) -> Text:
    if path in _PARTS:
        return _PARTS[path]
    for start, label in _ROWS:
        if path.startswith(start):
            return f"{label} {path.removeprefix(start).partition(']')[0]}"
    return path
