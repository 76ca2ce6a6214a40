from decimal import Decimal

import pytest

from yiwang.commons.rules.engine import Absent, DmnError, as_text, from_json, load_dmn

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def dmn(body, namespace=NAMESPACE, imports=""):
    return f'<definitions xmlns="{namespace}" namespace="urn:sample" name="样例">{imports}{body}</definitions>'.encode()


def decision(name, text, requires="", declared=""):
    inner = f"<literalExpression><text>{text}</text></literalExpression>" if text is not None else ""
    reference = f' typeRef="{declared}"' if declared else ""
    return f'<decision id="{name}" name="{name}"><variable name="{name}"{reference}/>{requires}{inner}</decision>'


def needs(*ids, kind="requiredDecision", group="informationRequirement"):
    return "".join(f'<{group}><{kind} href="#{i}"/></{group}>' for i in ids)


def given(name, declared="number"):
    return f'<inputData id="{name}" name="{name}"><variable name="{name}" typeRef="{declared}"/></inputData>'


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        NAMESPACE,
    ],
)
def test_reads_every_version(namespace):
    assert load_dmn(dmn(decision("d", "1 + 1"), namespace)).decide("d", {}).value == 2


def test_decisions_are_evaluated_lazily_and_once():
    body = (
        given("x")
        + decision("costly", "count(for i in 1..1000 return x + i)", needs("x", kind="requiredInput"))
        + decision("never", "1 / 0")
        + decision("top", "if costly > 0 then costly + costly else never", needs("costly", "never"))
    )
    outcome = load_dmn(dmn(body)).decide("top", {"x": 1})
    assert outcome.value == 2000
    assert outcome.steps < 3000  # evaluated twice it would be 4000
    assert not outcome.diagnostics


def test_a_decision_reads_only_what_it_requires():
    model = load_dmn(dmn(given("x") + decision("d", "x + 1")))
    outcome = model.decide("d", {"x": 1})
    assert outcome.value is None
    assert [r.code for r in model.remarks] == ["rules.unknown_name"]


def test_missing_input_data_is_named():
    model = load_dmn(dmn(given("收入") + decision("符合", "收入 &lt; 100", needs("收入", kind="requiredInput"))))
    assert model.decide("符合", {}).missing_facts == ("收入",)
    assert model.decide("符合", {}, absent=Absent.NULL).known
    assert model.facts_for("符合") == ("收入",)


def test_a_cycle_ends_with_a_diagnostic():
    body = decision("a", "b + 1", needs("b")) + decision("b", "a + 1", needs("a"))
    assert "rules.cycle" in [d.code for d in load_dmn(dmn(body)).decide("a", {}).diagnostics]


def test_faults_carry_the_line_of_the_file_and_the_decision():
    body = f"\n{given('x')}\n{decision('坏', '1 +')}\n{decision('好', '2')}"
    model = load_dmn(dmn(body))
    (fault,) = model.faults
    assert (fault.where, fault.at.line) == ("坏", 3)
    assert model.decide("好", {}).value == 2
    assert model.decide("坏", {}).value is None


def test_a_reference_to_nothing_is_a_fault():
    model = load_dmn(dmn(decision("d", "1", needs("absent"))))
    assert [f.code for f in model.faults] == ["rules.unknown_decision"]


def test_types_coerce_and_restrict():
    types = (
        '<itemDefinition name="tGrade"><typeRef>string</typeRef>'
        '<allowedValues><text>"高", "低"</text></allowedValues></itemDefinition>'
        '<itemDefinition name="tFamily"><itemComponent name="人数"><typeRef>number</typeRef></itemComponent>'
        "</itemDefinition>"
    )
    body = (
        types
        + decision("a", '"高"', declared="tGrade")
        + decision("b", '"极高"', declared="tGrade")
        + decision("c", '["低"]', declared="tGrade")
        + given("家庭", "tFamily")
        + decision("e", "家庭.人数 * 2", needs("家庭", kind="requiredInput"))
    )
    model = load_dmn(dmn(body))
    assert not model.faults
    assert [model.decide(n, {}).value for n in "abc"] == ["高", None, "低"]
    assert model.decide("e", {"家庭": {"人数": 3}}).value == 6
    assert model.decide("e", {"家庭": {}}).missing_facts == ("家庭.人数",)
    assert model.decide("e", {"家庭": 3}).value is None


