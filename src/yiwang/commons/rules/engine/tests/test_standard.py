"""The clauses and tables of DMN 1.5, one example after the other (`standard/*.txt`)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from yiwang.commons.rules.engine import Absent, FeelSyntaxError, as_text, compile_expression

FOLDER = Path(__file__).parent / "standard"


def examples() -> Iterator[object]:
    for file in sorted(FOLDER.glob("*.txt")):
        clause = ""
        for line in file.read_text("utf-8").splitlines():
            if line.startswith("## "):
                clause = line[3:]
            elif line and not line.startswith("# "):
                text, _, value = line.rpartition(" => ")
                yield pytest.param(text, value, id=f"{clause.partition(':')[0]}: {text}")


def valued(text: str) -> str:
    try:
        expression = compile_expression(text, ())
    except FeelSyntaxError:
        return "syntax"
    result = expression.evaluate({}, absent=Absent.NULL)
    return "error" if result.value is None and result.diagnostics else as_text(result.value)


@pytest.mark.parametrize(("text", "value"), list(examples()))
def test_the_examples_of_the_standard(text, value):
    found = valued(text)
    assert found == value or (value == "null" and found == "error")
