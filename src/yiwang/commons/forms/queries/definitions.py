"""Published vocabularies and forms, compiled once a process; and what is known of an applicant for prefilling."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any
from uuid import UUID

from yiwang.commons.forms.contracts import FormNotFound
from yiwang.commons.forms.engine import Definition, Vocabulary, define
from yiwang.commons.forms.models import FormVersion, VocabularyVersion
from yiwang.commons.identity.contracts import PERSON
from yiwang.commons.identity.queries import entity, person
from yiwang.commons.rules.registry import FactWords
from yiwang.kernel.actor import Actor


def definition(*, key: str, version: int | None = None, viewer: Actor) -> Definition:
    """The form `key`, its latest version unless one is named. Forms are public. One query. Raises FormNotFound."""
    del viewer
    rows = FormVersion.objects.filter(key=key)
    rows = rows.filter(version=version) if version is not None else rows.order_by("-version")
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise FormNotFound
    return _compiled(found)


def latest_version(*, key: str, viewer: Actor) -> int:
    """The newest version of a form. Raises FormNotFound."""
    return definition(key=key, viewer=viewer).version


def vocabulary(*, viewer: Actor) -> Vocabulary:
    """The latest vocabulary. Raises FormNotFound where none was published."""
    del viewer
    found = VocabularyVersion.objects.order_by("-version").values_list("pk", flat=True).first()
    if found is None:
        raise FormNotFound
    return _words(found)


def fact_words(*, names: Collection[str], viewer: Actor) -> dict[str, FactWords]:
    """Labels and values of facts in both languages, for whoever explains a decision."""
    try:
        known = vocabulary(viewer=viewer).facts
    except FormNotFound:
        return {}
    found = [known[name] for name in names if name in known]
    return {f.name: FactWords(f.label, values={item.value: item.label for item in f.items}) for f in found}


def applicant_facts(*, viewer: Actor) -> dict[str, Any]:
    """What prefills may propose from (`applicant`): of the person or legal entity acted for, else of the viewer.

    What is not known is left out, so that a proposal that needs it does not come.
    """
    if viewer.on_behalf is not None and viewer.on_behalf.kind != PERSON:
        held = entity(entity_id=viewer.on_behalf.id, viewer=viewer)
        facts: dict[str, Any] = {"name": held.name, "credit_code": held.credit_code, "address": held.address}
        region = held.region
    else:
        person_id = viewer.on_behalf.id if viewer.on_behalf else viewer.person_id
        if person_id is None:
            return {}
        card = person(person_id=person_id, viewer=viewer)
        facts = {
            "name": card.name,
            "id_number": card.id_number,
            "mobile": card.mobile,
            "sex": card.sex.value,
            "birth_date": card.birth_date,
            "nation": card.nation,
            "address": card.address,
        }
        region = card.region
    facts["region"] = region.code if region else None
    return {name: value for name, value in facts.items() if value}


@lru_cache(maxsize=500)
def _compiled(form_id: UUID) -> Definition:
    row = FormVersion.objects.get(pk=form_id)
    return define(row.content, key=row.key, version=row.version)


@lru_cache(maxsize=4)
def _words(vocabulary_id: UUID) -> Vocabulary:
    return Vocabulary.parse(VocabularyVersion.objects.get(pk=vocabulary_id).content)
