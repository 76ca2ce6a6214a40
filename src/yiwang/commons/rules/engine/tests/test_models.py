"""Chapters 6 to 10 of DMN 1.5 in whole models, the same in the namespace of every version."""

import pytest

from yiwang.commons.rules.engine import Absent, as_text, load_dmn

from .test_dmn import NAMESPACE, decision, dmn, given, needs

VERSIONS = [
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    NAMESPACE,
]


@pytest.fixture(params=VERSIONS, ids=["1.1", "1.2", "1.3", "1.4", "1.5"])
def version(request):
    return request.param


def decided(body, name, facts=None, version=NAMESPACE, imports="", others=()):
    model = load_dmn(dmn(body, version, imports), others)
    return as_text(model.decide(name, facts or {}, absent=Absent.NULL).value)


def text(value):
    return f"<literalExpression><text>{value}</text></literalExpression>"


def boxed(name, inner, requires="", declared=""):
    reference = f' typeRef="{declared}"' if declared else ""
    return f'<decision id="{name}" name="{name}"><variable name="{name}"{reference}/>{requires}{inner}</decision>'


def table(policy, rules, outputs=("",), values="", aggregation="", default=""):
    """One input `x`; each rule a test and its outputs."""
    columns = "".join(
        f'<output name="{name}">{f"<outputValues><text>{values}</text></outputValues>" if values else ""}'
        f"{f'<defaultOutputEntry><text>{default}</text></defaultOutputEntry>' if default else ''}</output>"
        for name in outputs
    )
    rows = "".join(
        f"<rule><inputEntry><text>{test}</text></inputEntry>"
        + "".join(f"<outputEntry><text>{result}</text></outputEntry>" for result in results)
        + "</rule>"
        for test, *results in rules
    )
    kind = f' aggregation="{aggregation}"' if aggregation else ""
    return (
        f'<decisionTable hitPolicy="{policy}"{kind}><input><inputExpression><text>x</text></inputExpression></input>'
        f"{columns}{rows}</decisionTable>"
    )


HITS = [("&gt; 0", "1"), ("&gt; 1", "2"), ("&gt; 2", "1")]
READS_X = needs("x", kind="requiredInput")


@pytest.mark.parametrize(
    ("policy", "options", "expected"),
    [
        ("UNIQUE", {}, "null"),
        ("FIRST", {}, "1"),
        ("ANY", {}, "null"),
        ("PRIORITY", {"values": "2, 1"}, "2"),
        ("RULE ORDER", {}, "[1, 2, 1]"),
        ("OUTPUT ORDER", {"values": "2, 1"}, "[2, 1, 1]"),
        ("COLLECT", {}, "[1, 2, 1]"),
        ("COLLECT", {"aggregation": "SUM"}, "4"),
        ("COLLECT", {"aggregation": "COUNT"}, "3"),
        ("COLLECT", {"aggregation": "MIN"}, "1"),
        ("COLLECT", {"aggregation": "MAX"}, "2"),
    ],
)
def test_hit_policies_of_chapter_8(policy, options, expected, version):
    body = given("x") + boxed("d", table(policy, HITS, **options), READS_X)
    assert decided(body, "d", {"x": 3}, version) == expected
    assert decided(body, "d", {"x": 1}, version) == ("[1]" if expected.startswith("[") else "1")
    assert decided(body, "d", {"x": 0}, version) == "null"


def test_a_default_stands_where_no_rule_matches(version):
    body = given("x") + boxed("d", table("UNIQUE", HITS[:1], default="9"), READS_X)
    assert decided(body, "d", {"x": 0}, version) == "9"


def test_several_outputs_make_a_context(version):
    body = given("x") + boxed("d", table("UNIQUE", [("1", "1", '"一"')], ("号", "名")), READS_X)
    assert decided(body, "d", {"x": 1}, version) == '{号: 1, 名: "一"}'


