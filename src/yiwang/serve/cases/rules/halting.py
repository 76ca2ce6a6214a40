"""What an applicant is told of matters that take no applications now."""

from datetime import timedelta

from yiwang.serve.cases.rules.documents import legal_day
from yiwang.serve.matters.contracts import Halt, HaltedMember, MatterState, TailoredGuide


def halt_words(name: str, halt: Halt) -> str:
    """“事项”暂停办理（系统升级），2026年12月3日恢复."""
    why = f"（{halt.reason}）" if halt.reason else ""
    if halt.state is MatterState.WITHDRAWN:
        return f"“{name}”已取消{why}"
    again = f"{legal_day(halt.until + timedelta(days=1))}恢复" if halt.until else "恢复日期另行通知"
    return f"“{name}”暂停办理{why}，{again}"


def halted_words(each: HaltedMember) -> str:
    """The same of a member, which may wait for the one that is halted."""
    if not each.waits_for:
        return halt_words(each.name, each.halt)
    return f"“{each.name}”的前序事项{halt_words(each.waits_for, each.halt)}"


def left_out_words(guide: TailoredGuide) -> str:
    """What is told of members that are not handled this time; empty where there are none."""
    told = "；".join(map(halted_words, guide.left_out))
    return f"这次没有一并办理：{told}。恢复办理后可以单独申请。" if told else ""
