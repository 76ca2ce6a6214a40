"""The folder of a witness: its private key, its public key as text, the logs that it watches, what it co-signed.

`witness.key` (PKCS#8, only the owner may read it), `witness.vkey` (to be given to logs and verifiers), `logs.txt` (one
log's verifier key a line), `witness.sqlite3`.
"""

import base64
import os
import secrets
import textwrap
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from yiwang.commons.crypto.engine import CryptoError, LocalSigner, suite
from yiwang.commons.ledger.engine.notekeys import NoteSigner, NoteVerifier
from yiwang.commons.ledger.engine.texts import key_name
from yiwang.commons.ledger.engine.wording import TextWrong

from .keeping import WitnessStore
from .witness import Clock, Witness, logs_by_origin

_BEGIN: Final = "-----BEGIN PRIVATE KEY-----"
_END: Final = "-----END PRIVATE KEY-----"
_MAX_KEYS_FILE: Final = 1 << 20


class SetupFault(Exception):
    """The folder or what was given does not make a witness; the text says why and what to do."""


def open_witness(
    folder: Path,
    *,
    name: str = "",
    suite_name: str = "national",
    log_keys: Iterable[str] = (),
    now: Clock = time.time,
    accept_clock: bool = False,
) -> Witness:
    """The witness of a folder, made where there is none (then `name` is needed). Raises SetupFault, DataTaken.

    `log_keys`: verifier keys or files that hold them; they are remembered in the folder.
    """
    store = WitnessStore(folder)
    try:
        signer = _signer(folder, name, suite_name)
        keys = _remembered(folder / "logs.txt", [key for given in log_keys for key in read_keys(given)])
        return Witness(signer, store, logs_by_origin(keys), now=now, accept_clock=accept_clock)
    except ValueError as fault:
        store.close()
        raise SetupFault(str(fault)) from None
    except BaseException:
        store.close()
        raise


def read_keys(given: str) -> list[NoteVerifier]:
    """The verifier keys in `given`: one key, or the path of a file with one a line (`#` begins a remark).

    Of a trust policy (C2SP tlog-policy) its `log` lines. Raises SetupFault naming file and line.
    """
    path = Path(given)
    if "+" in given and not path.is_file():
        return [_key(given, "--log-key", 0)]
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MAX_KEYS_FILE + 1)
    except OSError as fault:
        raise SetupFault(f"{given}: 既不是公钥，也不是可读的文件（{fault.strerror}）") from None
    if len(raw) > _MAX_KEYS_FILE:
        raise SetupFault(f"{given}: 文件过大")
    found = []
    for at, line in enumerate(raw.decode("utf-8", "replace").splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#") or words[0] in {"witness", "group", "quorum"}:
            continue
        found.append(_key(words[1] if words[0] == "log" and len(words) > 1 else words[0], given, at))
    if not found:
        raise SetupFault(f"{given}: 没有日志公钥")
    return found


def _key(text: str, where: str, line: int) -> NoteVerifier:
    try:
        return NoteVerifier.parse(text)
    except TextWrong as fault:
        raise SetupFault(f"{where}{f':{line}' if line else ''}: {fault.reason.text()}") from None


def _remembered(path: Path, given: list[NoteVerifier]) -> list[NoteVerifier]:
    known = read_keys(str(path)) if path.exists() else []
    new = [key for key in dict.fromkeys(given) if key not in known]
    if new:
        logs_by_origin([*known, *new])  # refused before it is written
        write_durably(path, "".join(f"{key.vkey}\n" for key in [*known, *new]).encode())
    return [*known, *new]


def _signer(folder: Path, name: str, suite_name: str) -> NoteSigner:
    secret, public = folder / "witness.key", folder / "witness.vkey"
    if not public.exists():
        return _made(secret, public, name, suite_name)
    if not secret.exists():
        raise SetupFault(f"{secret} 不见了：请从备份恢复。换用新密钥时另建一个目录")
    known = _key(public.read_text().strip(), str(public), 1)
    if name and name != known.name:
        raise SetupFault(f"这个目录属于见证方 {known.name}，名称不能更改")
    found = NoteSigner(known.name, _private(secret), cosigning=True)
    if found.verifier != known:
        raise SetupFault(f"{public} 与 {secret} 不成对")
    return found


def _made(secret: Path, public: Path, name: str, suite_name: str) -> NoteSigner:
    """A new key; one whose making broke off is taken up again."""
    if not name:
        raise SetupFault("新建见证方需要名称，例如 --name witness.example.org/w1")
    try:
        key_name(name)
    except TextWrong as fault:
        raise SetupFault(f"--name: {fault.reason.text()}") from None
    if not secret.exists():
        pem = textwrap.fill(base64.b64encode(suite(suite_name).new_signing_key()).decode(), 64)
        write_durably(secret, f"{_BEGIN}\n{pem}\n{_END}\n".encode())
    signer = NoteSigner(name, _private(secret), cosigning=True)
    write_durably(public, f"{signer.verifier.vkey}\n".encode(), mode=0o644)
    return signer


def _private(path: Path) -> LocalSigner:
    lines = path.read_bytes().decode("ascii", "replace").split("\n")
    try:
        return LocalSigner(base64.b64decode("".join(lines[lines.index(_BEGIN) + 1 : lines.index(_END)])))
    except (ValueError, CryptoError):
        raise SetupFault(f"{path}: 不是 PKCS#8 私钥") from None


def write_durably(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Put a file in place so that after a crash it is whole or as it was."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
