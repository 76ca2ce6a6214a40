import socket
import time

import pytest

from yiwang.commons.ledger.engine.witnessing.fetching import Unreachable, exchange
from yiwang.commons.ledger.engine.witnessing.serving import Answer, Limits, Request, serving


def _echo(request: Request) -> Answer:
    return Answer(200, f"{request.method} {request.path} {len(request.body)}".encode())


def _raw(url: str, data: bytes, *, wait: float = 2.0) -> bytes:
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=wait) as sock:
        sock.sendall(data)
        found = b""
        while part := sock.recv(65536):
            found += part
        return found


def test_answers_a_get_and_a_post():
    with serving(_echo) as url:
        assert exchange(f"{url}/a?b=c", seconds=2).body == b"GET /a 0"
        assert exchange(f"{url}/a", seconds=2, body=b"xyz").body == b"POST /a 3"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * 20000 + b"\r\n\r\n", 431),
        (b"GET http://elsewhere/ HTTP/1.1\r\n\r\n", 400),
        (b"\xff\xfe\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 400),
    ],
)
def test_refuses_what_is_too_large_or_no_request(data, status):
    with serving(_echo) as url:
        assert _raw(url, data).startswith(f"HTTP/1.1 {status} ".encode())


def test_a_slow_sender_is_cut_off_and_others_are_served_meanwhile():
    with serving(_echo, limits=Limits(seconds=0.4)) as url:
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=3) as slow:
            slow.sendall(b"POST / HTTP/1.1\r\nContent-Le")
            assert exchange(f"{url}/a", seconds=2).status == 200
            began = time.monotonic()
            assert slow.recv(100) == b""
            assert time.monotonic() - began < 2


def test_more_connections_than_allowed_are_turned_away():
    with serving(_echo, limits=Limits(connections=2, seconds=5)) as url:
        host, port = url.removeprefix("http://").split(":")
        held = [socket.create_connection((host, int(port))) for _ in range(2)]
        time.sleep(0.1)
        assert exchange(f"{url}/a", seconds=2).status == 503
        for sock in held:
            sock.close()
        time.sleep(0.1)
        assert exchange(f"{url}/a", seconds=2).status == 200


def test_the_client_ends_in_time_though_bytes_drip_for_ever():
    listener = socket.create_server(("127.0.0.1", 0))
    import threading

    def drip():
        sock, _ = listener.accept()
        with sock:
            sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            try:
                while True:
                    sock.sendall(b"x")
                    time.sleep(0.05)
            except OSError:
                pass

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    began = time.monotonic()
    with pytest.raises(Unreachable) as fault:
        exchange(f"http://127.0.0.1:{listener.getsockname()[1]}/", seconds=0.5)
    assert fault.value.slow
    assert time.monotonic() - began < 1.5
    thread.join(2)
    listener.close()


def test_an_answer_beyond_the_limit_is_not_read():
    with serving(lambda _: Answer(200, b"x" * 5000)) as url, pytest.raises(Unreachable) as fault:
        exchange(url, seconds=2, limit=1000)
    assert fault.value.garbled


def test_nobody_there_is_said_at_once():
    with pytest.raises(Unreachable) as fault:
        exchange("http://127.0.0.1:1/", seconds=2)
    assert not fault.value.slow
    for address in ("ftp://x/", "http://", "file:///etc/passwd", "http://a:b@c/", "http://x:99999/"):
        with pytest.raises(Unreachable):
            exchange(address, seconds=1)
