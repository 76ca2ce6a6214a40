"""`yiwang crypto ca`: a demonstration authority in a folder; certificates shown, checked, imported.

Each verb loads its module when it is called: reading certificates takes longer to load than most commands to run.
"""

import importlib

import click

from . import cli

# verb → module of this package
_VERBS = {
    "init": "issuing",
    "issue": "issuing",
    "revoke": "issuing",
    "crl": "issuing",
    "ocsp": "issuing",
    "show": "judging",
    "check": "judging",
}


class Verbs(click.Group):
    """Loads a verb's module only when the verb is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _VERBS.get(cmd_name)
        if module is None:
            return None
        found: click.Command = getattr(importlib.import_module(f"{__package__}.{module}"), cmd_name)
        return found


@cli.group("ca", cls=Verbs)
def ca() -> None:
    """Certificates: an authority for demonstrations, checks, import of those of licensed bodies."""
