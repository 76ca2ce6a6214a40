"""Processes for tests: small BPMN texts published and started, officials in reach."""

from typing import Any
from uuid import UUID

from yiwang.commons.flow import commands, registry
from yiwang.commons.flow.contrib.feel import FeelEvaluator
from yiwang.commons.identity.tests.factories import make_official, make_organisation
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.ids import new_id

SYSTEM = Actor.system("tests")
WORK = "flow.work"


def use_evaluator() -> None:
    registry.provide_evaluator(FeelEvaluator())


def publish(xml: bytes) -> Any:
    return commands.publish_definition(bpmn=xml, by=SYSTEM, at=clock.now())


def start(key: str = "p", variables: dict[str, Any] | None = None, **options: Any) -> UUID:
    """An instance about a new subject of kind `case`, unless `subject` is given."""
    options = {"subject": SubjectRef("case", new_id()), "title": "样例办件", "net": "serve", **options}
    return commands.start(key=key, variables=variables, by=SYSTEM, at=clock.now(), **options)


def office(*grants: str) -> tuple[UUID, Actor]:
    """An organisation and an official who works there."""
    organisation_id = make_organisation()
    return organisation_id, make_official(organisation_id, grants=grants or (WORK,)).actor
