"""`yiwang crypto`: the operator's verbs for keys, and an authority for tests and demonstrations.

`ca` works on files and `self-test` on nothing, so they run where there is no database; before any other verb is loaded, the
site brings the database up (`prepare_by`).
"""

import importlib
from collections.abc import Callable

import click

_PLAIN = frozenset(("ca", "self-test"))
_preparations: list[Callable[[], None]] = []


def prepare_by(prepare: Callable[[], None]) -> None:
    """What brings the database up; called by the site before the group is used."""
    _preparations[:] = [prepare]


def prepare() -> None:
    """Bring the database up, where the site has said how."""
    for each in _preparations:
        each()


class Verbs(click.Group):
    """Loads the verbs that need a database only when one of them, or the list of all, is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _PLAIN:
            self._load()
        return super().get_command(ctx, cmd_name)

    def _load(self) -> None:
        prepare()
        for module in ("keys", "masters", "operating"):
            importlib.import_module(f"{__name__}.{module}")  # each registers its verbs


@click.group(name="crypto", cls=Verbs)
def cli() -> None:
    """The pool of cryptographic resources (密码资源池)."""


from . import authority, soundness  # noqa: E402, F401 - each registers its verbs
