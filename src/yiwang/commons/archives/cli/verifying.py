"""`yiwang verify archive`: anyone checks an archival package offline, with the file and public keys alone."""

import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from yiwang.commons.archives.engine import (
    KEYS,
    MAX_KEYS,
    MAX_PACKAGE,
    ArchiveFault,
    TrustedArchives,
    judge_of_seals,
    shown,
    verify_package,
)
from yiwang.commons.ledger.engine import MAX_POLICY, LedgerFault, TrustedKeys
from yiwang.kernel.settings import settings
from yiwang.kernel.verdicts import Mark, Verdict

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
WORDS: dict[str, dict[Any, Any]] = {
    "zh": {
        True: "有效",
        False: "无效或无法确认",
        Mark.VALID: "有效",
        Mark.INVALID: "无效",
        Mark.UNKNOWN: "无法判断",
        "archive": ("归档签名", "清单、元数据和文件", "印章和存证回执", "受信任的签名密钥"),
        "proof": ("证明摘要", "事实和模型", "重算的结果", "模型版本"),
        "receipt": ("日志签名", "在日志中", "见证签名", "受信任的日志"),
        "more": {"archive": "档号", "title": "题名", "decision": "决策"},
        "reason": "原因：",
        "remark": "提示：",
        ":": "：",
    },
    "en": {
        True: "VALID",
        False: "NOT VALID, or not known to be",
        Mark.VALID: "valid",
        Mark.INVALID: "INVALID",
        Mark.UNKNOWN: "unknown",
        "archive": (
            "signature of the archive",
            "manifests, metadata and files",
            "seals and receipts",
            "key is trusted",
        ),
        "proof": ("digest of the proof", "facts and model", "recomputed outcome", "version of the model"),
        "receipt": ("signature of the log", "entry in the log", "witnesses", "log is the trusted one"),
        "more": {"archive": "archive number", "title": "title", "decision": "decision"},
        "reason": "reason: ",
        "remark": "remark: ",
        ":": ": ",
    },
}


def default_keys() -> Path:
    """The keys of archives that this installation trusts."""
    return settings().data_dir / KEYS


def say(verdict: Verdict, kind: str, lang: str, *, as_json: bool) -> NoReturn:
    """Print a verdict in words, the JSON line where it is asked for, and end: 0 valid, 1 not."""
    words = WORDS[lang]
    click.echo(words[verdict.valid])
    marks = (verdict.signature, verdict.references, verdict.seal, verdict.chain)
    for name, mark in zip(words[kind], marks, strict=True):
        click.echo(f"  {name}{words[':']}{words[mark]}")
    for key, name in words["more"].items():
        if key in verdict.more:
            click.echo(f"  {name}{words[':']}{shown(verdict.more[key])}")
    for name in ("reason", "remark"):
        for each in getattr(verdict, f"{name}s"):
            click.echo(f"  {words[name]}{each.text(lang)}")
    if as_json:
        click.echo(verdict.line(lang))
    sys.exit(0 if verdict.valid else 1)


@click.command("archive")
@click.argument("file", type=_FILE)
@click.option("--keys", type=_FILE, help="trusted keys of archives; else those of this installation")
@click.option(
    "--ledger-keys", type=_FILE, help="trusted keys of the ledger for the receipts inside; else the enclosed ones"
)
@click.option(
    "--trust", type=_FOLDER, help="folder of trusted certificates for the seals inside; else this installation's"
)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="end with one JSON line")
def archive(
    file: Path, keys: Path | None, ledger_keys: Path | None, trust: Path | None, lang: str, as_json: bool
) -> None:
    """Check an archival package offline. Exit code 0: valid, 1: not."""
    try:
        trusted = _trusted(keys)
        receipts = TrustedKeys.parse(_read(ledger_keys, MAX_POLICY)) if ledger_keys else None
    except (ArchiveFault, LedgerFault) as fault:
        say(Verdict(reasons=(fault.reason,)), "archive", lang, as_json=as_json)
    verdict = verify_package(
        _read(file, MAX_PACKAGE),
        trusted,
        ledger_keys=receipts,
        judge_sealed=judge_of_seals(trust or settings().data_dir / "trust"),
    )
    say(verdict, "archive", lang, as_json=as_json)


def _read(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        return file.read(limit + 1)


def _trusted(keys: Path | None) -> TrustedArchives | None:
    path = keys or default_keys()
    if keys is None and not path.exists():
        return None
    return TrustedArchives.parse(_read(path, MAX_KEYS))
