"""A demonstration authority kept in a folder: its key, its certificate, what it issued and revoked, its last list.

`register.json` is the truth; it is replaced as a whole, under a lock, before anything that follows from it is handed out.
"""

import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509

from yiwang.commons.crypto.engine import LocalSigner

from .authority import Authority, Profile, new_root
from .certificates import Certificate, read_certificates
from .crls import RevocationList, read_list, write_list
from .keys import private_key_pem, read_private_key
from .ocsp import Answer, Responder
from .reasons import PkiError
from .requests import CertificationRequest
from .status import Revocation, RevocationReason

_KEY, _CERTIFICATE, _REGISTER, _LIST = "key.pem", "certificate.pem", "register.json", "crl.pem"


@dataclass(frozen=True, slots=True)
class AuthorityFolder:
    """An opened folder. `create` makes one, `open` opens one; PkiError where that can't be."""

    path: Path
    authority: Authority = field(repr=False)

    @classmethod
    def create(
        cls,
        path: Path,
        private: bytes,
        name: x509.Name,
        *,
        at: dt.datetime,
        days: int,
        passphrase: bytes | None = None,
        crl_url: str = "",
        ocsp_url: str = "",
    ) -> "AuthorityFolder":
        """A new root in a folder that is empty or does not exist yet."""
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise PkiError("folder_taken", path=path)
        root = new_root(private, name, since=at, days=days)
        path.mkdir(parents=True, exist_ok=True)
        _write(path / _KEY, private_key_pem(private, passphrase), mode=0o600)
        _write(path / _CERTIFICATE, root.certificate.pem())
        urls = {"crl_url": crl_url, "ocsp_url": ocsp_url}
        _write(path / _REGISTER, _text({"version": 1, "crl_number": 0, **urls, "certificates": {}}))
        return cls.open(path, passphrase)

    @classmethod
    def open(cls, path: Path, passphrase: bytes | None = None) -> "AuthorityFolder":
        register = _register(path)
        try:
            private = read_private_key((path / _KEY).read_bytes(), passphrase)
            certificate = read_certificates((path / _CERTIFICATE).read_bytes())[0]
        except OSError:
            raise PkiError("folder_missing", path=path) from None
        signer = LocalSigner(private)
        if signer.public != certificate.public_key or not certificate.demonstration:
            raise PkiError("folder_foreign", path=path)
        return cls(path, Authority(certificate, signer, str(register["crl_url"]), str(register["ocsp_url"])))

    def issue(
        self,
        public: bytes,
        subject: x509.Name,
        *,
        profile: Profile,
        at: dt.datetime,
        days: int,
        names: Sequence[str] = (),
    ) -> Certificate:
        """A certificate, entered into the register and kept under `certificates/`."""
        made = self.authority.issue(public, subject, profile=profile, since=at, days=days, names=names)
        with self._changing() as register:
            register["certificates"][made.serial_hex] = {
                "subject": made.subject,
                "profile": profile,
                "until": made.not_after.isoformat(),
            }
        kept = self.path / "certificates"
        kept.mkdir(exist_ok=True)
        _write(kept / f"{made.serial_hex}.pem", made.pem())
        return made

    def issue_for(
        self, request: CertificationRequest, *, profile: Profile, at: dt.datetime, days: int, names: Sequence[str] = ()
    ) -> Certificate:
        """A certificate for a request, if that proves that the key is held."""
        if request.fault is not None:
            raise PkiError("unproven")
        return self.issue(request.public_key, request.name, profile=profile, at=at, days=days, names=names)

    def revoke(self, serial: int, reason: RevocationReason, at: dt.datetime) -> Revocation:
        """Takes effect for others with the next list; in OCSP at once."""
        with self._changing() as register:
            entry = register["certificates"].get(_hex(serial))
            if entry is None:
                raise PkiError("never_issued", serial=_hex(serial))
            if "revoked" in entry:
                raise PkiError("already_revoked", serial=_hex(serial))
            entry["revoked"] = at.isoformat()
            entry["reason"] = reason.value
        return Revocation(serial, at, reason)

    def list(self, at: dt.datetime, days: int) -> RevocationList:
        """The next revocation list, good for `days`; kept as `crl.pem`."""
        with self._changing() as register:
            register["crl_number"] += 1
            number = register["crl_number"]
            revoked = [r for r in map(_answer, register["certificates"].items()) if isinstance(r, Revocation)]
        until = at + dt.timedelta(days=days)
        signer = self.authority.signer
        made = read_list(write_list(self.authority.certificate, signer, revoked, number=number, since=at, until=until))
        _write(self.path / _LIST, made.pem())
        return made

    def responder(self) -> Responder:
        """Answers by what the register says when the question comes."""

        def status(serial: int) -> Answer:
            entry = _register(self.path)["certificates"].get(_hex(serial))
            return False if entry is None else _answer((_hex(serial), entry))

        return Responder(self.authority.certificate, self.authority.signer, status)

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        with (self.path / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            register = _register(self.path)
            yield register
            _write(self.path / _REGISTER, _text(register))


def _hex(serial: int) -> str:
    return f"{serial:X}".rjust(2, "0")


def _answer(entry: tuple[str, dict[str, str]]) -> Answer:
    serial, kept = entry
    if "revoked" not in kept:
        return True
    return Revocation(int(serial, 16), dt.datetime.fromisoformat(kept["revoked"]), RevocationReason(kept["reason"]))


def _register(path: Path) -> dict[str, Any]:
    try:
        found = json.loads((path / _REGISTER).read_bytes())
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or found.get("version") != 1:
        raise PkiError("folder_missing", path=path)
    return found


def _text(register: dict[str, Any]) -> str:
    return json.dumps(register, ensure_ascii=False, indent=1) + "\n"


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    """Replaces the file as a whole, on the disk before it counts."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
