"""The refusals, with what to do next."""

from yiwang.kernel.errors import Conflict, DomainError, ErrorKind, Forbidden, Invalid, NotFound
from yiwang.kernel.text import gettext_noop as _


class InvalidIdentity(Invalid):
    """A name, number, code or date is wrong; `fields` says which."""

    code = "identity.invalid"


class PersonExists(Conflict):
    """The ID number is known already."""

    code = "identity.person_exists"
    message = _("该身份证件号码已经登记。")
    next_step = _("请直接使用已登记的信息；如有疑问请到服务窗口核对。")


class LegalEntityExists(Conflict):
    """The credit code is known already."""

    code = "identity.legal_entity_exists"
    message = _("该统一社会信用代码已经登记。")
    next_step = _("请直接使用已登记的主体信息。")


class UsernameTaken(Conflict):
    """Another account has this name."""

    code = "identity.username_taken"
    message = _("该用户名已被使用。")
    next_step = _("请换一个用户名。")


class AlreadyHeld(Conflict):
    """The appointment, grant or representation exists."""

    code = "identity.already_held"
    message = _("相同的任职、授权或代办关系已经存在。")
    next_step = _("无需重复设置。")


class TreeHasCycle(Conflict):
    """An organisation or region would be above itself."""

    code = "identity.tree_has_cycle"
    message = _("上下级关系成环：{code}。")
    next_step = _("请改正上级单位或上级区划。")


class NotPermitted(Forbidden):
    """The actor lacks the right for this administration of accounts and rights."""

    code = "identity.not_permitted"
    message = _("您没有管理这一账号、任职或授权的权限。")
    next_step = _("如确需办理，请联系上级管理员。")


class MayNotRepresent(Forbidden):
    """No representation in force covers this."""

    code = "identity.may_not_represent"
    message = _("您目前不能代其办事。")
    next_step = _("请先由本人或法定代表人授权，或到服务窗口办理委托。")


class UnknownRecord(NotFound):
    """No such person, organisation, account, region or role, or none that the viewer may see."""

    code = "identity.not_found"


class NoHandlingOrganisation(NotFound):
    """No organisation of this line of business is responsible for the region."""

    code = "identity.no_handling_organisation"
    message = _("没有找到负责该地区的部门（{line}，{region}）。")
    next_step = _("请核对所选地区，或拨打 12345 咨询。")


class SampleAccountClosed(Forbidden):
    """A demonstration account on an installation that is none."""

    code = "identity.sample_account_closed"
    message = _("这是演示账号，不能在正式环境登录。")
    next_step = _("请使用自己的账号；演示请用 ./dev demo 启动。")


class AccountInactive(Forbidden):
    """The account was switched off."""

    code = "identity.account_inactive"
    message = _("这个账号已经停用。")
    next_step = _("如有疑问，请到服务窗口或联系本单位管理员。")


class TooManyAttempts(DomainError):
    """A rate limit of log-in or password change was reached."""

    code = "identity.too_many_attempts"
    kind = ErrorKind.TOO_MANY
    message = _("操作太频繁，请稍等几分钟再试。")
    next_step = _("如果忘记了密码，请到服务窗口或联系本单位管理员重新设置。")


class PasswordWrong(Invalid):
    """The password that was asked for again is not that of the account."""

    code = "identity.password_wrong"
    message = _("密码不正确。")
    next_step = _("请重新输入登录密码；5 分钟内输错 5 次后要等一会儿。")


class StepUpMissing(Forbidden):
    """There is no proof of step-up, or it is another's, for something else, or too old."""

    code = "identity.step_up_missing"
    message = _("这一步需要再次确认是您本人。")
    next_step = _("请重新输入登录密码。")


class CodeWrong(Invalid):
    """The code from the message is not right, too old, used, or tried too often."""

    code = "identity.code_wrong"
    message = _("验证码不正确或已经失效。")
    next_step = _("请核对后重新输入；5 分钟内有效，输错 5 次后请重新获取。")


class OwnerWrong(Invalid):
    """What was told of the owner of a number or an address is not what is registered; it is not told which part."""

    code = "identity.owner_wrong"
    message = _("姓名或身份证号码后四位与登记的不一致。")
    next_step = _("请核对后重新输入，一天最多可以试 5 次。")


class MailTaken(Conflict):
    """The address is that of another account; told only to who has proved it."""

    code = "identity.mail_taken"
    message = _("这个邮箱已经用在另一个账号上。")
    next_step = _("请换一个邮箱，或先在那个账号里移除它。")


class WayMissing(Invalid):
    """Codes can't be sent this way to the account: no number or address, or no password to stand beside."""

    code = "identity.way_missing"
    message = _("还没有可以接收验证码的手机号码或邮箱。")
    next_step = _("手机号码请带身份证到服务窗口登记；邮箱可以在“登录方式”里添加。")


class CodesUnavailable(DomainError):
    """Nothing that carries codes is set up."""

    code = "identity.codes_unavailable"
    kind = ErrorKind.UNAVAILABLE
    message = _("发送验证码的服务还没有开通。")
    next_step = _("请使用密码登录，或到服务窗口办理。")


class PasskeyWrong(Invalid):
    """What the browser signed is of no passkey of this account, or not over the challenge of this session."""

    code = "identity.passkey_wrong"
    message = _("没有认出这把通行密钥。")
    next_step = _("请再试一次，或者输入登录密码。")


class SecondFactorNeeded(Invalid):
    """The account has a second factor, which belongs to a confirmation too."""

    code = "identity.second_factor_needed"
    message = _("请再输入动态口令或备用码。")
    next_step = _("打开动态口令应用，输入显示的 6 位数字。")


class SecondFactorWrong(Invalid):
    """The code of the second factor is wrong or was used already."""

    code = "identity.second_factor_wrong"
    message = _("动态口令或备用码不正确。")
    next_step = _("动态口令每 30 秒更换一次，同一个只能用一次；请输入应用里现在显示的 6 位数字。")
