"""A department asks that its system be connected; another person decides; the department takes the secret once."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from allauth.idp.oidc.models import Client

from yiwang.commons.identity.commands.openid.logins import end_client_logins
from yiwang.commons.identity.contracts.openid import (
    CLIENT_REQUEST,
    CLIENT_SYSTEM,
    ClientKind,
    ClientProfile,
    ClientProfileInvalid,
    ClientRequestDecided,
    ClientState,
    ClientUnknown,
    RequestState,
    Scope,
)
from yiwang.commons.identity.engine.openid import faults_of, new_secret, stored
from yiwang.commons.identity.models import ClientAudience, ClientRequest, ClientSystem, Organisation, Role
from yiwang.commons.identity.policies import openid as policies
from yiwang.commons.identity.queries.openid.systems import profile_of, stored_profile
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.errors import Unauthenticated
from yiwang.kernel.text import gettext_noop as _

_MOST: Final = 20
_DEVICE: Final = Client.GrantType.DEVICE_CODE


@command("identity.request_client")
def request_client(
    *,
    profile: ClientProfile,
    organisation_id: UUID,
    reason: str,
    system_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """Ask that a system be connected, or (with `system_id`) changed to `profile`.

    Raises NotPermitted, Unauthenticated, ClientUnknown, ClientProfileInvalid.
    """
    policies.check_request(by, organisation_id)
    if system_id and not ClientSystem.objects.filter(pk=system_id, organisation_id=organisation_id).exists():
        raise ClientUnknown
    _check(profile, reason)
    if by.account_id is None:
        raise Unauthenticated
    row: ClientRequest = ClientRequest.objects.create(
        system_id=system_id,
        organisation_id=organisation_id,
        profile=stored_profile(profile),
        reason=reason.strip(),
        state=RequestState.OPEN.value,
        requested_by_id=by.account_id,
        requested_at=at,
    )
    note(SubjectRef(CLIENT_REQUEST, row.pk), organisation=str(organisation_id), system=str(system_id or ""))
    return row.pk


def _check(profile: ClientProfile, reason: str) -> None:
    faults: dict[str, str] = {}
    if not 2 <= len(profile.name.strip()) <= 80:
        faults["name"] = _("请填写系统名称，2 到 80 个字。")
    if len(profile.about) > 200:
        faults["about"] = _("说明最多 200 个字。")
    if not 1 <= len(reason.strip()) <= 500:
        faults["reason"] = _("请说明为什么接入，最多 500 个字。")
    faults |= _address_faults(profile)
    if not 1 <= profile.least_assurance <= 4 or profile.least_level not in {1, 2}:
        faults["least_assurance"] = _("等级不对。")
    if Scope.OPENID not in profile.scopes:
        faults["scopes"] = _("须包含“识别账号”。")
    faults |= _audience_faults(profile)
    if faults:
        raise ClientProfileInvalid(fields=faults)


def _address_faults(profile: ClientProfile) -> dict[str, str]:
    app, faults = profile.kind is ClientKind.APP, {}
    groups: Mapping[str, tuple[str, ...]] = {
        "redirect_uris": profile.redirect_uris,
        "post_logout_uris": profile.post_logout_uris,
        "launch_url": (profile.launch_url,) if profile.launch_url else (),
        "logout_url": (profile.logout_url,) if profile.logout_url else (),
    }
    for name, uris in groups.items():
        fault = next((fault for uri in uris if (fault := faults_of(uri, app=app and name.endswith("uris")))), "")
        if fault:
            faults[name] = fault
        elif len(uris) > _MOST:
            faults[name] = _("地址太多，最多 20 个。")
    if not profile.redirect_uris and profile.kind is not ClientKind.DEVICE:
        faults.setdefault("redirect_uris", _("请填写登录后返回的地址。"))
    return faults


def _audience_faults(profile: ClientProfile) -> dict[str, str]:
    codes, roles = {row.organisation for row in profile.audience}, {row.role for row in profile.audience if row.role}
    if not profile.residents and not profile.audience:
        return {"audience": _("请写明谁可以进入：公众，或哪些单位。")}
    if len(profile.audience) > _MOST * 10:
        return {"audience": _("单位太多，请写上级单位。")}
    known = Organisation.objects.filter(code__in=codes).count() == len(codes)
    if known and Role.objects.filter(key__in=roles).count() == len(roles):
        return {}
    return {"audience": _("有的单位或岗位没有登记。")}


@command("identity.decide_client_request")
def decide_client_request(
    *, request_id: UUID, approve: bool, remarks: str = "", by: Actor, at: datetime
) -> UUID | None:
    """Approve or refuse as somebody who did not ask; the system's id where it is connected now.

    Raises ClientUnknown, NotPermitted, OwnClientRequest, ClientRequestDecided, ClientProfileInvalid (a refusal says why).
    """
    row = ClientRequest.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
    if row is None:
        raise ClientUnknown
    policies.check_decide(by, organisation_id=row.organisation_id, requested_by=row.requested_by_id)
    if row.state != RequestState.OPEN.value:
        raise ClientRequestDecided
    if not approve and not remarks.strip():
        raise ClientProfileInvalid(fields={"remarks": _("不同意的，请写明原因。")})
    row.state = (RequestState.APPROVED if approve else RequestState.REFUSED).value
    row.decided_by_id, row.decided_at, row.remarks = by.account_id, at, remarks.strip()[:500]
    if row.system_id is not None:
        row.system = _locked(row.system_id)  # who suspends it at the same moment is not overwritten
    before = profile_of(row.system.profile) if row.system else None
    if approve:
        row.system = _connect(row, at)
    row.save()
    if approve and before is not None and _begins_anew(before, profile_of(row.profile)):
        end_client_logins(system_id=row.system_id, reason="changed", by=by, at=at)
    subject = SubjectRef(CLIENT_REQUEST, row.pk)
    note(subject, state=row.state, system=str(row.system_id or ""))
    profile = profile_of(row.profile)
    evidence.record(
        f"client_request.{row.state}",
        subject,
        {"organisation": str(row.organisation_id), "system": profile.name, "scopes": [s.value for s in profile.scopes]},
    )
    return row.system_id if approve else None


def _begins_anew(before: ClientProfile, after: ClientProfile) -> bool:
    """Whether what was begun under the profile before may not go on: it knows more, or lets in more, than was agreed now."""
    narrower = not set(before.scopes) <= set(after.scopes) or (before.residents and not after.residents)
    other = before.kind is not after.kind or before.pairwise != after.pairwise or before.audience != after.audience
    stricter = after.least_assurance > before.least_assurance or after.least_level > before.least_level
    return narrower or other or stricter or (after.asks_consent and not before.asks_consent)


def _connect(request: ClientRequest, at: datetime) -> ClientSystem:
    """The system as the request describes it, in our table and in allauth's."""
    profile = profile_of(request.profile)
    system: ClientSystem = request.system or ClientSystem(
        client_id=f"yw-{secrets.token_hex(12)}", created_at=at, subject_salt=secrets.token_bytes(32),
        state=ClientState.ACTIVE.value, organisation_id=request.organisation_id, keeper_id=request.requested_by_id,
    )  # fmt: skip
    system.name, system.profile = profile.name.strip(), request.profile
    system.residents, system.launch_url = profile.residents, profile.launch_url
    system.save()
    ClientAudience.objects.filter(system=system).delete()
    places = dict(
        Organisation.objects.filter(code__in={row.organisation for row in profile.audience}).values_list("code", "pk")
    )
    ClientAudience.objects.bulk_create(
        ClientAudience(system=system, organisation_id=places[row.organisation], role=row.role)
        for row in dict.fromkeys(profile.audience)
        if row.organisation in places
    )
    _keep_client(system, profile)
    return system


