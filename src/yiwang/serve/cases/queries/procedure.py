"""What the law and the matter's list say of the procedure of a case; the one place of the defaults.

A published matter version never changes, so it is read once a process. An organisation may be renamed: read again each minute.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import OrganisationKind, OrganisationView
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.serve.cases import rules
from yiwang.serve.cases.queries import wording
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import Law, Necessity, PledgeTerms, RemedyTerms, Requirement, SpecialTerms

_PERMIT = "01"
LAW_45 = "《中华人民共和国行政许可法》第四十五条"
DEFER_WITHIN = 5
"""Working days for a material that may follow, where the matter's list names no time."""
SPECIAL = tuple(
    SpecialTerms(key, name, LAW_45)
    for key, name in (
        ("hearing", "听证"), ("bidding", "招标"), ("auction", "拍卖"), ("inspection", "检验"), ("testing", "检测"),
        ("quarantine", "检疫"), ("appraisal", "鉴定"), ("expert_review", "专家评审"),
    )
)  # fmt: skip
"""The special procedures of 行政许可法 45, for matters that list none of their own."""
EXCLUDED = "有较严重的不良信用记录，或者曾经作出虚假承诺的，在信用修复之前不适用告知承诺（国办发〔2020〕42号）。"
"""Whom pledging does not serve, where the matter's list says nothing of its own."""
_CACHED_FOR = timedelta(seconds=60)
_COURT = "有管辖权的人民法院"
_GOVERNMENT = "本级人民政府"


@dataclass(frozen=True, slots=True)
class Terms:
    """Of a matter version what its documents and special steps need. A bundle has none of its own: all defaults."""

    permit: bool = False
    laws: tuple[Law, ...] = ()
    word: str = ""
    sample: bool = False
    results: tuple[str, ...] = ()
    pledge: PledgeTerms | None = None
    special: tuple[SpecialTerms, ...] = SPECIAL
    requirements: Mapping[str, Requirement] = field(default_factory=dict)

    @property
    def deed(self) -> str:
        """What a decision grants or refuses."""
        return "行政许可" if self.permit else "办理"

    @property
    def ground(self) -> str:
        """The legal grounds of the matter, as a document names them."""
        return "、".join(f"《{law.name}》{law.clause}" for law in self.laws)

    def defer_within(self, material: str) -> int:
        """Working days after acceptance within which a material may follow; 0: it may not (容缺)."""
        asked = self.requirements.get(material)
        if asked is None or (asked.necessity is not Necessity.DEFERRABLE and not asked.supply_within):
            return 0
        return asked.supply_within or DEFER_WITHIN

    @property
    def excluded(self) -> str:
        """Whom pledging does not serve."""
        return (self.pledge.excluded if self.pledge else "") or EXCLUDED

    def special_named(self, key: str) -> SpecialTerms | None:
        return next((each for each in self.special if key in {each.key, each.name}), None)


@lru_cache(maxsize=1024)
def terms(*, matter_id: UUID | None) -> Terms:
    """The terms of a matter version."""
    if matter_id is None:
        return Terms()
    spec = matters.matter_version(matter_id=matter_id, viewer=Actor.system("cases.terms")).spec
    return Terms(
        permit=spec.type == _PERMIT,
        laws=spec.laws,
        word=spec.document_word,
        sample=spec.sample,
        results=tuple(result.name for result in spec.results),
        pledge=spec.pledge,
        special=spec.special_procedures or SPECIAL,
        requirements={each.material: each for each in spec.inputs},
    )


@dataclass(frozen=True, slots=True)
class Authority:
    """An organisation as its documents name it: its word in numbers, and who reviews its decisions (行政复议法 24)."""

    name: str
    word: str
    review: str


_authorities: dict[UUID, tuple[datetime, Authority]] = {}


def authority(*, organisation_id: UUID) -> Authority:
    """The organisation as an issuer. No query within a minute, else up to five."""
    now = clock.now()
    known = _authorities.get(organisation_id)
    if known is None or not timedelta(0) <= now - known[0] < _CACHED_FOR:
        known = _authorities[organisation_id] = (now, _read(organisation_id))
    return known[1]


def _read(organisation_id: UUID) -> Authority:
    viewer = Actor.system("cases.authority")
    own = identity.organisation(organisation_id=organisation_id, viewer=viewer)
    path = [region.name for region in identity.region_path(code=own.region.code, viewer=viewer)]
    regions = path[1:] if path and path[0].endswith(("省", "自治区")) else path
    bureau = own.kind is not OrganisationKind.PUBLIC_INSTITUTION
    named = matters.document_word(organisation_id=organisation_id, viewer=viewer)
    word = named or rules.issuer_word(
        regions=regions or [own.region.name], line=wording.line_word(line=own.line), name=own.label, single=bureau
    )
    return Authority(own.name, word or own.label[:4], _government(own, viewer))


def _government(own: OrganisationView, viewer: Actor) -> str:
    """The government to which an organisation belongs: the nearest above it."""
    above = own.territorial_parent_id
    for _step in range(4):
        if above is None:
            break
        unit = identity.organisation(organisation_id=above, viewer=viewer)
        if unit.kind in {OrganisationKind.GOVERNMENT, OrganisationKind.DISTRICT_GOVERNMENT}:
            return unit.name
        above = unit.territorial_parent_id
    return _GOVERNMENT


def remedies(*, matter_id: UUID | None, organisation_id: UUID) -> Mapping[str, str]:
    """What a document says of remedies: where, and within which time (行政复议法 20, 行政诉讼法 46). Kept for a minute."""
    now, key = clock.now(), (matter_id, organisation_id)
    known = _remedies.get(key)
    if known is None or not timedelta(0) <= now - known[0] < _CACHED_FOR:
        told = _told(matter_id, organisation_id)
        known = _remedies[key] = (
            now,
            {
                "review_authority": told.review_authority or authority(organisation_id=organisation_id).review,
                "court": told.court or _COURT,
                "review_days": _NUMERALS.get(told.review_days, str(told.review_days)),
                "litigation_months": _NUMERALS.get(told.litigation_months, str(told.litigation_months)),
            },
        )
    return known[1]


def _told(matter_id: UUID | None, organisation_id: UUID) -> RemedyTerms:
    if matter_id is None:
        return RemedyTerms()
    viewer = Actor.system("cases.remedies")
    matter = matters.matter_version(matter_id=matter_id, viewer=viewer)
    return matters.remedies(matter=matter, organisation_id=organisation_id, viewer=viewer)


_remedies: dict[tuple[UUID | None, UUID], tuple[datetime, Mapping[str, str]]] = {}
_NUMERALS = {1: "一", 2: "两", 3: "三", 6: "六", 15: "十五", 30: "三十", 60: "六十", 90: "九十"}
