"""Which of the tailored materials are provided, by what, and which are missing."""

from collections.abc import Mapping, Sequence
from typing import Any

from yiwang.kernel.actor import Actor
from yiwang.serve.cases import registry
from yiwang.serve.cases.contracts import MaterialBy, MaterialInput, MaterialMissing
from yiwang.serve.matters.contracts import (
    Inclusion,
    Necessity,
    Satisfier,
    SatisfierKind,
    TailoredGuide,
    TailoredMaterial,
)


def material_needs(
    *, guide: TailoredGuide, facts: Mapping[str, Any], viewer: Actor
) -> Mapping[str, MaterialInput | None]:
    """For each material of the guide what provides it without the applicant; None: it is to be uploaded.

    Results of other members come as MEMBER_OUTPUT. Asks the sources, so call it once a page.
    """
    needs: dict[str, MaterialInput | None] = {}
    for material in guide.materials:
        if material.by is SatisfierKind.OUTPUT:
            needs[material.code] = MaterialInput(material.code, material.name, MaterialBy.MEMBER_OUTPUT)
        else:
            found = proved(material=material, facts=facts, by=viewer)
            needs[material.code] = found[0] if found else None
    return needs


def can_be_exempt(*, material: TailoredMaterial) -> bool:
    """Whether the applicant may be spared the material: another result, the form, or a source that can be asked now."""
    asked = registry.sources()
    return any(
        way.kind in {SatisfierKind.OUTPUT, SatisfierKind.FORM}
        or (way.kind in {SatisfierKind.SHARED, SatisfierKind.LICENCE} and way.source in asked)
        for way in material.satisfiers
    ) and (material.by is not SatisfierKind.UPLOAD)


def provided(
    *,
    guide: TailoredGuide,
    facts: Mapping[str, Any],
    materials: Sequence[MaterialInput],
    by: Actor,
) -> dict[str, tuple[MaterialInput, ...]]:
    """What provides each material: what was handed in, else what a source proves. Raises MaterialMissing."""
    given: dict[str, tuple[MaterialInput, ...]] = {}
    missing: dict[str, str] = {}
    for material in guide.materials:
        if material.inclusion is Inclusion.NO or material.by is SatisfierKind.OUTPUT:
            continue
        own = tuple(each for each in materials if each.material == material.code)
        found = own or proved(material=material, facts=facts, by=by)
        if found:
            given[material.code] = found
        elif material.necessity is Necessity.REQUIRED:
            missing[material.code] = material.name
    if missing:
        raise MaterialMissing(
            names="、".join(missing.values()), fields={code: f"请上传{name}" for code, name in missing.items()}
        )
    return given


def proved(*, material: TailoredMaterial, facts: Mapping[str, Any], by: Actor) -> tuple[MaterialInput, ...]:
    """The material as a source or the form itself provides it; empty where it must be handed in."""
    for satisfier in material.satisfiers:
        if satisfier.kind is SatisfierKind.FORM:
            return (MaterialInput(material.code, material.name, MaterialBy.FORM),)
        proof = _ask(satisfier, facts, by)
        if proof is not None:
            kind = MaterialBy.SHARED if satisfier.kind is SatisfierKind.SHARED else MaterialBy.LICENCE
            return (MaterialInput(material.code, material.name, kind, reference=proof.reference),)
    return ()


def _ask(satisfier: Satisfier, facts: Mapping[str, Any], by: Actor) -> registry.Proof | None:
    if satisfier.kind not in {SatisfierKind.SHARED, SatisfierKind.LICENCE}:
        return None
    columns = {column: facts.get(fact) for column, fact in satisfier.facts.items()}
    return registry.prove(satisfier.source, columns, by)
