"""`yiwang ledger witness`: what another organisation runs. Needs a folder and a port, no database and no Django."""

import asyncio
import json
import signal
import ssl
from pathlib import Path

import click

from yiwang.commons.ledger.engine.witnessing.keeping import DataTaken
from yiwang.commons.ledger.engine.witnessing.service import WitnessService
from yiwang.commons.ledger.engine.witnessing.serving import Server
from yiwang.commons.ledger.engine.witnessing.starting import SetupFault, open_witness
from yiwang.commons.ledger.engine.witnessing.witness import Witness


@click.command("witness")
@click.option("--data", required=True, type=click.Path(path_type=Path, file_okay=False), help="folder of this witness")
@click.option("--name", default="", help="the first time: its name, a host name of your own with a path")
@click.option(
    "--suite",
    "suite_name",
    type=click.Choice(["national", "international"]),
    default="national",
    show_default=True,
    help="the first time: its key is SM2 or Ed25519",
)
@click.option("--log-key", "log_keys", multiple=True, help="public key of a log to witness, or a file; remembered")
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", default=8470, show_default=True, type=click.IntRange(0, 65535), help="port; 0: a free one")
@click.option("--certificate", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="serve https: chain")
@click.option("--certificate-key", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="and its key")
@click.option(
    "--accept-clock", is_flag=True, help="the clock is right, though it is over 30 days after the last signature"
)
@click.option("--show", is_flag=True, help="print key and state as JSON and end")
def witness(
    data: Path,
    name: str,
    suite_name: str,
    log_keys: tuple[str, ...],
    host: str,
    port: int,
    certificate: Path | None,
    certificate_key: Path | None,
    accept_clock: bool,
    show: bool,
) -> None:
    """Witness logs of other organisations: co-sign only heads that continue what was co-signed before."""
    try:
        made = open_witness(data, name=name, suite_name=suite_name, log_keys=log_keys, accept_clock=accept_clock)
    except SetupFault as fault:
        raise click.ClickException(str(fault)) from None
    except DataTaken:
        raise click.ClickException(f"{data} 正由另一个见证进程使用") from None
    try:
        if show:
            click.echo(json.dumps(WitnessService(made).status(), ensure_ascii=False, indent=2))
            return
        tls = _tls(certificate, certificate_key)
        asyncio.run(_serve(made, host, port, tls))
    except OSError as fault:
        raise click.ClickException(f"{host}:{port}: {fault.strerror or fault}") from None
    finally:
        made.store.close()


async def _serve(made: Witness, host: str, port: int, tls: ssl.SSLContext | None) -> None:
    server = Server(WitnessService(made), host=host, port=port, tls=tls)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)

    def started() -> None:
        click.echo(f"见证方 {made.signer.name} 已启动：{'https' if tls else 'http'}://{host}:{server.port}/")
        click.echo(f"公钥 {made.signer.verifier.vkey}")
        for origin in made.logs:
            click.echo(f"见证日志 {origin}")
        if not made.logs:
            click.echo("还没有要见证的日志：请用 --log-key 给出日志的公钥")

    await server.run(started)


def _tls(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as fault:
        raise click.ClickException(f"{certificate}: {fault}") from None
    return context
