"""The wording of documents as a pack publishes it: a new text is a new version, none is ever changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.serve.cases.contracts import DocumentKind, TemplateChanged
from yiwang.serve.cases.models import DocumentTemplate
from yiwang.serve.cases.queries import wording


@command("cases.publish_template")
def publish_template(*, kind: DocumentKind, version: str, content: Mapping[str, Any], by: Actor, at: datetime) -> bool:
    """Put a wording in force; whether it is new. The same version with another text raises TemplateChanged."""
    subject = SubjectRef("document_template", uuid5(NAMESPACE_URL, f"urn:yiwang:document:{kind.value}"))
    known = DocumentTemplate.objects.filter(kind=kind.value, version=version).first()
    if known is None:
        DocumentTemplate(kind=kind.value, version=version, content=dict(content), published_at=at).save(
            force_insert=True
        )
        transaction.on_commit(wording.forget)
    elif known.content != dict(content):
        raise TemplateChanged(kind=kind.label, version=version)
    note(subject, kind=kind.value, version=version, new=known is None)
    wording.forget()
    return known is None
