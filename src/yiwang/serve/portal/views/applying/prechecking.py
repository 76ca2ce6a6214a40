"""What a clerk looks at before filing: nothing is missing, nothing runs twice, what may follow later."""

from django.utils.translation import gettext as _

from yiwang.serve.cases import queries as cases
from yiwang.serve.matters.contracts import Inclusion, Necessity
from yiwang.serve.portal.commands import applicant_of
from yiwang.serve.portal.views.applying.work import Work
from yiwang.web.components.lists import StateLine, StateList
from yiwang.web.components.marks import Tag, Tone


def precheck(work: Work) -> StateList:
    """One line a question, each answered in words and with a mark. The form is complete: the page is not reached before."""
    later = [
        work.say(each.name)
        for each in work.to_upload
        if each.necessity is Necessity.DEFERRABLE and not work.draft.files.get(each.code)
    ]
    spared = [each for each in work.guide.materials if each.inclusion is not Inclusion.NO and work.needs.get(each.code)]
    verdict = work.eligibility
    partial = verdict is not None and verdict.is_partial
    lines = [
        StateLine(_("表单"), Tag(_("完整"), Tone.OK)),
        StateLine(_("必要材料"), Tag(_("齐全"), Tone.OK)),
        StateLine(_("可以后补：%(names)s") % {"names": "、".join(later)}, Tag(_("容缺"), Tone.WARN)) if later else None,
        StateLine(_("系统核验和联办结果"), _("%(n)d 份免交") % {"n": len(spared)}),
        StateLine(_("适用条件"), Tag(_("部分适用"), Tone.WARN) if partial else Tag(_("符合"), Tone.OK)),
        _same_again(work),
    ]
    return StateList(tuple(line for line in lines if line is not None))


def _same_again(work: Work) -> StateLine:
    applicant = applicant_of(work.viewer)
    known = cases.earlier(person_id=applicant.person_id, entity_id=applicant.entity_id, viewer=work.viewer)
    same = next((each for each in known if each.key == work.bundle.key and each.open), None)
    if same is None:
        return StateLine(_("重复申请"), Tag(_("没有"), Tone.OK))
    return StateLine(_("已有同样的办件正在办：%(number)s") % {"number": same.number}, Tag(_("请核对"), Tone.WARN))
