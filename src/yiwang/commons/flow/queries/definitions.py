"""Published versions as the engine needs them: found by key, kept in memory, since a version never changes."""

from collections import OrderedDict
from collections.abc import Iterable
from uuid import UUID

from yiwang.commons.flow import engine
from yiwang.commons.flow.models import ProcessDefinition

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
