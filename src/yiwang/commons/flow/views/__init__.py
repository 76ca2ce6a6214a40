"""Pages of flow: the officials' inbox, one task, halted processes, the applicant's own things."""

from yiwang.commons.flow.views.halted import halted, halted_one
from yiwang.commons.flow.views.inbox import batch, inbox
from yiwang.commons.flow.views.mine import mine
from yiwang.commons.flow.views.task import act, task

__all__ = ["act", "batch", "halted", "halted_one", "inbox", "mine", "task"]
