"""Pulling from a department's system: a real server beside, with its faults; cached with age."""

import contextlib
import json
import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.exceptions import ImproperlyConfigured

from yiwang.commons.identity.tests.factories import login, make_official, make_organisation, make_resident
from yiwang.commons.licences import commands, queries, registry
from yiwang.commons.licences.contracts import PullFailed, TrustGrade
from yiwang.commons.licences.contrib.http import HttpPuller
from yiwang.commons.licences.contrib.sources import connect
from yiwang.commons.licences.models import Licence
from yiwang.commons.licences.tests.factories import SYSTEM, make_type, person_holder
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db
ONE = {"number": "D-1", "holder_name": "样例甲", "values": {"shop_name": "样例店"}, "valid_until": "2031-01-01"}


class _Department(BaseHTTPRequestHandler):
    answers: list = []
    asked: list = []

    def do_POST(self):
        self.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        status, body, wait = self.answers.pop(0)
        time.sleep(wait)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Be quiet."""


@pytest.fixture
def department():
    _Department.answers, _Department.asked = [], []
    server = HTTPServer(("127.0.0.1", 0), _Department)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    make_type()
    where = make_organisation("sample-department")
    registry.register_puller(
        "sample_permit", HttpPuller(f"http://127.0.0.1:{server.server_port}/", seconds=0.5), issuer="sample-department"
    )
    yield where
    registry._pullers.pop("sample_permit")
    server.shutdown()
    server.server_close()


def _say(*found, status=200, wait=0.0):
    _Department.answers.append((status, json.dumps({"licences": list(found)}).encode(), wait))


def _fetch(holder, at=None):
    return commands.fetch(type_key="sample_permit", holder=holder, by=SYSTEM, at=at or clock.now())


def test_what_the_department_says_is_kept_with_its_age(department):
    holder = person_holder()
    _say(ONE)
    assert _fetch(holder) == 1
    [held] = queries.held(holder=holder, viewer=SYSTEM)
    assert (held.number, held.grade) == ("D-1", TrustGrade.B)
    assert _fetch(holder) is None
    assert len(_Department.asked) == 1
    later = clock.now() + timedelta(hours=13)
    _say({**ONE, "values": {"shop_name": "新名称"}})
    assert _fetch(holder, later) == 1
    [held] = queries.held(holder=holder, viewer=SYSTEM)
    assert (held.version, held.as_of) == (2, later)


def test_what_the_department_revokes_or_forgets_ends_here(department):
    holder = person_holder()
    _say(ONE, {**ONE, "number": "D-2"})
    _fetch(holder)
    _say({**ONE, "state": "revoked"})
    _fetch(holder, clock.now() + timedelta(hours=13))
    assert {row.number: row.state for row in Licence.objects.all()} == {"D-1": "revoked", "D-2": "revoked"}


@pytest.mark.parametrize(
    "answer", [(500, b"", 0), (302, b"", 0), (200, b"{", 0), (200, b'{"licences": 3}', 0), (200, b"{}", 1.0)]
)
def test_a_department_that_fails_leaves_what_is_kept(department, answer):
    holder = person_holder()
    _say(ONE)
    _fetch(holder)
    _Department.answers.append(answer)
    with pytest.raises(PullFailed):
        _fetch(holder, clock.now() + timedelta(hours=13))
    assert len(queries.held(holder=holder, viewer=SYSTEM)) == 1


@pytest.mark.parametrize(
    "said",
    [
        {**ONE, "holder_name": "样例乙"},
        {**ONE, "holder_name": ""},
        {**ONE, "holder_code": "320402198001010000"},
        {**ONE, "state": "making"},
        {**ONE, "valid_from": "2032-01-01"},
        {**ONE, "number": None},
        {**ONE, "number": "D\x00"},
        {**ONE, "number": "\ud800"},
        {**ONE, "values": {"shop_name": "长" * 3000}},
        {**ONE, "values": {}},
    ],
)
def test_what_is_another_person_s_or_garbage_is_kept_in_no_part(department, said):
    _say({**ONE, "number": "D-9"}, said)
    with pytest.raises(PullFailed):
        _fetch(person_holder())
    assert not Licence.objects.exists()


def test_a_number_twice_or_on_somebody_else_s_name_is_refused(department):
    _say(ONE, ONE)
    with pytest.raises(PullFailed):
        _fetch(person_holder())
    _say(ONE)
    _fetch(person_holder())
    _say(ONE)
    with pytest.raises(PullFailed):
        _fetch(person_holder())
    assert Licence.objects.count() == 1


def test_one_that_the_department_prolonged_stands_again_and_one_it_replaced_ends(department):
    holder = person_holder()
    _say({**ONE, "state": "expired", "valid_until": "2020-01-01"}, {**ONE, "number": "D-2"})
    _fetch(holder)
    _say({**ONE, "valid_until": "2040-01-01"}, {**ONE, "number": "D-2", "state": "replaced"})
    _fetch(holder, clock.now() + timedelta(hours=13))
    assert [each.number for each in queries.held(holder=holder, viewer=SYSTEM)] == ["D-1"]
    assert Licence.objects.get(number="D-2").state == "revoked"


def test_an_answer_that_drips_or_is_no_http_ends_in_time(department):
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    said = [b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"garbage\r\n\r\n"]

    def serve():
        for head in said:
            taken, _who = listener.accept()
            taken.recv(4096)
            taken.sendall(head)
            with contextlib.suppress(OSError):
                for _piece in range(40 if head.startswith(b"HTTP") else 0):
                    taken.sendall(b" ")
                    time.sleep(0.1)
            taken.close()

    threading.Thread(target=serve, daemon=True).start()
    begun = time.monotonic()
    for _each in said:
        with pytest.raises(PullFailed):
            HttpPuller(url, seconds=0.3).pull("sample_permit", person_holder(), "1")
    assert time.monotonic() - begun < 6
    listener.close()


def test_a_resident_finds_what_a_department_keeps_from_the_wallet(client, department):
    made = make_resident("样例甲")
    login(client, made.account_id)
    _say(ONE)
    assert "查找部门登记的证照" in client.get("/mine/licences/").content.decode()
    page = client.post("/mine/licences/find/", follow=True).content.decode()
    assert "D-1" in page
    assert "已经更新" in page
    assert "刚刚才查过" in client.post("/mine/licences/find/", follow=True).content.decode()
    assert len(_Department.asked) == 1
    assert (
        client.post("/mine/licences/find/", {"next": "//elsewhere.example/"}).headers["Location"] == "/mine/licences/"
    )


def test_a_department_that_fails_is_told_by_name_and_nobody_asks_for_another(client, department):
    made, official = make_resident("样例甲"), make_official(department)
    login(client, made.account_id)
    _say(status=500)
    assert "样例经营许可证：部门系统没有返回证照" in client.post("/mine/licences/find/", follow=True).content.decode()
    login(client, official.account_id)
    client.post("/mine/licences/find/")
    assert client.get("/mine/licences/find/").status_code == 405
    client.logout()
    assert "/account/login/" in client.post("/mine/licences/find/").headers["Location"]
    assert len(_Department.asked) == 1


def test_the_file_of_sources_connects_departments_or_tells_every_fault(tmp_path):
    named, token = tmp_path / "sources.json", tmp_path / "token"
    token.write_text("secret\n")
    good = {"url": "https://department.example/", "issuer": "sample-department", "token_file": str(token), "seconds": 3}
    named.write_text(json.dumps({"sample_permit": good}))
    connect(named)
    try:
        assert registry.puller_of("sample_permit") == (
            HttpPuller("https://department.example/", token="secret", seconds=3.0), "sample-department"
        )  # fmt: skip
    finally:
        registry._pullers.pop("sample_permit")
    wrong = {"Bad Key": good, "a": 3, "b": {"url": "ftp://x", "seconds": True, "token_file": "/nowhere", "more": 1}}
    named.write_text(json.dumps(wrong))
    with pytest.raises(ImproperlyConfigured) as told:
        connect(named)
    for fault in ("'Bad Key'", "a: an object", "b: url", "b: issuer", "b: seconds", "b: token_file", "b: more"):
        assert fault in str(told.value)
    assert registry.pulled_types() == ()
    for text in ("", "[", "[]"):
        named.write_text(text)
        with pytest.raises(ImproperlyConfigured):
            connect(named)
    with pytest.raises(ImproperlyConfigured):
        connect(tmp_path / "nowhere.json")
