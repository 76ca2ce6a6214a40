import time
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.rules.engine import Absent, load_dmn
from yiwang.commons.rules.engine.analysis import Severity, check

from .models import fact, item, literal, model, needs, table


def codes(report):
    return [finding.code.removeprefix("analysis.") for finding in report.findings]


def only(report, code):
    found = [finding for finding in report.findings if finding.code == f"analysis.{code}"]
    assert len(found) == 1, codes(report)
    return found[0]


def months(*rules, **more):
    return model(
        fact("months", "number"),
        fact("resident", "boolean"),
        table("d", {"months": "number", "resident": "boolean"}, rules, **more),
    )


def test_a_gap_is_told_with_facts_for_which_no_rule_matches():
    xml = months(("< 12", "-", '"no"'), ("> 12", "true", '"yes"'))
    report = check(xml)
    gaps = [f for f in report.findings if f.code == "analysis.gap"]
    assert {f.severity for f in gaps} == {Severity.WARNING}
    for gap in gaps:
        outcome = report.model.decide("d", gap.example)
        assert (outcome.value, outcome.matched_rules) == (None, ())
    assert {f.text for f in gaps} == {
        "没有规则覆盖这种情况：months = 12",
        "没有规则覆盖这种情况：months > 12，resident = false",
    }
    assert gaps[0].line == xml.decode().splitlines().index('<decisionTable id="table_d" hitPolicy="UNIQUE">') + 1


def test_a_complete_table_has_no_findings_but_that_null_matches_nothing():
    report = check(months(("< 12", "-", '"no"'), (">= 12", "true", '"yes"'), (">= 12", "false", '"no"')))
    assert codes(report) == ["null_gap"]
    assert report.errors == ()
    assert report.complete


def test_a_default_output_covers_gaps():
    assert codes(check(months(("< 12", "true", '"no"'), default='"none"'))) == []


def test_lists_of_hits_need_no_complete_table():
    assert codes(check(months(("< 12", "true", '"no"'), policy="COLLECT"))) == []


def test_an_overlap_is_an_error_of_a_unique_table():
    xml = months(("<= 12", "-", '"no"'), (">= 12", "true", '"yes"'), ("> 12", "false", '"no"'))
    finding = only(check(xml), "overlap")
    assert (finding.severity, finding.rules) == (Severity.ERROR, (1, 2))
    outcome = load_dmn(xml).decide("d", finding.example)
    assert [d.code for d in outcome.diagnostics] == ["rules.several_rules"]
    assert xml.decode().splitlines()[finding.line - 1] == '<rule id="r2_d">'


def test_any_allows_overlaps_of_equal_outputs_only():
    rules = (("<= 12", "-", '"no"'), (">= 12", "-", '"no"'))
    assert codes(check(months(*rules, policy="ANY"))) == ["unused_column", "null_gap"]
    rules = (("<= 12", "-", '"no"'), (">= 12", "-", '"yes"'))
    finding = only(check(months(*rules, policy="ANY")), "conflict")
    assert (finding.severity, finding.example["months"]) == (Severity.ERROR, Decimal(12))


def test_a_rule_that_earlier_rules_cover_together_is_masked():
    rules = (("< 12", "-", "1"), (">= 12", "-", "2"), ("[6..18]", "true", "3"), ("-", "-", "4"))
    report = check(months(*rules, policy="FIRST"))
    assert only(report, "masked").rules == (3,)


def test_the_last_rule_that_catches_the_rest_is_not_masked():
    report = check(months(("< 12", "-", "1"), ("-", "-", "2"), policy="FIRST"))
    assert codes(report) == ["unused_column"]


def test_priority_outranks():
    rules = (("> 10", "-", '"low"'), ("> 5", "-", '"high"'), ("<= 5", "-", '"low"'))
    report = check(months(*rules, policy="PRIORITY", outputs={"o": '"high","low"'}))
    assert only(report, "outranked").rules == (1,)
    report = check(months(*rules, policy="PRIORITY", outputs={"o": ""}))
    assert "no_priority" in codes(report)


def test_a_condition_that_nothing_meets_is_told():
    xml = model(
        item("size", "string", '"big","small"'),
        fact("s", "size"),
        table("d", {"s": "size"}, [('"big"', "1"), ('"small"', "2"), ('"huge"', "3")]),
    )
    report = check(xml)
    assert codes(report) == ["never", "null_gap"]
    assert only(report, "never").rules == (3,)


