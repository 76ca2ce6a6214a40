"""Runs the examples of a pack that matters can decide: which materials, which members, which question comes next."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from yiwang.kernel.packs import PackReader
from yiwang.kernel.packs.reader import load_schema
from yiwang.serve.matters import rules
from yiwang.serve.matters.contracts import (
    Bundle,
    BundleSpec,
    Inclusion,
    Matter,
    MatterSpec,
    MatterState,
    Member,
    Necessity,
    TailoredGuide,
)

_SCHEMA = Path(__file__).parents[1] / "schemas" / "cases.json"
_NOBODY = UUID(int=0)


def check_matter(reader: PackReader, folder: str, spec: MatterSpec) -> None:
    """The examples of `matters/<folder>/cases.yaml` of the kind `materials`."""
    _run(reader, f"matters/{folder}/cases.yaml", rules.alone(_unpublished(spec)))


def check_bundle(
    reader: PackReader, folder: str, spec: BundleSpec, matters: Mapping[str, MatterSpec], refused: rules.Ruling
) -> None:
    """The examples of `bundles/<folder>/cases.yaml` of the kinds `members`, `guide`, `materials`.

    `refused` is the bundle's decision on who may use it.
    """
    edges = rules.depends_on(spec, matters)
    members = tuple(
        Member(each.key, each, _unpublished(matters[each.matter]), edges[each.key]) for each in spec.members
    )
    _run(reader, f"bundles/{folder}/cases.yaml", Bundle(_NOBODY, 0, MatterState.DRAFT, spec, members), refused)


def _unpublished(spec: MatterSpec) -> Matter:
    return Matter(_NOBODY, 0, MatterState.DRAFT, spec, None)


def _run(reader: PackReader, file: str, bundle: Bundle, refused: rules.Ruling = rules.never_refuses) -> None:
    if not reader.exists(file):
        return
    document = reader.yaml(file, schema=load_schema(_SCHEMA))
    if document is None:
        return
    verdicts = rules.Verdicts()
    for index, example in enumerate(document.data.get("cases") or ()):
        if example.get("check") not in {"materials", "members", "guide"}:
            continue
        guide = rules.tailor(bundle, example.get("given") or {}, verdicts, refused, file)
        for name, wanted in (example.get("expect") or {}).items():
            found = _found(name, guide)
            if found is not None and found != _plain(wanted):
                reader.report.add(
                    file,
                    document.line("cases", index, "expect", name),
                    f"样例“{example.get('name', index)}”不符：{name} 应为 {_plain(wanted)}，实为 {found}",
                    "改正条件或样例",
                )


def _found(name: str, guide: TailoredGuide) -> Any:
    if name in {"required", "conditional", "optional"}:
        necessity = {
            "required": Necessity.REQUIRED,
            "conditional": Necessity.DEFERRABLE,
            "optional": Necessity.OPTIONAL,
        }
        return sorted(
            each.code
            for each in guide.materials
            if each.necessity is necessity[name] and each.inclusion is Inclusion.YES
        )
    if name == "applies":
        return sorted(each.key for each in guide.members if each.inclusion is Inclusion.YES)
    if name == "next":
        return guide.next_question.fact if guide.next_question else None
    return None


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value
