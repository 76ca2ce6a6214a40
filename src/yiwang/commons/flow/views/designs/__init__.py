"""Pages of processes as they are drawn: one process, its draft in the editor, two texts compared, publication."""

from yiwang.commons.flow.views.designs.beginning import begin_process
from yiwang.commons.flow.views.designs.comparing import compare
from yiwang.commons.flow.views.designs.editing import discard, draft_bpmn, edit, findings, save
from yiwang.commons.flow.views.designs.process import process
from yiwang.commons.flow.views.designs.publishing import publish

__all__ = ["begin_process", "compare", "discard", "draft_bpmn", "edit", "findings", "process", "publish", "save"]
