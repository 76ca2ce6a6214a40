"""`yiwang crypto ca init`, `issue`, `revoke`, `crl`, `ocsp`: the authority for tests and demonstrations in a folder."""

import os
from pathlib import Path

import click

from yiwang.commons.crypto.engine import suite
from yiwang.commons.crypto.engine.pki import (
    AuthorityFolder,
    Certificate,
    PkiError,
    Profile,
    RevocationReason,
    envelop_key,
    open_enveloped_key,
    parse_name,
    private_key_pem,
    read_certificates,
    read_certification_request,
    read_private_key,
    read_response,
)

from .certificate_files import FILE, local, told, whole_second

LOCK_VARIABLE = "YIWANG_CA_PASSPHRASE"
_FOLDER = click.Path(path_type=Path, file_okay=False)
_NEW = click.Path(path_type=Path, dir_okay=False)


def open_folder(folder: Path) -> AuthorityFolder:
    """The folder; its passphrase from the environment, else asked for where the key is locked."""
    given = os.environ.get(LOCK_VARIABLE, "").encode() or None
    try:
        return AuthorityFolder.open(folder, given)
    except PkiError as error:
        if error.code != "pki.passphrase" or given is not None:
            raise
    return AuthorityFolder.open(folder, click.prompt("口令", hide_input=True, err=True).encode())


@click.command("init")
@click.argument("folder", type=_FOLDER)
@click.option("--name", default="CN=示例根证书,O=示例认证机构,C=CN", show_default=True, help="as in RFC 4514")
@click.option("--suite", "suite_name", type=click.Choice(["national", "international"]), default="national")
@click.option("--days", default=3650, show_default=True)
@click.option("--lock", is_flag=True, help=f"lock the key by a passphrase, asked for or from {LOCK_VARIABLE}")
@click.option("--crl-url", default="", help="where the revocation list will be found")
@click.option("--ocsp-url", default="", help="where questions will be answered")
def init(folder: Path, name: str, suite_name: str, days: int, lock: bool, crl_url: str, ocsp_url: str) -> None:
    """Make a root for tests and demonstrations in FOLDER. Each certificate of it says that it is one."""
    passphrase = os.environ.get(LOCK_VARIABLE, "").encode() or None
    if lock and passphrase is None:
        passphrase = click.prompt("口令", hide_input=True, confirmation_prompt=True, err=True).encode()
    with told():
        made = AuthorityFolder.create(
            folder,
            suite(suite_name).new_signing_key(),
            parse_name(name),
            at=whole_second(),
            days=days,
            passphrase=passphrase,
            crl_url=crl_url,
            ocsp_url=ocsp_url,
        )
    root = made.authority.certificate
    click.echo(f"{folder / 'certificate.pem'}\n{root.subject}\n指纹 {root.fingerprint}")
    click.echo("仅供测试和演示：对外提供电子认证服务须经许可（电子签名法第十六至十八条）。", err=True)


@click.command("issue")
@click.argument("folder", type=_FOLDER)
@click.argument("output", type=_NEW)
@click.option("--name", default="", help="as in RFC 4514, e.g. CN=张示例,O=示例局,C=CN; of a request its own")
@click.option("--request", "request_file", type=FILE, help="a request (PKCS#10) of somebody who holds the key")
@click.option(
    "--profile",
    type=click.Choice(
        ["signing", "encryption", "double", "server", "ocsp", "seal_maker", "time_stamping", "authority"]
    ),
    default="signing",
    show_default=True,
    help="double: a pair for signing and encryption (SM2)",
)
@click.option("--also", "names", multiple=True, help="a host name, address or mail address")
@click.option("--days", default=365, show_default=True)
def issue(
    folder: Path, output: Path, name: str, request_file: Path | None, profile: str, names: tuple[str, ...], days: int
) -> None:
    """Issue a certificate into OUTPUT (PEM), with a new key beside it in OUTPUT.key unless a request is given.

    A double certificate goes to OUTPUT (signing) and OUTPUT.encryption, its encryption key to OUTPUT.encryption.key and,
    in an envelope for the signing key, to OUTPUT.encryption.envelope; with a request into the envelope alone.
    """
    with told():
        opened = open_folder(folder)
        kind = opened.authority.signer.suite
        if profile == "double" and kind.name != "national":
            raise click.UsageError("双证书只用于国密套件（SM2）")
        private = b""
        if request_file is not None:
            request = read_certification_request(request_file.read_bytes())
            if request.fault is not None:
                raise PkiError("unproven")
            public, subject = request.public_key, request.name if not name else parse_name(name)
        else:
            private = kind.new_signing_key()
            public, subject = kind.public_key(private), parse_name(name)

        def made(key: bytes, what: "Profile") -> Certificate:
            return opened.issue(key, subject, profile=what, at=whole_second(), days=days, names=names)

        _keep(output, made(public, "signing" if profile == "double" else profile), private)  # type: ignore[arg-type]
        if profile == "double":
            encryption = kind.new_signing_key()
            beside = output.with_name(f"{output.name}.encryption")
            _keep(beside, made(kind.public_key(encryption), "encryption"), encryption if private else b"")
            envelope = beside.with_name(f"{beside.name}.envelope")
            envelope.write_bytes(envelop_key(encryption, public))
            click.echo(envelope)


