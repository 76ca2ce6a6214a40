"""Consents and looks for tests, made through the commands. All are samples."""

from datetime import timedelta
from uuid import UUID

from yiwang.commons.privacy import commands, queries, registry
from yiwang.commons.privacy.contracts import CONSENT, STATUTORY_DUTY, AccessWay, ConsentAsk, DataRef, NewAccess
from yiwang.commons.privacy.registry import ConsentText
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.ids import new_id

PURPOSE = "tests.handle"
TEXT = "tests.use"
GROUND = "《样例条例》第七条"

registry.register_purpose(PURPOSE, "办理样例事项")
registry.register_text(
    ConsentText(
        TEXT,
        1,
        "同意{organisation}调取{data}，用于{purpose}，至{until}止。",
        "不同意也可以上传{data}。",
        "随时可以撤回。",
        sensitive="{data}是敏感个人信息。",
    )
)


def data(key: str = "household_register", *, sensitive: bool = False, record: UUID | None = None) -> DataRef:
    """A licence of a type."""
    return DataRef("licence", record or new_id(), key, "样例证照", sensitive)


def ask(holder: SubjectRef, organisation_id: UUID, *, days: int = 30, of: DataRef | None = None) -> ConsentAsk:
    """What a page asks for."""
    until = clock.now() + timedelta(days=days)
    case = SubjectRef("case", new_id())
    return ConsentAsk(holder, organisation_id, PURPOSE, of or data(), until, TEXT, case, "样例办件")


def agree(asked: ConsentAsk, by: Actor) -> UUID:
    """Read and agree."""
    offer = queries.consent_offer(ask=asked, viewer=by)
    return commands.give_consent(ask=asked, digest=offer.digest, by=by, at=clock.now())


def look(
    holder: SubjectRef,
    *,
    by: Actor,
    of: DataRef | None = None,
    consent_id: UUID | None = None,
    organisation_id: UUID | None = None,
    way: AccessWay = AccessWay.VIEWED,
    case_words: str = "",
) -> NewAccess:
    """One look, left in the entries."""
    entry = NewAccess(
        holder,
        of or data(),
        PURPOSE,
        way,
        CONSENT if consent_id else STATUTORY_DUTY,
        "" if consent_id else GROUND,
        consent_id,
        SubjectRef("case", new_id()) if case_words else None,
        case_words,
        organisation_id,
    )
    commands.record_access(entries=[entry], by=by, at=clock.now())
    return entry
