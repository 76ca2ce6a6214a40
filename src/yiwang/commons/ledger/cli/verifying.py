"""`yiwang verify receipt`: anyone checks a receipt offline, with nothing but the file and public keys."""

import sys
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click

from yiwang.commons.ledger.engine import (
    MAX_POLICY,
    MAX_RECEIPT,
    LedgerFault,
    Reason,
    Receipt,
    TrustedKeys,
    judge_receipt,
)
from yiwang.kernel.clock import CHINA, now
from yiwang.kernel.settings import settings
from yiwang.kernel.verdicts import Mark, Verdict

_WORDS = {
    "zh": {
        "title": ("存证无效或无法确认", "存证有效"),
        "parts": ("日志签名", "在日志中", "见证签名", "受信任的日志"),
        Mark.VALID: "有效",
        Mark.INVALID: "无效",
        Mark.UNKNOWN: "无法判断",
        "reason": "原因：",
        "remark": "提示：",
        "entry": "存证内容",
        "place": "{origin} 第 {index} 号，共 {size} 条",
    },
    "en": {
        "title": ("NOT VALID, or not known to be", "VALID"),
        "parts": ("signature of the log", "entry in the log", "witnesses", "log is the trusted one"),
        Mark.VALID: "valid",
        Mark.INVALID: "INVALID",
        Mark.UNKNOWN: "unknown",
        "reason": "reason: ",
        "remark": "remark: ",
        "entry": "entry",
        "place": "{origin} index {index} of {size}",
    },
}


def default_keys() -> Path:
    """The keys that this installation trusts, a policy file (C2SP tlog-policy)."""
    return settings().data_dir / "ledger" / "trusted-keys.txt"


@click.command("receipt")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--keys",
    type=click.Path(path_type=Path, dir_okay=False),
    help="trusted keys of log and witnesses and their quorum (C2SP tlog-policy); else those of this installation",
)
@click.option("--entry", type=click.File("rb"), help="what was logged, where the receipt does not bring it along")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="end with one JSON line")
def receipt(file: BinaryIO, keys: Path | None, entry: BinaryIO | None, lang: str, as_json: bool) -> None:
    """Check a receipt of the ledger offline. Exit code 0: valid, 1: not."""
    data = file.read(MAX_RECEIPT + 1)
    logged = entry.read(MAX_RECEIPT) if entry else None
    try:
        trusted = _trusted(keys)
    except LedgerFault as fault:
        where = Reason("keys.wrong", {"file": str(keys or default_keys()), "reason": fault.reason.text(lang)})
        verdict = Verdict(reasons=(where,))
    else:
        verdict = judge_receipt(data, trusted, entry=logged, now=int(now().timestamp()))
    for line in _told(verdict, data, logged, lang):
        click.echo(line)
    if as_json:
        click.echo(verdict.line(lang))
    sys.exit(0 if verdict.valid else 1)


def _trusted(keys: Path | None) -> TrustedKeys | None:
    path = keys or default_keys()
    if keys is None and not path.exists():
        return None
    try:
        with path.open("rb") as file:
            return TrustedKeys.parse(file.read(MAX_POLICY + 1))
    except OSError as error:
        raise click.BadParameter(str(error), param_hint="--keys") from error


def _told(verdict: Verdict, data: bytes, logged: bytes | None, language: str) -> list[str]:
    words = _WORDS[language]
    lines = [str(words["title"][verdict.valid])]
    marks = (verdict.signature, verdict.references, verdict.seal, verdict.chain)
    colon = ": " if language == "en" else "："
    lines += [f"  {name}{colon}{words[mark]}" for name, mark in zip(words["parts"], marks, strict=True)]
    lines += [f"    {name} {_time(time)}" for name, time in verdict.more.get("cosigned", ())]
    lines += [f"  {words['reason']}{reason.text(language)}" for reason in verdict.reasons]
    lines += [f"  {words['remark']}{remark.text(language)}" for remark in verdict.remarks]
    try:
        found = Receipt.parse(data, entry=logged)
    except LedgerFault:
        return lines
    point = found.checkpoint
    place = str(words["place"]).format(origin=point.origin, index=found.index, size=point.size)
    shown = found.entry[:4000].decode(errors="replace")
    printable = "".join(c if c.isprintable() else "\ufffd" for c in shown)
    return [*lines, f"  {place}", f"  {words['entry']}{colon}{printable}"]


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(min(seconds, 253402214400), CHINA).isoformat(timespec="seconds")
