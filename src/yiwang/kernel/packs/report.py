"""The faults of a pack: file, line, what is wrong, what to do. All are collected before anything is refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from yiwang.kernel.errors import Invalid
from yiwang.kernel.text import gettext_noop as _


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault; `line` counts from 1, 0 where the file as a whole is meant."""

    file: str
    line: int
    message: str
    mend: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}" + (f" → {self.mend}" if self.mend else "")


@dataclass(slots=True)
class Report:
    """Collects faults, in the order of files and lines, each once."""

    _faults: set[Fault] = field(default_factory=set)

    def add(self, file: str, line: int, message: str, mend: str = "") -> None:
        """Note a fault and go on."""
        self._faults.add(Fault(file, line, message, mend))

    @property
    def faults(self) -> Sequence[Fault]:
        """All faults so far, sorted by place."""
        return sorted(self._faults)

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self._faults


class PackFaulty(Invalid):
    """The pack has faults; nothing of it was loaded."""

    code = "kernel.pack_faulty"
    message = _("配置包有 {count} 处错误，没有载入任何内容。")
    next_step = _("请按文件和行号逐处修改，再运行 yiwang pack check。")

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(count=len(faults))
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  {fault}" for fault in self.faults)])
