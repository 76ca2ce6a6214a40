"""Trust grades (国办函〔2016〕108号): what may be taken without a check.

A: issued by the agency and sealed. B: checked once against the original or the register by an official. Both count as
licences in law. C: uploaded or brought in without a check, the original must be looked at. D: declared by the applicant, who
answers for it.
"""

from typing import Final

from yiwang.commons.licences.contracts import LicenceState, Origin, TrustGrade

ORDER: Final = (TrustGrade.D, TrustGrade.C, TrustGrade.B, TrustGrade.A)
IN_LAW: Final = frozenset({TrustGrade.A, TrustGrade.B})


def grade_of(*, origin: Origin, sealed: bool, checked: bool) -> TrustGrade:
    """The grade that follows from how a licence came and what was done with it.

    `sealed`: its file bears the issuer's seal; `checked`: an official compared it with the original or the register.
    What an organisation answers to a pull is checked by it; what it imports, where it says so.
    """
    if sealed and origin is not Origin.UPLOAD:
        return TrustGrade.A
    if checked or origin is Origin.PULL:
        return TrustGrade.B
    return TrustGrade.C if origin in {Origin.UPLOAD, Origin.IMPORT} else TrustGrade.D


def counts(grade: TrustGrade) -> bool:
    """Whether it is a licence in law."""
    return grade in IN_LAW


def accepted_unchecked(grade: TrustGrade, state: LicenceState) -> bool:
    """Whether a matter may take it without looking at the original: in law a licence, and in force."""
    return counts(grade) and state is LicenceState.IN_FORCE


def at_least(grade: TrustGrade, wanted: TrustGrade) -> bool:
    """Whether the grade reaches the wanted one."""
    return ORDER.index(grade) >= ORDER.index(wanted)
