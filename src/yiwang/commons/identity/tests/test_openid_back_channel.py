"""Where logout tokens go and where they never go: the address was reviewed, what it leads to was not."""

import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from yiwang.commons.identity.contrib.back_channel import NotTold, tell
from yiwang.kernel.settings import Settings

OWN = ("127.0.0.0/8",)


class Listener(BaseHTTPRequestHandler):
    """A system's address: answers `status`, keeps what came."""

    came: list[str]
    status = 204
    where = ""

    def do_POST(self):
        self.came.append(
            f"{self.headers['Host']} {self.path} {self.rfile.read(int(self.headers['Content-Length'])).decode()}"
        )
        self.send_response(self.status)
        if self.where:
            self.send_header("Location", self.where)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args):
        """Silence."""


@contextmanager
def listening(**more):
    handler = type("Here", (Listener,), {"came": [], **more})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port, handler.came
        finally:
            server.shutdown()
            thread.join()


def test_a_system_in_a_named_network_is_told():
    with listening() as (port, came):
        tell(f"http://127.0.0.1:{port}/out?a=b", "token", networks=OWN)
    assert came == [f"127.0.0.1:{port} /out?a=b logout_token=token"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0.0.0.0", "10.1.2.3", "192.168.0.1",
    "169.254.169.254", "224.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[fd00::1]", "[fe80::1]", "[2002:7f00:1::]"])  # fmt: skip
def test_nothing_inside_is_called_unless_it_is_named(host):
    with listening() as (port, came):
        with pytest.raises(NotTold, match="address"):
            tell(f"http://{host}:{port}/out", "token")
        with pytest.raises(NotTold, match="address"):
            tell(f"http://{host}:{port}/out", "token", networks=("172.16.0.0/12",))
    assert came == []


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "http://", "http://a:b/", "//127.0.0.1/", ""],
)
def test_nothing_but_http_is_spoken(url):
    with pytest.raises(NotTold):
        tell(url, "token", networks=OWN)


def test_a_name_is_looked_up_once_and_that_address_is_called(monkeypatch):
    asked, real = [], socket.getaddrinfo

    def look_up(host, port, *more, **named):
        if host != "department.example":
            return real(host, port, *more, **named)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1" if len(asked) == 1 else "127.0.0.2", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with listening() as (port, came):
        tell(f"http://department.example:{port}/out", "token", networks=OWN)
    assert asked == ["department.example"]
    assert came[0].startswith(f"department.example:{port} ")


def test_redirects_are_not_followed():
    with listening() as (inside, reached), listening(status=307, where=f"http://127.0.0.1:{inside}/") as (port, came):
        with pytest.raises(NotTold, match="307"):
            tell(f"http://127.0.0.1:{port}/", "token", networks=OWN)
        assert (len(came), reached) == (1, [])


def test_an_answer_that_drips_is_cut_off():
    def drip(server):
        client, _from = server.accept()
        with client:
            try:
                while True:
                    client.sendall(b"H")
                    time.sleep(0.1)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        began = time.monotonic()
        with pytest.raises(NotTold):
            tell(f"http://127.0.0.1:{server.getsockname()[1]}/", "token", networks=OWN, whole=1.0)
        assert time.monotonic() - began < 4
        thread.join()


def test_a_network_that_is_none_is_a_fault_of_the_settings():
    assert Settings(system_networks=["10.0.0.0/8"]).system_networks == ["10.0.0.0/8"]
    with pytest.raises(ValueError, match="system_networks"):
        Settings(system_networks=["intranet"])
