"""`yiwang seals`: the operator's verbs. What they do is loaded with a database at hand, so that `verifying` needs none."""

import importlib

import click


class Verbs(click.Group):
    """Loads the verbs when one of them, or the list of all, is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._load()
        return super().get_command(ctx, cmd_name)

    def _load(self) -> None:
        importlib.import_module(f"{__name__}.operating")  # registers its verbs


@click.group(name="seals", cls=Verbs)
def cli() -> None:
    """Electronic seals and signatures (电子印章、电子签名)."""