@pytest.mark.parametrize(
    ("cell", "matches"),
    [
        ("-", True),
        ("3", True),
        ("1, 3", True),
        ("[1..3]", True),
        ("[1..3)", False),
        ("not(3)", False),
        ("not(1, 2)", True),
        ("&lt; 3", False),
        ("&lt; limit", True),
        ("limit - 2", True),
        ("? &gt; 2 and ? &lt; limit", True),
        ("[1, 3]", True),
        ("list contains([3], ?)", True),
        ("null", False),
        ('"3"', False),
        ("odd(?)", True),
    ],
)
def test_what_an_input_entry_tests(cell, matches):
    rules = [(cell, "true"), ("-", "false")]
    body = given("x") + decision("limit", "5") + boxed("d", table("FIRST", rules), READS_X + needs("limit"))
    assert decided(body, "d", {"x": 3}) == ("true" if matches else "false")


SERVED = (
    given("x")
    + decision("inner", "x + 1", READS_X)
    + decision("fed", "inner * 10", needs("inner"))
    + decision("out", "fed + x", needs("fed") + READS_X)
    + '<decisionService id="s1" name="s1"><outputDecision href="#out"/><encapsulatedDecision href="#fed"/>'
    '<inputDecision href="#inner"/><inputData href="#x"/></decisionService>'
    '<decisionService id="s2" name="s2"><outputDecision href="#out"/><outputDecision href="#fed"/>'
    '<encapsulatedDecision href="#inner"/><inputData href="#x"/></decisionService>'
)


def test_a_decision_service_yields_its_output_from_its_inputs(version):
    assert decided(SERVED, "s1", {"x": 1, "inner": 5}, version) == "51"
    assert decided(SERVED, "s2", {"x": 1}, version) == "{out: 21, fed: 20}"
    assert decided(SERVED, "out", {"x": 1, "inner": 5}, version) == "21"


@pytest.mark.parametrize(
    ("call", "expected"),
    [("s1(1, 5)", "51"), ("s1(inner: 5, x: 1)", "51"), ("s2(1).fed", "20"), ("s1(1)", "null"), ("s1(y: 1)", "null")],
)
def test_a_decision_service_is_called_like_a_function(call, expected):
    """Parameters stand in the order of input data, then input decisions (10.4)."""
    knows = needs("s1", "s2", kind="requiredKnowledge", group="knowledgeRequirement")
    assert decided(SERVED + decision("d", call, knows), "d", {"x": 100}) == expected


def other(body, namespace):
    return dmn(body).replace(b"urn:sample", namespace.encode())


SHARED_TYPE = '<itemDefinition name="金额"><typeRef>number</typeRef><allowedValues><text>&gt;= 0</text></allowedValues></itemDefinition>'
SHARED_FUNCTION = (
    '<businessKnowledgeModel id="k" name="加倍"><variable name="加倍"/><encapsulatedLogic>'
    f'<formalParameter name="n" typeRef="number"/>{text("n * 2")}</encapsulatedLogic></businessKnowledgeModel>'
)
SHARED = other(SHARED_TYPE + SHARED_FUNCTION + given("x") + decision("基数", "x * 10", READS_X), "urn:shared")
KNOWS_SHARED = '<knowledgeRequirement><requiredKnowledge href="urn:shared#k"/></knowledgeRequirement>'
NEEDS_SHARED = '<informationRequirement><requiredDecision href="urn:shared#基数"/></informationRequirement>'


@pytest.mark.parametrize(("alias", "prefix"), [("共", "共."), ("", ""), ("shared rules", "shared rules.")])
def test_imported_elements_are_read_under_the_name_of_their_import(alias, prefix):
    imports = f'<import name="{alias}" namespace="urn:shared" importType="{NAMESPACE}"/>'
    body = decision("d", f"{prefix}加倍(n: {prefix}基数) + 1", NEEDS_SHARED + KNOWS_SHARED)
    assert decided(body, "d", {"x": 3}, imports=imports, others=[SHARED]) == "61"


