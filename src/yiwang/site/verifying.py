"""`yiwang verify`: documents that anyone may check offline, without a database. Each verb belongs to its context.

A verb prints its verdict, with `--json` a last line {"valid", "signature", "references", "seal", "chain", "reasons"},
and exits with 0 where the document is valid, else with 1.
"""

import importlib

import click

# verb → "module:attribute" of a command that needs neither Django nor a database to be imported
_VERBS = {
    "licence": "yiwang.commons.licences.cli.verifying:licence",
    "archive": "yiwang.commons.archives.cli.verifying:archive",
    "proof": "yiwang.commons.archives.cli.proving:proof",
    "receipt": "yiwang.commons.ledger.cli.verifying:receipt",
    "seal": "yiwang.commons.seals.cli.verifying:seal",
}


class Verbs(click.Group):
    """Loads a verb's module only when the verb is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        module, _, attribute = _VERBS[cmd_name].partition(":")
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found


@click.group(name="verify", cls=Verbs)
def verify() -> None:
    """Check documents offline, with public keys alone."""
