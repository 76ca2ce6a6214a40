import pytest

from yiwang.commons.rules.engine.tck import Tally, run_tck


@pytest.fixture(scope="module")
def report(test_data):
    return run_tck(test_data / "dmn-tck" / "TestCases")


@pytest.mark.data
def test_every_case_of_level_two_passes(report):
    tally = report.tally()["compliance-level-2"]
    assert tally.passed == tally.cases > 50


@pytest.mark.data
def test_of_level_three_only_external_java_functions_fail(report):
    assert {result.directory for result in report.failures} <= {"0076-feel-external-java"}


KIT = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <modelName>m.dmn</modelName>
  <testCase id="1" type="bkm" invocableName="加">
    <inputNode name="a"><value xsi:type="xsd:decimal">1</value></inputNode>
    <inputNode name="b"><value xsi:type="xsd:decimal">2</value></inputNode>
    <resultNode name="加"><expected><value xsi:type="xsd:decimal">3</value></expected></resultNode>
  </testCase>
  <testCase id="2">
    <resultNode name="和"><expected><value xsi:type="xsd:decimal">3</value></expected></resultNode>
    <resultNode name="差"><expected><value xsi:type="xsd:decimal">3</value></expected></resultNode>
  </testCase>
  <testCase id="3"><resultNode name="差" errorResult="true"/></testCase>
</testCases>"""
MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="n" name="m" id="m">
  <businessKnowledgeModel id="k" name="加"><encapsulatedLogic><formalParameter name="a"/><formalParameter name="b"/>
    <literalExpression><text>a + b</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
  <decision id="d1" name="和"><variable name="和"/><knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>
    <literalExpression><text>加(1, 2)</text></literalExpression></decision>
  <decision id="d2" name="差"><variable name="差"/><literalExpression><text>1 - "2"</text></literalExpression></decision>
</definitions>"""


def test_a_case_fails_where_one_of_its_results_differs(tmp_path):
    folder = tmp_path / "compliance-level-3" / "0001-own"
    folder.mkdir(parents=True)
    (folder / "m.dmn").write_text(MODEL)
    (folder / "m-test.xml").write_text(KIT)
    report = run_tck(tmp_path)
    assert [case.passed for case in report.cases] == [True, False, True]
    assert report.tally() == {"compliance-level-3": Tally(3, 2, 3, 2, 1, 1)}
    [failure] = report.failures
    assert (failure.node, failure.expected, failure.actual[:4]) == ("差", "3", "null")


def test_a_file_that_is_no_test_of_the_kit_is_passed_over(tmp_path):
    (tmp_path / "a.xml").write_text("<a/>")
    (tmp_path / "b.xml").write_text("no xml")
    (tmp_path / "c.xml").write_text('<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>')
    assert run_tck(tmp_path).cases == ()
