"""Examples with the expected reason: our own synthetic ones, and the shared test data where it is at hand."""

import csv
import os
from datetime import date
from pathlib import Path

import pytest

from yiwang.kernel.codes import (
    InvalidCode,
    validate_credit_code,
    validate_id_number,
    validate_mobile,
    validate_organisation_code,
    validate_street_code,
)

TODAY = date(2026, 11, 22)
OWN = Path(__file__).with_name("vectors.csv")
SHARED = Path(os.environ.get("YIWANG_TEST_DATA", "../shared/data")) / "codes" / "checksum_vectors.csv"


def rows(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def reason(kind, value):
    check = {
        "id_number": lambda text: validate_id_number(text, today=TODAY),
        "idcard": lambda text: validate_id_number(text, today=TODAY),
        "credit_code": validate_credit_code,
        "uscc": validate_credit_code,
        "street": validate_street_code,
        "mobile": validate_mobile,
    }[kind]
    try:
        check(value)
    except InvalidCode as refusal:
        return "unfilled message" if "{" in str(refusal) else refusal.reason
    return ""


@pytest.mark.parametrize("row", rows(OWN), ids=lambda row: row["value"])
def test_gives_the_expected_reason(row):
    assert reason(row["kind"], row["value"]) == row["reason"]


@pytest.mark.data
@pytest.mark.skipif(not SHARED.exists(), reason="needs the test data folder (YIWANG_TEST_DATA)")
def test_agrees_with_every_shared_vector():
    vectors = rows(SHARED)
    assert len(vectors) > 50
    wrong = [row for row in vectors if (reason(row["kind"], row["value"]) == "") != (row["valid"] == "1")]
    assert wrong == []


@pytest.mark.data
@pytest.mark.skipif(not SHARED.exists(), reason="needs the test data folder (YIWANG_TEST_DATA)")
def test_finds_a_valid_organisation_code_in_every_valid_credit_code():
    for row in rows(SHARED):
        if row["org_code_check_ok"] == "1":
            assert validate_organisation_code(row["value"][8:17])
