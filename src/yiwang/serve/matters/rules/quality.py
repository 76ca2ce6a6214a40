"""Quality rules of the catalogue: data in FEEL, judged over the facts of one version."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from yiwang.serve.matters.contracts import (
    Direction,
    ListedSpec,
    MatterSpec,
    Necessity,
    QualityFinding,
    SatisfierKind,
)
from yiwang.serve.matters.rules.conditions import compile_condition
from yiwang.serve.matters.rules.definition import listed_from, matter_from

_FILE = Path(__file__).parents[1] / "schemas" / "quality_rules.yaml"


@cache
def quality_rules() -> tuple[Mapping[str, str], ...]:
    """The rules in their order; read once a process."""
    return tuple(YAML(typ="safe", pure=True).load(_FILE.read_text("utf-8"))["rules"])


def quality(facts: Mapping[str, Any]) -> tuple[QualityFinding, ...]:
    """The rules that strike."""
    return tuple(
        QualityFinding(rule["rule"], rule["message"], rule["mend"])
        for rule in quality_rules()
        if compile_condition(rule["when"]).judge(facts).value is True
    )


def facts_of(definition: Mapping[str, Any]) -> dict[str, Any]:
    """What the rules may name, of a matter or of an entry of a foreign list."""
    return _listed(listed_from(definition)) if "listed" in definition else _described(matter_from(definition))


def _listed(spec: ListedSpec) -> dict[str, Any]:
    numbers = dict.fromkeys(_NUMBERS, 0)
    return {
        **numbers,
        "listed": True,
        "handled_here": False,
        "sample": False,
        "type": spec.type,
        "audience": [],
        "kind": "",
        "promised": None,
        "statutory": None,
        "statutory_basis": "",
        "visit_reason": "",
        "depth": "",
        "channels": [],
        "levels": [],
        "consult": "",
        "complain": "",
        "summary": "",
        "english": False,
        "authority": bool(spec.authority_code),
        "name_length": len(spec.name),
    }


_NUMBERS = (
    "visits", "laws", "laws_without_clause", "results", "results_without_sample", "windows", "steps", "faq", "materials",
    "required_materials", "materials_without_basis", "uploads_without_standard", "deferrable", "pledge_materials",
    "special_procedures", "fees", "fees_without_basis", "synonyms", "conditions",
)  # fmt: skip


def _described(spec: MatterSpec) -> dict[str, Any]:
    inputs = [each for each in spec.requirements if each.direction is Direction.IN]
    return {
        "listed": False,
        "handled_here": spec.handled_here,
        "sample": spec.sample,
        "type": spec.type,
        "audience": list(spec.audience),
        "kind": spec.kind.value,
        "promised": spec.limits.working_days,
        "statutory": spec.limits.statutory_working_days,
        "statutory_basis": spec.limits.basis,
        "visits": spec.visits,
        "visit_reason": spec.visit_reason,
        "depth": spec.online.depth.value if spec.online.depth else "",
        "channels": list(spec.channels),
        "levels": [level.value for level in spec.authority.levels],
        "laws": len(spec.laws),
        "laws_without_clause": sum(not law.clause for law in spec.laws),
        "results": len(spec.results),
        "results_without_sample": sum(not result.sample_file for result in spec.results),
        "windows": len(spec.windows),
        "steps": len(spec.steps),
        "faq": len(spec.faq),
        "materials": len(inputs),
        "required_materials": sum(each.necessity is Necessity.REQUIRED and not each.condition for each in inputs),
        "materials_without_basis": sum(each.basis is None for each in inputs),
        "uploads_without_standard": sum(each.can(SatisfierKind.UPLOAD) and not each.standard for each in inputs),
        "deferrable": sum(each.necessity is Necessity.DEFERRABLE for each in inputs),
        "pledge_materials": len(spec.pledge.materials) if spec.pledge else 0,
        "special_procedures": len(spec.special_procedures),
        "fees": len(spec.fees),
        "fees_without_basis": sum(not fee.basis for fee in spec.fees),
        "synonyms": len(spec.synonyms),
        "conditions": len(spec.conditions),
        "consult": spec.consult,
        "complain": spec.complain,
        "summary": spec.summary,
        "english": spec.name in spec.translations,
        "authority": True,
        "name_length": len(spec.name),
    }
