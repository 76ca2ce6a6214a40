"""Cases with their append-only history, materials and results. Status and due dates are projections of the events."""

from django.db import models
from django.db.models import F, Q

from yiwang.kernel.fields import EncryptedJSONField, EncryptedTextField, personal, public, secret, sensitive
from yiwang.kernel.ids import new_id
from yiwang.kernel.legal_calendar import LimitUnit
from yiwang.kernel.models import AppendOnlyModel, GuardedModel, GuardedRow
from yiwang.serve.cases.contracts import (
    CaseAction,
    CaseKind,
    CaseStatus,
    DeliveryChannel,
    DocumentKind,
    MaterialBy,
    ResultKind,
)

_STATUS = [(status.value, status.value) for status in CaseStatus]
_UNITS = [(unit.value, unit.value) for unit in LimitUnit]
_CHANNELS = [(channel.value, channel.value) for channel in DeliveryChannel]
_FINAL = sorted(status.value for status in CaseStatus if status.is_final)


class Case(GuardedModel):
    """One handling of a matter or a bundle. What it began with (versions, answers, situation) never changes."""

    number = public(models.CharField(max_length=40, unique=True))
    kind = public(models.CharField(max_length=8, choices=[(k.value, k.value) for k in CaseKind]))
    title = public(models.CharField(max_length=200))
    parent = public(models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="members"))
    member_key = public(models.CharField(max_length=60, blank=True))
    position = public(models.PositiveSmallIntegerField(default=0))
    depends_on = public(models.JSONField(default=list, help_text="keys of members that end first"))
    matter_id = public(models.UUIDField(null=True, help_text="matter version"))
    matter_code = public(models.CharField(max_length=64, blank=True))
    bundle_id = public(models.UUIDField(null=True, help_text="bundle version"))
    bundle_key = public(models.CharField(max_length=60, blank=True))
    person = personal(
        models.ForeignKey("commons_identity.Person", null=True, on_delete=models.PROTECT, related_name="+")
    )
    entity = personal(
        models.ForeignKey("commons_identity.LegalEntity", null=True, on_delete=models.PROTECT, related_name="+")
    )
    applicant_name = personal(models.CharField(max_length=120))
    beneficiary = personal(models.CharField(max_length=120, blank=True, help_text="for whom, where not the applicant"))
    filed_by = personal(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+")
    )
    agent = personal(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+")
    )
    agent_authority = personal(models.CharField(max_length=120, blank=True))
    organisation = public(
        models.ForeignKey("commons_identity.Organisation", on_delete=models.PROTECT, related_name="+")
    )
    organisation_name = public(models.CharField(max_length=120))
    region = public(models.ForeignKey("commons_identity.Region", null=True, on_delete=models.PROTECT, related_name="+"))
    region_code = public(models.CharField(max_length=12))
    scope_key = public(models.CharField(max_length=120))
    grade = public(models.PositiveSmallIntegerField(default=3))
    channel = public(models.CharField(max_length=12, default="online"))
    corrections = public(models.PositiveSmallIntegerField(default=0, help_text="notices given: at most one by law"))
    answers = sensitive(EncryptedJSONField(default=list))
    situation = sensitive(EncryptedJSONField(default=dict))
    form_key = public(models.CharField(max_length=120, blank=True))
    form_version = public(models.PositiveIntegerField(null=True))
    process_key = public(models.CharField(max_length=120, blank=True))
    process_version = public(models.PositiveIntegerField(null=True))
    instance_id = public(models.UUIDField(null=True, help_text="process instance"))
    status = public(models.CharField(max_length=12, choices=_STATUS))
    result = public(
        models.CharField(max_length=16, choices=[(r.value, r.value) for r in ResultKind], blank=True, default="")
    )
    ground = public(models.TextField(blank=True))
    reason = sensitive(EncryptedTextField(null=True))
    promised_days = public(models.PositiveSmallIntegerField())
    promised_unit = public(models.CharField(max_length=12, choices=_UNITS, default=LimitUnit.WORKING_DAY.value))
    statutory_days = public(models.PositiveSmallIntegerField(null=True))
    statutory_unit = public(models.CharField(max_length=12, choices=_UNITS, default=LimitUnit.WORKING_DAY.value))
    extension_days = public(models.PositiveSmallIntegerField(default=0, help_text="by which it was extended, once"))
    deferred_until = public(models.DateField(null=True, help_text="the last day for materials that may follow"))
    delivery_channel = public(models.CharField(max_length=12, choices=_CHANNELS, default="online"))
    notice_channel = public(
        models.CharField(max_length=12, choices=_CHANNELS, default="online", help_text="of what is no result")
    )
    delivery_together = public(models.BooleanField(default=True, help_text="all results of a bundle at once"))
    delivery_address = sensitive(EncryptedTextField(null=True))
    promised_due = public(models.DateField(null=True))
    statutory_due = public(models.DateField(null=True))
    submitted_at = public(models.DateTimeField())
    received_at = public(models.DateTimeField(null=True))
    accepted_at = public(models.DateTimeField(null=True))
    decided_at = public(models.DateTimeField(null=True))
    closed_at = public(models.DateTimeField(null=True))
    pending = sensitive(EncryptedJSONField(default=dict, help_text="what was entered at a task, for the step after it"))
    events_count = public(models.PositiveIntegerField(default=0))
    last_hash = public(models.BinaryField(max_length=32, default=bytes(32)))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="case_has_one_applicant",
                condition=Q(person__isnull=False, entity__isnull=True) | Q(person__isnull=True, entity__isnull=False),
            ),
            models.CheckConstraint(
                name="case_kind_fits",
                condition=Q(kind="single", parent__isnull=True, matter_id__isnull=False, bundle_id__isnull=True)
                | Q(kind="bundle", parent__isnull=True, matter_id__isnull=True, bundle_id__isnull=False)
                | (Q(kind="member", parent__isnull=False, matter_id__isnull=False) & ~Q(member_key="")),
            ),
            models.UniqueConstraint(fields=["parent", "member_key"], name="case_member_once"),
            models.CheckConstraint(
                name="case_promise_within_law",
                condition=Q(statutory_days__isnull=True)
                | Q(promised_days__lte=F("statutory_days"))
                | ~Q(promised_unit=F("statutory_unit")),
            ),
            models.CheckConstraint(
                name="case_ended_has_time",
                condition=Q(status__in=_FINAL, closed_at__isnull=False)
                | (~Q(status__in=_FINAL) & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(name="case_extended_within_law", condition=Q(extension_days__lte=15)),
            models.CheckConstraint(name="case_one_correction_notice", condition=Q(corrections__lte=1)),
            models.CheckConstraint(name="case_ended_has_result", condition=Q(closed_at__isnull=True) | ~Q(result="")),
            models.CheckConstraint(
                name="case_accepted_after_receipt",
                condition=Q(accepted_at__isnull=True) | Q(received_at__isnull=False, accepted_at__gte=F("received_at")),
            ),
            models.CheckConstraint(
                name="case_due_needs_acceptance", condition=Q(promised_due__isnull=True) | Q(accepted_at__isnull=False)
            ),
        )
        indexes = (
            models.Index(fields=["organisation", "scope_key", "-submitted_at", "-id"], name="case_office"),
            models.Index(fields=["-submitted_at", "-id"], name="case_latest"),
            models.Index(fields=["person", "-submitted_at"], name="case_person", condition=Q(person__isnull=False)),
            models.Index(fields=["entity", "-submitted_at"], name="case_entity", condition=Q(entity__isnull=False)),
            models.Index(fields=["parent", "position"], name="case_members", condition=Q(parent__isnull=False)),
            models.Index(fields=["agent"], name="case_agent", condition=Q(agent__isnull=False)),
        )


class CaseEvent(AppendOnlyModel):
    """One step of a case; `hash` covers it and the hash before it."""

    case = public(models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events"))
    seq = public(models.PositiveIntegerField())
    kind = public(models.CharField(max_length=24, choices=[(a.value, a.value) for a in CaseAction]))
    at = public(models.DateTimeField())
    actor_kind = public(models.CharField(max_length=12))
    account_id = public(models.UUIDField(null=True))
    person_id = personal(models.UUIDField(null=True))
    organisation_id = public(models.UUIDField(null=True))
    role = public(models.CharField(max_length=48, blank=True))
    from_status = public(models.CharField(max_length=12, choices=_STATUS, blank=True))
    to_status = public(models.CharField(max_length=12, choices=_STATUS))
    note = sensitive(EncryptedTextField(null=True, help_text="words to the applicant"))
    opinion = sensitive(EncryptedTextField(null=True, help_text="internal; never shown to the applicant"))
    data = public(models.JSONField(default=dict, help_text="ids and labels only"))
    nonce = secret(
        models.BinaryField(max_length=16, help_text="the hash is public: nobody shall guess the words from it")
    )
    prev_hash = public(models.BinaryField(max_length=32))
    hash = public(models.BinaryField(max_length=32))

    class Meta(AppendOnlyModel.Meta):
        constraints = (models.UniqueConstraint(fields=["case", "seq"], name="case_event_seq"),)


class CaseMaterial(GuardedModel):
    """A material of a case and what provided it: an upload, a licence, shared data, another member's result."""

    case = public(models.ForeignKey(Case, on_delete=models.PROTECT, related_name="materials"))
    position = public(models.PositiveSmallIntegerField())
    material = public(models.CharField(max_length=80))
    name = public(models.CharField(max_length=160))
    by = public(models.CharField(max_length=16, choices=[(b.value, b.value) for b in MaterialBy]))
    file_id = public(models.UUIDField(null=True))
    reference = personal(models.CharField(max_length=160, blank=True))
    origin = public(models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="gives"))
    origin_result = public(models.ForeignKey("CaseResult", null=True, on_delete=models.PROTECT, related_name="+"))
    added_at = public(models.DateTimeField())
    checked_by = public(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+")
    )
    checked_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="case_material_upload_has_file", condition=~Q(by="upload") | Q(file_id__isnull=False)
            ),
            models.CheckConstraint(
                name="case_material_output_has_origin", condition=Q(origin__isnull=True) | Q(by="member_output")
            ),
        )
        indexes = (models.Index(fields=["case", "position"], name="case_material_place"),)


