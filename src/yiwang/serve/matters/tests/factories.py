"""A small bundle for tests: a certificate, a registration that needs it, a card that needs the registration. Samples."""

import csv
import io
from dataclasses import replace
from typing import Any
from uuid import UUID

from yiwang.commons.identity.tests.factories import make_organisation, make_regions
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.serve.matters import commands
from yiwang.serve.matters.contracts import (
    Bundle,
    BundleSpec,
    Handling,
    Law,
    Limits,
    Matter,
    MatterSpec,
    MatterState,
    Member,
    MemberSpec,
    Option,
    Requirement,
    ResultDef,
    ResultField,
    Satisfier,
    SatisfierKind,
    SituationQuestion,
)
from yiwang.serve.matters.rules import depends_on

SYSTEM = Actor.system("tests")
UPLOAD, FORM = Satisfier(SatisfierKind.UPLOAD), Satisfier(SatisfierKind.FORM)


def output(matter: str, result: str) -> Satisfier:
    return Satisfier(SatisfierKind.OUTPUT, matter=matter, result=result)


def matter_spec(code: str, *requirements: Requirement, days: int = 3, **options: Any) -> MatterSpec:
    """A matter of the organisation `office-<code>` with one result of its own name, unless `options` say otherwise."""
    return MatterSpec(
        **{
            "code": code,
            "catalogue_code": f"0000{code}",
            "name": f"样例{code}",
            "handling": (Handling(organisation=f"office-{code}"),),
            "limits": Limits(days, 20),
            "process": code,
            "requirements": requirements,
            "results": (
                ResultDef(code, f"样例{code}证", fields=(ResultField(f"{code}_number", pattern="Z{serial:04}"),)),
            ),
            "laws": (Law("样例法", "第一条"),),
            "sample": True,
            **options,
        }
    )


def certificate() -> MatterSpec:
    return matter_spec("certificate", Requirement("form", "申请表", satisfiers=(FORM,)), days=1)


def registration() -> MatterSpec:
    results = ResultDef(
        "page",
        "样例户口页",
        fields=(
            ResultField("page_number", pattern="{region}{year}{serial:06}", label="登记编号"),
            ResultField("child_number", filled_by="official", label="编定的号码"),
        ),
        shows=("child_name",),
    )
    return matter_spec(
        "registration",
        Requirement("certificate", "样例证明", satisfiers=(output("certificate", "certificate"), UPLOAD)),
        Requirement("book", "户口簿"),
        Requirement("marriage", "结婚证", condition="married"),
        days=3,
        results=(results,),
    )


def card() -> MatterSpec:
    return matter_spec("card", Requirement("page", "户口页", satisfiers=(output("registration", "page"),)), days=5)


def bundle_spec(**options: Any) -> BundleSpec:
    return BundleSpec(
        **{
            "key": "newborn",
            "name": "样例一件事",
            "process": "newborn",
            "members": (
                MemberSpec("certificate", "certificate", "not(held)"),
                MemberSpec("registration", "registration"),
                MemberSpec("card", "card", "wants_card"),
            ),
            "questions": (
                SituationQuestion("held", "已经有证明了吗？"),
                SituationQuestion("married", "办理过结婚登记吗？"),
                SituationQuestion(
                    "settle_with", "随谁？", "choice", (Option("mother", "母亲"), Option("father", "父亲"))
                ),
                SituationQuestion("wants_card", "要卡吗？"),
            ),
            "beneficiary_fact": "child_name",
            "sample": True,
            **options,
        }
    )


def matters() -> dict[str, MatterSpec]:
    return {spec.code: spec for spec in (certificate(), registration(), card())}


def value_of(spec: BundleSpec, specs: dict[str, MatterSpec]) -> Bundle:
    """The bundle as a value, without a database."""
    edges = depends_on(spec, specs)
    members = []
    for number, each in enumerate(spec.members):
        matter = Matter(
            UUID(int=100 + number), 1, MatterState.PUBLISHED, specs[each.matter], None, f"机构{each.matter}"
        )
        members.append(Member(each.key, each, matter, edges[each.key]))
    return Bundle(UUID(int=1), 1, MatterState.PUBLISHED, spec, tuple(members))


def publish_sample(spec: BundleSpec | None = None) -> tuple[UUID, dict[str, UUID]]:
    """Publish the three matters with their organisations and the bundle; the bundle's id, and organisations by matter."""
    make_regions()
    offices = {}
    for number, each in enumerate(matters().values()):
        offices[each.code] = make_organisation(f"office-{each.code}", name=f"样例{number + 1}局", region="320402")
        commands.publish_matter(spec=each, by=SYSTEM, at=clock.now())
    published = commands.publish_bundle(spec=spec or bundle_spec(), by=SYSTEM, at=clock.now())
    return published.id, offices


def renamed(spec: MatterSpec, name: str) -> MatterSpec:
    return replace(spec, name=name)


LIST_HEADER = (
    "matter_name", "implementation_code", "task_type", "task_type_name", "area_code", "department", "dept_uscc",
)  # fmt: skip
LIST_CREDIT = "11511301008778183N"
LIST_CODE = f"511Z07001006-511602000000-000-{LIST_CREDIT}-1-00"
LIST_ROW = ("企业投资项目备案", LIST_CODE, "10", "其他行政权力", "511602000000", "区经信局", LIST_CREDIT)


def list_file(*rows: tuple[str, ...], header: tuple[str, ...] = LIST_HEADER) -> bytes:
    """A foreign list of matters as CSV."""
    stream = io.StringIO()
    csv.writer(stream).writerows([header, *rows])
    return stream.getvalue().encode()
