"""Published sample decisions for the tests of other contexts."""

from dataclasses import dataclass
from typing import Any

from yiwang.commons.identity.tests.factories import make_official, make_organisation, make_regions
from yiwang.commons.rules import commands
from yiwang.commons.rules.contracts import DecisionRef
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

SYSTEM = Actor.system("tests")


def sample_dmn(key: str = "sample_grade", limit: int = 60, below: int | None = None) -> str:
    """A table: an age, and from `limit` on a residence, to a grade. Below another age its first rule may meet others."""
    rule = "<rule><inputEntry><text>{}</text></inputEntry><inputEntry><text>{}</text></inputEntry>"
    rule += "<outputEntry><text>{}</text></outputEntry></rule>"
    rows = (
        (f"&lt; {limit if below is None else below}", "-", '"none"'),
        (f"&gt;= {limit}", "true", '"full"'),
        (f"&gt;= {limit}", "false", '"half"'),
    )
    inputs = "".join(
        f'<input label="{label}"><inputExpression typeRef="{kind}"><text>{name}</text></inputExpression></input>'
        for name, label, kind in (("age", "年龄", "number"), ("resident", "户籍", "boolean"))
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:sample" name="sample">'
        '<inputData id="i1" name="age"><variable name="age" typeRef="number"/></inputData>'
        '<inputData id="i2" name="resident"><variable name="resident" typeRef="boolean"/></inputData>'
        f'<decision id="{key}" name="{key}" label="样例档次"><variable name="{key}"/>'
        '<informationRequirement><requiredInput href="#i1"/></informationRequirement>'
        '<informationRequirement><requiredInput href="#i2"/></informationRequirement>'
        f'<decisionTable hitPolicy="UNIQUE">{inputs}<output name="grade"><description>full：全额；half：半额；none：不给</description></output>'
        f"{''.join(rule.format(*row) for row in rows)}</decisionTable></decision></definitions>"
    )


def publish_sample(key: str = "sample_grade", limit: int = 60) -> DecisionRef:
    """Publish the table; another limit is another version."""
    return commands.publish_decision(key=key, title="样例档次", xml=sample_dmn(key, limit), by=SYSTEM, at=clock.now())


EXAMPLES = (
    {"name": "未满六十", "given": {"age": 7, "resident": True}, "expect": {"value": "none"}},
    {
        "name": "本地，已满六十",
        "given": {"age": 60, "resident": True},
        "expect": {"value": "full"},
        "note": "第三条（样例）",
    },
    {"name": "外地，七十", "given": {"age": 70, "resident": False}, "expect": {"value": "half"}},
)


def publish_with_examples(limit: int = 60, **options: Any) -> DecisionRef:
    """The table with examples that hold for a limit of sixty."""
    return commands.publish_decision(
        key="sample_grade", title="样例档次", xml=sample_dmn(limit=limit), examples=EXAMPLES, by=SYSTEM, at=clock.now(), **options
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keepers:
    """Two editors and a publisher, who may also edit."""

    editor: Actor
    other: Actor
    publisher: Actor
    bystander: Actor


def keepers() -> Keepers:
    """Officials of one data bureau."""
    make_regions()
    office = make_organisation(name="样例数据局")
    made = (
        make_official(office, grants=("rules.edit",), name="样例起草").actor,
        make_official(office, grants=("rules.edit",), name="样例共同起草").actor,
        make_official(office, grants=("rules.publish", "rules.edit"), name="样例发布").actor,
        make_official(office, grants=("flow.work",), name="样例经办").actor,
    )
    return Keepers(*made)
