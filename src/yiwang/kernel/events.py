"""The shape of news between contexts (DESIGN: events between contexts)."""

from dataclasses import dataclass

from yiwang.kernel.actor import SubjectRef


@dataclass(frozen=True, slots=True)
class Event:
    """Base of domain events: past tense, ids only, no personal data.

    Subclasses are frozen dataclasses in the publisher's contracts with a class attribute `type` (`serve.CaseAccepted`).
    """

    @property
    def aggregate(self) -> SubjectRef:
        """Whose news this is; events of one aggregate arrive in order."""
        raise NotImplementedError
