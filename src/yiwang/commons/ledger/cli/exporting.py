"""`yiwang ledger export` and `receipt`: the log as files that any web server can offer, one receipt as a file."""

from pathlib import Path
from typing import Any
from uuid import UUID

import click

from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.cli.log import BY
from yiwang.commons.ledger.contracts import NoSuchEntry
from yiwang.commons.ledger.engine import ENTRIES, Checkpoint, Note, Tile, tiles_of


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(folder: Path) -> None:
    """Write the open log into FOLDER as C2SP tlog-tiles: head, tiles, bundles of entries, trusted keys.

    The head is the newest that the quorum has co-signed.
    Files that are there already are full tiles and stay; a second run adds what is new.
    """
    try:
        note = queries.checkpoint(viewer=BY)
    except NoSuchEntry:
        raise click.ClickException("还没有见证单位共同签名的检查点 / no co-signed head yet") from None
    size = Checkpoint.parse(Note.parse(note).text).size
    hashes = tiles_of(size)
    bundles = [Tile(ENTRIES, tile.number, tile.width) for tile in hashes if tile.level == 0]
    written = 0
    for tile in (*hashes, *bundles):
        target = folder / tile.path()
        if not target.exists():
            _write(target, queries.tile(path=tile.path(), viewer=BY))
            written += 1
    _write(folder / "keys", queries.trusted_keys(viewer=BY).encode())
    _write(folder / "checkpoint", note)
    click.echo(f"{size} 条 / entries, {written} 个新文件 / new files")


@click.command("receipt")
@click.argument("number")
def receipt(number: str) -> None:
    """Print the receipt of NUMBER: the id of the evidence, or an index of the open log. Exit code 1 while it isn't final."""
    if number.isdigit():
        wanted: dict[str, Any] = {"index": int(number)}
    else:
        try:
            wanted = {"evidence_id": UUID(number)}
        except ValueError as error:
            raise click.BadParameter(
                "应为存证编号或序号 / an id or an index is expected", param_hint="NUMBER"
            ) from error
    with commands.handing_out():
        found = queries.receipt_for(**wanted, viewer=BY)
    if found is None:
        raise click.ClickException("正在等待见证单位共同签名 / waiting for the witnesses")
    click.echo(found.to_text(), nl=False)


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    fresh.write_bytes(data)
    fresh.replace(target)
