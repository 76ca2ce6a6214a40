"""Two installations never share a port."""

import socket

import pytest

from yiwang.site import serving


def test_a_port_on_which_somebody_listens_is_refused(monkeypatch):
    monkeypatch.setattr(serving, "_PATIENCE", 0.0)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as granian does
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(serving.PortTaken):
            serving._claim("127.0.0.1", other.getsockname()[1])


def test_a_port_that_becomes_free_is_taken():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
    serving._claim("127.0.0.1", port)