def test_knowledge_and_services_are_functions():
    knowledge = (
        '<businessKnowledgeModel id="k" name="加倍"><variable name="加倍"/><encapsulatedLogic>'
        '<formalParameter name="n" typeRef="number"/><literalExpression><text>n * 2</text></literalExpression>'
        "</encapsulatedLogic></businessKnowledgeModel>"
    )
    service = (
        '<decisionService id="s" name="服务"><variable name="服务"/><outputDecision href="#out"/>'
        '<inputData href="#x"/></decisionService>'
    )
    call = needs("k", kind="requiredKnowledge", group="knowledgeRequirement")
    call_service = needs("s", kind="requiredKnowledge", group="knowledgeRequirement")
    body = (
        given("x")
        + knowledge
        + service
        + decision("out", "加倍(x)", needs("x", kind="requiredInput") + call)
        + decision("both", "服务(5) + 服务(x: 6) + 加倍(n: 1)", call + call_service)
    )
    model = load_dmn(dmn(body))
    assert model.services == ("服务",)
    assert model.decide("服务", {"x": 4}).value == 8
    assert model.decide("服务", {}).missing_facts == ("x",)
    assert model.decide("both", {}).value == 24


def test_boxed_context_relation_and_list():
    boxed = (
        '<decision id="d" name="d"><variable name="d"/><context>'
        '<contextEntry><variable name="rows"/><relation><column name="a"/><column name="b"/>'
        "<row><literalExpression><text>1</text></literalExpression><literalExpression><text>2</text></literalExpression></row>"
        "</relation></contextEntry>"
        '<contextEntry><variable name="all"/><list><literalExpression><text>rows.a</text></literalExpression></list></contextEntry>'
        "<contextEntry><literalExpression><text>{rows: rows, all: all}</text></literalExpression></contextEntry>"
        "</context></decision>"
    )
    assert as_text(load_dmn(dmn(boxed)).decide("d", {}).value) == "{rows: [{a: 1, b: 2}], all: [[1]]}"


def test_an_imported_model_is_read_under_its_alias():
    other = dmn(given("x") + decision("基数", "x * 10", needs("x", kind="requiredInput"))).replace(
        b"urn:sample", b"urn:other"
    )
    reference = '<informationRequirement><requiredDecision href="urn:other#基数"/></informationRequirement>'
    main = dmn(decision("d", "共用.基数 + 1", reference), imports='<import name="共用" namespace="urn:other"/>')
    model = load_dmn(main, [other])
    assert not model.faults
    assert model.decide("d", {"x": 2}).value == 21


def test_json_facts_become_the_declared_types():
    model = load_dmn(
        dmn(given("出生日期", "date") + decision("年", "出生日期.year", needs("出生日期", kind="requiredInput")))
    )
    facts = {name: from_json(v, model.inputs[name]) for name, v in {"出生日期": "2025-08-01"}.items()}
    assert model.decide("年", facts).value == Decimal(2025)


def test_refuses_entities_and_doctypes():
    with pytest.raises(DmnError):
        load_dmn(b'<!DOCTYPE d [<!ENTITY a "x">]><definitions xmlns="' + NAMESPACE.encode() + b'">&a;</definitions>')


def test_refuses_a_file_of_50_megabytes():
    with pytest.raises(DmnError) as caught:
        load_dmn(b" " * 50_000_000)
    assert caught.value.code == "rules.xml_too_large"


def test_refuses_deep_nesting():
    with pytest.raises(DmnError) as caught:
        load_dmn(dmn("<list>" * 5000 + "</list>" * 5000))
    assert caught.value.code == "rules.xml_too_deep"


@pytest.mark.parametrize("data", [b"", b"not xml", b"<a/>", b"\xff\xfe\x00", dmn("<decision").replace(b">", b"")])
def test_refuses_what_is_no_dmn(data):
    with pytest.raises(DmnError):
        load_dmn(data)


def test_an_external_function_is_a_fault():
    boxed = (
        '<businessKnowledgeModel id="k" name="k"><variable name="k"/><encapsulatedLogic kind="Java">'
        "<literalExpression><text>{class: 1}</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
    )
    assert [f.code for f in load_dmn(dmn(boxed)).faults] == ["rules.external_function"]
