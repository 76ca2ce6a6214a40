"""The words for states, steps and grounds, Chinese msgids; the faces translate them. No Django."""

from typing import Final

from yiwang.commons.licences.contracts import Ground, ImportState, LicenceState, LifeVerb, Origin, TrustGrade
from yiwang.kernel.text import gettext_noop as _

STATE_WORDS: Final = {
    LicenceState.MAKING: _("制作中"),
    LicenceState.IN_FORCE: _("有效"),
    LicenceState.SUSPENDED: _("暂停使用"),
    LicenceState.REVOKED: _("已失效"),
    LicenceState.EXPIRED: _("已过期"),
    LicenceState.REPLACED: _("已换发"),
}
VERB_WORDS: Final = {
    LifeVerb.ISSUE: _("签发"),
    LifeVerb.TAKE_IN: _("归集入库"),
    LifeVerb.SEAL: _("制作并盖章"),
    LifeVerb.CHANGE: _("变更"),
    LifeVerb.ABANDON: _("撤回变更"),
    LifeVerb.SUSPEND: _("暂停使用"),
    LifeVerb.RESUME: _("恢复有效"),
    LifeVerb.REVOKE: _("宣布失效"),
    LifeVerb.EXPIRE: _("到期失效"),
    LifeVerb.REPLACE: _("换发"),
}
GROUND_WORDS: Final = {
    Ground.DEREGISTERED: _("注销"),
    Ground.RESCINDED: _("依法撤销"),
    Ground.PENALTY: _("吊销"),
    Ground.VOID: _("作废"),
    Ground.INVESTIGATION: _("调查期间"),
    Ground.COURT: _("人民法院裁定"),
    Ground.ERROR: _("信息有误"),
    Ground.CHANGED: _("信息变更"),
    Ground.LOST: _("遗失或损毁"),
    Ground.LAPSED: _("有效期届满"),
    Ground.OTHER: _("其他"),
}
GRADE_WORDS: Final = {
    TrustGrade.A: _("A 级：机关签发并盖章"),
    TrustGrade.B: _("B 级：经窗口或主管部门核验"),
    TrustGrade.C: _("C 级：没有核对过，须核对原件"),
    TrustGrade.D: _("D 级：自行申报，由本人负责"),
}
ORIGIN_WORDS: Final = {
    Origin.CASE: _("办件签发"),
    Origin.IMPORT: _("批量归集"),
    Origin.PULL: _("部门系统取得"),
    Origin.UPLOAD: _("上传"),
}
IMPORT_WORDS: Final = {
    ImportState.WAITING: _("等待"),
    ImportState.RUNNING: _("导入中"),
    ImportState.DONE: _("已完成"),
    ImportState.FAILED: _("没有完成"),
}
