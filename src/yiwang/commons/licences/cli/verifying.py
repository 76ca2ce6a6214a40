"""`yiwang verify licence`: anyone checks a licence's file offline, with trusted roots and, if they have it, a status list."""

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click

from yiwang.commons.ledger.engine import LedgerFault, NoteVerifier
from yiwang.commons.licences.rules.statuslist import MAX_LIST, StatusList, StatusListWrong, read_list
from yiwang.commons.licences.rules.verdicts import MAX_FILE, verify_licence
from yiwang.commons.seals.engine import SealFault, Trust
from yiwang.kernel.clock import CHINA
from yiwang.kernel.settings import settings
from yiwang.kernel.verdicts import Verdict

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_WORDS = {
    "zh": (("证照无效或无法确认", "证照真实有效"), ("签名", "内容", "印章", "证书和状态"), "原因：", "提示："),
    "en": (("NOT VALID, or not known to be", "VALID"), ("signature", "content", "seal", "chain and state"), "reason: ", "remark: "),
}  # fmt: skip
_MARKS = {
    "zh": {"valid": "有效", "invalid": "无效", "unknown": "无法判断"},
    "en": {"valid": "valid", "invalid": "INVALID", "unknown": "unknown"},
}


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Why nothing could be judged by the status list that was given."""

    said: str

    def text(self, _language: str = "zh", /) -> str:
        return self.said


@click.command("licence")
@click.argument("file", type=click.File("rb"))
@click.option("--trust", "folder", type=_FOLDER, help="a trust folder; else that of this installation")
@click.option("--roots", type=_FILE, multiple=True, help="trusted root certificates, instead of --trust")
@click.option("--crl", "lists", type=_FILE, multiple=True, help="revocation lists")
@click.option("--at", type=click.DateTime(), help="the time to judge at (China's time); else now")
@click.option("--status", type=_FILE, help="the signed status list of the issuing platform (/licences/status)")
@click.option("--status-key", type=_FILE, help="its key (yiwang licences status-key); else that of this installation")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="end with one JSON line")
def licence(
    file: BinaryIO,
    folder: Path | None,
    roots: tuple[Path, ...],
    lists: tuple[Path, ...],
    at: datetime | None,
    status: Path | None,
    status_key: Path | None,
    lang: str,
    as_json: bool,
) -> None:
    """Check a licence's OFD or PDF. Exit code 0: valid, 1: not."""
    data = file.read(MAX_FILE + 1)
    try:
        verdict = verify_licence(data, _trust(folder, roots, lists, at), _status(status, status_key))
    except SealFault as fault:
        verdict = Verdict(reasons=(fault.reason,))
    except StatusListWrong as fault:
        verdict = Verdict(reasons=(_Wrong(str(fault)),))
    titles, parts, reason, remark = _WORDS[lang]
    click.echo(titles[verdict.valid])
    found = (verdict.signature, verdict.references, verdict.seal, verdict.chain)
    for name, mark in zip(parts, found, strict=True):
        click.echo(f"  {name}  {_MARKS[lang][mark.value]}")
    for each in verdict.reasons:
        click.echo(f"  {reason}{each.text(lang)}")
    for each in verdict.remarks:
        click.echo(f"  {remark}{each.text(lang)}")
    if as_json:
        click.echo(verdict.line(lang))
    sys.exit(0 if verdict.valid else 1)


def default_key() -> Path:
    """The key of this installation's own status list."""
    return settings().data_dir / "trust" / "licence-status.key"


def _trust(folder: Path | None, roots: tuple[Path, ...], lists: tuple[Path, ...], at: datetime | None) -> Trust:
    given = Trust(
        roots=tuple(each.read_bytes() for each in roots),
        lists=tuple(each.read_bytes() for each in lists),
        at=at.replace(tzinfo=CHINA) if at is not None else None,
    )
    if roots and folder is None:
        return given
    return Trust.from_folder(folder or settings().data_dir / "trust").with_(given)


def _status(status: Path | None, key: Path | None) -> StatusList | None:
    if status is None:
        return None
    place = key or default_key()
    if not place.is_file():
        raise StatusListWrong(f"缺少状态清单的公钥 {place}，用 --status-key 指定")
    with status.open("rb") as file:
        data = file.read(MAX_LIST + 1)
    try:
        verifier = NoteVerifier.parse(place.read_text("utf-8").strip())
    except (LedgerFault, UnicodeDecodeError):
        raise StatusListWrong(f"{place} 不是状态清单的公钥") from None
    return read_list(data, [verifier])
