"""`yiwang crypto ca serve`: the demonstration authority answers on the net: OCSP questions, its certificate, its list.

The standard library's server is enough for a demonstration, behind the loopback by default; a body with a licence brings its own.
"""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import click

from yiwang.commons.crypto.engine.pki import AuthorityFolder, read_list

from .certificate_files import told, whole_second
from .issuing import open_folder

_LARGEST = 64 * 1024  # of a question; 32 of them take some 4 kB
_SECONDS = 10.0  # that somebody may take to ask
_OCSP = "application/ocsp-response"


def handler(folder: AuthorityFolder) -> type[BaseHTTPRequestHandler]:
    """Requests of strangers: RFC 6960 Appendix A by POST and GET, `/certificate.cer` and `/list.crl` in DER."""
    return type("Answers", (_Answers,), {"folder": folder, "respond": staticmethod(folder.responder().respond)})


class _Answers(BaseHTTPRequestHandler):
    server_version, sys_version, protocol_version, timeout = "yiwang", "", "HTTP/1.1", _SECONDS
    folder: AuthorityFolder
    respond: Callable[[bytes, datetime], bytes]

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit():
            self._told(HTTPStatus.LENGTH_REQUIRED)
        elif int(length) > _LARGEST:
            self._told(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._sent(self.respond(self.rfile.read(int(length)), whole_second()), _OCSP)

    def do_GET(self) -> None:
        if self.path == "/certificate.cer":
            self._sent(self.folder.authority.certificate.der, "application/pkix-cert")
        elif self.path == "/list.crl" and (self.folder.path / "crl.pem").exists():
            self._sent(read_list((self.folder.path / "crl.pem").read_bytes()).der, "application/pkix-crl")
        elif question := _question(self.path[1:]):
            self._sent(self.respond(question, whole_second()), _OCSP)
        else:
            self._told(HTTPStatus.NOT_FOUND)

    def _sent(self, body: bytes, media_type: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _told(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: who asked about whom is nobody's business."""


def _question(path: str) -> bytes:
    try:
        return base64.b64decode(unquote(path), validate=True)
    except (binascii.Error, ValueError):
        return b""


@click.command("serve")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8380, show_default=True, help="0: any that is free")
def serve(folder: Path, host: str, port: int) -> None:
    """Answer OCSP questions over HTTP until interrupted; also /certificate.cer and /list.crl."""
    with told():
        authority = open_folder(folder)
    try:
        server = ThreadingHTTPServer((host, port), handler(authority))
    except OSError as error:
        raise click.ClickException(f"{host}:{port}: {error.strerror}") from error
    server.daemon_threads = True
    click.echo(f"http://{host}:{server.server_port}/")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
