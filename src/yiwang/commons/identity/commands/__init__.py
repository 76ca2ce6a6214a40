"""Identity's writes."""

from yiwang.commons.identity.commands.accounts import (
    create_account,
    deactivate_account,
    set_password,
    set_sample_passwords,
)
from yiwang.commons.identity.commands.acting import act_for, end_representation, represent, serve, serve_entity
from yiwang.commons.identity.commands.attempts import counted, forgive_attempt, take_attempt, unlock
from yiwang.commons.identity.commands.codes import carry_code, send_code, send_own_code, try_code
from yiwang.commons.identity.commands.factors import tell_factor_change, use_second_factor
from yiwang.commons.identity.commands.mail import choose_second_code, remove_mail, set_mail
from yiwang.commons.identity.commands.owners import prove_owner
from yiwang.commons.identity.commands.people import register_legal_entity, register_person, update_contact
from yiwang.commons.identity.commands.places import define_organisations, define_regions, define_role
from yiwang.commons.identity.commands.registration import recover_account, register_resident
from yiwang.commons.identity.commands.rights import appoint, end_appointment, grant, revoke
from yiwang.commons.identity.commands.sessions import (
    begin_session,
    continue_session,
    end_session,
    end_sessions,
    forget_device,
    sweep_sessions,
)
from yiwang.commons.identity.commands.step_up import confirm_passkey, confirm_password

__all__ = [
    "act_for",
    "appoint",
    "begin_session",
    "carry_code",
    "choose_second_code",
    "confirm_passkey",
    "confirm_password",
    "continue_session",
    "counted",
    "create_account",
    "deactivate_account",
    "define_organisations",
    "define_regions",
    "define_role",
    "end_appointment",
    "end_representation",
    "end_session",
    "end_sessions",
    "forget_device",
    "forgive_attempt",
    "grant",
    "prove_owner",
    "recover_account",
    "register_legal_entity",
    "register_person",
    "register_resident",
    "remove_mail",
    "represent",
    "revoke",
    "send_code",
    "send_own_code",
    "serve",
    "serve_entity",
    "set_mail",
    "set_password",
    "set_sample_passwords",
    "sweep_sessions",
    "take_attempt",
    "tell_factor_change",
    "try_code",
    "unlock",
    "update_contact",
    "use_second_factor",
]
