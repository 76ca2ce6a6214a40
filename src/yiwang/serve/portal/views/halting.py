"""What is told of matters that take no applications now: what stops an application, what is left out of it."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from yiwang.serve.matters.contracts import Bundle, Halt, HaltedMember, MatterState, TailoredGuide
from yiwang.serve.portal.views.speaking import say
from yiwang.web.components import Note
from yiwang.web.components.marks import Tone


def halted_notes(guide: TailoredGuide, words: Mapping[str, str]) -> tuple[Note, ...]:
    """For this situation: the members without which nothing can be filed now, and those that are left out."""
    notes = []
    if guide.blocking:
        said = f"{_sentences(guide.blocking, words)}{_('填过的内容会保存，恢复办理后可以接着提交。')}"
        notes.append(Note(said, _("现在不能申请"), Tone.WARN))
    if guide.left_out:
        said = f"{_sentences(guide.left_out, words)}{_('恢复办理后可以单独申请。')}"
        notes.append(Note(said, _("这次不能一并办理"), Tone.BLUE))
    return tuple(notes)


def halted_members(bundle: Bundle, words: Mapping[str, str]) -> Note | None:
    """Whatever the situation: the members of a bundle that take no applications now."""
    halted = [each for each in bundle.members if each.halt is not None]
    if not halted:
        return None
    said = "".join(halt_sentence(say(each.matter.name, words), each.halt) for each in halted if each.halt)
    return Note(said, _("有事项暂时不能办理"), Tone.WARN)


def _sentences(members: Iterable[HaltedMember], words: Mapping[str, str]) -> str:
    return "".join(_sentence(each, words) for each in members)


def _sentence(each: HaltedMember, words: Mapping[str, str]) -> str:
    if each.waits_for:
        parts = {"name": say(each.name, words), "before": say(each.waits_for, words)}
        return _("“%(name)s”要等“%(before)s”恢复办理。") % parts
    return halt_sentence(say(each.name, words), each.halt)


def halt_sentence(name: str, halt: Halt) -> str:
    """“食品经营许可”暂停办理：系统升级。12月3日恢复办理."""
    parts = {"name": name, "why": halt.reason}
    if halt.state is MatterState.WITHDRAWN:
        return (_("“%(name)s”已取消：%(why)s。") if halt.reason else _("“%(name)s”已取消。")) % parts
    said = (_("“%(name)s”暂停办理：%(why)s。") if halt.reason else _("“%(name)s”暂停办理。")) % parts
    if halt.until is None:
        return said + _("恢复日期另行通知。")
    return said + _("%(day)s恢复办理。") % {"day": date_format(halt.until + timedelta(days=1), "DATE_FORMAT")}
