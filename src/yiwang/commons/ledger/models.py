"""The log's tables. What it says is only ever added to: triggers refuse change, gaps and heads beyond the entries.

A tile holds its 256 hashes and every node above them, so that a proof is cut out and never computed. What is not in a full
tile yet is computed from the last entries and the roots of the tiles below: no row of the tree is ever written twice.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Length

from yiwang.commons.ledger.contracts import LONGEST_ENTRY, FindingKind
from yiwang.kernel.fields import public
from yiwang.kernel.models import AppendOnlyModel, GuardedModel, GuardedRow

models.BinaryField.register_lookup(Length, "length")

HASH = 32
TILE_NODES = 510  # 256 + 128 + … + 2: all nodes below the tile's root
SUITES = [("national", "SM2, SM3"), ("international", "Ed25519, SHA-256")]


def _log(**options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey("Log", on_delete=models.PROTECT, related_name="+", **options)


def _point(vkey: str) -> models.Func:
    """The key in `name+id+key`, whatever its name: a name has no plus sign, the key may have some."""
    return models.Func(
        F(vkey), Value(r"^[^+]*\+[^+]*\+"), Value(""), function="regexp_replace", output_field=models.TextField()
    )


class Log(GuardedRow):
    """A log: its name in the world, the suite and public key that it keeps as long as it lives. At most one is open."""

    number = public(models.PositiveSmallIntegerField(primary_key=True))
    origin = public(models.CharField(max_length=200, unique=True))
    suite = public(models.CharField(max_length=16, choices=SUITES))
    public_key = public(models.BinaryField(max_length=256, help_text="SubjectPublicKeyInfo, DER"))
    key_id = public(models.UUIDField(help_text="the signing key in the pool of commons.crypto"))
    opened_at = public(models.DateTimeField())
    closed_at = public(models.DateTimeField(null=True))

    class Meta(GuardedRow.Meta):
        constraints = (
            models.UniqueConstraint(
                models.ExpressionWrapper(Q(closed_at__isnull=True), output_field=models.BooleanField()),
                name="log_one_open",
                condition=Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(name="log_suite_known", condition=Q(suite__in=["national", "international"])),
        )


class Entry(GuardedRow):
    """One statement at its place. `data` are the very bytes that were hashed.

    Evidence stands in a log once; again in the next one where no co-signed head of the closed log covers it.
    The log is no foreign key for the database: its check would cost as much as the row. A trigger sees to that and to gaps.
    """

    append_only: ClassVar[bool] = True

    pk = public(models.CompositePrimaryKey("log", "index"))
    log = public(_log(db_constraint=False, db_index=False))
    index = public(models.BigIntegerField())
    evidence_id = public(models.UUIDField(null=True))
    kind = public(models.CharField(max_length=60))
    subject_kind = public(models.CharField(max_length=40, blank=True))
    subject_id = public(models.UUIDField(null=True))
    organisation_id = public(models.UUIDField(null=True))
    at = public(models.DateTimeField())
    data = public(models.BinaryField(max_length=LONGEST_ENTRY))

    class Meta(GuardedRow.Meta):
        constraints = (
            models.UniqueConstraint(fields=["evidence_id", "log"], name="entry_evidence_once"),
            models.CheckConstraint(name="entry_index_counts", condition=Q(index__gte=0)),
            models.CheckConstraint(
                name="entry_has_length", condition=Q(data__length__gte=1, data__length__lte=LONGEST_ENTRY)
            ),
        )
        indexes = (models.Index(fields=["log", "kind", "index"], name="entry_kind"),)


class Tile(GuardedRow):
    """A full tile of C2SP tlog-tiles: 256 hashes, the nodes above them row by row, and their root."""

    append_only: ClassVar[bool] = True

    pk = public(models.CompositePrimaryKey("log", "level", "number"))
    log = public(_log(db_index=False))
    level = public(models.PositiveSmallIntegerField())
    number = public(models.BigIntegerField())
    nodes = public(models.BinaryField(max_length=TILE_NODES * HASH))
    root = public(models.BinaryField(max_length=HASH))

    class Meta(GuardedRow.Meta):
        constraints = (
            models.CheckConstraint(
                name="tile_full", condition=Q(nodes__length=TILE_NODES * HASH, root__length=HASH, number__gte=0)
            ),
            models.CheckConstraint(name="tile_level_known", condition=Q(level__lte=7)),
        )


class Checkpoint(AppendOnlyModel):
    """A tree head that the log has signed (C2SP tlog-checkpoint): one root for each size, sizes ever growing."""

    log = public(_log())
    size = public(models.BigIntegerField())
    root = public(models.BinaryField(max_length=HASH))
    note = public(models.TextField(help_text="the signed note, with the log's signature alone"))
    at = public(models.DateTimeField())

    class Meta(AppendOnlyModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["log", "size"], name="checkpoint_one_root"),
            models.CheckConstraint(name="checkpoint_has_root", condition=Q(root__length=HASH, size__gte=0)),
        )
        indexes = (models.Index(fields=["log", "at"], name="checkpoint_by_time"),)


class Witness(GuardedModel):
    """Another organisation that co-signs: its name and key stay; when it was last asked and what it failed of change."""

    log = public(_log())
    name = public(models.CharField(max_length=200, help_text="the name of its key"))
    organisation = public(models.CharField(max_length=200))
    url = public(models.CharField(max_length=300))
    suite = public(models.CharField(max_length=16, choices=SUITES))
    vkey = public(models.CharField(max_length=400, help_text="name+id+key (C2SP signed-note)"))
    added_at = public(models.DateTimeField())
    retired_at = public(models.DateTimeField(null=True))
    distrusted = public(models.BooleanField(default=False, help_text="what it co-signed counts no more"))
    asked_at = public(models.DateTimeField(null=True))
    fault = public(models.TextField(blank=True))
    faults = public(models.PositiveIntegerField(default=0))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint("log", _point("vkey"), name="witness_key_once"),
            models.UniqueConstraint(
                fields=["log", "name"], condition=Q(retired_at__isnull=True), name="witness_name_once"
            ),
            models.CheckConstraint(
                name="witness_distrusted_retired", condition=Q(distrusted=False) | Q(retired_at__isnull=False)
            ),
            models.CheckConstraint(
                name="witness_fault_counted", condition=Q(fault="", faults=0) | (~Q(fault="") & Q(faults__gt=0))
            ),
        )


class Quorum(AppendOnlyModel):
    """How many witnesses must co-sign before a receipt is final; the newest row holds."""

    log = public(_log())
    needed = public(models.PositiveSmallIntegerField())
    at = public(models.DateTimeField())

    class Meta(AppendOnlyModel.Meta):
        indexes = (models.Index(fields=["log", "id"], name="quorum_newest"),)


class Cosignature(AppendOnlyModel):
    """A witness's signature under a checkpoint, as the line of the note that it is."""

    log = public(_log(db_index=False))
    size = public(models.BigIntegerField())
    witness = public(models.ForeignKey(Witness, on_delete=models.PROTECT, related_name="cosignatures"))
    line = public(models.TextField())
    at = public(models.DateTimeField())

    class Meta(AppendOnlyModel.Meta):
        constraints = (models.UniqueConstraint(fields=["log", "size", "witness"], name="cosignature_once"),)
        indexes = (models.Index(fields=["witness", "size"], name="cosignature_last"),)


class PendingEvidence(GuardedRow):
    """Evidence that is not in the log yet. A trigger adds it with the evidence; appending takes it away."""

    evidence_id = public(models.UUIDField(primary_key=True))


class LogFinding(AppendOnlyModel):
    """Something found wrong: by a check of our own, by a witness, by a monitor. The proof is kept as it came."""

    log = public(_log())
    kind = public(models.CharField(max_length=20, choices=[(kind.value, kind.name) for kind in FindingKind]))
    witness = public(models.CharField(max_length=200, blank=True))
    words = public(models.TextField())
    proof = public(models.TextField(blank=True))
    at = public(models.DateTimeField())

    class Meta(AppendOnlyModel.Meta):
        indexes = (models.Index(fields=["at", "id"], name="finding_newest"),)


class FindingSettlement(AppendOnlyModel):
    """That a finding was looked into and what came of it: it stays in the list and alarms nobody any more."""

    finding = public(models.OneToOneField(LogFinding, on_delete=models.PROTECT, related_name="settlement"))
    words = public(models.TextField())
    at = public(models.DateTimeField())
