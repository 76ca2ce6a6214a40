"""Refusals of crypto: each says what to do next. None holds key material."""

from yiwang.kernel.errors import Conflict, ErrorKind, Forbidden, Invalid, NotFound, Unavailable
from yiwang.kernel.text import gettext_noop as _


class KeyNotFound(NotFound):
    """No such key, or no such version of it."""

    code = "crypto.key_not_found"
    message = _("密钥池里没有密钥“{key}”。")
    next_step = _("请核对密钥的名称；yiwang crypto keys list 列出全部密钥。")


class CertificateNotFound(NotFound):
    """No such certificate."""

    code = "crypto.certificate_not_found"
    message = _("没有这张证书。")
    next_step = _("请从证书列表重新打开。")


class ApplicationNotFound(NotFound):
    """No such application."""

    code = "crypto.application_not_found"
    message = _("没有登记应用“{application}”。")
    next_step = _("请核对应用的代码；为它创建第一个密钥时会登记。")


class NameTaken(Conflict):
    """There is a key of that name."""

    code = "crypto.name_taken"
    message = _("已经有名称为“{key}”的密钥。")
    next_step = _("请换一个名称，或轮换已有的密钥。")


class NameRefused(Invalid):
    """The name of a key or the code of an application is no identifier."""

    code = "crypto.name_refused"
    message = _("名称“{name}”不合规则：小写字母、数字、点、横线和下划线，以字母开头，最多 60 个字符。")
    next_step = _("例如 ledger.main。")


class SuiteRefused(Invalid):
    """No such suite of algorithms."""

    code = "crypto.suite_refused"
    message = _("没有密码套件“{suite}”。")
    next_step = _("可用的有 national（SM2、SM3、SM4）和 international（Ed25519、SHA-256、AES）。")


class PurposeTaken(Conflict):
    """The platform has one key for fields and one for look-ups."""

    code = "crypto.purpose_taken"
    message = _("这一用途的平台密钥已经有了，全平台只用一个。")
    next_step = _("要换密钥，请轮换已有的那一个。")


class StepRefused(Conflict):
    """The key's state does not allow this step."""

    code = "crypto.step_refused"
    message = _("密钥“{key}”现在的状态不允许这一步。")
    next_step = _("请刷新页面，看密钥现在的状态和可以做的操作。")


class PlatformKey(Conflict):
    """Fields could not be read while their key is suspended, nor ever again once it is gone."""

    code = "crypto.platform_key"
    message = _("密钥“{key}”保护着全平台的字段，不能停用、退役或销毁，只能轮换。")
    next_step = _("请轮换它；旧版本在重加密完成、不再被引用之后可以销毁。")


class KeyHeld(Conflict):
    """Something is known to the world by this key, and would be lost with it."""

    code = "crypto.key_held"
    message = _("密钥“{key}”正由“{holder}”使用，对外公布的就是这个密钥，不能轮换、停用、退役或销毁。")
    next_step = _("要换常享链的密钥，请先运行 yiwang ledger init --succeed，由新链接续。")


class VersionInUse(Conflict):
    """A version that is the current one, or by which stored values are read."""

    code = "crypto.version_in_use"
    message = _("密钥“{key}”的第 {version} 版还在使用，不能销毁。")
    next_step = _("请先轮换，并等重加密完成。")


class RotationUnfinished(Conflict):
    """The last rotation is not yet through."""

    code = "crypto.rotation_unfinished"
    message = _("密钥“{key}”上一次轮换的重加密还没有完成。")
    next_step = _("请运行 yiwang crypto reencrypt --progress，完成后再轮换。")


class QuotaExceeded(Conflict):
    """The application has used up what it may use today, or has as many keys as it may have."""

    code = "crypto.quota_exceeded"
    kind = ErrorKind.TOO_MANY
    message = _("应用“{application}”的密码服务配额已经用完（{used}/{quota}）。")
    next_step = _("请联系密码管理员调整配额，或等到明天。")


class KeyNotUsable(Conflict):
    """The key is suspended, retired, destroyed or not yet active."""

    code = "crypto.key_not_usable"
    message = _("密钥“{key}”没有启用，或已经停用、退役、销毁，不能使用。")
    next_step = _("请联系密码管理员。")


