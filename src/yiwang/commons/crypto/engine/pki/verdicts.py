"""The answer about a certificate: valid or not, and why."""

from dataclasses import dataclass

from .certificates import Certificate
from .reasons import Reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something holds. `reasons` say why not; `remarks` don't make it invalid. Truth of it is `valid`."""

    valid: bool
    reasons: tuple[Reason, ...] = ()
    remarks: tuple[Reason, ...] = ()
    chain: tuple[Certificate, ...] = ()

    def __bool__(self) -> bool:
        return self.valid

    def has(self, code: str) -> bool:
        return any(reason.code == code for reason in self.reasons)

    def as_json(self) -> dict[str, object]:
        return {
            "valid": self.valid,
            "reasons": [reason.as_json() for reason in self.reasons],
            "remarks": [remark.as_json() for remark in self.remarks],
            "chain": [certificate.subject for certificate in self.chain],
        }
