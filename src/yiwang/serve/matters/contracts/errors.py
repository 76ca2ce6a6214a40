"""What matters refuses, with what to do next."""

from yiwang.kernel.errors import Conflict, Invalid, NotFound
from yiwang.kernel.text import gettext_noop as _


class MatterNotFound(NotFound):
    code = "matters.matter_not_found"
    message = _("没有找到这个事项，或者它已不再办理。")
    next_step = _("请从首页搜索，或拨打 12345 咨询。")


class BundleNotFound(NotFound):
    code = "matters.bundle_not_found"
    message = _("没有找到这个“一件事”，或者它已不再办理。")
    next_step = _("请从首页搜索，或拨打 12345 咨询。")


class MatterFaulty(Invalid):
    """A matter or bundle can't be published; `faults` says why, each with the place in the definition."""

    code = "matters.faulty"
    message = _("{name}不能发布：{reasons}")
    next_step = _("请按提示修改后重新发布。")


class MatterStateRefused(Conflict):
    code = "matters.state"
    message = _("事项当前的状态不允许这样做。")


class DatesOutOfOrder(Invalid):
    """A day that lies in the past, or an end before its beginning."""

    code = "matters.dates"
    message = _("日期不对：生效日期不能早于今天，结束日期不能早于开始日期。")
    next_step = _("请改正日期。")


class ListUnreadable(Invalid):
    """A file that is no list of matters as a whole; nothing was imported."""

    code = "matters.list_unreadable"
    message = _("这个文件不能导入：{reason}")
    next_step = _("请另存为 UTF-8 编码的 CSV，第一行是表头，再试一次。")
