"""Client systems as pages and protocols read them."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from pydantic import TypeAdapter

from yiwang.commons.identity.contracts.openid import (
    REQUEST_CLIENTS,
    REVIEW_CLIENTS,
    ClientProfile,
    ClientRequestView,
    ClientState,
    ClientSystemView,
    ClientUnknown,
    ConsentView,
    LauncherEntry,
    RequestState,
    Scope,
)
from yiwang.commons.identity.models import ClientConsent, ClientRequest, ClientSystem
from yiwang.commons.identity.policies import openid as policies
from yiwang.commons.identity.policies import scope
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page, paginate

_PROFILES = TypeAdapter(ClientProfile)


def stored_profile(profile: ClientProfile, /) -> Any:
    """As JSON."""
    return _PROFILES.dump_python(profile, mode="json")


def profile_of(stored: Any, /) -> ClientProfile:
    """From JSON."""
    return _PROFILES.validate_python(stored)


def client_system(*, system_id: UUID, viewer: Actor) -> ClientSystemView:
    """One system, for those who ask for or decide on systems of its organisation. Raises ClientUnknown."""
    row = _kept().filter(pk=system_id).first()
    if row is None:
        raise ClientUnknown
    policies.check_see(viewer, row.organisation_id)
    return _system(row, viewer)


def client_systems(*, viewer: Actor, cursor: str | None = None) -> Page[ClientSystemView]:
    """Systems within the viewer's reach, by name. Two queries."""
    page = paginate(_kept().filter(_within(viewer)), order=("name", "id"), cursor=cursor)
    return page.map(lambda row: _system(row, viewer))


def _kept() -> "QuerySet[ClientSystem]":
    """With who looks after each, and whether they still may."""
    rows: QuerySet[ClientSystem] = ClientSystem.objects.select_related("organisation", "keeper__person")
    return rows.annotate(
        kept=policies.may_keep("keeper_id", "organisation_id"),
        trusted=policies.may_keep("secret_by_id", "organisation_id"),
    )


def count_unkept(*, viewer: Actor) -> int:
    """Systems within reach whose keeper has left or lost the right to keep them. One query."""
    found = _kept().filter(_within(viewer))
    return int(found.filter(Q(kept=False) | Q(has_secret=True, trusted=False)).count())


def client_request(*, request_id: UUID, viewer: Actor) -> ClientRequestView:
    """One request. Raises ClientUnknown."""
    row = ClientRequest.objects.select_related("organisation").filter(pk=request_id).first()
    if row is None:
        raise ClientUnknown
    policies.check_see(viewer, row.organisation_id)
    return _request(row)


def client_requests(
    *, viewer: Actor, state: RequestState | None = None, cursor: str | None = None
) -> Page[ClientRequestView]:
    """Requests within the viewer's reach, the newest first. Two queries."""
    rows = ClientRequest.objects.filter(_within(viewer)).select_related("organisation")
    if state is not None:
        rows = rows.filter(state=state.value)
    return paginate(rows, order=("-requested_at", "-id"), cursor=cursor).map(_request)


def _within(viewer: Actor) -> Q:
    asks = scope(viewer=viewer, action=REQUEST_CLIENTS, scope_key=None, grade=None)
    decides = scope(viewer=viewer, action=REVIEW_CLIENTS, scope_key=None, grade=None)
    return Q(asks) | Q(decides)


def client_rights(*, viewer: Actor, organisation_id: UUID | None = None) -> tuple[bool, bool]:
    """Whether the viewer may ask for systems, and decide on them, here or (without an organisation) anywhere."""
    return policies.can_request(viewer, organisation_id), policies.can_review(viewer, organisation_id)


def launcher(*, viewer: Actor) -> tuple[LauncherEntry, ...]:
    """The systems that the viewer may open today, by organisation and name. One query."""
    if viewer.account_id is None:
        return ()
    rows = ClientSystem.objects.filter(policies.open_to(viewer.account_id), state=ClientState.ACTIVE.value)
    rows = rows.exclude(launch_url="").select_related("organisation")
    found = rows.order_by("organisation__position", "organisation__name", "name")[:200]
    return tuple(
        LauncherEntry(row.pk, row.name, row.profile.get("about", ""), row.organisation.name, row.launch_url)
        for row in found
    )


def consents(*, viewer: Actor) -> tuple[ConsentView, ...]:
    """What the viewer agreed to give which systems. One query."""
    if viewer.account_id is None:
        return ()
    rows = ClientConsent.objects.filter(account_id=viewer.account_id).select_related("system__organisation")
    return tuple(
        ConsentView(row.system_id, row.system.name, row.system.organisation.name, _scopes(row.scopes), row.given_at)
        for row in rows.order_by("-given_at")[:200]
    )


def consented(*, system_id: UUID, viewer: Actor) -> frozenset[Scope]:
    """What the viewer agreed that a system may learn."""
    rows = ClientConsent.objects.filter(account_id=viewer.account_id, system_id=system_id)
    return frozenset(_scopes(rows.values_list("scopes", flat=True).first() or ()))


def _scopes(names: Any) -> tuple[Scope, ...]:
    return tuple(each for each in Scope if each.value in names)


def _system(row: ClientSystem, viewer: Actor) -> ClientSystemView:
    keeper = row.keeper
    return ClientSystemView(
        id=row.pk,
        client_id=row.client_id,
        organisation_id=row.organisation_id,
        organisation=row.organisation.name,
        profile=profile_of(row.profile),
        state=ClientState(row.state),
        has_secret=row.has_secret,
        created_at=row.created_at,
        keeper="" if keeper is None else keeper.person.name if keeper.person else keeper.username,
        kept=row.kept,  # type: ignore[attr-defined]  # annotated
        secret_known=row.has_secret and not row.trusted,  # type: ignore[attr-defined]  # annotated
        own=viewer.account_id is not None and row.keeper_id == viewer.account_id,
    )


def _request(row: ClientRequest) -> ClientRequestView:
    return ClientRequestView(
        id=row.pk,
        system_id=row.system_id,
        organisation_id=row.organisation_id,
        organisation=row.organisation.name,
        profile=profile_of(row.profile),
        state=RequestState(row.state),
        reason=row.reason,
        requested_by=row.requested_by_id,
        requested_at=row.requested_at,
        decided_at=row.decided_at,
        remarks=row.remarks,
    )
