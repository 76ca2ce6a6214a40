"""`yiwang crypto ca`: a demonstration authority in a folder; certificates shown, checked, imported.

Each verb loads its module when it is called: reading certificates takes longer to load than most commands to run.
"""

import importlib

import click

from . import cli, prepare

# verb → "module:attribute", the module in this package
_VERBS = {
    "init": "issuing:init",
    "issue": "issuing:issue",
    "revoke": "issuing:revoke",
    "crl": "issuing:crl",
    "ocsp": "issuing:ocsp",
    "serve": "answering:serve",
    "unwrap": "issuing:unwrap",
    "show": "judging:show",
    "check": "judging:check",
    "import": "importing:import_",
}


class Verbs(click.Group):
    """Loads a verb's module only when the verb is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module, _, attribute = _VERBS.get(cmd_name, "").partition(":")
        if not module:
            return None
        if cmd_name == "import":  # alone in asking the pool
            prepare()
        found: click.Command = getattr(importlib.import_module(f"{__package__}.{module}"), attribute)
        return found


@cli.group("ca", cls=Verbs)
def ca() -> None:
    """Certificates: an authority for demonstrations, checks, import of those of licensed bodies."""
