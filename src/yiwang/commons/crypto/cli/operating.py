"""`yiwang crypto status | reencrypt | assessment`."""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

import click

from yiwang.commons.crypto import commands, engine, queries, rules
from yiwang.commons.crypto.contracts import RunNotDue, RunRow, RunState
from yiwang.kernel import clock
from yiwang.kernel.settings import settings

from . import cli
from .keys import OPERATOR, said


@cli.command("status")
@click.option("--json", "as_json", is_flag=True, help="one JSON line")
def status(as_json: bool) -> None:
    """The pool at a glance. Exit code 1 where the known answers are wrong or a master key is missing."""
    failed = engine.self_test()
    masters = queries.masters(viewer=OPERATOR)
    run, due = queries.newest_run(viewer=OPERATOR), queries.due_keys(viewer=OPERATOR)
    waits = queries.pass_is_due(viewer=OPERATOR)
    missing = [row.fingerprint for row in masters if row.keys and not row.present]
    if as_json:
        told = {
            "suite": settings().crypto_suite, "self_test_failed": failed, "masters": [asdict(row) for row in masters],
            "missing_masters": missing, "due": len(due), "reencryption_waits": waits,
            "reencryption": None if run is None else {"state": run.state, "percent": run.percent, "changed": run.changed, "damaged": run.damaged},
        }  # fmt: skip
        click.echo(said(told))
    else:
        click.echo(f"套件 {settings().crypto_suite}，算法自检{'没有通过：' + '、'.join(failed) if failed else '通过'}")
        for row in masters:
            click.echo(f"主密钥 {row.fingerprint} {row.state} 包裹 {row.keys} 个{'' if row.present else '，不在本机'}")
        click.echo(f"到期待轮换的密钥 {len(due)} 个")
        click.echo(_progress(run) if run else "还没有重加密过")
        if waits and (run is None or run.state is RunState.DONE):
            click.echo("有旧版本等待重加密：yiwang crypto reencrypt --progress")
    sys.exit(1 if failed or missing else 0)


@cli.command("reencrypt")
@click.option("--progress", is_flag=True, help="tell how far it has come")
@click.option("--no-wait", is_flag=True, help="fail where a new look-up key is not in effect yet, instead of waiting")
def reencrypt(progress: bool, no_wait: bool) -> None:
    """Move everything that is stored to the newest keys. May be interrupted and begun again at any moment."""
    while True:
        queries.look_again()
        try:
            run = commands.begin_reencryption(reason="yiwang crypto reencrypt", by=OPERATOR, at=clock.now())
            break
        except RunNotDue as waits:
            if no_wait:
                raise
            click.echo(str(waits), err=True)
            time.sleep(5)
    shown = time.monotonic()
    while commands.reencrypt_batch(run_id=run, by=OPERATOR, at=clock.now()):
        if progress and time.monotonic() - shown > 1:
            shown = time.monotonic()
            _show()
    queries.look_again()
    _show()


def _show() -> None:
    found = queries.newest_run(viewer=OPERATOR)
    if found is not None:
        click.echo(_progress(found))


def _progress(run: RunRow) -> str:
    state = "完成" if run.state is RunState.DONE else "进行中"
    damaged = f"，{run.damaged} 个值读不出，保持原样" if run.damaged else ""
    return f"重加密{state} {run.percent}%：已看 {run.scanned} 行，改写 {run.changed} 行{damaged}"


@cli.command("assessment")
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="facts as JSON into this file"
)
@click.option(
    "--document",
    "document_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="the document (Markdown) into this file",
)
def assessment(json_file: Path | None, document_file: Path | None) -> None:
    """What an assessment of cryptography (密评, GB/T 39786) asks for: what is used where, by which keys, how often."""
    queries.look_again()
    facts = queries.assessment(viewer=OPERATOR)
    if json_file:
        json_file.write_text(json.dumps(facts, ensure_ascii=False, indent=1, default=str) + "\n", "utf-8")
    if document_file:
        document_file.write_text(rules.document(facts), "utf-8")
    if not json_file and not document_file:
        click.echo(rules.document(facts))