def _keep_client(system: ClientSystem, profile: ClientProfile) -> None:
    client = Client.objects.filter(pk=system.client_id).first() or Client(pk=system.client_id, secret="")
    public = profile.kind is not ClientKind.SERVER
    client.name = profile.name[:100]
    client.type = Client.Type.PUBLIC if public else Client.Type.CONFIDENTIAL
    client.set_scopes([each.value for each in profile.scopes])
    client.set_redirect_uris(list(profile.redirect_uris))
    client.set_post_logout_redirect_uris(list(profile.post_logout_uris))
    client.set_response_types([Client.ResponseType.CODE.value])
    flow = _DEVICE if profile.kind is ClientKind.DEVICE else Client.GrantType.AUTHORIZATION_CODE
    client.set_grant_types([flow.value, Client.GrantType.REFRESH_TOKEN.value])
    client.save()


@command("identity.new_client_secret")
def new_client_secret(*, system_id: UUID, by: Actor, at: datetime) -> str:
    """A fresh secret, told this once; the one before is void. Raises ClientUnknown, NotPermitted."""
    del at
    system = _locked(system_id)
    policies.check_request(by, system.organisation_id)
    if profile_of(system.profile).kind is not ClientKind.SERVER:
        raise ClientUnknown
    secret = new_secret()
    Client.objects.filter(pk=system.client_id).update(secret=stored(secret))
    renewed, system.has_secret, system.secret_by_id = system.has_secret, True, by.account_id
    system.save(update_fields=["has_secret", "secret_by"])
    subject = SubjectRef(CLIENT_SYSTEM, system_id)
    note(subject, secret="renewed" if renewed else "taken")
    evidence.record("client_secret.taken", subject, {"renewed": renewed})
    return secret


