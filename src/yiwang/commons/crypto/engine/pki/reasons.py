"""Reasons in words, Chinese and English, and the only error of this package, which carries one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from yiwang.commons.crypto.engine import CryptoError

_WORDS: Mapping[str, tuple[str, str]] = {
    "too_large": ("文件过大（{size} 字节，最多 {limit}）", "too large ({size} bytes, at most {limit})"),
    "too_many": ("数量过多（{what}，最多 {limit}）", "too many {what} (at most {limit})"),
    "too_deep": ("第 {offset} 字节处嵌套超过 {limit} 层", "nested deeper than {limit} at byte {offset}"),
    "malformed": ("不是有效的{what}：{detail}", "not a valid {what}: {detail}"),
    "nothing": ("文件中没有{what}", "no {what} in the file"),
    "key_refused": ("不接受该密钥：{detail}", "key refused: {detail}"),
    "passphrase": ("密钥文件已加密，口令缺失或错误", "the key file is encrypted; the passphrase is missing or wrong"),
    "folder_taken": ("文件夹 {path} 不是空的", "the folder {path} is not empty"),
    "folder_missing": ("{path} 不是演示认证机构的文件夹", "{path} is not the folder of a demonstration authority"),
    "folder_foreign": (
        "{path} 中的密钥与证书不符，或证书不是演示证书",
        "in {path} key and certificate do not match, or the certificate is none for demonstrations",
    ),
    "never_issued": ("没有签发过序列号为 {serial} 的证书", "no certificate with the serial number {serial} was issued"),
    "already_revoked": (
        "序列号为 {serial} 的证书已被吊销",
        "the certificate with the serial number {serial} is revoked already",
    ),
    "unproven": ("证书请求的签名无效：申请人没有证明持有该密钥", "the request does not prove that the key is held"),
    "no_issuer": ("找不到签发者“{issuer}”的证书", "no certificate of the issuer “{issuer}” at hand"),
    "untrusted": ("证书链终止于不受信任的根“{issuer}”", "the chain ends at the untrusted root “{issuer}”"),
    "bad_signature": ("签名与签发者的公钥不符", "the signature does not match the issuer's key"),
    "algorithm_differs": ("证书内外的签名算法不一致", "inner and outer signature algorithms differ"),
    "algorithm_unknown": ("不支持签名算法 {oid}", "signature algorithm {oid} is not supported"),
    "algorithm_weak": ("签名算法 {name} 已不安全", "signature algorithm {name} is no longer safe"),
    "key_weak": ("公钥不可接受：{detail}", "public key not acceptable: {detail}"),
    "not_yet_valid": ("证书自 {since} 起才有效", "not valid before {since}"),
    "expired": ("证书已于 {until} 到期", "expired on {until}"),
    "clock_behind": (
        "判断时间 {at} 早于全部证据，请检查本机时钟",
        "the time {at} lies before all evidence: check this machine's clock",
    ),
    "not_ca": ("签发者“{issuer}”不是证书认证机构证书", "the issuer “{issuer}” is not a certification authority"),
    "no_cert_sign": (
        "签发者“{issuer}”的密钥用途不含签发证书",
        "the issuer's key (“{issuer}”) may not sign certificates",
    ),
    "path_length": ("超出“{issuer}”限定的路径长度 {limit}", "longer than the path length {limit} set by “{issuer}”"),
    "critical": ("含有不能识别的关键扩展 {oid}", "critical extension {oid} is not understood"),
    "names": ("名称超出“{issuer}”的名称限制", "a name lies outside the name constraints of “{issuer}”"),
    "usage": ("密钥用途不含{usage}", "the key usage does not include {usage}"),
    "purpose": ("扩展密钥用途不含 {purpose}", "the extended key usage does not include {purpose}"),
    "revoked": ("已于 {since} 被吊销（{reason}）", "revoked on {since} ({reason})"),
    "status_unknown": ("没有可用的吊销信息", "no usable revocation information"),
    "status_stale": ("吊销信息已于 {until} 过期", "the revocation information ended on {until}"),
    "status_early": (
        "吊销信息签发于 {since}，晚于判断时间",
        "the revocation information is of {since}, later than the time asked",
    ),
    "status_signature": ("吊销信息的签名无效", "the signature of the revocation information is wrong"),
    "status_signer": ("吊销信息的签发者无权签发", "the signer of the revocation information may not sign it"),
    "status_delta": ("增量吊销列表不能单独使用", "a delta revocation list is not accepted"),
    "status_scope": ("吊销列表不适用于该证书", "the revocation list does not cover this certificate"),
    "responder": ("应答服务返回“{status}”", "the responder answered “{status}”"),
    "nonce": ("应答的随机数与请求不符", "the nonce of the response is not that of the request"),
    "budget": ("证书链过于复杂，已停止验证", "the chain is too entangled; stopped looking"),
    "pair": ("签名证书与加密证书不成对：{detail}", "signing and encryption certificates are no pair: {detail}"),
    "demonstration": (
        "测试演示证书，不具有法律效力",
        "a certificate for tests and demonstrations, without legal effect",
    ),
    "not_checked": ("没有检查吊销状态", "revocation was not checked"),
}
_TERMS: Mapping[object, tuple[str, str]] = {
    "certificate": ("证书", "certificate"),
    "crl": ("吊销列表", "revocation list"),
    "private_key": ("私钥", "private key"),
    "request": ("证书请求", "certification request"),
    "ocsp_request": ("OCSP 请求", "OCSP request"),
    "ocsp_response": ("OCSP 应答", "OCSP response"),
    "name": ("名称", "name"),
    "days": ("天数", "days"),
    "unspecified": ("未说明原因", "unspecified"),
    "keyCompromise": ("密钥泄露", "key compromise"),
    "cACompromise": ("认证机构密钥泄露", "compromise of the authority's key"),
    "affiliationChanged": ("隶属关系变更", "affiliation changed"),
    "superseded": ("已被取代", "superseded"),
    "cessationOfOperation": ("停止使用", "cessation of operation"),
    "certificateHold": ("暂停使用", "on hold"),
    "privilegeWithdrawn": ("权限撤销", "privilege withdrawn"),
    "aACompromise": ("属性机构密钥泄露", "compromise of the attribute authority's key"),
    "digitalSignature": ("数字签名", "digital signature"),
    "keyEncipherment": ("密钥加密", "key encipherment"),
}
MAX_SHOWN = 400


def shown(text: str) -> str:
    """Text of a stranger for people: without control and direction characters, cut to MAX_SHOWN characters."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:MAX_SHOWN])


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a verdict. `subject` names the certificate it is about (RFC 4514), empty for the whole."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)
    subject: str = ""

    def say(self, language: str = "zh") -> str:
        """The reason as a sentence, "zh" or "en"."""
        column = 0 if language == "zh" else 1
        params = {name: _TERMS[value][column] if value in _TERMS else value for name, value in self.params.items()}
        text = _WORDS[self.code][column].format_map(params)
        mark = "：" if language == "zh" else ": "
        return f"{self.subject}{mark}{text}" if self.subject else text

    @property
    def text(self) -> str:
        return self.say("zh")

    def as_json(self) -> dict[str, str]:
        return {"code": f"pki.{self.code}", "subject": self.subject, "text": self.say("zh"), "text_en": self.say("en")}


class PkiError(CryptoError):
    """Bytes that can't be read as what they should be, with the reason."""

    def __init__(self, code: str, /, **params: object) -> None:
        self.reason = Reason(code, params)
        super().__init__(self.reason.say("zh"))

    @property
    def code(self) -> str:
        return f"pki.{self.reason.code}"