def test_imported_types_are_named_by_their_import():
    imports = f'<import name="共" namespace="urn:shared" importType="{NAMESPACE}"/>'
    body = decision("a", "5", declared="共.金额") + decision("b", "-5", declared="共.金额")
    assert decided(body, "a", imports=imports, others=[SHARED]) == "5"
    assert decided(body, "b", imports=imports, others=[SHARED]) == "null"


def test_imports_of_imports_are_read():
    middle = dmn(
        decision("中", "共.基数 + 1", NEEDS_SHARED),
        imports=f'<import name="共" namespace="urn:shared" importType="{NAMESPACE}"/>',
    ).replace(b"urn:sample", b"urn:middle")
    imports = f'<import name="间" namespace="urn:middle" importType="{NAMESPACE}"/>'
    need = '<informationRequirement><requiredDecision href="urn:middle#中"/></informationRequirement>'
    assert decided(decision("d", "间.中 * 2", need), "d", {"x": 1}, imports=imports, others=[middle, SHARED]) == "22"


ITEMS = """
<itemDefinition name="等级"><typeRef>string</typeRef><allowedValues><text>"高", "低"</text></allowedValues></itemDefinition>
<itemDefinition name="等级们" isCollection="true"><typeRef>等级</typeRef></itemDefinition>
<itemDefinition name="两个" isCollection="true"><typeRef>number</typeRef><allowedValues><text>&lt; 10</text></allowedValues>
  <typeConstraint><text>count(?) = 2</text></typeConstraint></itemDefinition>
<itemDefinition name="人"><itemComponent name="名"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="级"><typeRef>等级</typeRef></itemComponent></itemDefinition>
<itemDefinition name="函"><functionItem outputTypeRef="number"><parameters name="a" typeRef="number"/></functionItem></itemDefinition>
"""


@pytest.mark.parametrize(
    ("declared", "value", "expected"),
    [
        ("等级", '"高"', '"高"'),
        ("等级", '"中"', "null"),
        ("等级", '["高"]', '"高"'),
        ("等级", "null", "null"),
        ("等级们", '["高", "低"]', '["高", "低"]'),
        ("等级们", '"高"', '["高"]'),
        ("等级们", '["高", "中"]', "null"),
        ("两个", "[1, 2]", "[1, 2]"),
        ("两个", "[1]", "null"),
        ("两个", "[1, 10]", "null"),
        ("人", '{名: "甲", 级: "高"}', '{名: "甲", 级: "高"}'),
        ("人", '{名: "甲", 级: "高", 又: 1}', '{名: "甲", 级: "高", 又: 1}'),
        ("人", '{名: "甲", 级: "中"}', "null"),
        ("人", '{名: "甲"}', "null"),
        ("人", "1", "null"),
        ("date and time", '@"2020-01-01"', "2020-01-01T00:00:00Z"),
        ("number", '"1"', "null"),
        ("Any", '"1"', '"1"'),
    ],
)
def test_a_variable_takes_only_what_its_type_allows(declared, value, expected):
    """7.3.2 and 10.3.2.9.4: from and to singleton list, conforms to, allowed values."""
    assert decided(ITEMS + decision("d", value, declared=declared), "d") == expected


def test_a_function_may_be_what_a_type_declares():
    assert decided(ITEMS + decision("d", "{f: function(a: number) a + 1, r: f instance of 函}.r"), "d") == "true"


