"""Who comes to the counter for a legal entity: looked up or registered, and served from then on."""

from datetime import datetime
from uuid import UUID

from yiwang.commons.identity import commands as identity_commands
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import AgentBasis, InvalidIdentity, LegalEntityKind, ServedAgent
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.portal import policies


@command("portal.receive_agent")
def receive_agent(
    *,
    credit_code: str,
    entity_name: str = "",
    entity_kind: LegalEntityKind = LegalEntityKind.ENTERPRISE,
    agent_number: str,
    agent_name: str = "",
    basis: AgentBasis,
    by: Actor,
    at: datetime,
) -> tuple[UUID, ServedAgent]:
    """Serve the legal entity with the presented credit code through the agent with the presented ID card.

    Either is registered where nobody knows it yet; then its name is needed. Nothing is registered where the agent may not
    act. Raises NotAtCounter, InvalidIdentity (`credit_code`, `entity_name`, `id_number`, `name`), MayNotRepresent.
    """
    policies.check_serve(by)
    agent = identity.find_person(id_number=agent_number, viewer=by)
    person_id = (
        agent.id
        if agent
        else identity_commands.register_person(name=agent_name, id_number=_needed(agent_number), by=by, at=at)
    )
    entity = identity.entity_by_credit_code(credit_code=credit_code, viewer=by)
    entity_id = entity.id if entity else _registered(credit_code, entity_name, entity_kind, by, at)
    identity_commands.serve_entity(entity_id=entity_id, agent_id=person_id, basis=basis, by=by, at=at)
    note(SubjectRef("legal_entity", entity_id), agent=str(person_id), basis=basis.value)
    return entity_id, ServedAgent(person_id, agent.name if agent else agent_name.strip(), basis)


def _needed(number: str) -> str:
    """Raises InvalidIdentity where no number was presented."""
    if not number.strip():
        raise InvalidIdentity(fields={"id_number": _("请填写身份证件号码")})
    return number


def _registered(code: str, name: str, kind: LegalEntityKind, by: Actor, at: datetime) -> UUID:
    if not name.strip():
        raise InvalidIdentity(fields={"entity_name": _("请填写名称")})
    return identity_commands.register_legal_entity(name=name, kind=kind, credit_code=code, by=by, at=at)
