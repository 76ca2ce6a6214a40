"""What a showing shows: the fields that its purpose needs, under a watermark."""

from yiwang.commons.licences import rules
from yiwang.commons.licences.contracts import (
    Checked,
    CheckResult,
    FieldValue,
    LicenceState,
    PurposeDef,
    TrustGrade,
    TypeSpec,
)
from yiwang.commons.licences.models import Licence, LicenceShowing, LicenceVersion
from yiwang.commons.licences.queries.types import version_spec
from yiwang.commons.licences.rules import states
from yiwang.kernel import clock


def spec_of_version(*, version: LicenceVersion) -> TypeSpec:
    """The type as it was when the version was decided."""
    row = version.type_version
    return version_spec(row=row)


def purpose_of(*, version: LicenceVersion, key: str) -> PurposeDef | None:
    """One of the purposes that the type defines."""
    spec = spec_of_version(version=version)
    return next((each for each in spec.purposes if each.key == key), None) if key else None


def watermark_of(*, row: LicenceShowing) -> str:
    """The words over what is shown."""
    ends = row.ends_at.astimezone(clock.CHINA)
    return rules.watermark(row.purpose, f"{ends.year}年{ends.month}月{ends.day}日{ends:%H:%M}")


def field_values(*, version: LicenceVersion) -> tuple[FieldValue, ...]:
    """All fields of a version that have a value, in the order of the type."""
    spec = spec_of_version(version=version)
    said = version.values
    return tuple(
        FieldValue(each.fact, each.label, str(said[each.fact]), each.sensitivity)
        for each in spec.fields
        if said.get(each.fact)
    )


def checked_view(*, licence: Licence, row: LicenceShowing) -> Checked:
    """What the checker sees of the licence now. Of one that is not in force any more its state, and nothing that it says."""
    version = licence.current
    assert version is not None
    defined = purpose_of(version=version, key=row.purpose_key)
    wanted = set(defined.fields) if defined else set()
    state = states.stands(
        LicenceState(licence.state), valid_from=licence.valid_from, valid_until=licence.valid_until, today=clock.today()
    )
    said = field_values(version=version) if state in states.USABLE else ()
    return Checked(
        result=CheckResult.SHOWN,
        title=licence.title,
        holder_name=licence.holder_name,
        number=licence.number,
        issuer_name=licence.issuer_name,
        state=state,
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
        fields=tuple(each for each in said if each.fact in wanted),
        purpose=row.purpose,
        watermark=watermark_of(row=row),
        shown_at=row.at,
        grade=TrustGrade(licence.grade),
        identifier=version.identifier,
        sample=licence.sample,
    )
