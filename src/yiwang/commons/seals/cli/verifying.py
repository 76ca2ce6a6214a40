"""`yiwang verify seal`: anyone checks a sealed document offline, with nothing but the file and trusted roots."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from yiwang.commons.seals.engine import Reason, SealFault, Trust, verify_sealed
from yiwang.kernel.clock import CHINA
from yiwang.kernel.settings import settings
from yiwang.kernel.verdicts import Mark, Verdict

MAX_FILE = 64 * 1024 * 1024
MAX_TRUSTED = 32 * 1024 * 1024
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_WORDS: dict[str, dict[str, Any]] = {
    "zh": {
        "title": ("签章无效或无法确认", "签章有效"),
        "parts": {"signature": "签名值", "references": "文件内容", "seal": "印章", "chain": "证书"},
        Mark.VALID: "有效",
        Mark.INVALID: "无效",
        Mark.UNKNOWN: "无法判断",
        "reason": "原因：",
        "remark": "提示：",
        "one": "第 {number} 个签名",
        "about": {"seal_name": "印章", "seal_id": "印章编码", "signer": "签章人", "maker": "制章人", "at": "签章时间"},
        "colon": "：",
    },
    "en": {
        "title": ("NOT VALID, or not known to be", "VALID"),
        "parts": {"signature": "signature value", "references": "content", "seal": "seal", "chain": "certificates"},
        Mark.VALID: "valid",
        Mark.INVALID: "INVALID",
        Mark.UNKNOWN: "unknown",
        "reason": "reason: ",
        "remark": "remark: ",
        "one": "signature {number}",
        "about": {"seal_name": "seal", "seal_id": "seal id", "signer": "signer", "maker": "maker", "at": "signed at"},
        "colon": ": ",
    },
}
_SIGNS = {"valid": "✓", "invalid": "✗", "unknown": "?"}


def default_folder() -> Path:
    """Where this installation keeps whom it trusts: `roots`, `intermediates`, `lists`, `revoked.txt`."""
    return settings().data_dir / "trust"


def trust_options(command: Any) -> Any:
    """The options of every verb that judges certificates; `trust_of` takes what they give."""
    for option in (
        click.option(
            "--roots", type=_FILE, multiple=True, help="trusted root certificates (PEM or DER), instead of --trust"
        ),
        click.option("--intermediates", type=_FILE, multiple=True, help="certificates between signers and roots"),
        click.option("--makers", type=_FILE, multiple=True, help="certificates of those who may make seals"),
        click.option("--crl", "lists", type=_FILE, multiple=True, help="revocation lists (PEM or DER)"),
        click.option("--trust", "folder", type=_FOLDER, help="a trust folder; else that of this installation"),
        click.option("--at", type=click.DateTime(), help="the time to judge at (China's time); else now"),
        click.option(
            "--revocation",
            type=click.Choice(["required", "if_known"]),
            default="required",
            show_default=True,
            help="whether certificates must be known not to be revoked",
        ),
    ):
        command = option(command)
    return command


def trust_of(
    roots: tuple[Path, ...],
    intermediates: tuple[Path, ...],
    makers: tuple[Path, ...],
    lists: tuple[Path, ...],
    folder: Path | None,
    at: datetime | None,
    revocation: Any,
) -> Trust:
    """Whom the options name. Raises SealFault for files that can't be read as what they should be."""
    given = Trust(
        roots=tuple(_read(path) for path in roots),
        intermediates=tuple(_read(path) for path in intermediates),
        makers=tuple(_read(path) for path in makers),
        lists=tuple(_read(path) for path in lists),
        at=at.replace(tzinfo=CHINA) if at is not None else None,
        revocation=revocation,
    )
    given.check()
    if roots and folder is None:
        return given
    return Trust.from_folder(folder or default_folder()).with_(given)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_TRUSTED + 1)


@click.command("seal")
@click.argument("file", type=click.File("rb"))
@trust_options
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="end with one JSON line")
def seal(file: BinaryIO, lang: str, as_json: bool, **options: Any) -> None:
    """Check a sealed OFD or PDF, a signed statement, a seal or a signed value. Exit code 0: valid, 1: not."""
    data = file.read(MAX_FILE + 1)
    try:
        trust = trust_of(**options)
    except SealFault as fault:
        verdict = Verdict(reasons=(fault.reason,))
    else:
        large = len(data) > MAX_FILE
        verdict = Verdict(reasons=(Reason("file.large", {"limit": MAX_FILE}),)) if large else verify_sealed(data, trust)
    for line in _told(verdict, lang):
        click.echo("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line))
    if as_json:
        click.echo(verdict.line(lang).encode(errors="replace").decode())
    sys.exit(0 if verdict.valid else 1)


def _told(verdict: Verdict, language: str) -> Iterator[str]:
    words = _WORDS[language]
    yield words["title"][verdict.valid]
    for part, name in words["parts"].items():
        yield f"  {name}{words['colon']}{words[getattr(verdict, part)]}"
    signatures = verdict.more.get("signatures") or [verdict.more]
    for number, one in enumerate(signatures, 1):
        about = [f"{name} {one[key]}" for key, name in words["about"].items() if one.get(key)]
        if about:
            marks = "".join(_SIGNS[one[part]] for part in words["parts"] if part in one)
            yield f"  {words['one'].format(number=number)} {marks}".rstrip()
            yield from (f"    {line}" for line in about)
    yield from (f"  {words['reason']}{reason.text(language)}" for reason in verdict.reasons)
    yield from (f"  {words['remark']}{remark.text(language)}" for remark in verdict.remarks)
