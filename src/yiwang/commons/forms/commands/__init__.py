"""Writes of forms: publishing vocabularies and forms, keeping and sending drafts."""

from yiwang.commons.forms.commands.drafting import (
    discard_draft,
    fill_draft,
    purge_drafts,
    renew_draft,
    save_draft,
    start_draft,
)
from yiwang.commons.forms.commands.publishing import publish_bundle, publish_form, publish_vocabulary
from yiwang.commons.forms.commands.sending import submit_draft
from yiwang.commons.forms.commands.uploading import add_file, pledge_materials, put_file, remove_file

__all__ = [
    "add_file",
    "discard_draft",
    "fill_draft",
    "pledge_materials",
    "publish_bundle",
    "publish_form",
    "publish_vocabulary",
    "purge_drafts",
    "put_file",
    "remove_file",
    "renew_draft",
    "save_draft",
    "start_draft",
    "submit_draft",
]
