"""Files of signatures: who signed what, provable offline; each changed byte is found."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.commons.crypto.engine import Authority, LocalSigner, new_root, parse_name, suite
from yiwang.commons.seals.engine import (
    Signatory,
    StatementFault,
    StatementSignature,
    Trust,
    claim_bytes,
    is_statement,
    pack_statement,
    statement_bytes,
    verify_sealed,
    verify_statement,
)
from yiwang.kernel.verdicts import Mark

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PEOPLE = (Signatory(1, "样例甲", "申请人"), Signatory(2, "样例乙", "配偶"))


class City:
    """An authority, and signers with certificates of it."""

    def __init__(self, name="national"):
        self.suite = suite(name)
        self.root: Authority = new_root(
            self.suite.new_signing_key(), parse_name("CN=样例根"), since=AT - timedelta(days=1), days=900
        )
        self.keys = [LocalSigner(self.suite.new_signing_key()) for _ in PEOPLE]
        self.certificates = [
            self.root.issue(key.public, parse_name(f"CN={who.name}"), profile="signing", since=AT - timedelta(days=1), days=800).der
            for key, who in zip(self.keys, PEOPLE, strict=True)
        ]  # fmt: skip

    def trust(self, **options):
        return Trust(roots=(self.root.certificate.der,), at=AT + timedelta(hours=1), revocation="if_known", **options)

    def signed(self, statement, places=(0, 1), at=AT, bare=False):
        made = []
        for number, place in enumerate(places):
            certificate = b"" if bare else self.certificates[place]
            key = self.keys[place]
            claim = claim_bytes(
                statement, PEOPLE[place], suite_name=self.suite.name, public_key=key.public, certificate=certificate,
                at=at + timedelta(minutes=number), confirmed_at=at, factor="password",
            )  # fmt: skip
            made.append(StatementSignature(claim, key.sign(claim), self.suite.name, key.public, certificate))
        return made


def statement(ordered=True, **content):
    return statement_bytes(
        number="7c1f",
        title="共同生活声明",
        content={"text": "我们共同生活。", **content},
        signers=PEOPLE,
        ordered=ordered,
    )


@pytest.fixture(scope="module", params=["national", "international"])
def city(request):
    return City(request.param)


@pytest.fixture(scope="module")
def file(city):
    return pack_statement(statement(), city.signed(statement()))


def test_a_file_that_all_have_signed_is_valid(city, file):
    verdict = verify_statement(file, city.trust())
    assert verdict.valid, verdict.as_json()
    assert [each["claim"]["signer"]["name"] for each in verdict.more["signatures"]] == ["样例甲", "样例乙"]
    assert is_statement(file)
    assert verify_sealed(file, city.trust()).valid


@given(data=st.data())
def test_each_changed_byte_is_found(city, file, data):
    index = data.draw(st.integers(0, len(file) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != file[index]))
    verdict = verify_statement(file[:index] + bytes([other]) + file[index + 1 :], city.trust())
    assert not verdict.valid
    assert verdict.reasons


@given(st.binary(max_size=300) | st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["format", "signers", "signatures", "content", "id", "ordered", "title"]), x)).map(lambda x: json.dumps(x).encode()))  # fmt: skip
def test_whatever_comes_gets_a_verdict(data):
    assert not verify_statement(data, Trust()).valid


@pytest.mark.parametrize("deep", [b"[" * 200_000, b'{"a":' * 200_000, b"{" + b" " * 5_000_000])
def test_deep_and_huge_files_are_told_in_bounded_time(deep):
    assert verify_statement(deep, Trust()).references is Mark.INVALID


def test_words_that_were_changed_after_signing_are_told(city):
    made = json.loads(pack_statement(statement(), city.signed(statement())))
    made["content"]["text"] = "我们不共同生活。"
    verdict = verify_statement(_again(made), city.trust())
    assert (verdict.signature, verdict.references) == (Mark.VALID, Mark.INVALID)
    assert "不一致" in verdict.reasons[0].text()
    assert "not the one" in verdict.reasons[0].text("en")


def _again(document):
    from yiwang.commons.seals.engine.statements import canonical

    return canonical(document)


@pytest.mark.parametrize("places", [(), (0,), (1,), (0, 0), (0, 1, 1)])
def test_who_has_not_signed_or_twice_is_told(city, places):
    verdict = verify_statement(pack_statement(statement(), city.signed(statement(), places)), city.trust())
    assert verdict.seal is Mark.INVALID
    assert not verdict.valid


def test_the_order_counts_only_where_it_was_agreed(city):
    for ordered in (True, False):
        made = statement(ordered=ordered)
        verdict = verify_statement(pack_statement(made, city.signed(made, (1, 0))), city.trust())
        assert verdict.valid is not ordered


def test_a_signature_for_another_statement_of_the_same_words_does_not_count(city):
    other = statement_bytes(
        number="0000", title="共同生活声明", content={"text": "我们共同生活。"}, signers=PEOPLE, ordered=True
    )
    verdict = verify_statement(pack_statement(other, city.signed(statement())), city.trust())
    assert verdict.references is Mark.INVALID


def test_a_signer_can_not_take_the_place_of_another(city):
    made = city.signed(statement(), (0,))
    swapped = City(city.suite.name).signed(statement(), (1,))
    verdict = verify_statement(pack_statement(statement(), [*made, *swapped]), city.trust())
    assert verdict.chain is Mark.INVALID


def test_the_certificate_of_another_key_is_found(city):
    made = json.loads(pack_statement(statement(), city.signed(statement())))
    first, second = made["signatures"]
    first["certificate"] = second["certificate"]
    verdict = verify_statement(_again(made), city.trust())
    assert verdict.signature is Mark.INVALID


def test_a_key_without_certificate_leaves_open_whose_it_is(city):
    verdict = verify_statement(pack_statement(statement(), city.signed(statement(), bare=True)), city.trust())
    assert (verdict.signature, verdict.references, verdict.seal, verdict.chain) == (
        Mark.VALID, Mark.VALID, Mark.VALID, Mark.UNKNOWN,
    )  # fmt: skip


def test_strangers_certificates_and_revoked_ones_are_told(city, file):
    assert verify_statement(file, Trust()).chain is Mark.UNKNOWN
    assert verify_statement(file, City().trust()).chain is Mark.INVALID
    from yiwang.commons.crypto.engine import read_certificate

    revoked = frozenset({read_certificate(city.certificates[0]).fingerprint})
    assert verify_statement(file, city.trust(revoked=revoked)).chain is Mark.INVALID


def test_a_signature_from_the_future_is_told(city):
    made = statement()
    late = pack_statement(made, city.signed(made, at=AT + timedelta(days=2)))
    assert verify_statement(late, city.trust()).seal is Mark.INVALID


@pytest.mark.parametrize(
    "content", [{"a": float("nan")}, {"a": 2**60}, {"a": "\ud800"}, {"a": {1, 2}}, {"a": "x" * 5_000_000}]
)
def test_what_has_no_canonical_form_is_refused(content):
    with pytest.raises(StatementFault):
        statement(**content)


def test_nobody_signs_under_anothers_name(city):
    """The certificate says who signed; a file that says otherwise is refused, and tells both names."""
    mallory = LocalSigner(city.suite.new_signing_key())
    certificate = city.root.issue(
        mallory.public, parse_name("CN=Mallory"), profile="signing", since=AT - timedelta(days=1), days=800
    ).der
    claim = claim_bytes(
        statement(), PEOPLE[0], suite_name=city.suite.name, public_key=mallory.public, certificate=certificate, at=AT,
        confirmed_at=AT, factor="password",
    )  # fmt: skip
    forged = StatementSignature(claim, mallory.sign(claim), city.suite.name, mallory.public, certificate)
    file = pack_statement(statement(), [forged, *city.signed(statement(), (1,), at=AT + timedelta(minutes=1))])
    verdict = verify_statement(file, city.trust())
    assert verdict.seal is Mark.INVALID
    assert any("Mallory" in reason.text() and "样例甲" in reason.text() for reason in verdict.reasons)
    assert "Mallory" in verdict.more["signatures"][0]["signer"]


@pytest.mark.parametrize("name", ["\ud800", "\x1b[31m", "a" * 5000])
def test_reasons_can_be_shown_whatever_the_file_calls_its_members(name):
    made = json.dumps({"format": "yiwang.statement/1", name: 1}).encode()
    text = verify_statement(made, Trust()).reasons[0].text()
    text.encode()
    assert "\x1b" not in text


def test_the_last_second_of_the_calendar_is_just_the_future(city):
    made = json.loads(pack_statement(statement(), city.signed(statement(), (0,))))
    made["signatures"][0]["claim"]["at"] = "9999-12-31T23:59:59Z"
    assert verify_statement(_again(made), city.trust()).seal is Mark.INVALID
