"""Each day: children who come of age, entities that are dissolved or represented by another by their register."""

import logging
from typing import Final

from yiwang.commons.identity.commands import endings as commands
from yiwang.commons.identity.contracts.real_names import RegisterUnavailable
from yiwang.commons.identity.engine.realnames import lapse_of
from yiwang.commons.identity.queries import endings as queries
from yiwang.commons.identity.registry import real_names as ports
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import periodic

_SYSTEM: Final = Actor.system("identity.endings")
_SILENT: Final = 3
_log = logging.getLogger(__name__)


@periodic("identity.guardianships", "13 0 * * *")
def end_guardianships() -> None:
    """Shortly after midnight; a day that was missed is made up for."""
    for representation_id in queries.guardianships_over(viewer=_SYSTEM):
        commands.end_guardianship(representation_id=representation_id, by=_SYSTEM, at=clock.now())
    for representation_id in queries.guardianships_near_end(viewer=_SYSTEM):
        commands.announce_guardianship_end(representation_id=representation_id, by=_SYSTEM, at=clock.now())


@periodic("identity.lapsed_entities", "23 4 * * *")
def check_entities() -> None:
    """Hold every entity for which somebody acts against its register. Where it falls silent, the rest waits for tomorrow."""
    silent, after = 0, None
    while found := queries.watched_entities(after=after, viewer=_SYSTEM):
        for each in found:
            after = each.id
            try:
                registered = ports.entity(credit_code=each.credit_code)
            except RegisterUnavailable:
                silent += 1
                if silent == _SILENT:
                    _log.warning("the register of entities does not answer; not all were checked")
                    return
                continue
            silent = 0
            if lapse_of(registered, each.representative_number) is not None:
                commands.lapse_entity(
                    entity_id=each.id, found=registered, before=each.representative_id, by=_SYSTEM, at=clock.now()
                )