class NotYourKey(Forbidden):
    """The key belongs to another application, or serves another purpose."""

    code = "crypto.not_your_key"
    message = _("密钥“{key}”不供应用“{application}”作这种用途。")
    next_step = _("请核对密钥的应用和用途。")


class ReasonMissing(Invalid):
    """A legal step without its reason."""

    code = "crypto.reason_missing"
    message = _("请写明理由。")
    next_step = _("理由会留在密钥的经过里。")


class MasterKeyMissing(Unavailable):
    """The file of a master key is not here, or is another one."""

    code = "crypto.master_key_missing"
    message = _("找不到主密钥 {fingerprint}，密钥池里的密钥无法解开。")
    next_step = _(
        "请把主密钥文件放回 {place}，或用 yiwang crypto master-key restore 从备份恢复，然后运行 yiwang doctor。"
    )


class KeyDamaged(Unavailable):
    """A wrapped key can't be opened by its master key: it was changed in the database."""

    code = "crypto.key_damaged"
    message = _("密钥“{key}”第 {version} 版的密文已损坏或被改动。")
    next_step = _("请从数据库备份恢复，并查明谁改动了数据库。")


class MasterBackupRefused(Invalid):
    """The backup can't be read: another passphrase, or a damaged file."""

    code = "crypto.master_backup_refused"
    message = _("主密钥备份打不开：口令不对，或文件已损坏。")
    next_step = _("请核对口令和文件。")


class PassphraseTooShort(Invalid):
    """A backup of the master key needs a passphrase that nobody guesses."""

    code = "crypto.passphrase_too_short"
    message = _("口令至少要 {least} 个字符。")
    next_step = _("建议由两人各输一半，分开保管。")


class SelfTestFailed(Unavailable):
    """The algorithms don't compute their known answers."""

    code = "crypto.self_test_failed"
    message = _("密码算法自检没有通过：{failed}。程序拒绝启动。")
    next_step = _("密码库可能损坏或被替换，请重新安装 cryptography 和系统的 OpenSSL，再运行 yiwang crypto self-test。")


class CertificateRefused(Invalid):
    """What was given is no certificate that can be kept."""

    code = "crypto.certificate_refused"
    message = _("证书没有保存：{detail}")
    next_step = _("请核对文件，一次导入一张证书。")


class FingerprintDiffers(Invalid):
    """Anybody can make a root: what is trusted is the one whose fingerprint came from its body."""

    code = "crypto.fingerprint_differs"
    message = _("指纹与证书不一致，没有导入。")
    next_step = _("请用其他途径（公告、电话、当面）向签发机构取得根证书的指纹，再填写。")


class NotAnAuthority(Invalid):
    """Only certificates of those who issue are anchors or intermediates."""

    code = "crypto.not_an_authority"
    message = _("这不是签发机构的证书，不能作为信任锚或中间证书。")
    next_step = _("请改选签名证书或加密证书。")


class RunNotDue(Conflict):
    """Look-ups may only be reckoned anew when every process uses the new key."""

    code = "crypto.run_not_due"
    message = _("新的查找密钥正在生效，{moment} 起可以重算。")
    next_step = _("请稍后再运行；后台任务会自动继续。")


class RunWaits(RunNotDue):
    """A transaction that began under the former look-up key may still store hashes under it."""

    code = "crypto.run_waits"
    message = _("有一个数据库事务在新的查找密钥生效之前就开始了，结束以后才能重算。")
    next_step = _(
        "请稍后再运行；后台任务会自动继续。长时间不结束的事务可以用 yiwang db psql 在 pg_stat_activity 里查看。"
    )


class MayNotView(Forbidden):
    """The actor may not open the pages of keys."""

    code = "crypto.may_not_view"
    message = _("您没有查看密码资源的权限。")


class MayNotManage(Forbidden):
    """The actor may not change keys."""

    code = "crypto.may_not_manage"
    message = _("您没有管理密钥的权限。")


class MayNotDestroy(Forbidden):
    """The actor may not destroy keys."""

    code = "crypto.may_not_destroy"
    message = _("您没有销毁密钥的权限。")


class OwnRetirement(Forbidden):
    """Who retired a key may not destroy it."""

    code = "crypto.own_retirement"
    message = _("退役和销毁要由两个人办理，这个密钥是您退役的，不能由您销毁。")
    next_step = _("请由另一位有销毁权限的同事核对后销毁。")
