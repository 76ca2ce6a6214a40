"""Writes of the catalogue: publishing, the life of a version, what holds for all, reading foreign lists."""

from yiwang.serve.matters.commands.defaults import set_procedure, set_themes
from yiwang.serve.matters.commands.importing import import_list
from yiwang.serve.matters.commands.life import (
    cancel_matter,
    resume_matter,
    suspend_matter,
    withdraw_bundle,
    withdraw_matter,
)
from yiwang.serve.matters.commands.publishing import (
    publish_bundle,
    publish_matter,
    put_in_force,
    republish_matter,
)

__all__ = [
    "cancel_matter",
    "import_list",
    "publish_bundle",
    "publish_matter",
    "put_in_force",
    "republish_matter",
    "resume_matter",
    "set_procedure",
    "set_themes",
    "suspend_matter",
    "withdraw_bundle",
    "withdraw_matter",
]
