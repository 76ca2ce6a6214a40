"""The receipts of a case's steps, as its applicant finds them beside each step."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.commons.ledger import queries as ledger
from yiwang.commons.ledger.contracts import ReceiptLine
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.serve.cases.contracts import CaseAction, CaseView
from yiwang.serve.cases.views.drawing import Receipts
from yiwang.web.components import Link

_KINDS = tuple(f"case.{action.value}" for action in CaseAction)


def links(view: CaseView, viewer: Actor) -> Receipts:
    """The link to each step's receipt, for the case and its members. At most four queries."""
    subjects = [SubjectRef("case", case_id) for case_id in (view.id, *(member.case.id for member in view.members))]
    lines = ledger.receipts_of(subjects=subjects, viewer=viewer, kinds=_KINDS)
    return {(line.subject.id, seq): (_link(line),) for line in lines if isinstance(seq := line.facts.get("event"), int)}


def address(view: CaseView) -> str:
    """「我的存证」 of this case and its members."""
    return f"{reverse('ledger:mine')}?{urlencode({'of': view.number})}"


def _link(line: ReceiptLine) -> Link:
    href = reverse("ledger:entry", args=[line.evidence_id])
    said = _("存证回执") if line.final else _("存证（等待见证）")
    return Link(said, href, "check" if line.final else "clock")
