"""Refusals of rules: each says what to do next."""

from dataclasses import dataclass
from typing import ClassVar

from yiwang.commons.rules.contracts.life import ExampleResult, Finding
from yiwang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from yiwang.kernel.text import gettext_noop as _


class DecisionNotFound(NotFound):
    """No such decision or version is published, or none holds on that day."""

    code = "rules.decision_not_found"
    message = _("没有找到决策“{key}”。")
    next_step = _("请核对决策的编号和版本，或先发布它。")


class DraftNotFound(NotFound):
    """Nobody works on a draft of that decision."""

    code = "rules.draft_not_found"
    message = _("决策“{key}”没有草稿。")
    next_step = _("草稿可能已经发布或放弃，请回到决策页面。")


class TrialNotFound(NotFound):
    """No such trial."""

    code = "rules.trial_not_found"
    message = _("没有这次试算。")
    next_step = _("请从影响页面重新开始。")


@dataclass(frozen=True, slots=True)
class DecisionFault:
    """A fault of a DMN file: `line` counts from 1, `text` is a Chinese sentence."""

    line: int
    text: str
    where: str = ""


class DecisionFaulty(Invalid):
    """The file is no DMN, an expression in it is no FEEL, or it lacks the decision; `faults` say where and why."""

    code: ClassVar[str] = "rules.decision_faulty"
    message = _("决策“{key}”有 {count} 处错误，没有发布。")
    next_step = _("请按行号逐处修改后重新发布。")

    def __init__(self, *, key: str, faults: tuple[DecisionFault, ...]) -> None:
        super().__init__(key=key, count=len(faults))
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  {fault.line}: {fault.where} {fault.text}" for fault in self.faults)])


class ExamplesFail(Invalid):
    """Not every example of the decision holds; `results` are those that fail."""

    code = "rules.examples_fail"
    message = _("有 {count} 个用例没有通过，没有发布：{names}。")
    next_step = _("请改正规则；如果结果本应改变，请在用例页面确认新的结果。")

    def __init__(self, *, results: tuple[ExampleResult, ...]) -> None:
        names = "、".join(result.example.name for result in results[:5])
        super().__init__(count=len(results), names=names)
        self.results = results


class CheckFails(Invalid):
    """The analysis of the decision found errors; `findings` say which."""

    code = "rules.check_fails"
    message = _("检查发现 {count} 处错误，没有发布：{first}")
    next_step = _("请在编辑页面逐处改正，再检查一次。")

    def __init__(self, *, findings: tuple[Finding, ...]) -> None:
        super().__init__(count=len(findings), first=findings[0].text if findings else "")
        self.findings = findings


class DraftChanged(Conflict):
    """Somebody else saved the draft in the meantime."""

    code = "rules.draft_changed"
    message = _("{who}在 {when} 改过这份草稿，您的这次修改没有保存。")
    next_step = _("请重新载入看对方改了什么，再把您的修改补上。")


class DraftClosed(Conflict):
    """The draft was published or discarded."""

    code = "rules.draft_closed"
    message = _("这份草稿已经发布或放弃，不能再改。")
    next_step = _("请回到决策页面，另起一份草稿。")


class DraftOutdated(Conflict):
    """Another version was published since the draft was begun."""

    code = "rules.draft_outdated"
    message = _("第 {version} 版已由{who}发布，这份草稿是从更早的一版起草的，没有发布。")
    next_step = _("请放弃草稿，从最新的一版重新起草，再把改动补上。")


class NotChecked(Conflict):
    """The draft has not been checked as it stands."""

    code = "rules.not_checked"
    message = _("草稿改动后还没有检查。")
    next_step = _("请先检查，通过后再发布。")


class OwnDraft(Forbidden):
    """Whoever wrote in a draft may not publish it."""

    code = "rules.own_draft"
    message = _("起草和发布要由两个人办理，您改过这份草稿，不能由您发布。")
    next_step = _("请由另一位有发布权限的同事核对后发布。")


class MayNotEdit(Forbidden):
    """The actor may not edit decisions."""

    code = "rules.may_not_edit"
    message = _("您没有编辑规则的权限。")


class MayNotPublish(Forbidden):
    """The actor may not publish decisions."""

    code = "rules.may_not_publish"
    message = _("您没有发布规则的权限。")


class MayNotView(Forbidden):
    """The actor may not open the pages of decisions."""

    code = "rules.may_not_view"
    message = _("您没有查看规则页面的权限。")


class ReasonMissing(Invalid):
    """A legal step without its reason."""

    code = "rules.reason_missing"
    message = _("请写明理由。")
    next_step = _("理由会留在版本记录里，写清依据的文件和条款。")


class VersionEnded(Conflict):
    """The version was withdrawn or replaced before that day."""

    code = "rules.version_ended"
    message = _("第 {version} 版已经停止执行。")
    next_step = _("请刷新页面，看现在执行的是哪一版。")


class WithdrawTooEarly(Invalid):
    """The last day lies before today: what was decided stays decided."""

    code = "rules.withdraw_too_early"
    message = _("停止执行的日期不能早于今天。")
    next_step = _("请填写今天或以后的日期；已经办结的不受影响。")


class KeyTaken(Conflict):
    """There is such a decision already."""

    code = "rules.key_taken"
    message = _("编号“{key}”已经有一个决策。")
    next_step = _("请换一个编号，或打开已有的决策起草新版本。")


class KeyRefused(Invalid):
    """The key of a new decision is no identifier."""

    code = "rules.key_refused"
    message = _("编号只能用小写字母、数字和下划线，以字母开头，最多 60 个字符。")
    next_step = _("例如 stable_jobs_refund。")


class NoFacts(Invalid):
    """Neither a file nor a source of past facts was named."""

    code = "rules.no_facts"
    message = _("没有选择文件。")
    next_step = _("请上传 CSV 或 Parquet 文件，列名用决策的输入名称。")


class FactsTooLarge(Invalid):
    """The file is empty or larger than what one trial takes."""

    code = "rules.facts_too_large"
    message = _("文件是空的，或超过 {limit} MB。")
    next_step = _("请抽取一部分再试算，或分成几份。")


class ExampleRefused(Invalid):
    """An example lacks something."""

    code = "rules.example_refused"
    message = _("用例没有保存：{detail}")
    next_step = _("请补全后再保存，已填写的内容不会丢失。")
