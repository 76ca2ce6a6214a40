"""Keys as those see them who keep them: lists with states and uses, one key with its history, quotas, master keys, passes."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from yiwang.commons.crypto import policies, registry, rules
from yiwang.commons.crypto.contracts import (
    ApplicationNotFound,
    ApplicationRow,
    KeyId,
    KeyNotFound,
    KeyPage,
    KeyRow,
    KeyState,
    KeyVerb,
    MasterRow,
    MasterState,
    Operation,
    PartRow,
    Purpose,
    RunRow,
    RunState,
    StepRow,
    UseRow,
    VersionRow,
)
from yiwang.commons.crypto.models import (
    CryptoKey,
    KeyApplication,
    KeyStep,
    KeyUsage,
    KeyVersion,
    MasterKey,
    Reencryption,
    ReencryptionPart,
)
from yiwang.commons.crypto.queries.stored import settles_at
from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page, paginate

_RECENT = timedelta(days=30)
_UNASKED = (Purpose.FIELDS.value, Purpose.LOOKUP.value, Purpose.DATA.value)
"""Purposes whose keys rotate by themselves when they are due: a signing key's public side must be made known first."""


def rights(*, viewer: Actor) -> frozenset[str]:
    """The actions on keys that the viewer holds, for buttons and navigation. One query."""
    return policies.rights(viewer)


def check_manage(*, viewer: Actor) -> None:
    """For pages that ask before they change. Raises MayNotManage."""
    policies.check_manage(viewer)


def keys(
    *, viewer: Actor, text: str = "", state: str = "", purpose: str = "", cursor: str | None = None, size: int = 20
) -> Page[KeyRow]:
    """Keys, the newest first, found by name, owner or application. Two queries. Raises MayNotView."""
    policies.check_view(viewer)
    rows = _listed()
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(owner__icontains=text) | Q(application__code__icontains=text))
    if state in set(KeyState):
        rows = rows.filter(state=state)
    if purpose in set(Purpose):
        rows = rows.filter(purpose=purpose)
    return paginate(rows, order=("-created_at", "-id"), cursor=cursor, size=size).map(_row)


def _listed() -> "QuerySet[CryptoKey]":
    recent = KeyUsage.objects.filter(version__key=OuterRef("pk"), day__gt=clock.today() - _RECENT).order_by()
    uses = recent.values("version__key").annotate(n=Sum("count")).values("n")
    found: QuerySet[CryptoKey] = CryptoKey.objects.select_related("application").annotate(
        uses=Coalesce(Subquery(uses), 0)
    )
    return found


def _row(row: Any) -> KeyRow:
    return KeyRow(
        id=KeyId(row.pk),
        name=row.name,
        owner=row.owner,
        purpose=Purpose(row.purpose),
        application=row.application.code,
        suite=row.suite,
        algorithm=row.algorithm,
        state=KeyState(row.state),
        version=row.version,
        next_rotation_at=row.next_rotation_at,
        created_at=row.created_at,
        uses=int(row.uses),
    )


def key_page(*, key_id: UUID | None = None, name: str = "", viewer: Actor, steps: int = 200) -> KeyPage:
    """One key, by id or name, with versions, its last steps, its uses of thirty days. Raises MayNotView, KeyNotFound."""
    policies.check_view(viewer)
    found = _listed().filter(Q(pk=key_id) if key_id is not None else Q(name=name)).first()
    if found is None:
        raise KeyNotFound(key=name or str(key_id))
    row: Any = found
    versions = _versions(row)
    newest = max(versions, key=lambda each: each[0].number)[0]
    return KeyPage(
        row=_row(row),
        rotate_days=row.rotate_days,
        versions=tuple(view for _version, view in versions),
        steps=_steps(row, viewer, steps),
        uses=_uses(row),
        verbs=rules.verbs(KeyState(row.state), Purpose(row.purpose)),
        retired_by=row.retired_by_id,
        public=bytes(newest.public_key) if newest.public_key is not None else None,
    )


def _versions(key: CryptoKey) -> list[tuple[KeyVersion, VersionRow]]:
    rows = KeyVersion.objects.filter(key=key).select_related("master").annotate(n=Coalesce(Sum("usage__count"), 0))
    return [(row, _version(row)) for row in rows.order_by("-number")]


def _version(row: Any) -> VersionRow:
    side = bytes(row.public_key) if row.public_key is not None else b""
    return VersionRow(
        id=row.pk,
        number=row.number,
        suite=row.suite,
        algorithm=row.algorithm,
        label=bytes(row.label).hex(),
        fingerprint=hashlib.new("sm3", side).hexdigest() if side else "",
        created_at=row.created_at,
        effective_at=row.effective_at,
        replaced_at=row.replaced_at,
        retired_at=row.retired_at,
        destroyed_at=row.destroyed_at,
        master=row.master.fingerprint if row.master else "",
        uses=int(row.n),
    )


def _steps(key: CryptoKey, viewer: Actor, most: int) -> tuple[StepRow, ...]:
    rows = list(KeyStep.objects.filter(key=key).order_by("-at", "-id")[:most])
    known = {row.account_id for row in rows if row.account_id is not None}
    names = identity.account_names(account_ids=known, viewer=viewer) if known else {}
    return tuple(
        StepRow(
            row.at, KeyVerb(row.verb), row.before, KeyState(row.after), row.version,
            names.get(row.account_id, "") if row.account_id else "", row.reason,
        )
        for row in rows
    )  # fmt: skip


