"""`yiwang ledger anchor`: writes the log's head on a chain that others run, or compares it with what stands there."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from yiwang.commons.ledger.contrib.evm import Account, Chain, EvmAnchor, make_contract
from yiwang.commons.ledger.engine.notekeys import suite_of
from yiwang.commons.ledger.engine.notes import MAX_NOTE, Note, verify_note
from yiwang.commons.ledger.engine.trust import TrustedKeys
from yiwang.commons.ledger.engine.witnessing.fetching import Unreachable
from yiwang.commons.ledger.engine.witnessing.reading import RemoteLog, SignedHead, Unreadable
from yiwang.commons.ledger.engine.wording import LedgerFault
from yiwang.commons.ledger.registry.anchors import AnchorFault

from .monitor import trusted_keys

_DIFFERS, _NOT_THERE = 1, 3


@click.command("anchor")
@click.option("--rpc", required=True, help="JSON-RPC address of a node of the chain")
@click.option(
    "--account-key", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="private key, 64 hex digits"
)
@click.option("--contract", default="", help="address of the contract that keeps heads")
@click.option("--make-contract", "make", is_flag=True, help="put the contract on the chain, print its address and end")
@click.option("--keys", help="keys of the log and its witnesses (C2SP tlog-policy), or the log's key")
@click.option("--url", default="", help="prefix of the log; else as the keys file says")
@click.option(
    "--checkpoint", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="a head in a file instead"
)
@click.option("--check", is_flag=True, help="write nothing: does the chain hold the same root?")
@click.option("--author", default="", help="with --check: the address that anchored")
@click.option("--json", "as_json", is_flag=True, help="one JSON line")
def anchor(
    rpc: str,
    account_key: Path | None,
    contract: str,
    make: bool,
    keys: str | None,
    url: str,
    checkpoint: Path | None,
    check: bool,
    author: str,
    as_json: bool,
) -> None:
    """Anchor the log's head, once its quorum of witnesses has co-signed it.

    Exit code 0: it stands there; 1: another root does, or it was refused; 3: with --check, nothing stands there.
    """
    try:
        account = _account(account_key) if account_key else None
        chain = Chain(rpc)
        if make:
            if account is None:
                raise click.UsageError("--make-contract 需要 --account-key")
            click.echo(make_contract(chain, account))
            return
        if not keys:
            raise click.UsageError("请用 --keys 给出日志的公钥")
        place = EvmAnchor(chain, contract, account=account, author=author)
        head = _head(trusted_keys(keys), url, checkpoint)
        told = {"origin": head.checkpoint.origin, "size": head.size, "root": head.root.hex()}
        if check:
            found = place.find(head.checkpoint.origin, head.size)
            told |= {"anchored": bool(found), "same": bool(found and found.root == head.root)}
            told |= {"at": datetime.fromtimestamp(found.at, UTC).isoformat()} if found else {}
            code = 0 if told["same"] else _DIFFERS if found else _NOT_THERE
        else:
            told |= {"transaction": place.anchor(head.checkpoint), "contract": place.contract}
            code = 0
    except (ValueError, AnchorFault) as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(f"{k}: {v}" for k, v in told.items()))
    sys.exit(code)


def _account(path: Path) -> Account:
    return Account.of(bytes.fromhex(path.read_text("ascii").strip().removeprefix("0x")))


def _head(trusted: TrustedKeys, url: str, file: Path | None) -> SignedHead:
    """The head, if the quorum that the keys ask for has co-signed it."""
    log = trusted.logs[0]
    keys = trusted.logs_named(log.name)
    try:
        if file:
            with file.open("rb") as stream:
                head = SignedHead(Note.parse(stream.read(MAX_NOTE + 1)), keys, str(file))
        else:
            head = RemoteLog(url or trusted.urls.get(log.name, ""), keys, suite_of(log).digest).head()
        signed = [one.verifier for one in verify_note(head.note, [*keys, *trusted.witnesses.values()])]
    except LedgerFault as fault:
        raise click.ClickException(fault.reason.text()) from None
    except (Unreachable, Unreadable) as fault:
        raise click.ClickException(str(fault)) from None
    names = [name for name, key in trusted.witnesses.items() if key in signed]
    if not trusted.reached(names):
        raise click.ClickException(f"见证签名不足：{len(names)}（需要 {trusted.needed()}）")
    return head
