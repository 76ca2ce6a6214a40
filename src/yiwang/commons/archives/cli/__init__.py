"""`yiwang archives`, and the verbs of `yiwang verify` that need no database: those load nothing of Django."""

import importlib

import click

_VERBS = {
    "check": "keeping:check",
    "export": "keeping:export",
    "keys": "keeping:keys",
    "list": "keeping:list_archives",
    "open": "keeping:open_again",
    "schedule": "keeping:schedule",
    "show": "keeping:show",
}


class Verbs(click.Group):
    """Loads a verb's module only when the verb is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        module, _, attribute = _VERBS[cmd_name].partition(":")
        found: click.Command = getattr(importlib.import_module(f".{module}", __package__), attribute)
        return found


@click.group(name="archives", cls=Verbs)
def cli() -> None:
    """Electronic archives: list, check, export, fixity."""
