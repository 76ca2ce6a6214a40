"""What verifying says of a licence that stands here, and the signed list of those that do not stand any more."""

import time
from collections.abc import Iterator
from uuid import UUID

from django.db.models import F, Q

from yiwang.commons.crypto import queries as pool
from yiwang.commons.files import queries as files
from yiwang.commons.ledger.engine import NoteSigner, NoteVerifier
from yiwang.commons.licences import policies
from yiwang.commons.licences.contracts import LicenceNotFound, LicenceState
from yiwang.commons.licences.models import Licence, LicenceVersion
from yiwang.commons.licences.rules.statuslist import Entry, StatusList, read_list, write_list
from yiwang.commons.licences.rules.verdicts import verify_licence
from yiwang.commons.seals import queries as seals
from yiwang.commons.seals.engine import SealFault, paint_ofd
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.verdicts import Verdict

STATUS_KEY = "licences.status"
APPLICATION = "licences"
_NAME = "yiwang/licences/status"
_KEPT_SECONDS = 30.0
_kept: dict[str, tuple[float, bytes]] = {}


def verdict(*, licence_id: UUID, viewer: Actor) -> Verdict:
    """Verify the sealed OFD of the version in force as anybody would. Raises LicenceNotFound."""
    return verify_licence(_sealed(licence_id, viewer), seals.trust(viewer=viewer), current_list(viewer=viewer))


def picture(*, licence_id: UUID, viewer: Actor) -> str:
    """The first page of the sealed OFD of the version in force as SVG, its seal included. Raises LicenceNotFound."""
    try:
        pages = paint_ofd(_sealed(licence_id, viewer), pages=1)
    except SealFault:
        raise LicenceNotFound from None
    return pages[0]


def _sealed(licence_id: UUID, viewer: Actor) -> bytes:
    row = Licence.objects.select_related("current__file").filter(pk=licence_id).first()
    if row is None:
        raise LicenceNotFound
    policies.check_see(viewer, row)
    kept = getattr(row.current, "file", None) if row.current_id else None
    if kept is None:
        raise LicenceNotFound
    with files.open_file(file_id=kept.ofd_file_id, viewer=viewer).stream as stream:
        return stream.read()


def current_list(*, viewer: Actor) -> StatusList | None:
    """The list as it is published now; None where there is no key to sign it yet."""
    verifier = status_verifier(viewer=viewer)
    return read_list(status_list(viewer=viewer), [verifier]) if verifier else None


def status_verifier(*, viewer: Actor) -> NoteVerifier | None:
    """The key that signs the list: its line is what `--status-key` takes."""
    del viewer
    key_id = pool.key_id_of(name=STATUS_KEY)
    return NoteVerifier.of(_NAME, pool.public_key(key_id=key_id)) if key_id else None


def status_list(*, viewer: Actor) -> bytes:
    """The signed list; made anew at most every half minute. Raises LicenceNotFound where no key signs it yet."""
    del viewer
    made, body = _kept.get("list", (0.0, b""))
    if not body or time.monotonic() - made > _KEPT_SECONDS:
        key_id = pool.key_id_of(name=STATUS_KEY)
        if key_id is None:
            raise LicenceNotFound
        signer = NoteSigner(_NAME, pool.signer(key_id=key_id, application=APPLICATION))
        body = write_list(_entries(), signer=signer, at=clock.now())
        _kept["list"] = (time.monotonic(), body)
    return body


def forget_list() -> None:
    """Make the list anew when it is next asked for (a licence has just ended)."""
    _kept.clear()


def _entries() -> Iterator[Entry]:
    """Versions of licences that ended or pause, and versions that a newer one superseded."""
    gone = (LicenceState.SUSPENDED, LicenceState.REVOKED, LicenceState.REPLACED)
    ended = Licence.objects.filter(state__in=[each.value for each in gone])
    rows = LicenceVersion.objects.filter(licence__in=ended, file__isnull=False).values_list(
        "identifier", "licence__state", "licence__changed_at"
    )
    for identifier, state, at in rows.iterator():
        yield Entry(identifier, state, at.astimezone(clock.CHINA).date().isoformat())
    older = LicenceVersion.objects.filter(~Q(licence__state__in=[each.value for each in gone]), file__isnull=False)
    found = older.filter(number__lt=F("licence__current__number")).values_list("identifier", "licence__sealed_at")
    for identifier, at in found.iterator():
        yield Entry(identifier, "superseded", at.astimezone(clock.CHINA).date().isoformat())
