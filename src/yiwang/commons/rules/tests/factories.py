"""Published sample decisions for the tests of other contexts."""

from yiwang.commons.rules import commands
from yiwang.commons.rules.contracts import DecisionRef
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

SYSTEM = Actor.system("tests")


def sample_dmn(key: str = "sample_grade", limit: int = 60) -> str:
    """A table: an age, and from `limit` on a residence, to a grade."""
    rule = "<rule><inputEntry><text>{}</text></inputEntry><inputEntry><text>{}</text></inputEntry>"
    rule += "<outputEntry><text>{}</text></outputEntry></rule>"
    rows = (
        (f"&lt; {limit}", "-", '"none"'),
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
        f'<decisionTable hitPolicy="UNIQUE">{inputs}<output name="grade"/>'
        f"{''.join(rule.format(*row) for row in rows)}</decisionTable></decision></definitions>"
    )


def publish_sample(key: str = "sample_grade", limit: int = 60) -> DecisionRef:
    """Publish the table; another limit is another version."""
    return commands.publish_decision(key=key, title="样例档次", xml=sample_dmn(key, limit), by=SYSTEM, at=clock.now())
