"""The four-property check (四性检测) as data: what is asked of a package, at which stages, and what to do where it fails.

Properties, stages and groups are those of DA/T 70-2018: authentic, complete, usable, safe; at archiving, at transfer and
receipt, in long-term preservation. The references name the standard's group of each item; its item numbers are not repeated
here, since they were not compared with the printed text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from yiwang.kernel.text import gettext_noop as _


class Stage(StrEnum):
    """When a package is checked."""

    ARCHIVE = "archive"
    TRANSFER = "transfer"
    PRESERVE = "preserve"

    @property
    def label(self) -> str:
        return _STAGES[self]


class Property(StrEnum):
    """The four properties."""

    AUTHENTIC = "authentic"
    COMPLETE = "complete"
    USABLE = "usable"
    SAFE = "safe"

    @property
    def label(self) -> str:
        return _PROPERTIES[self]


class Outcome(StrEnum):
    """What a check found. UNCHECKED: it could not be judged here; NOT_APPLICABLE: there is nothing to judge."""

    PASSED = "passed"
    FAILED = "failed"
    UNCHECKED = "unchecked"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        return _OUTCOMES[self]


_STAGES: Final = {Stage.ARCHIVE: _("归档"), Stage.TRANSFER: _("移交与接收"), Stage.PRESERVE: _("长期保存")}
_PROPERTIES: Final = {
    Property.AUTHENTIC: _("真实性"),
    Property.COMPLETE: _("完整性"),
    Property.USABLE: _("可用性"),
    Property.SAFE: _("安全性"),
}
_OUTCOMES: Final = {
    Outcome.PASSED: _("通过"),
    Outcome.FAILED: _("不通过"),
    Outcome.UNCHECKED: _("未检测"),
    Outcome.NOT_APPLICABLE: _("不适用"),
}
_ALL: Final = frozenset(Stage)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is asked. `group`: the group of DA/T 70-2018; `advice`: what to do where it fails (a msgid).

    `tolerated`: stages at which a failure is told and stops nothing.
    """

    id: str
    aspect: Property
    title: str
    group: str
    advice: str
    stages: frozenset[Stage] = _ALL
    tolerated: frozenset[Stage] = frozenset()

    @property
    def reference(self) -> str:
        return f"DA/T 70-2018 {self.aspect.label} · {self.group}"


_REPACK: Final = _("请重新组卷；仍不通过时核对办件数据。")
_KEPT_AS_IT_CAME: Final = frozenset({Stage.ARCHIVE, Stage.PRESERVE})
_RESTORE: Final = _("请用备份的信息包恢复，并查明改动的原因。")
CHECKS: Final[tuple[Check, ...]] = (
    Check("authentic.signature", Property.AUTHENTIC, _("归档签名有效，签名密钥受信任"), "电子文件来源真实性", _RESTORE),
    Check("authentic.seals", Property.AUTHENTIC, _("盖章文件和存证回执有效"), "电子文件来源真实性", _("请核对印章证书的有效期和吊销状态，或请制发机关重新盖章。")),
    Check("authentic.length", Property.AUTHENTIC, _("元数据项长度符合规定"), "电子文件元数据准确性", _REPACK),
    Check("authentic.form", Property.AUTHENTIC, _("元数据项类型和格式符合规定"), "电子文件元数据准确性", _REPACK),
    Check("authentic.domain", Property.AUTHENTIC, _("元数据项取值在规定的值域之内"), "电子文件元数据准确性", _REPACK),
    Check("authentic.reason", Property.AUTHENTIC, _("申请、办结、组卷时间先后合理"), "电子文件元数据准确性", _("请核对办件的时间记录。")),
    Check("authentic.characters", Property.AUTHENTIC, _("元数据项不含控制字符"), "电子文件元数据准确性", _REPACK),
    Check("authentic.number", Property.AUTHENTIC, _("档号符合编制规则"), "电子文件元数据准确性", _("请按档号编制规则（DA/T 13）更正后重新组卷。")),
    Check("authentic.content", Property.AUTHENTIC, _("内容数据与其电子属性（大小、格式）一致"), "电子文件内容真实性", _("请联系提供文件的单位重新提供该文件。")),
    Check("authentic.link", Property.AUTHENTIC, _("元数据与内容数据一一对应"), "元数据与内容关联真实性", _REPACK),
    Check("authentic.package", Property.AUTHENTIC, _("信息包与登记、发送的一致"), "归档信息包真实性", _RESTORE),
    Check("complete.count", Property.COMPLETE, _("文件数相符"), "电子文件数据总量", _REPACK),
    Check("complete.bytes", Property.COMPLETE, _("字节数相符"), "电子文件数据总量", _REPACK),
    Check("complete.entities", Property.COMPLETE, _("文件、机构人员、业务、关系四类实体齐全"), "电子文件元数据完整性", _REPACK),
    Check("complete.required", Property.COMPLETE, _("必填的元数据项已填写"), "电子文件元数据完整性", _("请补全所列元数据后重新组卷。")),
    Check("complete.process", Property.COMPLETE, _("办理过程完整，有申请也有办结"), "电子文件元数据完整性", _("请核对办件的办理记录。")),
    Check("complete.sequence", Property.COMPLETE, _("序号连续，没有漏号"), "电子文件元数据完整性", _REPACK),
    Check("complete.content", Property.COMPLETE, _("申请表和办理过程的内容数据齐全"), "电子文件内容完整性", _REPACK),
    Check("complete.evidence", Property.COMPLETE, _("各法定环节有存证回执"), "电子文件内容完整性", _("请检查常享链的写入和见证，待回执生效后重新组卷。")),
    Check("complete.package", Property.COMPLETE, _("信息包与清单一致，不缺也不多"), "归档信息包完整性", _RESTORE),
    Check("usable.metadata", Property.USABLE, _("元数据可以读取"), "电子文件元数据可用性", _RESTORE),
    Check("usable.format", Property.USABLE, _("文件格式适合长期保存"), "电子文件内容可用性", _("移交以前请把所列文件转换成 OFD 或 PDF；原件照样保存。"), tolerated=_KEPT_AS_IT_CAME),
    Check("usable.content", Property.USABLE, _("文件可以打开"), "电子文件内容可用性", _("请联系提供文件的单位重新提供该文件。")),
    Check("usable.environment", Property.USABLE, _("每个文件记明了格式，不依赖专用软件"), "电子文件软硬件环境", _REPACK),
    Check("usable.package", Property.USABLE, _("信息包没有压缩和加密"), "归档信息包可用性", _("请联系提供文件的单位去掉密码后重新提供该文件。")),
    Check("safe.virus", Property.SAFE, _("没有恶意代码"), "归档信息包病毒", _("请隔离信息包，并联系提供文件的单位重新提供。没有配置查杀程序时请先配置。")),
    Check("safe.active", Property.SAFE, _("文件中没有可执行内容"), "归档信息包病毒", _("请把所列文件另存为普通文件后重新组卷。")),
    Check("safe.carrier", Property.SAFE, _("没有档案以外的文件"), "归档载体安全性", _RESTORE),
    Check("safe.process", Property.SAFE, _("组卷以后没有被改动"), "归档过程安全性", _RESTORE, frozenset({Stage.TRANSFER, Stage.PRESERVE})),
)  # fmt: skip
ACCEPTABLE: Final = frozenset({"usable.content", "usable.package", "safe.active"})
"""What may be wrong with a file as somebody gave it in: it is the evidence as it stands, and can't be put right by the keeper."""
BY_ID: Final[Mapping[str, Check]] = {check.id: check for check in CHECKS}
