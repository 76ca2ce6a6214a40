"""Which versions an instance runs with: fixed when the outermost process starts, for all that it can come to call.

A called process or decision that the model names by an expression can't be known before; it takes the version in force at
the call.
"""

from collections import OrderedDict
from collections.abc import Iterable
from uuid import UUID

from yiwang.commons.flow import engine, registry
from yiwang.commons.flow.contracts import UnknownProcess
from yiwang.commons.flow.models import ProcessDefinition

Pins = dict[str, str | int]
_KEPT = 512
_definitions: OrderedDict[UUID, ProcessDefinition] = OrderedDict()


def latest(keys: Iterable[str]) -> dict[str, ProcessDefinition]:
    """The newest version of each key that is published. One query, and one for each that this process has not met."""
    rows = ProcessDefinition.objects.filter(key__in=set(keys)).order_by("key", "-version").distinct("key")
    found = (definition_with_id(pk) for pk in rows.values_list("pk", flat=True))
    return {row.key: row for row in found if row is not None}


def in_force(key: str, version: int | None) -> ProcessDefinition | None:
    """The version that is asked for, else the newest; None where nothing like that is published."""
    if version is None:
        return latest([key]).get(key)
    pk = ProcessDefinition.objects.filter(key=key, version=version).values_list("pk", flat=True).first()
    return definition_with_id(pk) if pk is not None else None


def definition_with_id(definition_id: UUID) -> ProcessDefinition | None:
    """A version without its drawing, kept in memory: a row that is written once can't be out of date."""
    found = _definitions.get(definition_id)
    if found is None:
        found = ProcessDefinition.objects.defer("bpmn").filter(pk=definition_id).first()
        if found is not None:
            _definitions[definition_id] = found
            while len(_definitions) > _KEPT:
                _definitions.popitem(last=False)
    return found


def model_of(definition: ProcessDefinition) -> engine.Model:
    """The engine's model of a version, built once in this process."""
    return engine.load(bytes(definition.spec))


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
