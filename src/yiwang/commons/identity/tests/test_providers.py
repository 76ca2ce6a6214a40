"""Providers of real names: the fake and the one over HTTP pass the same tests; whatever fails is no pass."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from yiwang.commons.identity.contracts.real_names import Assurance, Claim, Verdict
from yiwang.commons.identity.contrib.embedded import EmbeddedRegister
from yiwang.commons.identity.contrib.fakes import FakeProvider, sample_card, sample_face_code
from yiwang.commons.identity.contrib.providers import AskedRegister, BankCard, Face, HttpProvider, is_card
from yiwang.commons.identity.registry import real_names as ports
from yiwang.commons.identity.tests.real_names import ALONE, MINORITY

FAKE = FakeProvider(EmbeddedRegister({ALONE: "样例孤名"}))
CLAIM = Claim("样例孤名", ALONE)
MOBILE = "19900000001"


class _Served(BaseHTTPRequestHandler):
    answer: bytes | None = None
    status = 200

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != "Bearer sample":
            self.send_error(401)
            return
        found = FAKE.ask(question)
        said = json.dumps({"verdict": found.verdict, "reference": found.reference}).encode()
        self.send_response(self.status)
        if self.status == 302:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()
        self.wfile.write(self.answer if self.answer is not None else said)

    def log_message(self, *_args):
        """Names and numbers are in no log."""


@pytest.fixture(scope="module")
def server():
    served = HTTPServer(("127.0.0.1", 0), _Served)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{served.server_port}/"
    served.shutdown()
    served.server_close()


@pytest.fixture(params=["fake", "http"])
def provider(request, server):
    return FAKE if request.param == "fake" else HttpProvider(server, "sample", 5)


def test_a_register_agrees_differs_or_knows_nobody(provider):
    register = AskedRegister(provider)
    assert register.compare(CLAIM).verdict is Verdict.AGREES
    assert register.compare(Claim("样例别人", ALONE)).verdict is Verdict.DIFFERS
    assert register.compare(Claim("样例孤名*", ALONE)).verdict in {Verdict.UNSURE, Verdict.DIFFERS}
    assert register.compare(Claim("样例孤名", MINORITY)).verdict is Verdict.UNKNOWN
    assert register.compare(CLAIM).reference


def test_a_face_is_proved_by_its_code_only(provider):
    face = Face(provider)
    assert face.method.level is Assurance.CONFIRMED
    assert face.check(CLAIM, {"face_code": sample_face_code(ALONE).lower()}).verdict is Verdict.AGREES
    for code in ("", "FACE000000", "<x>", "x" * 1000):
        assert face.check(CLAIM, {"face_code": code}).verdict is Verdict.DIFFERS
    assert face.check(Claim("样例别人", ALONE), {"face_code": sample_face_code(ALONE)}).verdict is Verdict.DIFFERS


def test_a_bank_card_is_proved_by_all_four_elements(provider):
    bank = BankCard(provider)
    right = {"card": " ".join(sample_card(ALONE)), "mobile": MOBILE}
    assert bank.check(CLAIM, right).verdict is Verdict.AGREES
    for wrong in ({"card": sample_card(MINORITY)}, {"card": "6200001"}, {"mobile": "13800000000"}, {"mobile": ""}):
        assert bank.check(CLAIM, right | wrong).verdict is Verdict.DIFFERS


def test_the_check_digit_of_a_card():
    assert is_card("4242424242424242")
    assert not is_card("4242424242424241")
    assert not is_card("４２４２４２４２４２４２４２４２")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{",
        b"[]",
        b'{"verdict": "yes"}',
        b'{"verdict": ["agrees"]}',
        b"[" * 60_000,
        b'{"verdict": "agrees"}' + b" " * 70_000,
    ],
)
def test_an_answer_that_can_not_be_read_is_no_answer(server, monkeypatch, answer):
    monkeypatch.setattr(_Served, "answer", answer)
    assert HttpProvider(server, "sample").ask({"service": "register"}).verdict is Verdict.UNAVAILABLE


@pytest.mark.parametrize("status", [302, 404, 500])
def test_neither_is_a_refusal_or_a_redirect(server, monkeypatch, status):
    monkeypatch.setattr(_Served, "status", status)
    assert HttpProvider(server, "sample").ask({"service": "register"}).verdict is Verdict.UNAVAILABLE


def test_a_wrong_token_a_closed_door_and_plain_http_elsewhere_are_no_answer(server):
    assert HttpProvider(server, "wrong").ask({"service": "register"}).verdict is Verdict.UNAVAILABLE
    assert HttpProvider("http://127.0.0.1:9/").ask({"service": "register"}).verdict is Verdict.UNAVAILABLE
    assert HttpProvider("http://register.example/").ask({"service": "register"}).verdict is Verdict.UNAVAILABLE


def test_a_provider_that_breaks_is_unavailable_for_the_ports_too(monkeypatch):
    class Broken:
        method = Face(FAKE).method
        asks = ()

        def compare(self, claim):
            raise OSError(claim)

        def check(self, claim, given):
            raise RuntimeError(claim, given)

    monkeypatch.setattr(ports, "_provided", ports._Provided())
    ports.provide_population_register(Broken())
    ports.register_method(Broken())
    assert ports.compare(CLAIM).verdict is Verdict.UNAVAILABLE
    assert ports.prove("face", CLAIM, {})[0].verdict is Verdict.UNAVAILABLE