class CaseResult(AppendOnlyModel):
    """What a decision yields, in the name of the organisation that decided: a licence, else a paper to be sealed."""

    case = public(models.ForeignKey(Case, on_delete=models.PROTECT, related_name="results"))
    kind = public(models.CharField(max_length=60, help_text="key of the result in the matter"))
    number = personal(models.CharField(max_length=80))
    salt = secret(models.BinaryField(max_length=16, help_text="of the number's hash in the evidence"))
    title = public(models.CharField(max_length=160))
    payload = sensitive(EncryptedJSONField(default=dict))
    licence_id = public(models.UUIDField(null=True, unique=True, help_text="the electronic licence that it is"))
    to_seal = public(models.BooleanField(default=False, help_text="a paper that its organisation's seal belongs on"))
    organisation = public(
        models.ForeignKey("commons_identity.Organisation", on_delete=models.PROTECT, related_name="+")
    )
    organisation_name = public(models.CharField(max_length=120))
    issued_at = public(models.DateTimeField())

    class Meta(AppendOnlyModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["case", "number"], name="case_result_once"),
            models.CheckConstraint(
                name="case_result_licence_or_paper", condition=Q(licence_id__isnull=True) | Q(to_seal=False)
            ),
        )


class CaseNumberCounter(GuardedRow):
    """The last number of a series: its row lock orders those who take one, a roll-back gives the number back."""

    id = public(models.BigAutoField(primary_key=True))
    series = public(models.CharField(max_length=120, unique=True))
    last = public(models.PositiveBigIntegerField())


