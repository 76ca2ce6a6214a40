"""What is wrong with a receipt, a proof or a note, in words: a stable code, Chinese and English.

The offline verifier runs without catalogues of any framework, so both languages stand here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_SHOWN: Final = 200
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # Merkle proofs
    "proof.index": ("序号 {index} 不在 {size} 条之内", "index {index} is not below size {size}"),
    "proof.size": ("记录条数 {size} 超出范围", "size {size} is out of range"),
    "proof.order": ("前一条数 {size1} 大于后一条数 {size2}", "size {size1} is greater than size {size2}"),
    "proof.empty_tree": ("空日志没有一致性证明", "a consistency proof from an empty tree proves nothing"),
    "proof.range": ("区间 [{start}, {end}) 不是子树", "[{start}, {end}) is no subtree"),
    "proof.length": ("证明应有 {wanted} 个摘要，实有 {found} 个", "the proof has {found} hashes, expected {wanted}"),
    "proof.hash": ("摘要长度不是 {wanted} 字节", "a hash is not {wanted} bytes long"),
    "proof.root": ("由证明算出的根与日志的根不符", "the root computed from the proof is not the log's root"),
    "proof.old_root": ("由证明算出的旧根不符", "the proof does not lead to the earlier root"),
    # texts
    "text.too_long": ("内容超过上限 {limit} 字节", "longer than {limit} bytes"),
    "text.too_many": ("签名超过上限 {limit} 个", "more than {limit} signatures"),
    "text.encoding": ("不是有效的 UTF-8 文本", "not valid UTF-8"),
    "text.control": ("含有控制字符", "holds a control character"),
    "text.end": ("内容不完整：应以换行结尾", "incomplete: must end in a newline"),
    "text.missing": ("内容不完整：缺少{what}", "incomplete: {what_en} is missing"),
    "text.header": ("首行应为“{wanted}”", "the first line must be “{wanted}”"),
    "text.number": ("应为不带前导零的十进制数", "must be a decimal number without leading zeroes"),
    "text.base64": ("不是规范的 Base64", "not canonical base64"),
    "text.hash": ("应为 32 字节摘要的 Base64", "must be the base64 of a 32-byte hash"),
    "text.line": ("这一行的格式不符", "a line of another form was expected"),
    # keys, notes
    "key.form": ("公钥应为“名称+编号+Base64”", "a key must be “name+id+base64”"),
    "key.name": ("密钥名称不能为空，不能含空格或加号", "a key's name must not be empty nor hold spaces or plus signs"),
    "key.id": ("密钥编号与公钥不符", "the key's id does not belong to the key"),
    "key.kind": ("不支持的密钥种类", "unsupported kind of key"),
    "key.duplicate": ("公钥重复：{name}", "the same key twice: {name}"),
    "key.not_log": ("这一密钥不能签署日志：{name}", "this key does not sign logs: {name}"),
    "key.not_witness": ("这一密钥不能见证：{name}", "this key does not cosign: {name}"),
    # trust policy
    "policy.word": ("不认识的行：{word}", "unknown line: {word}"),
    "policy.name": ("名称不能用或已被使用：{name}", "a name that can't be used, or is used twice: {name}"),
    "policy.unknown": ("名称没有定义：{name}", "undefined name: {name}"),
    "policy.member": ("{name} 已属于另一组", "{name} is already a member of a group"),
    "policy.threshold": ("组的门限应在 1 到 {count} 之间", "a group's threshold must be between 1 and {count}"),
    "policy.quorum": ("应恰有一行 quorum", "there must be exactly one quorum line"),
    "policy.no_witness": ("所用的公钥文件不要求见证", "the trusted keys ask for no witness"),
    "policy.too_many": ("{word} 超过上限 {limit} 行", "more than {limit} lines of {word}"),
    # verdicts
    "log.unknown": ("没有受信任的日志公钥：{origin}", "no trusted key for the log {origin}"),
    "log.unsigned": ("缺少日志 {origin} 的签名", "not signed by the log {origin}"),
    "log.invalid": ("日志 {origin} 的签名无效", "the signature of the log {origin} is wrong"),
    "log.origin": (
        "检查点的日志名称与签名的密钥不符",
        "the checkpoint's origin is not the name of the key that signed it",
    ),
    "log.hash": ("证明的摘要算法 {found} 不是该日志的 {wanted}", "the proof's hash {found} is not the log's {wanted}"),
    "witness.invalid": ("见证方 {name} 的签名无效", "the cosignature of {name} is wrong"),
    "witness.future": (
        "见证方 {name} 的时间在未来：{time}",
        "the cosignature of {name} is dated in the future: {time}",
    ),
    "witness.quorum": ("见证签名不足：{found}", "the quorum of witnesses is not reached: {found}"),
    "witness.ignored": ("忽略了不认识的签名：{name}", "ignored a signature of an unknown key: {name}"),
    "keys.none": ("没有给出受信任的公钥", "no trusted keys were given"),
    "keys.wrong": ("公钥文件 {file} 有误：{reason}", "the file of trusted keys {file} is wrong: {reason}"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is not accepted: a code of `WORDS`, what fills its sentence, the line (from 1; 0: none)."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    line: int = 0

    def text(self, language: str = "zh") -> str:
        """The sentence in Chinese ("zh") or English ("en"), with its line."""
        chinese, english = WORDS[self.code]
        told = {name: _shown(value) for name, value in self.params.items()}
        sentence = (english if language == "en" else chinese).format_map(told)
        if not self.line:
            return sentence
        return f"line {self.line}: {sentence}" if language == "en" else f"第 {self.line} 行：{sentence}"

    def __str__(self) -> str:
        return self.text("en")


def _shown(value: object) -> object:
    """What strangers wrote, short and without what a terminal would obey."""
    if not isinstance(value, str):
        return value
    short = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in short)


class LedgerFault(Exception):
    """Base of what the engine refuses. `reason` says why; the text of the exception is its English sentence."""

    def __init__(self, code: str, /, *, line: int = 0, **params: object) -> None:
        self.reason = Reason(code, params, line)
        super().__init__(str(self.reason))


class ProofWrong(LedgerFault):
    """A Merkle proof does not prove what it should."""


class TextWrong(LedgerFault):
    """A note, checkpoint, receipt, key or policy has not the form of its specification."""


class SignatureWrong(LedgerFault):
    """A signature by a known key fails, or one that must be there is missing."""
