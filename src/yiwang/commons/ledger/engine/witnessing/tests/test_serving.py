import gzip
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

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


def _certificate(folder):
    """A self-signed certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sample witness")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 7, start, start + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "both.pem").write_bytes(pem + secret)
    return folder / "both.pem"


def test_serves_https_to_who_trusts_its_certificate(tmp_path):
    both = _certificate(tmp_path)
    here = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    here.load_cert_chain(both)
    with serving(_echo, tls=here) as url:
        assert url.startswith("https://")
        trusting = ssl.create_default_context(cafile=both)
        assert exchange(f"{url}/a", seconds=5, body=b"abc", tls=trusting).body == b"POST /a 3"
        with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
            exchange(f"{url}/a", seconds=5)


def test_nobody_there_is_said_at_once():
    with pytest.raises(Unreachable) as fault:
        exchange("http://127.0.0.1:1/", seconds=2)
    assert not fault.value.slow
    for address in ("ftp://x/", "http://", "file:///etc/passwd", "http://a:b@c/", "http://x:99999/"):
        with pytest.raises(Unreachable):
            exchange(address, seconds=1)


def _answering(*parts):
    """One raw answer, then the connection is closed."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer():
        sock, _ = listener.accept()
        with sock:
            sock.recv(65536)
            for part in parts:
                sock.sendall(part)
        listener.close()

    threading.Thread(target=answer, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}/"


def test_a_compressed_answer_is_unpacked_within_the_limit():
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    assert exchange(_answering(head, gzip.compress(b"abc" * 100)), seconds=2, limit=300).body == b"abc" * 100
    for body in (gzip.compress(bytes(10_000_000)), gzip.compress(b"abc")[:-4], b"no gzip"):
        with pytest.raises(Unreachable) as fault:
            exchange(_answering(head, body), seconds=2, limit=300)
        assert fault.value.garbled or "limit" in str(fault.value)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"junk\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n",
    ],
)
def test_an_answer_that_is_none_is_a_fault(raw):
    with pytest.raises(Unreachable):
        exchange(_answering(raw), seconds=2)