def _uses(key: CryptoKey) -> tuple[UseRow, ...]:
    rows = KeyUsage.objects.filter(version__key=key, day__gt=clock.today() - _RECENT).select_related("version")
    return tuple(
        UseRow(row.day, row.application, Operation(row.operation), row.version.number, row.count)
        for row in rows.order_by("-day", "application", "operation", "-version__number")
    )


def applications(*, viewer: Actor, cursor: str | None = None, size: int = 50) -> Page[ApplicationRow]:
    """Applications with quotas, what they used today, how many keys they have. Two queries. Raises MayNotView."""
    policies.check_view(viewer)
    return paginate(_applications(), order=("code",), cursor=cursor, size=size).map(_application)


def application(*, code: str, viewer: Actor) -> ApplicationRow:
    """One of them. Raises MayNotView, ApplicationNotFound."""
    policies.check_view(viewer)
    row = _applications().filter(code=code).first()
    if row is None:
        raise ApplicationNotFound(application=code[:60])
    return _application(row)


def _applications() -> "QuerySet[KeyApplication]":
    today = KeyUsage.objects.filter(application=OuterRef("code"), day=clock.today()).order_by()
    used = today.values("application").annotate(n=Sum("count")).values("n")
    living = Q(keys__state__in=[each.value for each in KeyState if each is not KeyState.DESTROYED])
    rows: QuerySet[KeyApplication] = KeyApplication.objects.annotate(
        used=Coalesce(Subquery(used), 0), has=Count("keys", filter=living)
    )
    return rows


def _application(row: Any) -> ApplicationRow:
    return ApplicationRow(row.pk, row.code, row.title, row.daily_quota, row.key_quota, int(row.used), int(row.has))


def masters(*, viewer: Actor) -> tuple[MasterRow, ...]:
    """Master keys, the active one first. Raises MayNotView."""
    policies.check_view(viewer)
    keeper = registry.master_keys()
    rows = MasterKey.objects.annotate(n=Count("versions")).order_by("state", "-created_at")
    return tuple(
        MasterRow(
            row.fingerprint, MasterState(row.state), row.kind, row.created_at, row.retired_at, row.n,
            keeper.has(row.fingerprint),
        )
        for row in rows
    )  # fmt: skip


def newest_run(*, viewer: Actor) -> RunRow | None:
    """The pass that runs, else the last one. Two queries. Raises MayNotView."""
    policies.check_view(viewer)
    run = Reencryption.objects.order_by("-begun_at").first()
    if run is None:
        return None
    parts: Iterable[ReencryptionPart] = ReencryptionPart.objects.filter(run=run).order_by("table")
    told = tuple(
        PartRow(p.table, max(p.total, p.scanned), p.scanned, p.changed, p.damaged, p.ended_at is not None)
        for p in parts
    )
    return RunRow(run.pk, RunState(run.state), run.reason, run.begun_at, run.ended_at, told)


def established(*, viewer: Actor) -> bool:
    """Whether the platform's own keys are made. One query."""
    policies.check_view(viewer)
    wanted = [each.value for each in rules.PLATFORM]
    return int(CryptoKey.objects.filter(purpose__in=wanted).count()) == len(wanted)


def due_keys(*, viewer: Actor) -> tuple[KeyId, ...]:
    """Keys that rotate by themselves and whose time has come: by their schedule, or by how often they sealed."""
    policies.check_view(viewer)
    now = clock.now()
    sealed = KeyUsage.objects.filter(
        version__key=OuterRef("pk"), version__replaced_at__isnull=True, operation=Operation.SEAL.value
    ).order_by()  # fmt: skip
    rows = CryptoKey.objects.filter(state=KeyState.ACTIVE.value, purpose__in=_UNASKED).annotate(
        seals=Coalesce(Subquery(sealed.values("version__key").annotate(n=Sum("count")).values("n")), 0),
        unfinished=Count("versions", filter=Q(versions__retired_at__isnull=True, versions__destroyed_at__isnull=True)),
    )
    return tuple(
        KeyId(row.pk)
        for row in rows
        if rules.is_due(now, row.next_rotation_at, row.seals)
        and not (row.purpose == Purpose.LOOKUP.value and row.unfinished > 1)
    )


def pass_is_due(*, viewer: Actor) -> bool:
    """Whether a pass runs, or former versions wait for one that began after every process had left them."""
    policies.check_view(viewer)
    now = clock.now()
    if Reencryption.objects.filter(state=RunState.RUNNING.value).exists():
        return True
    moment = settles_at()
    if moment is not None and moment > now:
        return False
    wanted = [each.value for each in rules.PLATFORM]
    known = timedelta(seconds=rules.STALE_AFTER)
    left = Q(replaced_at__lte=now - known) | Q(key__purpose=Purpose.LOOKUP.value, replaced_at__lte=now)
    former = KeyVersion.objects.filter(
        left, key__purpose__in=wanted, retired_at__isnull=True, destroyed_at__isnull=True
    )
    last = Reencryption.objects.order_by("-begun_at").values_list("begun_at", flat=True).first()
    return any(last is None or last < row.replaced_at + known for row in former if row.replaced_at is not None)
