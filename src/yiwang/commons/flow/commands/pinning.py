"""Which versions an instance runs with: fixed when the outermost process starts, for all that it can come to call.

A called process or decision that the model names by an expression can't be known before; it takes the version in force at
the call.
"""

from uuid import UUID

from yiwang.commons.flow import engine, registry
from yiwang.commons.flow.contracts import UnknownProcess
from yiwang.commons.flow.models import ProcessDefinition
from yiwang.commons.flow.queries.definitions import definition_with_id, latest, model_of

Pins = dict[str, str | int]


def pins_for(definition: ProcessDefinition) -> Pins:
    """`process:<key>` → definition id and `decision:<key>` → version, for everything reachable by literal name."""
    pins: Pins = {}
    todo = [definition]
    seen = {definition.key}
    while todo:
        models = [model_of(each) for each in todo]
        _pin_decisions(models, pins)
        wanted = {key for model in models for key in model.targets("callActivity")} - seen
        seen |= wanted
        found = latest(wanted) if wanted else {}
        pins.update({f"process:{key}": str(row.pk) for key, row in found.items()})
        todo = list(found.values())
    return pins


def _pin_decisions(models: list[engine.Model], pins: Pins) -> None:
    decider = registry.decider()
    for key in {key for model in models for key in model.targets("businessRuleTask")}:
        version = decider.latest(key) if decider else None
        if version is not None:
            pins[f"decision:{key}"] = version


def called_definition(key: str, pins: Pins) -> ProcessDefinition:
    """Raises UnknownProcess when nothing of that key is published."""
    pinned = pins.get(f"process:{key}")
    found = definition_with_id(UUID(str(pinned))) if pinned else latest([key]).get(key)
    if found is None:
        raise UnknownProcess(key=key)
    return found
