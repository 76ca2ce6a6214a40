"""What is kept of an exception: enough to find the place, nothing that people had entered."""

from yiwang.kernel.errors import Conflict
from yiwang.kernel.faults import described


def raised(error):
    try:
        raise error
    except type(error) as caught:
        return described(caught)


def test_keeps_the_kind_and_the_place():
    told = raised(RuntimeError("not yet"))
    assert told.splitlines()[0] == "RuntimeError: not yet"
    assert "yiwang/kernel/tests/test_faults.py" in told
    assert told.splitlines()[1].endswith("raised")


def test_keeps_the_code_of_a_refusal():
    assert raised(Conflict(name="样例")).startswith("Conflict [kernel.conflict]\n")


def test_leaves_out_messages_that_may_quote_values():
    for message in ("王小明", "Key (id_number)=(320402199001010011)", "input_value='x'", "a" * 200):
        assert raised(ValueError(message)).startswith("ValueError\n"), message


def test_hides_long_numbers_and_further_lines():
    told = raised(ValueError("no row 13912345678\nDETAIL: 王小明"))
    assert told.startswith("ValueError: no row …\n")
    assert "王" not in told


def test_names_the_causes():
    error = RuntimeError("outer")
    error.__cause__ = KeyError("部门")
    assert raised(error).splitlines()[-1] == "← KeyError"