def _keep(output: Path, certificate: Certificate, private: bytes) -> None:
    output.write_text(certificate.pem(), encoding="utf-8")
    click.echo(f"{output} {certificate.serial_hex} {certificate.subject}")
    if private:
        _write_key(output.with_name(f"{output.name}.key"), private)


def _write_key(path: Path, private: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(private_key_pem(private))
    click.echo(path)


@click.command("revoke")
@click.argument("folder", type=_FOLDER)
@click.argument("which")
@click.option("--reason", type=click.Choice([r.value for r in RevocationReason]), default="unspecified")
def revoke(folder: Path, which: str, reason: str) -> None:
    """Revoke a certificate, named by its file or its serial number (hexadecimal). Counts with the next list."""
    with told():
        opened = open_folder(folder)
        if Path(which).is_file():
            serial = read_certificates(Path(which).read_bytes())[0].serial
        else:
            try:
                serial = int(which.replace(":", ""), 16)
            except ValueError as error:
                raise click.BadParameter("应为证书文件或十六进制序列号", param_hint="WHICH") from error
        opened.revoke(serial, RevocationReason(reason), whole_second())
    click.echo(f"已吊销 {serial:X}")


@click.command("crl")
@click.argument("folder", type=_FOLDER)
@click.option("--days", default=7, show_default=True, help="until the next one")
@click.option("--output", type=_NEW, help="also here; it is kept in FOLDER/crl.pem")
def crl(folder: Path, days: int, output: Path | None) -> None:
    """Make the next revocation list."""
    with told():
        made = open_folder(folder).list(whole_second(), days)
        if output is not None:
            output.write_text(made.pem(), encoding="utf-8")
    click.echo(f"{output or folder / 'crl.pem'} 编号 {made.number}，{made.entries} 项，有效至 {local(made.until)}")


@click.command("ocsp")
@click.argument("folder", type=_FOLDER)
@click.argument("request_file", type=FILE)
@click.argument("output", type=_NEW)
def ocsp(folder: Path, request_file: Path, output: Path) -> None:
    """Answer an OCSP request (DER file) into OUTPUT."""
    with told():
        answer = open_folder(folder).responder().respond(request_file.read_bytes(), whole_second())
        output.write_bytes(answer)
        click.echo(f"{output} {read_response(answer).status.name.lower()}")


@click.command("unwrap")
@click.argument("envelope", type=FILE)
@click.option("--key", "holder", required=True, type=FILE, help="the signing key of the double certificate")
@click.option("--output", required=True, type=_NEW, help="where the encryption key goes")
def unwrap(envelope: Path, holder: Path, output: Path) -> None:
    """Take the encryption key of a double certificate out of its envelope (SM2EnvelopedKey, DER)."""
    with told():
        private = open_enveloped_key(envelope.read_bytes(), _key_of(holder))
        _write_key(output, private)


def _key_of(file: Path) -> bytes:
    data, given = file.read_bytes(), os.environ.get(LOCK_VARIABLE, "").encode() or None
    try:
        return read_private_key(data, given)
    except PkiError as error:
        if error.code != "pki.passphrase" or given is not None:
            raise
    return read_private_key(data, click.prompt("口令", hide_input=True, err=True).encode())
