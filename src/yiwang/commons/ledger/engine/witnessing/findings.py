"""What a monitor can find, how grave it is, and the words for it in Chinese and English."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class Severity(StrEnum):
    """ALARM: the log broke its promise. WARNING: somebody should look. FAILURE: it could not be looked at."""

    ALARM = "alarm"
    WARNING = "warning"
    FAILURE = "failure"


_A, _W, _F = Severity.ALARM, Severity.WARNING, Severity.FAILURE
WORDS: Final[Mapping[str, tuple[Severity, str, str]]] = {
    "fork": (
        _A,
        "历史被改写：日志对同样的 {new} 条签过两个不同的根{where}（{source}）",
        "history was rewritten: the log signed two roots for the same {new} entries{where_en} ({source})",
    ),
    "rewritten": (
        _A,
        "历史被改写：{new} 条的新检查点不是原来 {old} 条的延续{where}（{source}）",
        "history was rewritten: the head of {new} entries does not continue the earlier one of {old}{where_en} ({source})",
    ),
    "split": (
        _A,
        "两副面孔：在 {source} 见到的 {size} 条的检查点与日志给我们看的不符",
        "split view: the head of {size} entries seen at {source} is not the one shown to us",
    ),
    "truncated": (
        _A,
        "日志变短：曾签署 {old} 条，现在只给出 {new} 条（{source}）",
        "the log shrank: it signed {old} entries and now shows {new} ({source})",
    ),
    "unproved": (
        _A,
        "日志签署了 {size} 条的检查点，但给出的内容算不出这个根：{reason}（{source}）",
        "the log signed a head of {size} entries, but what it serves does not lead to its root: {reason} ({source})",
    ),
    "hidden": (
        _A,
        "{source} 见证过 {size} 条，日志却不给出这些内容：{reason}",
        "{source} saw {size} entries, but the log does not give them out: {reason}",
    ),
    "altered": (
        _A,
        "第 {index} 号内容已不是当初记入的内容",
        "entry {index} is no longer what was logged",
    ),
    "withheld": (
        _A,
        "日志不再给出第 {first} 号起的旧内容：{reason}",
        "the log no longer gives out its old entries from {first} on: {reason}",
    ),
    "unsigned": (
        _A,
        "日志给出的检查点没有它自己的有效签名：{reason}",
        "the log shows a head without a valid signature of its own: {reason}",
    ),
    "standing": (
        _A,
        "此前发现的问题尚未处理：{count} 项，证据在 {folder}",
        "{count} earlier findings are not settled; proof lies in {folder}",
    ),
    "witness_silent": (_W, "见证方 {name} 没有回答：{reason}", "the witness {name} does not answer: {reason}"),
    "witness_odd": (_W, "见证方 {name} 的回答有误：{reason}", "the answer of the witness {name} is wrong: {reason}"),
    "witness_late": (
        _W,
        "见证方 {name} 最后一次签署是 {seconds} 秒之前",
        "the witness {name} signed last {seconds} seconds ago",
    ),
    "witness_clock": (
        _W,
        "见证方 {name} 签署的时间在未来 {seconds} 秒",
        "the witness {name} states a time {seconds} seconds in the future",
    ),
    "foreign": (
        _W,
        "{source} 不是这个日志签署的检查点或存证：{reason}",
        "{source} is no head or receipt signed by this log: {reason}",
    ),
    "unreachable": (_F, "无法读取日志：{reason}", "the log can't be read: {reason}"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: a code of `WORDS`, what fills its sentence, and the folder of its proof where there is one."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    proof: str = ""

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return WORDS[self.code][0]

    def text(self, language: str = "zh") -> str:
        """The sentence in Chinese ("zh") or English ("en")."""
        return WORDS[self.code][2 if language == "en" else 1].format_map(self.params)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        found: dict[str, Any] = {
            "code": self.code,
            "severity": str(self.severity),
            "text": self.text(),
            "en": self.text("en"),
        }
        if self.proof:
            found["proof"] = self.proof
        return found


@dataclass(frozen=True, slots=True)
class Report:
    """One look at a log: the head held now, how many entries were new, how many old ones were read again."""

    origin: str
    size: int
    root: bytes
    new: int
    reread: int
    findings: tuple[Finding, ...]

    def of(self, severity: Severity) -> list[Finding]:
        """The findings of that severity."""
        return [finding for finding in self.findings if finding.severity is severity]
