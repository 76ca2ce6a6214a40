"""`yiwang ledger report`: keeps what somebody's monitor proved among the findings of this installation."""

import sys
from pathlib import Path
from typing import Final

import click

from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.cli.log import BY
from yiwang.commons.ledger.contracts import FindingKind
from yiwang.commons.ledger.engine import LedgerFault, TrustedKeys
from yiwang.commons.ledger.engine.witnessing.misbehaviour import Misbehaviour, proves
from yiwang.kernel import clock

_KINDS: Final = {
    "fork": FindingKind.REWRITTEN,
    "rewritten": FindingKind.REWRITTEN,
    "split": FindingKind.FORKED,
    "hidden": FindingKind.FORKED,
    "truncated": FindingKind.TRUNCATED,
}
_MAX_PROOF: Final = 1 << 20


@click.command("report")
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
def report(folder: Path) -> None:
    """Keep the proofs in FOLDER (a monitor's folder, its alarms, one alarm, or a proof.json), each once.

    Each is checked with this log's public keys first; what they did not sign is refused. Exit code 1 if any was.
    """
    logs = TrustedKeys.parse(queries.trusted_keys(viewer=BY)).logs
    known = {finding.proof for finding in queries.findings(viewer=BY, size=100).items}
    refused = False
    for file in [folder] if folder.is_file() else sorted(folder.rglob("proof.json")):
        with file.open("rb") as stream:
            raw = stream.read(_MAX_PROOF + 1)
        try:
            found = Misbehaviour.parse(raw)
            proven = proves(found, logs)
        except LedgerFault as fault:
            refused = True
            click.echo(f"{file}: {fault.reason.text()}", err=True)
            continue
        text = raw.decode()
        if text in known:
            continue
        kind = _KINDS.get(found.code, FindingKind.SIGNATURE_WRONG)
        certainty = "已证实" if proven else "观察记录"
        words = f"{certainty}：{found.first_source} / {found.second_source}"
        click.echo(commands.report_finding(kind=kind, words=words, proof=text, by=BY, at=clock.now()))
    sys.exit(1 if refused else 0)
