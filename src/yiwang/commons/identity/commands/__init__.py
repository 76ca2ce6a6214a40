"""Identity's writes."""

from yiwang.commons.identity.commands.accounts import (
    create_account,
    deactivate_account,
    set_password,
    set_sample_passwords,
)
from yiwang.commons.identity.commands.acting import act_for, end_representation, represent, serve, serve_entity
from yiwang.commons.identity.commands.people import register_legal_entity, register_person, update_contact
from yiwang.commons.identity.commands.places import define_organisations, define_regions, define_role
from yiwang.commons.identity.commands.rights import appoint, end_appointment, grant, revoke
from yiwang.commons.identity.commands.step_up import confirm_password

__all__ = [
    "act_for",
    "appoint",
    "confirm_password",
    "create_account",
    "deactivate_account",
    "define_organisations",
    "define_regions",
    "define_role",
    "end_appointment",
    "end_representation",
    "grant",
    "register_legal_entity",
    "register_person",
    "represent",
    "revoke",
    "serve",
    "serve_entity",
    "set_password",
    "set_sample_passwords",
    "update_contact",
]
