"""The refusals of licences."""

from yiwang.kernel.errors import Conflict, DomainError, ErrorKind, Forbidden, Invalid, NotFound, Unauthenticated
from yiwang.kernel.text import gettext_noop as _


class LicenceNotFound(NotFound):
    """No such licence, or it is none of the viewer's business."""

    code = "licences.not_found"
    message = _("没有找到这个证照。")
    next_step = _("请核对编号；证照刚签发的，请稍后再看。")


class TypeNotFound(NotFound):
    """No such type of licence."""

    code = "licences.type_not_found"
    message = _("没有“{type}”这种证照。")
    next_step = _("请核对证照类型；新的类型在配置包里增加。")


class NumberTaken(Conflict):
    """The issuer has given this number to another licence of the type."""

    code = "licences.number_taken"
    message = _("证照编号 {number} 已经用过。")
    next_step = _("请核对编号，一个编号只能给一个证照。")


class LicenceStateRefused(Conflict):
    """The table of states does not allow the step."""

    code = "licences.state_refused"
    message = _("证照现在是“{state}”，不能{verb}。")
    next_step = _("请刷新页面，按最新的状态继续。")


class NotSealedYet(Conflict):
    """A version is being sealed; the next one waits for it."""

    code = "licences.not_sealed_yet"
    message = _("证照正在制作，完成后才能办理这一步。")
    next_step = _("通常一分钟内完成，请稍后再试。")


class NoSeal(Conflict):
    """The issuer has no licence seal in force."""

    code = "licences.no_seal"
    message = _("颁发机构没有可以使用的电子证照专用章。")
    next_step = _("请在“电子印章”中申请制发，或恢复已停用的印章；之后会自动继续制作。")


class SampleRefused(Forbidden):
    """Sample licences belong into demonstrations, and are of types that are samples."""

    code = "licences.sample_refused"
    message = _("这不是演示环境，不能签发样例证照。")
    next_step = _("演示请用 ./dev demo 启动；正式证照由颁发机构签发。")


class FieldsInvalid(Invalid):
    """Fields of the licence are missing or wrong."""

    code = "licences.fields_invalid"
    message = _("证照内容有误：{names}。")


class ReasonMissing(Invalid):
    """A step against the holder needs a reason."""

    code = "licences.reason_missing"
    message = _("请写明理由。")
    next_step = _("理由会记入证照的经过，持有人能看到。")


class NoConsentOrBasis(Forbidden):
    """A licence is used only with its holder's consent or on a legal basis."""

    code = "licences.no_consent_or_basis"
    message = _("没有持有人的同意，也没有写明法律依据，不能使用这个证照。")
    next_step = _("请先取得持有人同意，或写明依据的法律条文。")


class NotUsable(Conflict):
    """The licence may not be used now."""

    code = "licences.not_usable"
    message = _("证照现在是“{state}”，不能用来办事。")
    next_step = _("请改用有效的证照，或按页面提示提交其他材料。")


class PurposeMissing(Invalid):
    """Showing and using need a purpose."""

    code = "licences.purpose_missing"
    message = _("请写明用途。")
    next_step = _("例如“办理食品经营许可”。")


class MinutesInvalid(Invalid):
    """A showing lasts between one minute and half an hour."""

    code = "licences.minutes_invalid"
    message = _("出示时间在 {least} 到 {most} 分钟之间。")
    next_step = _("请重新选择出示时间。")


class TooManyShowings(DomainError):
    """More open codes than one holder may have."""

    code = "licences.too_many_showings"
    kind = ErrorKind.TOO_MANY
    message = _("您还有 {count} 个没有用掉的出示码。")
    next_step = _("请先使用或收回它们，也可以等它们过期。")


class MayNotManage(Forbidden):
    """The viewer has no grant for this licence's issuer and type."""

    code = "licences.may_not_manage"
    message = _("您不能办理这个证照。")
    next_step = _("证照由颁发机构的人员办理；如果这是您的工作，请联系本单位管理员授权。")


class CallerUnknown(Unauthenticated):
    """No registered caller has this token."""

    code = "licences.caller_unknown"
    message = _("调用方没有登记，或凭据无效。")
    next_step = _("请向数据主管部门申请登记，在请求头 Authorization 中带上凭据。")


class CallerRefused(Forbidden):
    """The registered caller has no grant for this."""

    code = "licences.caller_refused"
    message = _("没有给这个调用方授权：{what}。")
    next_step = _("请向数据主管部门申请这一授权。")


class ImportRefused(Invalid):
    """The file as a whole can't be imported."""

    code = "licences.import_refused"
    message = _("文件不能导入：{reason}。")
    next_step = _("请按导入说明整理文件后再试。")


class ImportNotFound(NotFound):
    """No such import."""

    code = "licences.import_not_found"
    message = _("没有找到这次导入。")


class PullFailed(DomainError):
    """The department's system did not answer, or not in a way that could be read."""

    code = "licences.pull_failed"
    kind = ErrorKind.UNAVAILABLE
    message = _("部门系统没有返回证照：{reason}。")
    next_step = _("请稍后再试；急用的可以先上传原件。")


class CallerQuotaUsed(DomainError):
    """The caller has asked as often as it may today."""

    code = "licences.caller_quota"
    kind = ErrorKind.TOO_MANY
    message = _("今天的调用次数已经用完，上限 {limit} 次。")
    next_step = _("明天再试；需要更多次数请向数据主管部门申请。")