def test_texts_other_than_the_named_are_a_gap_unless_the_type_excludes_them():
    rules = [('"big"', "1"), ('"small"', "2")]
    report = check(model(fact("s", "string"), table("d", {"s": "string"}, rules)))
    gap = only(report, "gap")
    assert gap.example == {"s": "其他"}
    xml = model(item("size", "string", '"big","small"'), fact("s", "size"), table("d", {"s": ""}, rules))
    assert codes(check(xml)) == ["null_gap"]


def test_a_gap_between_whole_numbers_is_only_a_note():
    finding = only(check(months(("<= 5", "-", "1"), (">= 6", "-", "2"))), "gap_fraction")
    assert (finding.severity, finding.example["months"]) == (Severity.NOTE, Decimal("5.5"))


def test_days_have_no_gap_between_them():
    rules = [('<= @"2025-12-31"', "1"), ('>= date("2026-01-01")', "2")]
    assert codes(check(model(fact("d1", "date"), table("d", {"d1": "date"}, rules)))) == ["null_gap"]


def test_columns_that_compute_give_no_certain_gap():
    rules = [("< 5", "< 10", "1"), (">= 5", ">= 10", "2")]
    xml = model(fact("n", "number"), table("d", {"n": "number", "n * 2": "number"}, rules, requires=needs("n")))
    assert set(codes(check(xml))) == {"gap_possible", "null_gap"}


def test_columns_that_share_a_fact_are_tried_with_facts():
    inputs = {"n": "number", "n >= 5": "boolean"}
    rules = [("< 5", "false", "1"), (">= 5", "true", "2")]
    xml = model(fact("n", "number"), table("d", inputs, rules, requires=needs("n")))
    assert codes(check(xml)) == ["null_gap"]
    rules = [("< 5", "false", "1"), ("> 5", "true", "2"), (">= 5", "-", "3")]
    xml = model(fact("n", "number"), table("d", inputs, rules, requires=needs("n")))
    assert only(check(xml), "overlap").rules == (2, 3)
    report = check(model(fact("n", "number"), table("d", inputs, rules[:2], requires=needs("n"))))
    gap = only(report, "gap")
    assert gap.example == {"n": Decimal(5)}
    assert report.model.decide("d", gap.example).value is None


def test_a_decision_that_yields_named_values_bounds_the_column_that_reads_it():
    inner = table("size", {"n": "number"}, [("< 5", '"small"'), (">= 5", '"big"')])
    outer = table("d", {"size": "string"}, [('"small"', "1"), ('"big"', "2")], requires=needs("size", kind="Decision"))
    assert codes(check(model(fact("n", "number"), inner, outer))) == ["null_gap", "null_gap"]


def test_conditions_on_other_names_are_left_undecided_and_that_is_said():
    xml = model(
        fact("a", "number"),
        fact("b", "number"),
        table("d", {"a": "number"}, [("> b", "1"), ("<= b", "2")], requires=needs("a", "b")),
    )
    report = check(xml)
    assert codes(report) == ["undecided"]
    assert not report.complete


def test_a_cell_of_another_type_is_an_error_at_its_line():
    xml = months(('"12"', "-", "1"), ("-", "-", "2"), policy="FIRST")
    finding = only(check(xml), "cell_type")
    assert (finding.severity, finding.rules, finding.inputs) == (Severity.ERROR, (1,), ("months",))
    assert '"12"' in xml.decode().splitlines()[finding.line - 1]


def test_an_output_that_the_column_does_not_list_is_an_error():
    report = check(months(("-", "-", '"maybe"'), outputs={"o": '"yes","no"'}))
    assert only(report, "output_value").severity is Severity.ERROR


def test_certain_type_errors_are_found_with_their_place():
    xml = model(fact("n", "number"), literal("d", 'if n > 1 then\n  n + "a"\nelse 2', needs("n")))
    finding = only(check(xml), "operands")
    assert (finding.column, finding.where) == (3, "d")
    assert "a" in xml.decode().splitlines()[finding.line - 1]


def test_types_of_other_decisions_and_functions_are_known():
    function = (
        '<businessKnowledgeModel id="f" name="f"><variable name="f" typeRef="string"/><encapsulatedLogic>'
        '<formalParameter name="n" typeRef="number"/><literalExpression><text>string(n)</text></literalExpression>'
        "</encapsulatedLogic></businessKnowledgeModel>"
    )
    wrong = literal("d", "f(1) + 1", needs("f", kind="Knowledge"))
    assert codes(check(model(function, wrong))) == ["operands"]
    wrong = literal("d", 'f("x")', needs("f", kind="Knowledge"))
    assert codes(check(model(function, wrong))) == ["argument"]


