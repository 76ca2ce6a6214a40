"""Typed settings, read once from the environment (`YIWANG_…`, `DATABASE_URL`); every fault is listed at boot."""

import os
import secrets
import time
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import AliasChoices, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parents[3]


class SettingsFault(Exception):
    """The environment is wrong; the text lists each fault with the variable's name and what was expected."""


class Settings(BaseSettings):
    """Everything that an operator can set. One line of description each; `yiwang doctor` prints them."""

    model_config = SettingsConfigDict(env_prefix="YIWANG_", frozen=True, extra="ignore", populate_by_name=True)

    data_dir: Path = Field(default=PROJECT_ROOT / ".yiwang", description="where records, files and keys are kept")
    database_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("DATABASE_URL", "YIWANG_DATABASE_URL"),
        description="another PostgreSQL server; empty: the embedded one",
    )
    pack: Path = Field(default=PROJECT_ROOT / "packs" / "changzhou", description="the city's pack")
    debug: bool = Field(default=False, description="show tracebacks in the browser; never on a network")
    demo: bool = Field(default=False, description="show the demonstration accounts on the log-in page")
    demo_days_ahead: int = Field(
        default=0, ge=0, le=3650, description="days by which a demonstration lives ahead, to see deadlines pass"
    )
    secret_key: str = Field(default="", description="signs sessions; empty: generated and kept in the data folder")
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=1, le=65535, description="port to listen on")
    workers: int = Field(default=2, ge=1, le=64, description="web processes")
    job_threads: int = Field(default=4, ge=1, le=64, description="jobs that run at the same time")
    allowed_hosts: list[str] = Field(
        default=["localhost", "127.0.0.1", "[::1]"], description='host names served, as JSON: ["www.example.gov.cn"]'
    )
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[A-Za-z0-9.\[\]:-]+/?)?$",
        description="address at which people and other systems reach the site: https://www.example.gov.cn; empty: as they call it",
    )
    https: bool = Field(default=False, description="the site is reached by https: secure cookies and HSTS")
    behind_proxy: bool = Field(default=False, description="trust X-Forwarded-Proto of the reverse proxy")
    upload_limit_mb: int = Field(default=20, ge=1, le=2048, description="largest single upload")
    scanners: dict[str, Path] = Field(
        default={},
        description='scanner folders of counters, as JSON: {"320402-service_hall/1": "/srv/scan/1"} (organisation code/workplace)',
    )
    licence_sources: Path | None = Field(
        default=None, description="JSON file that says which department is asked for which type of licence"
    )
    crypto_suite: Literal["national", "international"] = Field(
        default="national", description="algorithms of new keys: SM2, SM3, SM4, or Ed25519, SHA-256, AES"
    )
    pkcs11_module: str = Field(
        default="", description="library of a hardware module that holds the master key; empty: a file"
    )
    pkcs11_token: str = Field(default="yiwang", description="label of its token")
    pkcs11_pin_file: Path | None = Field(default=None, description="file with the PIN of the token")
    codes_smtp: str = Field(
        default="",
        description="mail server that brings codes to mobile numbers: smtp+tls://user:password@host:587?from=a@b&to={mobile}@gateway",
    )
    mail_smtp: str = Field(
        default="",
        description="mail server that brings codes to e-mail addresses: smtp+tls://user:password@host:587?from=a@b",
    )
    outside_logins: Path | None = Field(
        default=None,
        description="file of outside log-in providers (provincial log-in, WeChat, DingTalk); see the guide",
    )
    system_networks: list[str] = Field(
        default=[],
        description='networks that are not public in which connected systems are told of log-outs: ["10.0.0.0/8"]',
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="how much is logged")

    @field_validator("data_dir", "pack")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @model_validator(mode="after")
    def _ahead_in_a_demonstration_only(self) -> Self:
        if self.demo_days_ahead and not self.demo:
            msg = "YIWANG_DEMO_DAYS_AHEAD needs YIWANG_DEMO=1: a real installation keeps real time"
            raise ValueError(msg)
        return self

    @field_validator("system_networks")
    @classmethod
    def _system_networks(cls, value: list[str]) -> list[str]:
        for each in value:
            ip_network(each)
        return value

    @field_validator("database_url")
    @classmethod
    def _postgres_only(cls, value: str | None) -> str | None:
        if value and not value.startswith(("postgres://", "postgresql://")):
            msg = "must begin with postgresql://"
            raise ValueError(msg)
        return value or None

    def signing_key(self) -> str:
        """The secret key: as set, or generated once into the data folder (mode 0600)."""
        if self.secret_key:
            return self.secret_key
        return kept_secret(self.data_dir / "keys" / "session.key").hex()


def kept_secret(path: Path, size: int = 32, *, content: bytes = b"") -> bytes:
    """Read `size` secret bytes kept at `path`, or make them (or keep `content`): mode 0600, complete or absent, first writer wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content or secrets.token_bytes(size))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links (FAT): whoever claims the name writes it
            _rename_once(fresh, path)
        finally:
            fresh.unlink(missing_ok=True)
        _keep_name(path.parent)
    return path.read_bytes()


def _rename_once(fresh: Path, path: Path, patience: float = 5.0) -> None:
    claim = path.with_name(f".{path.name}.claim")
    until = time.monotonic() + patience
    while not path.exists():
        try:
            os.close(os.open(claim, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            if time.monotonic() > until:
                raise SettingsFault(f"{claim} 是中断的启动留下的，请删除后重试 / left behind, delete it") from None
            time.sleep(0.05)
            continue
        try:
            if not path.exists():
                fresh.replace(path)
        finally:
            claim.unlink()


def _keep_name(folder: Path) -> None:
    """A file that a power cut must not lose needs its name written too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@cache
def settings() -> Settings:
    """The settings of this process. Raises SettingsFault naming every wrong variable at once."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"  {_variable(fault['loc'])}: {fault['msg']} (now: {fault['input']!r})"
            for fault in error.errors(include_url=False)
        ]
        raise SettingsFault("设置有误 / wrong settings:\n" + "\n".join(lines)) from None


def _variable(location: tuple[str | int, ...]) -> str:
    name = str(location[0]) if location else "?"
    return name if name.isupper() else f"YIWANG_{name.upper()}"
