"""Refusals of seals and signatures: each says what to do next."""

from yiwang.kernel.errors import Conflict, DomainError, ErrorKind, Forbidden, Invalid, NotFound, Unavailable
from yiwang.kernel.text import gettext_noop as _


class SealNotFound(NotFound):
    """No such seal, or none that the viewer may see."""

    code = "seals.not_found"
    message = _("没有找到这枚电子印章。")
    next_step = _("请从印章列表重新打开。")


class MayNotSee(Forbidden):
    """No grant to see seals."""

    code = "seals.may_not_see"
    message = _("您没有查看电子印章的权限。")
    next_step = _("如果这是您的工作，请联系本单位管理员授权。")


class MayNotApply(Forbidden):
    """Not the organisation's seal officer."""

    code = "seals.may_not_apply"
    message = _("只有本单位的印章管理员可以申请、交接和申请销毁印章。")
    next_step = _("请由本单位印章管理员办理。")


class MayNotApprove(Forbidden):
    """Not the registering office."""

    code = "seals.may_not_approve"
    message = _("只有印章登记机关可以批准、制作和停用印章。")
    next_step = _("请由公安机关或市级印章管理员办理。")


class MayNotUse(Forbidden):
    """Neither a keeper nor granted the use."""

    code = "seals.may_not_use"
    message = _("您不是这枚印章的保管人，不能用印。")
    next_step = _("请由印章保管人办理，或向保管人提出用印申请。")


class MayNotAuthorise(Forbidden):
    """Not the one who lets the program use a seal."""

    code = "seals.may_not_authorise"
    message = _("只有本单位负责人可以批准自动用印的文件种类。")
    next_step = _("请由单位负责人办理。")


class SamePerson(Forbidden):
    """The rule asks for two persons, and this is the first one again."""

    code = "seals.same_person"
    message = _("这一步须由另一个人办理：同一个人不能既申请又批准。")
    next_step = _("请由另一位有权限的人员办理。")


class StepRefused(Conflict):
    """The state of the seal does not allow it."""

    code = "seals.step_refused"
    message = _("印章“{seal}”现在的状态不允许这一步。")
    next_step = _("请刷新页面，按印章最新的状态办理。")


class SealExists(Conflict):
    """One seal of a kind is in force for an organisation."""

    code = "seals.exists"
    message = _("本单位已经有一枚同类的印章，不能再有第二枚。")
    next_step = _("请使用现有的印章；要更换，先办理现有印章的销毁。")


class SealNotInForce(Conflict):
    """It is suspended, destroyed, or kept by nobody."""

    code = "seals.not_in_force"
    message = _("印章“{seal}”现在不能使用：已停用、待销毁、不在有效期内，或者还没有人保管。")
    next_step = _("请联系印章保管人或印章登记机关。")


class CertificateNotGood(Conflict):
    """Its certificate, or that of an authority above it, is revoked or past its days."""

    code = "seals.certificate_not_good"
    message = _("印章“{seal}”的数字证书已被吊销、已过期，或者签发它的机构不再受信任，不能用印。")
    next_step = _("请更换证书：yiwang seals request 导出请求，向电子认证机构办理后导入。")


class CertificateOfAnotherKey(Invalid):
    """A certificate was given that is not of this key."""

    code = "seals.certificate_of_another_key"
    message = _("这张证书不是这枚印章密钥的证书。")
    next_step = _("请核对：证书须由 yiwang seals request 导出的请求办理。")


class NoCertificate(Conflict):
    """The key of the seal has no certificate that chains to a trusted authority yet."""

    code = "seals.no_certificate"
    message = _("印章“{seal}”的密钥还没有数字证书，不能制作。")
    next_step = _("请先导出证书请求，向电子认证机构办理后导入证书。")


class NoMaker(Unavailable):
    """The seal-making system has no key with a certificate."""

    code = "seals.no_maker"
    message = _("制章系统还没有证书，不能制作印章。")
    next_step = _("请运行 yiwang seals request maker 办理制章系统的证书；演示可以用 yiwang seals samples。")


