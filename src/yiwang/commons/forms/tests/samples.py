"""A vocabulary with two forms and their bundle, small enough to read and with everything that forms can do."""

import copy
import json
from pathlib import Path
from typing import Any

from yiwang.commons.forms import commands
from yiwang.commons.forms.contracts import Answer
from yiwang.commons.forms.engine import Definition, Vocabulary, define
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

SYSTEM = Actor.system("test")
VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))
VOCABULARY: dict[str, Any] = VECTORS["vocabulary"]
CONTENT: dict[str, Any] = VECTORS["content"]


def form_of(key: str) -> dict[str, Any]:
    return copy.deepcopy(CONTENT["forms"][key])


def definition() -> Definition:
    return define(CONTENT, key="newborn", version=1, vocabulary=Vocabulary.parse(VOCABULARY))


def typed(**values: Any) -> dict[str, Answer]:
    return {name: Answer(value) for name, value in values.items()}


def publish() -> None:
    at = clock.now()
    commands.publish_vocabulary(content=VOCABULARY, by=SYSTEM, at=at)
    for key, form in CONTENT["forms"].items():
        commands.publish_form(key=key, form=form, by=SYSTEM, at=at)
    commands.publish_bundle(
        key="newborn",
        title=CONTENT["title"],
        members=CONTENT["members"],
        situation=CONTENT["situation"],
        steps=CONTENT["steps"],
        by=SYSTEM,
        at=at,
    )
