"""Commands that run the program: serve, web, worker, migrate, demo."""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path

import click

from yiwang.kernel import clock
from yiwang.kernel.settings import settings
from yiwang.site.supervisor import Installation, free_port
from yiwang.site.witnesses import attend


def _installation(data_dir: Path | None = None, port: int | None = None) -> Installation:
    here = settings()
    return Installation(
        data_dir or here.data_dir,
        host=here.host,
        port=port or here.port,
        workers=here.workers,
        external=here.database_url,
    )


@click.command()
@click.option("--port", type=int, help="port to listen on")
def serve(port: int | None) -> None:
    """Run database, web and worker until stopped (Ctrl-C, SIGTERM)."""
    _run(_installation(port=port))


@click.command()
@click.option("--port", type=int, help="port to listen on")
def web(port: int | None) -> None:
    """Answer browsers and programs; one of the parts that `serve` runs, alone on a machine of its own."""
    from yiwang.site.serving import serve_pages

    here = settings()
    serve_pages(host=here.host, port=port or here.port, workers=here.workers)


@click.command()
@click.option(
    "--prepare", type=click.Path(path_type=Path), help="first migrate and load; then write what was done here"
)
def worker(prepare: Path | None) -> None:
    """Run background jobs: the outbox, timers, remote operations."""
    from yiwang.site import booting

    booting.boot()
    booting.refuse_unsound_algorithms()
    if prepare:
        done = booting.prepare()
        changed = any(value != "unchanged" for value in done.values())
        fresh = prepare.with_suffix(".new")
        fresh.write_text("changed" if changed else "unchanged")
        fresh.replace(prepare)
        if changed:  # what loading a city took would stay in this process, some 100 MB: it begins anew
            os.execv(sys.executable, [sys.executable, "-m", "yiwang.site", "worker"])  # noqa: S606  our own program
    else:
        booting.refuse_missing_master_key()
    from yiwang.kernel.jobs import work

    asyncio.run(work(settings().job_threads))


@click.command()
@click.option("--no-pack", is_flag=True, help="do not load the pack")
def migrate(no_pack: bool) -> None:
    """Bring the database, the static files and the pack up to date."""
    from yiwang.site import booting

    for name, what in booting.prepare(load=not no_pack).items():
        click.echo(f"{name}: {what}")


@click.command()
@click.option(
    "--smoke", is_flag=True, help="play the newborn journey on an empty data folder, print one JSON line, stop"
)
@click.option("--port", type=int, help="port to listen on")
@click.option("--days-ahead", type=click.IntRange(0, 3650), help="live so many days later, to see deadlines pass")
def demo(smoke: bool, port: int | None, days_ahead: int | None) -> None:
    """Run the demonstration city; prints the address and the demonstration accounts."""
    os.environ["YIWANG_DEMO"] = "1"
    if days_ahead is not None:
        os.environ["YIWANG_DEMO_DAYS_AHEAD"] = str(days_ahead)
    settings.cache_clear()
    if smoke:
        sys.exit(_smoke())
    _run(_installation(port=port), demo=True)


def _run(installation: Installation, *, demo: bool = False) -> None:
    began = time.monotonic()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    click.echo("正在启动 / starting …")
    try:
        installation.start()
        click.echo(f"一网 {installation.url} （{time.monotonic() - began:.1f} 秒 / s）")
        if demo:
            from yiwang.site.demonstration import accounts_text

            click.echo(accounts_text(settings().pack))
            if settings().demo_days_ahead:
                today = clock.today() + timedelta(days=settings().demo_days_ahead)
                click.echo(f"演示的今天是 / the demonstration's today is {today}")
        click.echo("按 Ctrl-C 停止 / Ctrl-C stops")
        watcher = threading.Thread(target=installation.watch, daemon=True)
        watcher.start()
        if demo:
            threading.Thread(target=attend, args=(installation,), daemon=True).start()
        stop.wait()
    finally:
        click.echo("正在停止 / stopping …")
        installation.stop()


def _smoke() -> int:
    """One JSON line: {"ok": true, "case": …, "seconds": …}, or {"ok": false, "reason": …} and exit code 1."""
    from yiwang.site.smoke import play

    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="yiwang-smoke-"))
    installation = _installation(folder, free_port())
    result: dict[str, object]
    try:
        installation.start()
        watcher = threading.Thread(target=installation.watch, daemon=True)
        watcher.start()
        result = {"ok": True, **play(installation)}
    except Exception as error:  # noqa: BLE001  whatever went wrong is the answer
        result = {"ok": False, "reason": f"{type(error).__name__}: {error}"[:2000]}
    finally:
        installation.stop()
        if installation.server:
            installation.server.destroy()
        shutil.rmtree(folder, ignore_errors=True)
    result["seconds"] = round(time.monotonic() - began, 1)
    click.echo(json.dumps(result, ensure_ascii=False))
    return 0 if result["ok"] else 1
