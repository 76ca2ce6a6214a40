"""`yiwang ledger monitor`: follows a log as any stranger can, and raises the alarm. `yiwang ledger misbehaviour` checks its proof."""

import json
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import click

from yiwang.commons.ledger.engine.notekeys import suite_of
from yiwang.commons.ledger.engine.trust import MAX_POLICY, TrustedKeys
from yiwang.commons.ledger.engine.witnessing.asking import WitnessAddress
from yiwang.commons.ledger.engine.witnessing.copying import TreeCopy
from yiwang.commons.ledger.engine.witnessing.fetching import check_address
from yiwang.commons.ledger.engine.witnessing.findings import Report, Severity
from yiwang.commons.ledger.engine.witnessing.keeping import DataTaken
from yiwang.commons.ledger.engine.witnessing.misbehaviour import AlarmFolder, Misbehaviour, proves
from yiwang.commons.ledger.engine.witnessing.monitor import REREAD, Monitor, Seen
from yiwang.commons.ledger.engine.witnessing.reading import RemoteLog
from yiwang.commons.ledger.engine.witnessing.starting import SetupFault, read_keys
from yiwang.commons.ledger.engine.witnessing.witness import logs_by_origin
from yiwang.commons.ledger.engine.wording import LedgerFault
from yiwang.kernel.clock import now

_ALARM, _FAILURE = 1, 3
_MAX_SEEN = 1 << 20
_LABELS = {"alarm": ("警报", "ALARM"), "warning": ("注意", "WARNING"), "failure": ("未能检查", "COULD NOT LOOK")}


@click.command("monitor")
@click.option("--url", default="", help="prefix of the log (that of /checkpoint); else as the keys file says")
@click.option("--keys", required=True, help="keys of the log and its witnesses (C2SP tlog-policy), or the log's key")
@click.option("--data", required=True, type=click.Path(path_type=Path, file_okay=False), help="folder of this monitor")
@click.option("--once", is_flag=True, help="look once and end (so too without --every)")
@click.option("--every", type=click.FloatRange(min=0.1), help="look again every so many seconds")
@click.option(
    "--receipts",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="receipts or checkpoints that somebody was given: files or folders",
)
@click.option("--full", is_flag=True, help="read all old entries again, not only some")
@click.option("--json", "as_json", is_flag=True, help="one JSON line a look")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def monitor(
    url: str,
    keys: str,
    data: Path,
    once: bool,
    every: float | None,
    receipts: tuple[Path, ...],
    full: bool,
    as_json: bool,
    lang: str,
) -> None:
    """Follow a log, recompute its roots, compare them with what witnesses and others saw.

    Exit code 0: nothing wrong, 1: alarm (proof lies in DATA/alarms), 3: the log could not be read.
    """
    trusted = trusted_keys(keys)
    origin = trusted.logs[0].name
    url = url or trusted.urls.get(origin, "")
    _check(url)
    witnesses = [
        WitnessAddress(name, "", trusted.urls[name], key)
        for name, key in trusted.witnesses.items()
        if trusted.urls.get(name)
    ]
    hasher = suite_of(trusted.logs[0]).digest
    try:
        copy = TreeCopy(data, hasher)
    except DataTaken:
        raise click.ClickException(f"{data} 正由另一个监测进程使用") from None
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        held = copy.held
        if held and held.origin != origin:
            raise click.ClickException(f"{data} 属于日志 {held.origin}，不是 {origin}")
        looking = Monitor(
            RemoteLog(url, trusted.logs_named(origin), hasher), copy, AlarmFolder(data / "alarms"), witnesses=witnesses
        )
        code = 0
        while True:
            report = looking.look(_seen(receipts), reread=-1 if full else REREAD)
            _tell(report, as_json=as_json, lang=lang)
            code = max(code, _code(report), key=(0, _FAILURE, _ALARM).index)
            if once or every is None or stopping.wait(every):
                sys.exit(code)
    finally:
        copy.close()


def trusted_keys(given: str) -> TrustedKeys:
    """Logs, of which the first is meant where one is, and their witnesses."""
    try:
        path = Path(given)
        if path.is_file():
            with path.open("rb") as stream:
                raw = stream.read(MAX_POLICY + 1)
            if b"\nquorum " in b"\n" + raw:
                trusted = TrustedKeys.parse(raw)
                if not trusted.logs:
                    raise click.ClickException(f"{given}: 没有日志公钥")
                logs_by_origin(trusted.logs)
                return trusted
        keys = read_keys(given)
        logs_by_origin(keys)
        return TrustedKeys(tuple(keys))
    except LedgerFault as fault:
        raise click.ClickException(f"{given}: {fault.reason.text()}") from None
    except (SetupFault, ValueError, OSError) as fault:
        raise click.ClickException(str(fault)) from None


def _check(url: str) -> None:
    if not url:
        raise click.UsageError("请用 --url 给出日志的地址")
    try:
        check_address(url)
    except ValueError as fault:
        raise click.BadParameter(str(fault), param_hint="--url") from None


def _seen(given: tuple[Path, ...]) -> Iterator[Seen]:
    for path in given:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                with file.open("rb") as stream:
                    yield Seen(str(file), stream.read(_MAX_SEEN))


def _code(report: Report) -> int:
    if report.of(Severity.ALARM):
        return _ALARM
    return _FAILURE if report.of(Severity.FAILURE) else 0


def _tell(report: Report, *, as_json: bool, lang: str) -> None:
    moment = now().isoformat(timespec="seconds")
    if as_json:
        line = {
            "at": moment,
            "origin": report.origin,
            "ok": not _code(report),
            "size": report.size,
            "root": report.root.hex(),
            "new": report.new,
            "reread": report.reread,
            "findings": [finding.as_json() for finding in report.findings],
        }
        click.echo(json.dumps(line, ensure_ascii=False))
        return
    english = lang == "en"
    for finding in report.findings:
        click.echo(f"{moment} [{_LABELS[finding.severity][english]}] {finding.text(lang)}")
        if finding.proof:
            click.echo(f"    {'proof' if english else '证据'}: alarms/{finding.proof}")
    if not report.findings or report.new:
        words = "{size} entries, {new} new" if english else "{size} 条，新增 {new} 条"
        click.echo(f"{moment} {report.origin}: " + words.format(size=report.size, new=report.new))


@click.command("misbehaviour")
@click.argument("proof", type=click.Path(path_type=Path, exists=True))
@click.option("--keys", required=True, help="keys of the log (C2SP tlog-policy, or the key itself)")
@click.option("--json", "as_json", is_flag=True, help="one JSON line")
def misbehaviour(proof: Path, keys: str, as_json: bool) -> None:
    """Check a monitor's proof (its folder, or proof.json) with the log's public key alone.

    Exit code 0: it proves that the log signed two histories; 1: it does not.
    """
    trusted = trusted_keys(keys)
    file = proof / "proof.json" if proof.is_dir() else proof
    reason = ""
    try:
        with file.open("rb") as stream:
            found = Misbehaviour.parse(stream.read(_MAX_SEEN + 1))
        proven = proves(found, trusted.logs)
    except OSError as fault:
        raise click.ClickException(str(fault)) from None
    except LedgerFault as fault:
        proven, reason = False, fault.reason.text()
    if as_json:
        click.echo(json.dumps({"proven": proven, "reason": reason}, ensure_ascii=False))
    elif proven:
        click.echo("成立：该日志用自己的密钥签署了两种历史。")
    else:
        click.echo(f"不成立：{reason or '只是观察记录，本身不能证明'}")
    sys.exit(0 if proven else 1)