@command("identity.take_over_client")
def take_over_client(*, system_id: UUID, by: Actor, at: datetime) -> None:
    """Look after a system from now on, in the place of who did: as one who may ask for systems of its organisation.

    Nothing stops by it. What the former keeper knows, the secret, is void once a new one is taken. Again changes nothing.
    Raises ClientUnknown, NotPermitted, Unauthenticated.
    """
    del at
    system = _locked(system_id)
    policies.check_request(by, system.organisation_id)
    if by.account_id is None:
        raise Unauthenticated
    former, system.keeper_id = system.keeper_id, by.account_id
    system.save(update_fields=["keeper"])
    subject = SubjectRef(CLIENT_SYSTEM, system_id)
    note(subject, former=str(former or ""), keeper=str(by.account_id))
    if former != by.account_id:
        parties = evidence.salted_hash(f"{former or ''} {by.account_id}")
        evidence.record("client_system.taken_over", subject, {"system": system.name, "parties": parties})


@command("identity.suspend_client")
def suspend_client(*, system_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Nobody enters it any more, and who is in is out. Raises ClientUnknown, NotPermitted, ClientProfileInvalid."""
    if not reason.strip():
        raise ClientProfileInvalid(fields={"reason": _("请写明原因。")})
    system = _locked(system_id)
    policies.check_review(by, system.organisation_id)
    _set(system, ClientState.SUSPENDED, reason)
    end_client_logins(system_id=system_id, reason="suspended", by=by, at=at)


@command("identity.resume_client")
def resume_client(*, system_id: UUID, by: Actor, at: datetime) -> None:
    """Let people enter again. Raises ClientUnknown, NotPermitted."""
    del at
    system = _locked(system_id)
    policies.check_review(by, system.organisation_id)
    _set(system, ClientState.ACTIVE, "")


def _set(system: ClientSystem, state: ClientState, reason: str) -> None:
    system.state = state.value
    system.save(update_fields=["state"])
    subject = SubjectRef(CLIENT_SYSTEM, system.pk)
    note(subject, state=state.value, reason=reason.strip()[:200])
    evidence.record(f"client_system.{state.value}", subject, {"system": system.name})


def _locked(system_id: UUID) -> ClientSystem:
    found: ClientSystem | None = ClientSystem.objects.select_for_update(of=("self",)).filter(pk=system_id).first()
    if found is None:
        raise ClientUnknown
    return found
