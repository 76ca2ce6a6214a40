"""Matters and bundles as they cross the border: published versions, tailored guides, errors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.errors import Conflict, Invalid, NotFound
from yiwang.kernel.events import Event
from yiwang.kernel.text import gettext_noop as _


class MatterState(StrEnum):
    """A version is prepared, in force, or no longer offered; it is never edited once published."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class MatterKind(StrEnum):
    """办件类型: decided on the day, or within a promised limit."""

    SAME_DAY = "same_day"
    PROMISED = "promised"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Necessity(StrEnum):
    """必要 / 非必要 / 容缺后补."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    DEFERRABLE = "deferrable"


class SatisfierKind(StrEnum):
    """How a material may be provided, in the order in which the ways are tried."""

    OUTPUT = "output"
    SHARED = "shared"
    LICENCE = "licence"
    FORM = "form"
    UPLOAD = "upload"

    @property
    def label(self) -> str:
        return _SATISFIERS[self]

    @property
    def is_exempt(self) -> bool:
        """Whether the applicant hands in nothing (免交)."""
        return self in {SatisfierKind.OUTPUT, SatisfierKind.SHARED, SatisfierKind.LICENCE}


_SATISFIERS = {
    SatisfierKind.OUTPUT: _("本次联办的办理结果，免交"),
    SatisfierKind.SHARED: _("共享数据核验，免交"),
    SatisfierKind.LICENCE: _("电子证照，免交"),
    SatisfierKind.FORM: _("在线填写"),
    SatisfierKind.UPLOAD: _("上传"),
}


class MemberKind(StrEnum):
    """Whether the applicant can leave a member out, or have it handled later."""

    MANDATORY = "mandatory"
    OPTIONAL = "optional"
    DEFERRED = "deferred"


@dataclass(frozen=True, slots=True)
class Handling:
    """One rule on who handles; the first whose condition holds counts.

    Exactly one of `organisation` (a code), `organisation_fact` (the fact that names it) and `line` is set. The
    organisation of a line is found at `level` by a region: the fact `region_fact`, else the one the applicant chose.
    """

    organisation: str = ""
    organisation_fact: str = ""
    line: str = ""
    level: str = ""
    region_fact: str = ""
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Working days to the decision: by law (None: the law sets none) and as promised, which is never longer."""

    promised: int
    statutory: int | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Law:
    """One legal ground: name, document number, clause, text, where the text was taken from."""

    name: str
    clause: str = ""
    text: str = ""
    number: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Fee:
    name: str
    standard: str
    basis: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """A place where one can go: 窗口."""

    name: str
    address: str = ""
    hours: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A frequent question with its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition for the applicant to read; `condition`: FEEL that says when it is shown."""

    text: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class ResultField:
    """A fact that the decision brings. `filled_by`: system (from `pattern`), official, decision (FEEL in `value`).

    Patterns: `{serial:07}` counts within a year, `{region}` the handling organisation's, `{year}`.
    """

    fact: str
    filled_by: str = "system"
    pattern: str = ""
    value: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class ResultDef:
    """What a grant yields: `fields` are new facts, `shows` repeats facts of the application."""

    key: str
    name: str
    kind: str = "licence"
    fields: tuple[ResultField, ...] = ()
    shows: tuple[str, ...] = ()
    validity: str = ""


@dataclass(frozen=True, slots=True)
class Satisfier:
    """One way to provide a material.

    `source`: the dataset or licence type, with the `facts` (column: fact) that must agree. Outputs name the `matter`
    and the key of its `result`.
    """

    kind: SatisfierKind
    source: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    matter: str = ""
    result: str = ""


UPLOAD = Satisfier(SatisfierKind.UPLOAD)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A material that a matter takes in or gives out. `condition`: FEEL over facts, empty: always.

    Matters that name the same `material` ask for the same thing. `supply_within`: working days after acceptance
    within which a deferrable material may follow. `types` and `max_bytes` limit uploads.
    """

    material: str
    name: str
    kind: str = "document"
    direction: Direction = Direction.IN
    necessity: Necessity = Necessity.REQUIRED
    condition: str = ""
    satisfiers: tuple[Satisfier, ...] = (UPLOAD,)
    copies: int = 1
    standard: str = ""
    basis: Law | None = None
    note: str = ""
    supply_within: int | None = None
    types: tuple[str, ...] = ()
    max_bytes: int = 0

    def can(self, kind: SatisfierKind) -> bool:
        return any(each.kind is kind for each in self.satisfiers)

    @property
    def only_output(self) -> bool:
        """Whether nothing but another matter's result can be it."""
        return {each.kind for each in self.satisfiers} <= {SatisfierKind.OUTPUT}


