"""Publishing: each change is a new version, an unchanged definition stays the version it is."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from yiwang.commons.forms.contracts import DefinitionFaulty, FormNotFound, Problem
from yiwang.commons.forms.engine import Vocabulary, canonical_json, schema_problem, self_contained
from yiwang.commons.forms.models import FormVersion, VocabularyVersion
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note


@command("forms.publish_vocabulary")
def publish_vocabulary(*, content: Mapping[str, Any], by: Actor, at: datetime) -> int:
    """Publish {lists, facts}; returns the version. Raises DefinitionFaulty. Published forms keep the facts they have."""
    del by
    words = Vocabulary.parse(content)
    wrong = [(name, schema_problem(fact)) for name, fact in words.facts.items()]
    problems = [Problem(("facts", name, "schema"), f"schema 有误：{text}", "") for name, text in wrong if text]
    if problems:
        raise DefinitionFaulty(tuple(problems))
    _lock("vocabulary")
    digest = _digest(content)
    latest = VocabularyVersion.objects.order_by("-version").only("version", "digest").first()
    if latest is not None and latest.digest == digest:
        note(SubjectRef("vocabulary", latest.pk), version=latest.version, changed=False)
        return int(latest.version)
    row = VocabularyVersion(
        version=latest.version + 1 if latest else 1, content=dict(content), digest=digest, published_at=at
    )
    row.save(force_insert=True)
    note(SubjectRef("vocabulary", row.pk), version=row.version, changed=True)
    return int(row.version)


@command("forms.publish_form")
def publish_form(*, key: str, form: Mapping[str, Any], by: Actor, at: datetime) -> int:
    """Publish a form ({title, data, ui}) over the latest vocabulary; returns the version.

    Raises DefinitionFaulty; FormNotFound while there is no vocabulary.
    """
    del by
    content = {"title": form["title"], "forms": {key: dict(form)}, "members": [{"form": key}]}
    return _publish(key, FormVersion.Kind.FORM, content, at)


@command("forms.publish_bundle")
def publish_bundle(
    *,
    key: str,
    title: Mapping[str, str],
    members: Sequence[Mapping[str, Any]],
    situation: Sequence[Mapping[str, Any]] = (),
    steps: Sequence[Mapping[str, Any]] = (),
    conditions: Sequence[str] = (),
    by: Actor,
    at: datetime,
) -> int:
    """Publish the merged forms of a bundle; returns the version. The latest version of each member form is taken.

    `members`: [{form, when?}]; `situation`: [{fact, question, help?, when?}]; `steps`: [{key, title, fields}];
    `conditions`: FEEL (of materials) whose outcome the situation must settle too. Raises DefinitionFaulty, FormNotFound.
    """
    del by
    forms = {member["form"]: _latest_form(member["form"]) for member in members}
    content: dict[str, Any] = {
        "title": dict(title),
        "forms": forms,
        "members": [dict(member) for member in members],
        "situation": [dict(entry) for entry in situation],
        "conditions": list(conditions),
    }
    if steps:
        content["steps"] = [dict(step) for step in steps]
    return _publish(key, FormVersion.Kind.BUNDLE, content, at)


def _publish(key: str, kind: FormVersion.Kind, content: Mapping[str, Any], at: datetime) -> int:
    vocabulary = VocabularyVersion.objects.order_by("-version").first()
    if vocabulary is None:
        raise FormNotFound
    whole = self_contained(content, vocabulary.content, _compiled(vocabulary.pk))
    _lock(f"form:{key}")
    digest = _digest(whole)
    latest = FormVersion.objects.filter(key=key).order_by("-version").only("version", "digest").first()
    if latest is not None and latest.digest == digest:
        note(SubjectRef("form", latest.pk), key=key, version=latest.version, changed=False)
        return int(latest.version)
    version = latest.version + 1 if latest else 1
    row = FormVersion(key=key, version=version, kind=kind, content=whole, digest=digest, published_at=at)
    row.save(force_insert=True)
    note(SubjectRef("form", row.pk), key=key, version=version, changed=True)
    return version


@lru_cache(maxsize=2)
def _compiled(vocabulary_id: UUID) -> Vocabulary:
    """A version never changes; a pack publishes all its forms over the same one."""
    return Vocabulary.parse(VocabularyVersion.objects.get(pk=vocabulary_id).content)


def _latest_form(key: str) -> dict[str, Any]:
    row = FormVersion.objects.filter(key=key, kind=FormVersion.Kind.FORM).order_by("-version").first()
    if row is None:
        raise FormNotFound
    form: dict[str, Any] = row.content["forms"][key]
    return form


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.new("sm3", canonical_json(content)).hexdigest()


def _lock(what: str) -> None:
    """Two publishers of one thing wait for each other, so that versions have no gaps and no twins."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [what])
