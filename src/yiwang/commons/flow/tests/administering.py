"""An administrator of a district, something that happens, and what an administration page says."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from yiwang.commons.flow.contracts import ADMINISTER, AUDIT, CALENDAR
from yiwang.commons.identity.tests.factories import make_official, make_organisation
from yiwang.kernel import outbox
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.events import Event

ALL = (ADMINISTER, CALENDAR, AUDIT)


def district_official(top):
    below = make_organisation(parent="sample-city", region="320402")
    return make_official(below, grants=ALL), below


def text(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


@dataclass(frozen=True, slots=True)
class SampleHappened(Event):
    subject_id: UUID

    @property
    def aggregate(self):
        return SubjectRef("sample", self.subject_id)


@command("test.happen")
def happen(*, subject_id: UUID, number: str = "", by: Actor, at: datetime) -> None:
    outbox.publish(SampleHappened(subject_id))
    note(SubjectRef("case", subject_id), **({"number": number} if number else {}))
