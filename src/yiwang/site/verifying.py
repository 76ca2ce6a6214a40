"""`yiwang verify`: documents that anyone may check offline, without a database. Each verb belongs to its context.

A verb prints its verdict, with `--json` a last line {"valid", "signature", "references", "seal", "chain", "reasons"},
and exits with 0 where the document is valid, else with 1.
"""

import importlib
import itertools
import sys
from dataclasses import dataclass
from typing import Any, NoReturn

import click

from yiwang.kernel.verdicts import Verdict

# verb → "module:attribute" of a command that needs neither Django nor a database to be imported
_VERBS = {
    "licence": "yiwang.commons.licences.cli.verifying:licence",
    "archive": "yiwang.commons.archives.cli.verifying:archive",
    "proof": "yiwang.commons.archives.cli.proving:proof",
    "receipt": "yiwang.commons.ledger.cli.verifying:receipt",
    "seal": "yiwang.commons.seals.cli.verifying:seal",
}

_GIVEN = "yiwang.verify.given"


@dataclass(frozen=True, slots=True)
class _Unread:
    """Why there was nothing to judge."""

    name: str

    def text(self, language: str = "zh", /) -> str:
        shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in self.name)
        return f"{shown} is missing or can't be read" if language == "en" else f"{shown} 不存在或者不能读取"


class Verbs(click.Group):
    """Loads a verb's module only when the verb is asked for; a file that can't be read gets a verdict like any other."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_GIVEN] = list(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Wrong usage ends with exit code 2; a file that is missing, a folder or unreadable with 1 and the JSON line."""
        try:
            return super().invoke(ctx)
        except click.BadParameter as fault:
            files = fault.param is None or isinstance(fault.param.type, click.Path | click.File)
            if not files or isinstance(fault, click.MissingParameter):
                raise
            said = fault.message
        except OSError as fault:
            said = f"'{fault.filename or fault.strerror}'"
        _refuse(said, ctx.meta[_GIVEN])
        return None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        module, _, attribute = _VERBS[cmd_name].partition(":")
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found


def _refuse(said: str, given: list[str]) -> NoReturn:
    language = "en" if "--lang=en" in given or ("--lang", "en") in itertools.pairwise(given) else "zh"
    why = _Unread(next((word for word in given if f"'{word}'" in said), said))
    click.echo("NOT VALID, or not known to be" if language == "en" else "无效或无法确认")
    click.echo(f"  {why.text(language)}")
    if "--json" in given:
        click.echo(Verdict(reasons=(why,)).line(language))
    sys.exit(1)


@click.group(name="verify", cls=Verbs)
def verify() -> None:
    """Check documents offline, with public keys alone."""
