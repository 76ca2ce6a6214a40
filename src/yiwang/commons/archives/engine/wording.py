"""What is wrong with an archival package, in words: a stable code, Chinese and English.

The offline verifier runs without catalogues of any framework, so both languages stand here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_SHOWN: Final = 200
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "container.kind": ("不是归档信息包（应为 ZIP 文件）", "no archival package (a ZIP file is expected)"),
    "container.large": ("超过上限 {limit} 字节", "larger than {limit} bytes"),
    "container.many": ("文件超过上限 {limit} 个", "more than {limit} files"),
    "container.cut": ("信息包不完整，在第 {at} 字节处中断", "the package is cut off at byte {at}"),
    "container.packed": ("{name} 经过压缩或加密，信息包只存放原样的文件", "{name} is compressed or encrypted: packages hold files as they are"),
    "container.form": ("封装结构被改动过（第 {at} 字节）", "the container was changed (byte {at})"),
    "container.name": ("文件名不允许：{name}", "a file name that is not allowed: {name}"),
    "container.order": ("文件重复或次序不符：{name}", "a file twice or out of order: {name}"),
    "container.crc": ("{name} 的内容被改动过（校验和不符）", "{name} was changed (its checksum differs)"),
    "bag.missing": ("缺少文件：{name}", "a file is missing: {name}"),
    "bag.extra": ("多出清单之外的文件：{name}", "a file that no manifest lists: {name}"),
    "bag.changed": ("{name} 的内容被改动过（{algorithm} 摘要不符）", "{name} was changed (its {algorithm} digest differs)"),
    "bag.manifest": ("清单 {name} 的格式不符", "the manifest {name} has not the form it should have"),
    "bag.large": ("{name} 过大，没有读取", "{name} is too large and was not read"),
    "bag.tag": ("标签文件 {name} 的内容不符", "the tag file {name} does not say what it should"),
    "metadata.xml": ("元数据不是可以读取的 XML：{detail}", "the metadata is no readable XML: {detail}"),
    "metadata.unsafe": ("元数据含有不安全的 XML 结构（实体或外部引用）", "the metadata holds unsafe XML (entities or external references)"),
    "metadata.item": ("元数据项“{item}”{fault}", "the metadata item “{item}”: {fault}"),
    "metadata.object": ("元数据与文件不一致：{name}", "metadata and file disagree: {name}"),
    "metadata.unknown": ("文件没有在元数据中登记：{name}", "a file that the metadata does not name: {name}"),
    "metadata.number": ("{name} 中的编号与元数据不一致", "the number in {name} is not that of the metadata"),
    "metadata.chain": ("办理过程的校验链与 {name} 不符", "the chain of the history disagrees with {name}"),
    "metadata.steps": ("办理过程与元数据不一致", "the history and the metadata disagree"),
    "signature.form": ("签名文件的格式不符", "the signature file has not the form it should have"),
    "signature.wrong": ("签名无效", "the signature is wrong"),
    "signature.digest": ("签名所签的清单与包内的清单不符", "what was signed is not the manifest of this package"),
    "signature.number": ("签名所记的档号与元数据不一致", "the signature names another archive number"),
    "keys.none": ("没有给出受信任的档案签名公钥", "no trusted keys of archives were given"),
    "keys.unknown": ("签名的密钥不在受信任的档案公钥之中：{name}", "signed by a key that is not trusted: {name}"),
    "keys.form": ("公钥文件有误：第 {line} 行", "the file of trusted keys is wrong: line {line}"),
    "receipt.wrong": ("存证回执 {name} 无效：{reason}", "the receipt {name} is not valid: {reason}"),
    "receipt.no_keys": ("包内有存证回执，但没有核验所需的公钥", "there are receipts but no keys to judge them"),
    "receipt.enclosed": ("存证回执按包内所附、由归档单位签名确认的公钥核验", "receipts were judged by the enclosed keys, which the archive has signed"),
    "sealed.wrong": ("盖章文件 {name} 无效：{reason}", "the sealed file {name} is not valid: {reason}"),
    "sealed.unjudged": ("盖章文件 {name} 没有核验", "the sealed file {name} was not judged"),
    "proof.wrong": ("决策证明 {name} 不成立：{reason}", "the decision proof {name} does not hold: {reason}"),
    "proof.engine": ("决策证明 {name} 由另一版本的规则引擎作出，只核对了摘要、模型和事实", "the decision proof {name} was made by another version of the engine: digest, model and facts were compared, not the outcome"),
    "sample": ("样例档案，不具有法律效力", "a sample, without legal force"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is not accepted: a code of `WORDS` and what fills its sentence."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: str = "zh") -> str:
        """The sentence in Chinese ("zh") or English ("en")."""
        chinese, english = WORDS[self.code]
        told = {name: shown(value) for name, value in self.params.items()}
        return (english if language == "en" else chinese).format_map(told)

    def __str__(self) -> str:
        return self.text("en")


def shown(value: object) -> object:
    """What strangers wrote, short and without what a terminal would obey."""
    if not isinstance(value, str):
        return value
    short = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in short)


class ArchiveFault(Exception):
    """Base of what the engine refuses. `reason` says why."""

    def __init__(self, code: str, /, **params: object) -> None:
        self.reason = Reason(code, params)
        super().__init__(str(self.reason))