def test_a_result_that_never_fits_its_declared_type_is_an_error():
    report = check(model(fact("n", "number"), literal("d", "n + 1", needs("n"), type_ref="boolean")))
    assert codes(report) == ["result_type"]


def test_unknown_names_are_told_with_the_line_of_the_file():
    xml = model(fact("n", "number"), literal("d", "n +\n  m", needs("n")))
    report = check(xml)
    finding = next(f for f in report.findings if f.code == "rules.unknown_name")
    assert (finding.severity, finding.column) == (Severity.ERROR, 3)
    assert "m" in xml.decode().splitlines()[finding.line - 1]


def test_a_syntax_error_is_a_finding_too():
    report = check(model(literal("d", "1 +")))
    assert [f.code for f in report.errors] == ["rules.expected_at_end"]


def test_a_file_that_is_no_dmn_has_one_finding_and_no_model():
    report = check(b"<x/>")
    assert report.model is None
    assert [f.severity for f in report.findings] == [Severity.ERROR]


def test_unused_inputs_and_requirements_are_told():
    xml = model(fact("a", "number"), fact("b", "number"), fact("c", "number"), literal("d", "a", needs("a", "b")))
    assert sorted(codes(check(xml))) == ["unused_input", "unused_requirement"]


def test_ids_used_twice_are_errors():
    xml = model(fact("a", "number"), literal("in_a", "a", needs("a")))
    assert "duplicate_id" in codes(check(xml))


def test_decisions_that_require_each_other_are_an_error():
    xml = model(literal("a", "b + 1", needs("b", kind="Decision")), literal("b", "a + 1", needs("a", kind="Decision")))
    finding = only(check(xml), "cycle")
    assert finding.params["path"] == "a → b → a"


def test_tables_on_one_line_of_the_file_are_told_apart():
    small = table("d", {"n": "number"}, [("< 5", "1")], default="2")
    large = table(
        "e", {"n": "number", "m": "number"}, [("< 5", "> 1", "1"), ("<= 5", "-", "2")], requires=needs("n", "m")
    )
    xml = model(fact("n", "number"), fact("m", "number"), small, large).replace(b"\n", b"")
    finding = only(check(xml), "overlap")
    assert (finding.where, finding.rules, finding.element) == ("e", (1, 2), "r2_e")


def test_a_rule_with_too_few_entries_is_looked_at_all_the_same():
    xml = model(fact("n", "number"), table("d", {"n": "number"}, [("< 5", "1"), (">= 5",)]))
    assert check(xml).findings


def test_a_case_is_told_in_both_languages():
    finding = only(
        check(model(fact("n", "number"), table("d", {"n": "number"}, [("< 5", "1"), ("<= 5", "2")]))), "overlap"
    )
    assert (finding.params["box"], finding.params["box_en"]) == ("n < 5", "n < 5")
    gap = only(check(model(fact("b", "boolean"), table("d", {"b": "boolean"}, [("true", "1")]))), "null_gap")
    assert gap.params["input"] == "b"


CELLS = {
    "n": st.sampled_from(["-", "< 2", "<= 2", "> 1", "[1..2]", "(1..3)", "2", "1, 3", "not(2)", "not(> 2)", ">= 3"]),
    "s": st.sampled_from(["-", '"a"', '"a","b"', 'not("a")', '"c"']),
    "b": st.sampled_from(["-", "true", "false"]),
}
VALUES = {
    "n": [Decimal(v) / 2 for v in range(9)],
    "s": ["a", "b", "c", "elsewhere"],
    "b": [True, False],
}
TYPES = {"n": "number", "s": "string", "b": "boolean"}
ROWS = st.lists(st.tuples(*CELLS.values(), st.sampled_from(["1", "2"])), min_size=1, max_size=6)


