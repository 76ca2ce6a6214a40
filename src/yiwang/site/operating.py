"""Commands for the operator: doctor, pack, and Django's own management."""

import json
import sys
from pathlib import Path

import click

from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import DomainError
from yiwang.kernel.settings import settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="one JSON line")
def doctor(as_json: bool) -> None:
    """Say what is wrong and how to mend it. Exit code 1 if anything is."""
    import yiwang.kernel.db.checks  # noqa: F401  registers the checks of the database
    from yiwang.kernel.doctor import Finding, examine
    from yiwang.site.booting import boot

    failed = None
    try:
        boot()
    except DomainError as error:  # the checks that need no database still say what is wrong
        failed = Finding(ok=False, message=str(error), mend=error.advice())
    findings = examine() + ([("start", failed)] if failed else [])
    if as_json:
        click.echo(
            json.dumps(
                {name: {"ok": f.ok, "message": f.message, "mend": f.mend} for name, f in findings}, ensure_ascii=False
            )
        )
    else:
        for name, finding in findings:
            click.echo(f"{'✓' if finding.ok else '✗' if finding.grave else '!'} {name}: {finding.message}")
            if finding.mend:
                click.echo(f"    → {finding.mend}")
    sys.exit(1 if any(finding.grave and not finding.ok for _, finding in findings) else 0)


@click.group()
def pack() -> None:
    """Check and load a city's pack."""


_ROOT = click.argument("root", required=False, type=click.Path(path_type=Path, file_okay=False))


@pack.command("check")
@_ROOT
@click.option("--json", "as_json", is_flag=True, help="one JSON line")
def check_command(root: Path | None, as_json: bool) -> None:
    """Report every fault with file and line; change nothing."""
    from yiwang.site.booting import boot

    boot()
    from yiwang.kernel.packs.loading import check_pack

    checked = check_pack(root or settings().pack)
    if as_json:
        faults = [{"file": f.file, "line": f.line, "message": f.message, "mend": f.mend} for f in checked.faults]
        click.echo(json.dumps({"ok": not faults, "name": checked.name, "faults": faults}, ensure_ascii=False))
    else:
        for fault in checked.faults:
            click.echo(str(fault))
        click.echo(
            f"{checked.name} {checked.version}: " + (f"{len(checked.faults)} 处错误" if checked.faults else "没有错误")
        )
    sys.exit(1 if checked.faults else 0)


@pack.command("load")
@_ROOT
def load_command(root: Path | None) -> None:
    """Load the pack in one transaction; a faulty pack changes nothing, a second load neither."""
    from yiwang.site.booting import boot

    boot()
    from yiwang.kernel.packs.loading import load_pack

    done = load_pack(root=root or settings().pack, by=Actor.system("load pack"), at=clock.now())
    for name, tally in done.items():
        click.echo(f"{name}: 新增 {tally.created}，变更 {tally.changed}，未变 {tally.unchanged}")
        for told in tally.notes:
            click.echo(f"  {told}")


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Django's management commands."""
    from django.core.management import execute_from_command_line

    from yiwang.site.booting import boot

    boot()
    execute_from_command_line(["yiwang manage", *arguments])


@click.command()
@click.option("--check", "only_check", is_flag=True, help="verify checksums only")
def vendor(only_check: bool) -> None:
    """Refresh the vendored static libraries from their npm packages, or verify them."""
    from yiwang.web import vendoring

    sys.exit(vendoring.main(["--check"] if only_check else []))
