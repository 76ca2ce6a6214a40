"""The four-property check: each fault fails the check that is about it, at each stage, with words on what to do."""

import json
from datetime import timedelta

import pytest

from yiwang.commons.archives.engine import (
    CHECKS,
    DIGESTS,
    Outcome,
    Property,
    Stage,
    Step,
    Surroundings,
    check_package,
)
from yiwang.commons.files.tests.factories import encrypted_pdf

from .samples import AT, PDF, RECEIPT, STATEMENTS, Kind, content, item, package, trusted

AROUND = Surroundings(trusted=trusted())


def failed(data, stage=Stage.ARCHIVE, around=AROUND):
    report = check_package(data, stage, around)
    assert report.passed == (not [each for each in report.findings if each.outcome is Outcome.FAILED])
    return {each.check.id for each in report.findings if each.outcome is Outcome.FAILED}


def test_a_sound_package_passes_at_every_stage():
    data = package()
    around = Surroundings(trusted=trusted(), digest=DIGESTS["sm3"](data), scan=lambda _: True)
    for stage in Stage:
        report = check_package(data, stage, around)
        assert report.passed
        assert {report.outcome(each) for each in Property} == {Outcome.PASSED}


def test_without_a_scanner_safety_is_told_as_unchecked_not_as_passed():
    report = check_package(package(), Stage.ARCHIVE, AROUND)
    assert (report.passed, report.outcome(Property.SAFE)) == (True, Outcome.UNCHECKED)


def statements(*more):
    told = STATEMENTS | {"statements": [*STATEMENTS["statements"], *more]}
    made = item(Kind.EVIDENCE, "statements.json", json.dumps(told).encode(), "application/json")
    return (*(each for each in content().items if each.name != "statements.json"), made)


def one(kind, name, body, media_type):
    return (*content().items, item(kind, name, body, media_type))


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"title": "长" * 301}, "authentic.length"),
        ({"retention": "20年"}, "authentic.domain"),
        ({"submitted_at": AT + timedelta(days=1)}, "authentic.reason"),
        ({"archive_number": "2026-1"}, "authentic.number"),
        ({"items": one(Kind.MATERIAL, "002.pdf", b"MZ\x90", "application/pdf")}, "authentic.content"),
        ({"items": one(Kind.MATERIAL, "002.pdf", b"MZ\x90", "application/pdf")}, "usable.content"),
        ({"items": one(Kind.MATERIAL, "002.pdf", b"MZ\x90", "application/pdf")}, "safe.active"),
        (
            {"items": one(Kind.MATERIAL, "002.pdf", encrypted_pdf(opens_with="sample"), "application/pdf")},
            "usable.package",
        ),
        ({"items": one(Kind.MATERIAL, "002.pdf", PDF + b"/JavaScript %%EOF", "application/pdf")}, "safe.active"),
        ({"items": one(Kind.MATERIAL, "002.pdf", PDF[:20], "application/pdf")}, "usable.content"),
        ({"items": one(Kind.MATERIAL, "002.doc", b"x", "application/msword")}, "usable.format"),
        ({"agents": ()}, "complete.entities"),
        ({"matter": ""}, "complete.required"),
        ({"steps": (Step("申请", AT, "样例"),)}, "complete.process"),
        ({"items": content().items[2:]}, "complete.content"),
        ({"items": content().items[:-2]}, "complete.evidence"),
        ({"items": content().items[:-1]}, "complete.evidence"),
        ({"items": tuple(each for each in content().items if each.name != "statements.json")}, "complete.evidence"),
        (
            {"items": one(Kind.EVIDENCE, "002.tlog-proof", RECEIPT, "application/vnd.yiwang.tlog-proof")},
            "complete.evidence",
        ),
        ({"items": statements({"kind": "case.close", "receipt": ""})}, "complete.evidence"),
        ({"items": statements({"kind": "case.close", "receipt": "009.tlog-proof"})}, "complete.evidence"),
        ({"absent": (("样例许可证", "文件缺失：还没有加盖印章"),)}, "complete.content"),
    ],
)
def test_a_fault_fails_the_check_that_is_about_it(changes, check):
    assert check in failed(package(**changes))


def test_what_is_not_what_was_registered_fails_at_transfer_and_preservation():
    around = Surroundings(trusted=trusted(), digest="0" * 64)
    for stage in (Stage.TRANSFER, Stage.PRESERVE):
        assert failed(package(), stage, around) == {"authentic.package", "safe.process"}


def test_a_format_that_does_not_last_is_kept_as_it_came_and_told_but_not_handed_over():
    data = package(items=one(Kind.MATERIAL, "002.doc", b"x", "application/msword"))
    for stage in Stage:
        report = check_package(data, stage, AROUND)
        outcome = next(each.outcome for each in report.findings if each.check.id == "usable.format")
        others = {each.check.id for each in report.findings if each.outcome is Outcome.FAILED} - {"usable.format"}
        assert outcome is Outcome.FAILED
        assert report.passed is (stage is not Stage.TRANSFER and not others)


def test_a_scanner_that_could_not_look_leaves_it_unchecked():
    report = check_package(package(), Stage.ARCHIVE, Surroundings(trusted=trusted(), scan=lambda _: None))
    assert next(each.outcome for each in report.findings if each.check.id == "safe.virus") is Outcome.UNCHECKED


def test_steps_that_waited_for_each_other_are_no_fault_and_steps_from_before_are():
    first = Step("申请", AT - timedelta(days=3), "样例")
    for back, passes in ((timedelta(seconds=30), True), (timedelta(hours=2), False)):
        steps = (
            first,
            Step("受理", AT - timedelta(days=1), "样例"),
            Step("办结", AT - timedelta(days=1) - back, "样例"),
        )
        told = {"number": "SAMPLE-CASE-1", "steps": [{"action": "sample"}] * 3}
        items = tuple(each for each in content().items if each.name != "history.json")
        history = item(Kind.HISTORY, "history.json", json.dumps(told).encode(), "application/json")
        assert ("complete.process" not in failed(package(steps=steps, items=(*items, history)))) is passes


def test_malicious_code_is_found_by_the_scanner():
    around = Surroundings(trusted=trusted(), scan=lambda data: data != PDF)
    assert failed(package(), around=around) == {"safe.virus"}


def test_the_key_of_another_fails_and_no_keys_leave_it_unchecked():
    assert failed(package(), around=Surroundings(trusted=trusted("international"))) == {"authentic.signature"}
    report = check_package(package(), Stage.ARCHIVE)
    assert report.outcome(Property.AUTHENTIC) is Outcome.UNCHECKED


@pytest.mark.parametrize("cut", [0, 1, 100, 5000])
def test_whatever_bytes_it_is_given_it_answers(cut):
    report = check_package(package()[:cut], Stage.PRESERVE, AROUND)
    assert not report.passed
    assert len(report.findings) == len(CHECKS)


def test_each_check_refers_to_the_standard_and_says_what_to_do():
    assert len({check.id for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert check.reference.startswith("DA/T 70-2018 ")
        assert check.advice.endswith("。")
        assert check.stages <= frozenset(Stage)