def brute(xml):
    """For each combination of facts the rules that match."""
    compiled = load_dmn(xml)
    for values in product(*VALUES.values()):
        facts = dict(zip(VALUES, values, strict=True))
        yield facts, compiled.decide("d", facts).matched_rules


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_gaps_and_overlaps_are_those_that_trying_every_combination_finds(rows):
    facts = [fact(name, type_ref) for name, type_ref in TYPES.items()]
    xml = model(*facts, table("d", TYPES, rows, policy="RULE ORDER"))
    matches = list(brute(xml))
    report = check(model(*facts, table("d", TYPES, rows)))
    gaps = [f for f in report.findings if f.code in {"analysis.gap", "analysis.gap_fraction"}]
    assert bool(gaps) == any(not matched for _, matched in matches)
    compiled = load_dmn(xml)
    for gap in gaps:
        assert compiled.decide("d", gap.example).matched_rules == ()
    found = {f.rules for f in report.findings if f.code == "analysis.overlap"}
    wanted = {(a, b) for _, matched in matches for a in matched for b in matched if a < b}
    assert found == wanted
    for overlap in (f for f in report.findings if f.code == "analysis.overlap"):
        assert set(overlap.rules) <= set(compiled.decide("d", overlap.example).matched_rules)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_masked_rules_are_those_that_never_come_first(rows):
    facts = [fact(name, type_ref) for name, type_ref in TYPES.items()]
    xml = model(*facts, table("d", TYPES, rows, policy="RULE ORDER"))
    compiled = load_dmn(xml)
    first = {matched[0] for _, matched in brute(xml) if matched}
    for values in product(*([*found, None] for found in VALUES.values())):
        matched = compiled.decide("d", dict(zip(VALUES, values, strict=True))).matched_rules
        first.update(matched[:1])
    report = check(model(*facts, table("d", TYPES, rows, policy="FIRST")))
    silent = {f.rules[0] for f in report.findings if f.code in {"analysis.masked", "analysis.never"}}
    assert silent == set(range(1, len(rows) + 1)) - first


def test_a_thousand_rules_over_six_inputs_are_decided_in_seconds():
    names = {f"x{i}": "number" for i in range(6)}
    rules = []
    for a, b, c in product(range(10), repeat=3):
        ends = [f"[{v * 10}..{v * 10 + 10})" for v in (a, b, c)]
        rules.append((*ends, "-", ">= 0" if a % 2 else "-", "-", str(a)))
    xml = model(*(fact(name, "number") for name in names), table("d", names, rules))
    began = time.monotonic()
    report = check(xml, seconds=20)
    assert time.monotonic() - began < 20
    assert report.complete
    assert "gap" in codes(report)
    assert report.errors == ()


def test_what_is_not_decided_in_time_is_said():
    names = {f"x{i}": "number" for i in range(6)}
    rules = [
        (*(f"[{(i * (7 + k) * 13) % 97}..{(i * (7 + k) * 13) % 97 + 60}]" for k in range(6)), "1") for i in range(150)
    ]
    xml = model(*(fact(name, "number") for name in names), table("d", names, rules))
    report = check(xml, seconds=0.0)
    assert not report.complete
    assert any("时限" in f.text for f in report.findings)


@pytest.mark.data
def test_errors_in_types_are_errors_when_evaluated(test_data):
    """Over the conformance kit, whose models are full of them on purpose: no complaint about what works."""
    tried = 0
    for file in sorted((test_data / "dmn-tck").rglob("*.dmn")):
        others = [other.read_bytes() for other in file.parent.glob("*.dmn") if other != file]
        report = check(file.read_bytes(), others)
        for finding in report.errors:
            told = finding.code.startswith("analysis.") and finding.code != "analysis.not_boolean"
            if told and finding.where in report.model.decisions:
                tried += 1
                outcome = report.model.decide(finding.where, {}, absent=Absent.NULL)
                assert outcome.diagnostics, (file.name, finding.text)
    assert tried > 50


TOKENS = ["n", "m", "?", "1", "-2.5", '"a"', "not(", ")", "(", "[", "..", "]", ",", "<", ">=", "+", "and", "or", "date(", "{a: 1}", "null", "if", "then", "else", "for i in", "return", "f(n)", "true", 'matches(?, "(a+)+")']  # fmt: skip
TEXTS = st.lists(st.sampled_from(TOKENS), max_size=7).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=3), TEXTS)
def test_whatever_the_texts_say_the_analysis_ends_with_a_report(rows, text):
    xml = model(
        fact("n", "number"),
        fact("m"),
        literal("e", text, needs("n", "m")),
        table("d", {"n": "number", "m + n": ""}, rows, requires=needs("n", "m")),
    )
    for finding in check(xml).findings:
        assert finding.text
        assert finding.as_json()
