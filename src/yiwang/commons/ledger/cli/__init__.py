"""`yiwang ledger`: each verb loads its own module when it is called.

A witness and a monitor run at other organisations, so their modules need neither Django nor a database. What needs both
is announced in `_NEEDS_DATABASE`; before such a verb is loaded, the site brings the database up (`prepare_by`).
"""

import importlib
from collections.abc import Callable

import click

# verb → "module:attribute", the module in this package
_PLAIN: dict[str, str] = {
    "anchor": "anchoring:anchor",
    "misbehaviour": "monitor:misbehaviour",
    "monitor": "monitor:monitor",
    "witness": "witness:witness",
}
_NEEDS_DATABASE: dict[str, str] = {
    "append": "log:append",
    "check": "log:check",
    "checkpoint": "log:checkpoint",
    "export": "exporting:export",
    "findings": "findings:findings",
    "init": "log:init",
    "keys": "log:keys",
    "quorum": "witnesses:quorum",
    "receipt": "exporting:receipt",
    "report": "reporting:report",
    "status": "log:status",
    "witnesses": "witnesses:witnesses",
}
_preparations: list[Callable[[], None]] = []


def prepare_by(prepare: Callable[[], None]) -> None:
    """What brings the database up; called by the site before the group is used."""
    _preparations[:] = [prepare]


class Verbs(click.Group):
    """Loads a verb's module only when the verb is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*_PLAIN, *_NEEDS_DATABASE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _PLAIN:
            return _loaded(_PLAIN[cmd_name])
        if cmd_name not in _NEEDS_DATABASE:
            return None
        for prepare in _preparations:
            prepare()
        return _loaded(_NEEDS_DATABASE[cmd_name])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Help starts no database: at other organisations there is none."""
        with formatter.section("Anywhere, without a database"):
            formatter.write_dl(
                [(verb, _loaded(place).get_short_help_str(90)) for verb, place in sorted(_PLAIN.items())]
            )
        with formatter.section("Where the log is kept (each has its --help)"):
            formatter.write_text(", ".join(sorted(_NEEDS_DATABASE)))


def _loaded(place: str) -> click.Command:
    module, _, attribute = place.partition(":")
    found: click.Command = getattr(importlib.import_module(f"{__name__}.{module}"), attribute)
    return found


@click.group(name="ledger", cls=Verbs)
def cli() -> None:
    """The ledger (常享链), its witnesses and its monitor."""