class CaseDocument(AppendOnlyModel):
    """A numbered legal document of a case (文书), with the very text it was issued with."""

    case = public(models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents"))
    kind = public(models.CharField(max_length=16, choices=[(k.value, k.value) for k in DocumentKind]))
    number = public(models.CharField(max_length=60, unique=True))
    title = public(models.CharField(max_length=80))
    template = public(models.CharField(max_length=40, help_text="version of the wording"))
    organisation = public(
        models.ForeignKey("commons_identity.Organisation", on_delete=models.PROTECT, related_name="+")
    )
    organisation_name = public(models.CharField(max_length=120))
    addressee = personal(models.CharField(max_length=120))
    ground = public(models.TextField(blank=True))
    content = sensitive(EncryptedJSONField(default=dict, help_text="paragraphs, reason, remedies"))
    day = public(models.DateField(help_text="the date that it bears"))
    issued_at = public(models.DateTimeField())
    issuer = public(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+")
    )
    sample = public(models.BooleanField(default=False))
    digest = public(models.BinaryField(max_length=32, help_text="SM3 over number, kind and content"))
    to_seal = public(models.BooleanField(default=False, help_text="its organisation's seal belongs on it"))

    class Meta(AppendOnlyModel.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["case", "kind"],
                name="case_document_once",
                condition=~Q(kind__in=sorted(k.value for k in DocumentKind if k.many)),
            ),
        )
        indexes = (models.Index(fields=["case", "issued_at"], name="case_document_place"),)


