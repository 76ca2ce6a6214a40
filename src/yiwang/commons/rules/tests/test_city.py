"""The demonstration city's decisions stand up to the analysis."""

from pathlib import Path

import pytest

from yiwang.commons.rules.cli.reading import beside
from yiwang.commons.rules.engine.analysis import Severity, check

CITY = Path(__file__).parents[5] / "packs" / "changzhou"
FILES = sorted(CITY.rglob("*.dmn"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(CITY).as_posix())
def test_a_decision_of_the_city_has_no_gap_overlap_or_error(file):
    report = check(file.read_bytes(), beside(file))
    serious = [f"{f.line}: {f.text}" for f in report.findings if f.severity is not Severity.NOTE]
    assert serious == []