CONDITIONAL = "<conditional><if>{}</if><then>{}</then><else>{}</else></conditional>"
ITERATOR = '<{0} iteratorVariable="i"><in>{1}</in><{2}>{3}</{2}></{0}>'
FILTER = "<filter><in>{}</in><match>{}</match></filter>"
ROWS = "[{a: 1}, {a: 2}]"


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (CONDITIONAL.format(text("1 &lt; 2"), text("1"), text("2")), "1"),
        (CONDITIONAL.format(text("null"), text("1"), text("2")), "2"),
        (CONDITIONAL.format(text('"x"'), text("1"), text("2")), "null"),
        (FILTER.format(text(ROWS), text("a &gt; 1")), "[{a: 2}]"),
        (FILTER.format(text("[1, 2, 3]"), text("item &gt; 1")), "[2, 3]"),
        (FILTER.format(text("5"), text("item &gt; 1")), "[5]"),
        (FILTER.format(text("[1, 2]"), text('"x"')), "null"),
        (ITERATOR.format("for", text("[1, 2]"), "return", text("i * 2")), "[2, 4]"),
        (ITERATOR.format("for", text("[1..3]"), "return", text("count(partial)")), "[0, 1, 2]"),
        (ITERATOR.format("for", text("null"), "return", text("i")), "null"),
        (ITERATOR.format("some", text("[1, 2]"), "satisfies", text("i &gt; 1")), "true"),
        (ITERATOR.format("every", text("[1, 2]"), "satisfies", text("i &gt; 1")), "false"),
        (ITERATOR.format("every", text("[]"), "satisfies", text("i &gt; 1")), "true"),
        (f"<list>{text('1')}<list>{text('2')}</list></list>", "[1, [2]]"),
        (f'<relation><column name="a"/><row>{text("1")}</row><row>{text("2")}</row></relation>', "[{a: 1}, {a: 2}]"),
        (f"<invocation>{text('abs')}<binding><parameter name='n'/>{text('-3')}</binding></invocation>", "3"),
        (f"<invocation>{text('abs')}<binding><parameter name='m'/>{text('-3')}</binding></invocation>", "null"),
        (f"<context><contextEntry><variable name='a'/>{text('1')}</contextEntry></context>", "{a: 1}"),
        ((f"<context><contextEntry><variable name='a'/>{text('1')}</contextEntry>"
         f"<contextEntry>{text('a + 1')}</contextEntry></context>"), "2"),
        ((f"<context><contextEntry><variable name='f'/><functionDefinition><formalParameter name='p'/>{text('p + 1')}"
         f"</functionDefinition></contextEntry><contextEntry>{text('f(1)')}</contextEntry></context>"), "2"),
    ],
)  # fmt: skip
def test_boxed_expressions_are_what_their_text_is(inner, expected):
    """10.2.1 and 10.2.2: each box has the value of its FEEL expression; conditions must be truth values."""
    assert decided(boxed("d", inner), "d") == expected


@pytest.mark.parametrize("kind", ["Java", "PMML"])
def test_external_functions_are_refused_with_a_fault(kind):
    inner = f'<functionDefinition kind="{kind}">{text("{java: {}}")}</functionDefinition>'
    model = load_dmn(dmn(boxed("d", inner)))
    assert [fault.code for fault in model.faults] == ["rules.external_function"]
    assert model.decide("d", {}).value is None


def test_a_decision_without_logic_is_null(version):
    model = load_dmn(dmn(decision("d", None), version))
    outcome = model.decide("d", {})
    assert outcome.value is None
    assert {d.code for d in outcome.diagnostics} == {"rules.no_logic"}


def test_knowledge_models_require_and_call_one_another(version):
    knows = needs("加", kind="requiredKnowledge", group="knowledgeRequirement")
    add = f'<formalParameter name="a"/><formalParameter name="b"/>{text("a + b")}'
    twice = f'<formalParameter name="a"/>{text("加(a, a)")}'
    body = (
        f'<businessKnowledgeModel id="加" name="加"><variable name="加"/><encapsulatedLogic>{add}</encapsulatedLogic></businessKnowledgeModel>'
        f'<businessKnowledgeModel id="倍" name="倍"><variable name="倍"/><encapsulatedLogic>{twice}</encapsulatedLogic>{knows}</businessKnowledgeModel>'
        + decision("d", "倍(21)", needs("倍", kind="requiredKnowledge", group="knowledgeRequirement"))
    )
    assert decided(body, "d", version=version) == "42"
    assert decided(body, "加", {"a": 1, "b": 2}, version) == "3"