class SealedPaper(AppendOnlyModel):
    """The file of a document, or of a result that is no licence, with the electronic seal of its organisation on it."""

    case = public(models.ForeignKey(Case, on_delete=models.PROTECT, related_name="papers"))
    document = public(
        models.OneToOneField(CaseDocument, null=True, on_delete=models.PROTECT, related_name="sealed_paper")
    )
    result = public(models.OneToOneField(CaseResult, null=True, on_delete=models.PROTECT, related_name="sealed_paper"))
    file_id = public(models.UUIDField(help_text="the stored file"))
    seal_id = public(models.UUIDField())
    digest = public(models.CharField(max_length=64, help_text="SM3 of the file"))
    sealed_at = public(models.DateTimeField())

    class Meta(AppendOnlyModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="sealed_paper_of_one",
                condition=Q(document__isnull=True, result__isnull=False)
                | Q(document__isnull=False, result__isnull=True),
            ),
        )


class CaseDelivery(GuardedModel):
    """How a document reaches the applicant (送达). Documents of one `parcel` were delivered and confirmed together."""

    document = public(models.OneToOneField(CaseDocument, on_delete=models.PROTECT, related_name="delivery"))
    case = public(models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deliveries"))
    parcel = public(models.UUIDField(default=new_id))
    channel = public(models.CharField(max_length=12, choices=_CHANNELS))
    waits = public(models.BooleanField(default=False, help_text="until all results of the bundle are ready"))
    due = public(models.DateField(null=True, help_text="the last day for it (行政许可法 44)"))
    sent_at = public(models.DateTimeField(null=True))
    delivered_at = public(models.DateTimeField(null=True))
    confirmed_at = public(models.DateTimeField(null=True))
    signer = personal(models.CharField(max_length=120, blank=True))
    detail = sensitive(EncryptedTextField(null=True, help_text="address, mail number, place of the announcement"))
    handled_by = public(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+")
    )
    receipt = public(models.ForeignKey(CaseDocument, null=True, on_delete=models.PROTECT, related_name="+"))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="case_delivery_confirmed_after_delivery",
                condition=Q(confirmed_at__isnull=True)
                | Q(delivered_at__isnull=False, confirmed_at__gte=F("delivered_at")),
            ),
            models.CheckConstraint(
                name="case_delivery_waits_undelivered", condition=Q(waits=False) | Q(delivered_at__isnull=True)
            ),
        )
        indexes = (
            models.Index(fields=["case"], name="case_delivery_case"),
            models.Index(fields=["due"], name="case_delivery_due", condition=Q(delivered_at__isnull=True)),
        )


class DeferredMaterial(GuardedModel):
    """A material that may follow after conditional acceptance (容缺), until when, and when it came."""

    case = public(models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deferred"))
    material = public(models.CharField(max_length=80))
    name = public(models.CharField(max_length=160))
    due = public(models.DateField())
    supplied_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (models.UniqueConstraint(fields=["case", "material"], name="case_deferred_once"),)
        indexes = (models.Index(fields=["due"], name="case_deferred_due", condition=Q(supplied_at__isnull=True)),)


class CasePledge(GuardedModel):
    """A signed declaration in the place of a material (告知承诺): what was told, who signed, what the check found."""

    case = public(models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pledges"))
    material = public(models.CharField(max_length=80))
    name = public(models.CharField(max_length=160))
    text = public(models.TextField())
    consequences = public(models.TextField())
    signer = personal(models.CharField(max_length=120))
    signed_by = personal(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+")
    )
    signed_at = public(models.DateTimeField())
    check_due = public(models.DateField(null=True))
    checked_at = public(models.DateTimeField(null=True))
    checked_by = public(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+")
    )
    kept = public(models.BooleanField(null=True))
    finding = sensitive(EncryptedTextField(null=True))
    restored_at = public(models.DateTimeField(null=True, help_text="since when its signer may pledge again"))
    restored_ground = sensitive(EncryptedTextField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["case", "material"], name="case_pledge_once"),
            models.CheckConstraint(
                name="case_pledge_restored_was_false", condition=Q(restored_at__isnull=True) | Q(kept=False)
            ),
            models.CheckConstraint(
                name="case_pledge_checked_has_answer",
                condition=Q(kept__isnull=True, checked_at__isnull=True)
                | Q(kept__isnull=False, checked_at__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["check_due"], name="case_pledge_due", condition=Q(kept__isnull=True)),)


class DocumentTemplate(AppendOnlyModel):
    """The wording of a kind of document as a pack published it; the newest of a kind counts, none is ever changed."""

    kind = public(models.CharField(max_length=16, choices=[(k.value, k.value) for k in DocumentKind]))
    version = public(models.CharField(max_length=40))
    content = public(models.JSONField())
    published_at = public(models.DateTimeField())

    class Meta(AppendOnlyModel.Meta):
        constraints = (models.UniqueConstraint(fields=["kind", "version"], name="document_template_version"),)
