"""Archives of sample records with officials who keep them; everything through commands and jobs."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from procrastinate.contrib.django.models import ProcrastinateJob

from yiwang.commons.archives import commands, queries, tasks
from yiwang.commons.archives.engine import Agent, Item, Kind, Step
from yiwang.commons.archives.engine.tests import samples
from yiwang.commons.archives.models import Archive
from yiwang.commons.archives.registry import Collected, register_source
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import UnknownRecord
from yiwang.commons.identity.tests.factories import MadeAccount, make_official, make_organisation, make_resident
from yiwang.commons.ledger import commands as ledger
from yiwang.commons.ledger.tests.factories import a_log, evidence, sign
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.ids import new_id

SYSTEM = Actor.system("tests")
KIND = "test"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
CHANGES: dict[str, object] = {}
MORE: list[Item] = []
"""Files that the next records have besides."""


def collect(opened):
    at = clock.now()
    told = {"number": opened.number}
    steps = (Step("申请", at - timedelta(days=2), "样例"), Step("办结", at - timedelta(days=1), "样例"))
    items = (
        Item(Kind.FORM, "form.json", "申请表", json.dumps(told).encode(), "application/json", at),
        Item(Kind.FORM, "form.pdf", "申请表", PDF, "application/pdf", at),
        Item(
            Kind.HISTORY,
            "history.json",
            "办理过程",
            json.dumps({**told, "steps": [1, 2]}).encode(),
            "application/json",
            at,
        ),
    )
    made = Collected(
        number=opened.number, title="样例办件", matter_code="SAMPLE", matter="样例事项", result="准予",
        submitted_at=at - timedelta(days=2), closed_at=at - timedelta(days=1), steps=steps, items=(*items, *MORE),
        agents=(Agent("申请人", "person", "样例申请人"),), subjects=(opened.subject,), sample=True,
    )  # fmt: skip
    return replace(made, **CHANGES)


register_source(KIND, collect)


def keeper(*actions: str, office: UUID | None = None) -> MadeAccount:
    """An official of a sample bureau with these actions (default: an archivist's); of `office` where it is given."""
    wanted = actions or ("archives.view", "archives.keep")
    return make_official(office or bureau(), grants=wanted)


def bureau() -> UUID:
    """The one sample bureau of a test."""
    with suppress(UnknownRecord):
        return identity.organisation_by_code(code="SAMPLEARCHIVE", viewer=SYSTEM).id
    return make_organisation("SAMPLEARCHIVE", name="样例档案局")


def opened(organisation_id: UUID, **options) -> Archive:
    """An archive that was just opened for a record whose one legal step stands in the ledger's queue."""
    subject = evidence(1, SubjectRef(KIND, new_id()))
    given = {
        "number": f"SAMPLE-{subject.id.hex[-8:]}", "title": "样例办件", "category": "case", "facts": {"result": "granted"},
        "organisation_id": organisation_id, "organisation_name": "样例局", "applicant": "样例申请人",
        "closed_at": clock.now() - timedelta(days=1),
    }  # fmt: skip
    made = commands.open_archive(subject=subject, **(given | options), by=SYSTEM, at=clock.now())
    return Archive.objects.get(pk=made)


def a_package() -> bytes:
    """A sound sample package, for whoever judges files."""
    return samples.package()


def sequence() -> None:
    """The ledger takes in what waits, and signs."""
    if queries_log() is None:
        a_log("national")
    ledger.sequence(by=SYSTEM, at=clock.now())
    sign()


def queries_log():
    from yiwang.commons.ledger import queries as log

    return log.log(viewer=SYSTEM)


def archived(organisation_id: UUID, **options) -> Archive:
    """An archive that was packed, checked and registered."""
    row = opened(organisation_id, **options)
    sequence()
    tasks.pack(str(row.pk))
    row.refresh_from_db()
    return row


__all__ = [
    "CHANGES", "KIND", "MORE", "PDF", "SYSTEM", "archived", "keeper", "make_resident", "opened", "queries", "sequence",
]  # fmt: skip


def office(account):
    """The organisation in which an official acts."""
    return account.actor.organisation_id


def jobs(name, **ids):
    """The jobs of a name that carry these ids."""
    told = {key: str(value) for key, value in ids.items()}
    return list(ProcrastinateJob.objects.filter(task_name=name, args__contains=told))