class AutomaticRefused(Forbidden):
    """The organisation has not approved automatic use for this kind of document."""

    code = "seals.automatic_refused"
    message = _("本单位没有批准印章“{seal}”对“{kind}”自动用印。")
    next_step = _("请由单位负责人在印章页面批准，或由保管人人工用印。")


class TwoPersonsNeeded(Forbidden):
    """The seal is used by request and approval."""

    code = "seals.two_persons_needed"
    message = _("印章“{seal}”须经申请和保管人批准才能使用。")
    next_step = _("请提出用印申请，由另一位保管人批准。")


class RequestNotFound(NotFound):
    """No such request, or none of the viewer's business."""

    code = "seals.request_not_found"
    message = _("没有找到这份用印申请。")
    next_step = _("请从用印申请列表重新打开。")


class RequestSettled(Conflict):
    """Somebody has decided on it, or it was withdrawn."""

    code = "seals.request_settled"
    message = _("这份用印申请已经办结。")
    next_step = _("请刷新页面查看结果。")


class DocumentRefused(Invalid):
    """What is to be sealed is no OFD or PDF that can be, or the place is wrong."""

    code = "seals.document_refused"
    message = _("这份文件不能用印：{why}")
    next_step = _("请使用 OFD 或 PDF 文件，并核对页码和位置。")


class NotAKeeper(Invalid):
    """Who is to keep a seal is no official of the organisation."""

    code = "seals.not_a_keeper"
    message = _("印章只能由本单位在职的工作人员保管。")
    next_step = _("请选择本单位的工作人员。")


class ReasonMissing(Invalid):
    """The step stays in the history, so it needs a reason."""

    code = "seals.reason_missing"
    message = _("请写明事由。")
    next_step = _("事由会留在印章的记录里。")


class SealRefused(Invalid):
    """A seal made elsewhere does not fit: wrong key, wrong organisation, or not valid."""

    code = "seals.seal_refused"
    message = _("这枚印章不能导入：{why}")
    next_step = _("请与制章单位核对后重新导入。")


class SamplesRefused(Forbidden):
    """Sample seals belong into demonstrations."""

    code = "seals.samples_refused"
    message = _("这不是演示环境，不能生成样例印章。")
    next_step = _("演示请用 ./dev demo 启动；正式印章请申请制作。")


class CoSignatureNotFound(NotFound):
    """No such document to sign, or not for this viewer."""

    code = "seals.cosignature_not_found"
    message = _("没有找到这份待签署的文件。")
    next_step = _("请从“待我签署”重新打开。")


class NotYourTurn(Conflict):
    """Somebody else signs first."""

    code = "seals.not_your_turn"
    message = _("还没有轮到您签署。")
    next_step = _("前面的人签署后，系统会通知您。")


class SigningEnded(Conflict):
    """It was signed by all, declined, withdrawn, or its deadline passed."""

    code = "seals.signing_ended"
    message = _("这份文件的签署已经结束。")
    next_step = _("请刷新页面查看结果。")


class AlreadySigned(Conflict):
    """One signs a document once."""

    code = "seals.already_signed"
    message = _("您已经签署过这份文件。")
    next_step = _("可以在“我签署的文件”里下载。")


class ContentRefused(Invalid):
    """It has no canonical form (RFC 8785), or is too long."""

    code = "seals.content_refused"
    message = _("这份内容不能签署：{why}")
    next_step = _("请联系提供文件的单位。")


class TextChanged(Conflict):
    """What was shown is not what stands there now."""

    code = "seals.text_changed"
    message = _("文件内容与您看到的不一致，没有签署。")
    next_step = _("请重新打开，看清内容后再签署。")


class FileTooLarge(DomainError):
    """More bytes than are judged here."""

    code = "seals.file_too_large"
    kind = ErrorKind.TOO_LARGE
    message = _("文件太大，最大 {limit} MB。")
    next_step = _("较大的文件请用命令行 yiwang verify seal 验证。")
