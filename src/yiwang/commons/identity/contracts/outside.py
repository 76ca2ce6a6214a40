"""What crosses identity's border about outside log-ins. No Django."""

from yiwang.kernel.errors import Conflict
from yiwang.kernel.text import gettext_noop as _


class LastWayIn(Conflict):
    """Without this link nobody could log in to the account any more."""

    code = "identity.last_way_in"
    message = _("这是您现在唯一的登录方式，不能取消。")
    next_step = _("请先设置密码，再取消关联。")
