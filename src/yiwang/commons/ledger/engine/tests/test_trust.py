"""Files of trusted keys (C2SP tlog-policy)."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.commons.crypto.engine import LocalSigner, suite
from yiwang.commons.ledger.engine import LedgerFault, NoteSigner, TextWrong, TrustedKeys

KEYS = [LocalSigner(suite("international").new_signing_key()) for _ in range(7)]
LOG = NoteSigner("log.example", KEYS[0]).verifier.vkey
W = [NoteSigner(f"w{at}.example", key, cosigning=True).verifier.vkey for at, key in enumerate(KEYS)]
TWO_LEVELS = f"""# the example of the specification
log {LOG}

witness X1 {W[1]} https://x1.example/witness
witness X2\t{W[2]}
  witness X3 {W[3]}
group X-witnesses 2 X1 X2 X3

witness Y1 {W[4]}
witness Y2 {W[5]}
witness 丙 {W[6]}
group Y-witnesses any Y1 Y2 丙

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


@pytest.mark.parametrize(
    ("cosigned", "reached"),
    [
        (["X1", "X2", "Y1"], True),
        (["X1", "X3", "丙"], True),
        (["X1", "X2", "X3"], False),
        (["X1", "Y1", "Y2", "丙"], False),
        ([], False),
        (["X-and-Y"], False),
        (["none"], False),
    ],
)
def test_a_quorum_of_groups_is_reached_by_members_of_both(cosigned, reached):
    trusted = TrustedKeys.parse(TWO_LEVELS)
    assert trusted.reached(cosigned) is reached
    assert TrustedKeys.parse(trusted.text()) == trusted
    assert trusted.urls == {"X1": "https://x1.example/witness"}
    assert trusted.needed() == "2/2"


def test_a_single_witness_or_none_may_be_the_quorum():
    one = TrustedKeys.parse(f"witness a {W[1]}\nquorum a")
    assert (one.reached(["a"]), one.reached([]), one.needed()) == (True, False, "a")
    nobody = TrustedKeys.parse("quorum none\n")
    assert (nobody.reached([]), nobody.needed()) == (True, "none")


def test_a_policy_of_so_many_of_all_is_written_and_read():
    log = NoteSigner("log.example", KEYS[0]).verifier
    witnesses = {f"w{at}": NoteSigner("w.example", key, cosigning=True).verifier for at, key in enumerate(KEYS)}
    trusted = TrustedKeys.of([log], witnesses, 4)
    assert TrustedKeys.parse(trusted.text()) == trusted
    assert (trusted.needed(), trusted.reached(["w0", "w1", "w2", "w6"])) == ("4/7", True)
    assert trusted.logs_named("log.example") == [log]
    with pytest.raises(TextWrong):
        TrustedKeys.of([log], witnesses, 8)
    for name in ("", "none", "two words", "quorum-of-witnesses"):
        with pytest.raises(TextWrong):
            TrustedKeys.of([log], {name: witnesses["w1"]}, 1)


WRONG: list[tuple[str | bytes, str, int]] = [
    ("", "policy.quorum", 1),
    ("# nothing\n\n", "policy.quorum", 2),
    ("quorum none\nquorum none\n", "policy.quorum", 2),
    ("quorum a\n", "policy.unknown", 1),
    ("logs a\n", "policy.word", 1),
    (f"log {LOG} https://a b\n", "text.line", 1),
    (f"log {LOG}\nlog {LOG}\n", "key.duplicate", 2),
    (f"log {W[0]}\n", "key.not_log", 1),
    (f"witness a {LOG}\n", "key.not_witness", 1),
    (f"witness a {W[1]}\nwitness b {W[1]}\n", "key.duplicate", 2),
    (f"witness a {W[1]}\nwitness a {W[2]}\n", "policy.name", 2),
    (f"witness none {W[1]}\n", "policy.name", 1),
    (f"witness a {W[1]}x\n", "text.base64", 1),
    (f"witness a {W[1]}\ngroup g 2 a\n", "policy.threshold", 2),
    (f"witness a {W[1]}\ngroup g 0 a\n", "policy.threshold", 2),
    (f"witness a {W[1]}\ngroup g some a\n", "text.number", 2),
    (f"witness a {W[1]}\ngroup g 1 b\n", "policy.unknown", 2),
    (f"witness a {W[1]}\ngroup g 1 g\n", "policy.unknown", 2),
    (f"witness a {W[1]}\ngroup g 1 a a\n", "policy.member", 2),
    (f"witness a {W[1]}\ngroup g 1 a\ngroup h 1 a\n", "policy.member", 3),
    ("group g 1 none\n", "policy.member", 1),
    ("quorum none\r\n", "text.control", 1),
    (b"quorum none # \xff\n", "text.encoding", 1),
    ("#" * 2_000_000, "text.too_long", 0),
    ("".join(f"log {LOG}\n" for _ in range(2)), "key.duplicate", 2),
]


@pytest.mark.parametrize(
    ("text", "code", "line"), WRONG, ids=[f"{number}-{code}" for number, (_, code, _line) in enumerate(WRONG)]
)
def test_a_wrong_policy_is_refused_with_its_line(text, code, line):
    with pytest.raises(TextWrong) as refused:
        TrustedKeys.parse(text)
    assert (refused.value.reason.code, refused.value.reason.line) == (code, line)


words = st.sampled_from(
    ["log", "witness", "group", "quorum", "none", "a", "b", "1", "all", "any", LOG, W[1], W[2], "#"]
)


@given(st.lists(st.lists(st.one_of(words, st.text(max_size=5)), max_size=6), max_size=12))
def test_any_lines_are_read_or_refused(lines):
    text = "\n".join(" ".join(line) for line in lines)
    try:
        trusted = TrustedKeys.parse(text)
    except LedgerFault as fault:
        assert str(fault) == fault.reason.text("en")  # noqa: PT017
    else:
        assert TrustedKeys.parse(trusted.text()) == trusted


def test_lines_are_bounded():
    names = [f"g{at}" for at in range(300)]
    text = f"witness a {W[1]}\ngroup g0 1 a\n" + "".join(
        f"group {name} 1 {before}\n" for before, name in pairwise(names)
    )
    with pytest.raises(TextWrong) as refused:
        TrustedKeys.parse(text + "quorum g1\n")
    assert refused.value.reason.code == "policy.too_many"
