"""The words of what cases tell officials."""

from yiwang.commons.notify.registry import Kind, register_kind
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases.commands.asking import KIND

register_kind(
    Kind(
        KIND,
        _("文书等待用印：{organisation}没有可以使用的电子印章"),
        _(
            "办件 {number} 的文书已经签发，但是没有可以使用的电子印章，还没有盖章。请恢复停用的印章，或者申请制发新的印章；之后系统自动盖章。"
        ),
    )
)
