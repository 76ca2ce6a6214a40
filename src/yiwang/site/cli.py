"""The `yiwang` command: what the kernel offers, and the groups that the contexts register in their cli.py."""

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import click

from yiwang.kernel.errors import DomainError
from yiwang.kernel.settings import SettingsFault, settings
from yiwang.site.contexts import modules

# name → "module:attribute" of what needs no database to be imported
_PLAIN = {
    "db": "yiwang.kernel.db.cli:db",
    "serve": "yiwang.site.running:serve",
    "web": "yiwang.site.running:web",
    "worker": "yiwang.site.running:worker",
    "demo": "yiwang.site.running:demo",
    "migrate": "yiwang.site.running:migrate",
    "doctor": "yiwang.site.operating:doctor",
    "pack": "yiwang.site.operating:pack",
    "manage": "yiwang.site.operating:manage",
    "vendor": "yiwang.site.operating:vendor",
    "verify": "yiwang.site.verifying:verify",
}


class Program(click.Group):
    """Loads a subcommand only when it is called, so that `yiwang db` works while nothing else does."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*_PLAIN, *self._of_contexts()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _PLAIN:
            module, _, attribute = _PLAIN[cmd_name].partition(":")
            found: click.Command = getattr(importlib.import_module(module), attribute)
            return found
        if cmd_name in {"crypto", "ledger"}:  # some of their verbs run where there is no database
            from yiwang.site.booting import boot

            group = importlib.import_module(f"yiwang.commons.{cmd_name}.cli")
            group.prepare_by(boot)
            lazy: click.Group = group.cli
            return lazy
        return self._of_contexts().get(cmd_name)

    def _of_contexts(self) -> dict[str, click.Command]:
        from yiwang.site.booting import boot

        boot()
        groups = [importlib.import_module(name).cli for name in modules("cli")]
        return {str(group.name): group for group in groups}


@click.command(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=None, version="0.1.0", prog_name="yiwang")
def program() -> None:
    """Yiwang (一网): the platform of a digital government."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line. Expected refusals end with one clear sentence and exit code 1 (2: wrong usage)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.site.settings")
    try:
        settings()
        program(args=arguments, prog_name="yiwang")
    except SettingsFault as fault:
        _fail(str(fault), 2)
    except DomainError as error:
        _fail(f"{error}\n{error.advice()}", 1)
    except KeyboardInterrupt:
        _fail("", 130)


def _fail(text: str, code: int) -> Any:
    if text:
        click.echo(text, err=True)
    sys.stdout.flush()
    sys.exit(code)


def source_root() -> Path:
    """The folder that holds the package."""
    return Path(__file__).resolve().parents[2]