@dataclass(frozen=True, slots=True)
class MatterSpec:
    """All that a version of a matter says; equal specs are the same version.

    `code` is the 实施编码, `catalogue_code` the 基本编码. `visits` counts how often the applicant must come. `formulas`:
    FEEL of the computed facts that its conditions name. Texts are Chinese; `translations` maps them to English.
    """

    code: str
    catalogue_code: str
    name: str
    handling: tuple[Handling, ...]
    limits: Limits
    process: str
    form: str = ""
    short_name: str = ""
    catalogue_name: str = ""
    type: str = ""
    kind: MatterKind = MatterKind.PROMISED
    themes: tuple[str, ...] = ()
    audience: tuple[str, ...] = ("person",)
    summary: str = ""
    conditions: tuple[Clause, ...] = ()
    channels: tuple[str, ...] = ("online",)
    visits: int = 0
    visit_reason: str = ""
    fees: tuple[Fee, ...] = ()
    laws: tuple[Law, ...] = ()
    results: tuple[ResultDef, ...] = ()
    delivery: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    consult: str = ""
    complain: str = ""
    faq: tuple[Question, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    decisions: tuple[str, ...] = ()
    formulas: Mapping[str, str] = field(default_factory=dict)
    synonyms: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    sample: bool = False
    sample_note: str = ""
    translations: Mapping[str, str] = field(default_factory=dict)

    @property
    def inputs(self) -> tuple[Requirement, ...]:
        return tuple(each for each in self.requirements if each.direction is Direction.IN)

    @property
    def label(self) -> str:
        return self.short_name or self.name

    def gives(self, satisfier: Satisfier) -> bool:
        """Whether a result of this matter is what `satisfier` asks for."""
        return (
            satisfier.kind is SatisfierKind.OUTPUT
            and satisfier.matter == self.code
            and any(result.key == satisfier.result for result in self.results)
        )

    def provides(self, requirement: Requirement) -> bool:
        """Whether a result of this matter can be the material."""
        return any(self.gives(each) for each in requirement.satisfiers)


@dataclass(frozen=True, slots=True)
class Option:
    value: Any
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class SituationQuestion:
    """Asks for one fact. `type`: boolean, choice, number, date, text, region; options for the first two."""

    fact: str
    text: str
    type: str = "boolean"
    options: tuple[Option, ...] = ()
    help: str = ""
    condition: str = ""

    @property
    def domain(self) -> tuple[Any, ...] | None:
        """All possible answers, None where they can't be listed."""
        if self.options:
            return tuple(option.value for option in self.options)
        return (True, False) if self.type == "boolean" else None


@dataclass(frozen=True, slots=True)
class MemberSpec:
    """A matter as part of a bundle. `depends_on` is what outputs and inputs do not say; mostly empty."""

    key: str
    matter: str
    condition: str = ""
    kind: MemberKind = MemberKind.MANDATORY
    depends_on: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class BundleSpec:
    """One thing for the applicant. `promised`: working days for the whole; None: the longest chain of its members."""

    key: str
    name: str
    members: tuple[MemberSpec, ...]
    process: str
    form: str = ""
    short_name: str = ""
    lead: Handling | None = None
    themes: tuple[str, ...] = ()
    audience: tuple[str, ...] = ("person",)
    summary: str = ""
    description: str = ""
    channels: tuple[str, ...] = ("online",)
    visits: int | None = None
    questions: tuple[SituationQuestion, ...] = ()
    eligibility: str = ""
    synonyms: tuple[str, ...] = ()
    promised: int | None = None
    region_fact: str = ""
    beneficiary_fact: str = ""
    formulas: Mapping[str, str] = field(default_factory=dict)
    faq: tuple[Question, ...] = ()
    consult: str = ""
    complain: str = ""
    national: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    sample: bool = False
    sample_note: str = ""
    translations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ThemeView:
    """A theme of life or business, in the order of the home page."""

    key: str
    name: str
    english: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did: the version in force, and whether it is new."""

    id: UUID
    version: int
    changed: bool


@dataclass(frozen=True, slots=True)
class Matter:
    """A version of a matter in the catalogue."""

    id: UUID
    version: int
    state: MatterState
    spec: MatterSpec
    organisation_id: UUID | None
    organisation_name: str = ""
    form_version: int | None = None
    process_version: int | None = None
    published_at: datetime | None = None

    @property
    def code(self) -> str:
        return self.spec.code

    @property
    def name(self) -> str:
        return self.spec.name


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a bundle with the matter version it stood for when the bundle version was published."""

    key: str
    spec: MemberSpec
    matter: Matter
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """A version of a bundle with its members in authored order."""

    id: UUID
    version: int
    state: MatterState
    spec: BundleSpec
    members: tuple[Member, ...]
    form_version: int | None = None
    process_version: int | None = None
    promised: int = 0
    published_at: datetime | None = None

    @property
    def key(self) -> str:
        return self.spec.key

    @property
    def name(self) -> str:
        return self.spec.name

    def member(self, key: str) -> Member:
        """Raises KeyError."""
        return next((each for each in self.members if each.key == key), None) or _missing(key)


def _missing(key: str) -> Member:
    raise KeyError(key)


class Inclusion(StrEnum):
    """Whether a member takes part: yes, only if a question that is still open says so, or no."""

    YES = "yes"
    OPEN = "open"
    NO = "no"


@dataclass(frozen=True, slots=True)
class TailoredMember:
    key: str
    matter_id: UUID
    matter_code: str
    name: str
    organisation_name: str
    kind: MemberKind
    inclusion: Inclusion
    depends_on: tuple[str, ...]
    limits: Limits
    results: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TailoredMaterial:
    """One material of the merged list. `by` is how it will be provided; `origin`: the member whose result it is."""

    code: str
    name: str
    necessity: Necessity
    inclusion: Inclusion
    needed_by: tuple[str, ...]
    satisfiers: tuple[Satisfier, ...]
    by: SatisfierKind
    origin: str = ""
    kind: str = ""
    standard: str = ""
    note: str = ""
    supply_within: int | None = None
    types: tuple[str, ...] = ()
    max_bytes: int = 0

    @property
    def exempt(self) -> bool:
        return self.by.is_exempt


@dataclass(frozen=True, slots=True)
class TailoredGuide:
    """What this applicant needs. `saved` counts requirements that fell away by merging and by outputs of members."""

    members: tuple[TailoredMember, ...]
    materials: tuple[TailoredMaterial, ...]
    questions_left: tuple[SituationQuestion, ...]
    next_question: SituationQuestion | None
    limits: Limits
    departments: tuple[str, ...]
    visits: int
    saved: int = 0

    @property
    def complete(self) -> bool:
        """Whether no open question changes the outcome any more."""
        return not self.questions_left


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A line of a list: a bundle or a matter. `said`: how people ask for it, in plain words."""

    kind: str
    key: str
    name: str
    summary: str
    themes: tuple[str, ...]
    audience: tuple[str, ...]
    departments: int
    promised: int
    visits: int
    members: int = 0
    said: tuple[str, ...] = ()
    sample: bool = False
    translations: Mapping[str, str] = field(default_factory=dict)


class MatterNotFound(NotFound):
    code = "matters.matter_not_found"
    message = _("没有找到这个事项，或者它已不再办理。")
    next_step = _("请从首页搜索，或拨打 12345 咨询。")


class BundleNotFound(NotFound):
    code = "matters.bundle_not_found"
    message = _("没有找到这个“一件事”，或者它已不再办理。")
    next_step = _("请从首页搜索，或拨打 12345 咨询。")


class MatterFaulty(Invalid):
    """A matter or bundle can't be published; `faults` says why, each with the place in the definition."""

    code = "matters.faulty"
    message = _("{name}不能发布：{reasons}")
    next_step = _("请按提示修改后重新发布。")


class MatterStateRefused(Conflict):
    code = "matters.state"
    message = _("事项当前的状态不允许这样做。")


@dataclass(frozen=True, slots=True)
class MatterPublished(Event):
    matter_id: UUID
    code: str
    version: int

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("matter", self.matter_id)


@dataclass(frozen=True, slots=True)
class BundlePublished(Event):
    bundle_id: UUID
    key: str
    version: int

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("bundle", self.bundle_id)


Facts = Mapping[str, Any]
