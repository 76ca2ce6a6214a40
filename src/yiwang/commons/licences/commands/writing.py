"""What the commands of licences share: the locked row, the step of its life, the news of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from yiwang.commons.licences.contracts import (
    LICENCE,
    Ground,
    LicenceEnded,
    LicenceNotFound,
    LicenceState,
    LicenceStateRefused,
    LifeVerb,
)
from yiwang.commons.licences.models import Licence, LicenceStep, LicenceUse
from yiwang.commons.licences.rules import states
from yiwang.commons.licences.rules.wording import STATE_WORDS, VERB_WORDS
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import keep
from yiwang.kernel.evidence import record as leave_evidence
from yiwang.kernel.outbox import publish

PROGRAM = Actor.system("电子证照")


def locked(licence_id: UUID) -> Licence:
    """The row, locked until the transaction ends. Raises LicenceNotFound."""
    found: Licence | None = (
        Licence.objects.select_for_update(of=("self",))
        .select_related("type", "current__type_version__type", "pending__type_version__type")
        .filter(pk=licence_id)
        .first()
    )
    if found is None:
        raise LicenceNotFound
    return found


def next_state(licence: Licence, verb: LifeVerb) -> LicenceState:
    """The state after the step. Raises LicenceStateRefused."""
    before = LicenceState(licence.state)
    after = states.after(verb, before)
    if after is None:
        raise LicenceStateRefused(state=STATE_WORDS[before], verb=VERB_WORDS[verb])
    return after


def stepped(
    licence: Licence,
    verb: LifeVerb,
    *,
    before: str,
    version: int,
    by: Actor,
    at: datetime,
    ground: Ground | None = None,
    reason: str = "",
) -> None:
    """Leave the step in the licence's history and its evidence in the ledger."""
    keep(
        LicenceStep(
            licence=licence,
            at=at,
            verb=verb.value,
            before=before,
            after=licence.state,
            version=version,
            ground=ground.value if ground else "",
            reason=reason[:500],
            account_id=by.account_id,
            organisation_id=by.organisation_id,
        )
    )
    about = licence.pending if licence.pending and licence.pending.number == version else licence.current
    leave_evidence(
        f"licence.{verb.value}",
        SubjectRef(LICENCE, licence.pk),
        {
            "identifier": about.identifier if about else "",
            "type": licence.type.key,
            "issuer": licence.issuer_name,
            "state": licence.state,
            "ground": ground.value if ground else "",
        },
    )


def told(licence: Licence, kind: type[Any], *, version: int, **more: Any) -> None:
    """Publish news of the licence; those that matter to users name the open uses."""
    if issubclass(kind, LicenceEnded):
        rows = LicenceUse.objects.filter(licence=licence, ended_at__isnull=True, subject_id__isnull=False)
        uses = list(rows.order_by("id").values_list("pk", "subject_kind", "subject_id"))
        more["uses"] = tuple(pk for pk, _kind, _id in uses)
        more["using"] = tuple(f"{subject}:{identifier}" for _pk, subject, identifier in uses)
    publish(
        kind(
            licence_id=licence.pk,
            type_key=licence.type.key,
            version=version,
            subject_kind=licence.subject_kind,
            subject_id=licence.subject_id,
            **more,
        )
    )
