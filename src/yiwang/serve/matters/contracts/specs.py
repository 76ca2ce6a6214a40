"""All that a version of a matter or a bundle says: what is published and pinned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yiwang.serve.matters.contracts.kinds import Direction, MatterKind, MemberKind, Necessity, SatisfierKind
from yiwang.serve.matters.contracts.terms import (
    Area,
    AuthorityTerms,
    Intermediary,
    LimitUnit,
    OnlineTerms,
    PledgeTerms,
    RemedyTerms,
    SpecialTerms,
    StepTemplate,
)


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
    """Time to the decision: by law (None: the law sets none) and as promised, which is never longer.

    Each count in its own unit; `working_days` and `statutory_working_days` make them comparable.
    """

    promised: int
    statutory: int | None = None
    basis: str = ""
    unit: LimitUnit = LimitUnit.WORKING_DAY
    statutory_unit: LimitUnit = LimitUnit.WORKING_DAY

    @property
    def working_days(self) -> int:
        return self.unit.working_days(self.promised)

    @property
    def statutory_working_days(self) -> int | None:
        return None if self.statutory is None else self.statutory_unit.working_days(self.statutory)

    @property
    def is_lawful(self) -> bool:
        """Whether the promise is no longer than the law allows."""
        if self.statutory is None:
            return True
        if self.unit is self.statutory_unit:
            return self.promised <= self.statutory
        return self.promised * self.unit.hours <= self.statutory * self.statutory_unit.hours


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
    """One item of the fee; `reduction`: the ground on which it may be reduced or waived, empty where it may not."""

    name: str
    standard: str
    basis: str = ""
    note: str = ""
    reduction: str = ""


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
    """What a grant yields: `fields` are new facts, `shows` repeats facts of the application.

    `licence`: the type of licence as which it is issued and sealed; empty: a sealed paper. `retention`: how long the archive
    of a case is kept that granted it (permanent, years30, years10); empty: as the table of archives says.
    """

    key: str
    name: str
    kind: str = "licence"
    fields: tuple[ResultField, ...] = ()
    shows: tuple[str, ...] = ()
    validity: str = ""
    sample_file: str = ""
    licence: str = ""
    retention: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryChoice:
    """Which `fact` of the form says how results reach the applicant (online, post, counter), which facts the `address`."""

    fact: str = ""
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Satisfier:
    """One way to provide a material.

    `source`: the dataset or licence type, with the `facts` (column or field of the licence: fact) that must agree; `grade`:
    the lowest trust grade of a licence that is taken (国办函〔2016〕108号; C and D need a look at the original). Outputs name
    the `matter` and the key of its `result`.
    """

    kind: SatisfierKind
    source: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    matter: str = ""
    result: str = ""
    grade: str = "B"


UPLOAD = Satisfier(SatisfierKind.UPLOAD)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A material that a matter takes in or gives out. `condition`: FEEL over facts, empty: always.

    Matters that name the same `material` ask for the same thing. `supply_within`: working days after acceptance
    within which a deferrable material may follow. `types` and `max_bytes` limit uploads. `original`, `paper`, `size`:
    what the counter takes; `source` says who makes it (applicant, authority, other) and `source_note` where to get it.
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
    original: str = "original"
    paper: str = "electronic"
    size: str = ""
    source: str = "applicant"
    source_note: str = ""
    blank_form: str = ""
    sample_file: str = ""

    def can(self, kind: SatisfierKind) -> bool:
        return any(each.kind is kind for each in self.satisfiers)

    @property
    def only_output(self) -> bool:
        """Whether nothing but another matter's result can be it."""
        return {each.kind for each in self.satisfiers} <= {SatisfierKind.OUTPUT}


@dataclass(frozen=True, slots=True)
class MatterSpec:
    """All that a version of a matter says; equal specs are the same version.

    `code` names it here; `implementation_code` is the 实施编码 where the national list gave one, `catalogue_code` the 基本编码.
    `visits` counts how often the applicant must come, `real_name` is the level that who applies online must have (0: none). `process` empty: told here, handled elsewhere. `formulas`: FEEL of
    the computed facts that its conditions name. Texts are Chinese; `translations` maps them to English.
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
    implementation_code: str = ""
    local_code: str = ""
    handle_item: str = ""
    real_name: int = 0
    authority: AuthorityTerms = field(default_factory=AuthorityTerms)
    online: OnlineTerms = field(default_factory=OnlineTerms)
    area: Area = field(default_factory=Area)
    steps: tuple[StepTemplate, ...] = ()
    pledge: PledgeTerms | None = None
    special_procedures: tuple[SpecialTerms, ...] = ()
    remedies: RemedyTerms = field(default_factory=RemedyTerms)
    document_word: str = ""
    quantity_limit: str = ""
    intermediaries: tuple[Intermediary, ...] = ()
    delivery_choice: DeliveryChoice = field(default_factory=DeliveryChoice)

    @property
    def handled_here(self) -> bool:
        """Whether one can apply here; otherwise the page tells where and how."""
        return bool(self.process)

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
    delivery_choice: DeliveryChoice = field(default_factory=DeliveryChoice)

    @property
    def handled_here(self) -> bool:
        """Whether one can apply here for the whole; otherwise it is a guide to its members."""
        return bool(self.process)


Facts = Mapping[str, Any]
