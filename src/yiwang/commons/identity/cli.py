"""`yiwang accounts`: the operator's verbs for accounts. What needs the database is imported by the verb that needs it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

if TYPE_CHECKING:
    from yiwang.kernel.actor import Actor

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group(name="accounts")
def cli() -> None:
    """Accounts of officials (账号): joiners, leavers, imports, personnel systems."""


def _operator(verb: str) -> "Actor":
    from yiwang.kernel.actor import Actor

    return Actor.system(f"accounts {verb}")


def _account(username: str, by: "Actor") -> UUID:
    from yiwang.commons.identity import queries

    found = queries.account_by_username(username=username, viewer=by)
    if found is None:
        raise click.UsageError("没有这个账号")
    return found.id


def _organisation(code: str, by: "Actor") -> UUID:
    from yiwang.commons.identity import queries

    return queries.organisation_by_code(code=code, viewer=by).id


@cli.command("join")
@click.argument("username")
@click.option("--name", required=True, help="name of the person")
@click.option("--organisation", required=True, help="code of the organisation")
@click.option("--role", required=True, help="key of the role")
@click.option(
    "--id-number-file", type=_FILE, help="file that holds the ID number (not on the command line, which others see)"
)
def join(username: str, name: str, organisation: str, role: str, id_number_file: Path | None) -> None:
    """Open an account; prints the path of the one-time link by which its owner sets a password."""
    from django.urls import reverse

    from yiwang.commons.identity.commands import joiners
    from yiwang.kernel import clock

    by = _operator("join")
    number = id_number_file.read_text("utf-8").strip() if id_number_file else ""
    made = joiners.join(
        name=name, username=username, id_number=number, organisation_id=_organisation(organisation, by), role=role,
        by=by, at=clock.now(),
    )  # fmt: skip
    token = joiners.access_link(account_id=made, by=by, at=clock.now())
    click.echo(reverse("people_start", args=[token]))


@cli.command("link")
@click.argument("username")
def link(username: str) -> None:
    """A one-time link for an account; its password and its log-ins end now."""
    from django.urls import reverse

    from yiwang.commons.identity.commands import joiners
    from yiwang.kernel import clock

    by = _operator("link")
    token = joiners.access_link(account_id=_account(username, by), by=by, at=clock.now())
    click.echo(reverse("people_start", args=[token]))


@cli.command("leave")
@click.argument("username")
@click.option(
    "--ground",
    default="other",
    show_default=True,
    help="transferred, resigned, retired, contract_ended, dismissed, deceased, other",
)
def leave(username: str, ground: str) -> None:
    """Let somebody go: posts, rights, log-ins and the account end now."""
    from yiwang.commons.identity.commands import joiners
    from yiwang.commons.identity.contracts.people import LeaveGround
    from yiwang.kernel import clock

    if ground not in set(LeaveGround):
        raise click.UsageError(f"--ground：{'、'.join(LeaveGround)}")
    by = _operator("leave")
    joiners.leave(account_id=_account(username, by), ground=LeaveGround(ground), by=by, at=clock.now())
    click.echo("已办理离职")


@cli.command("unlock")
@click.argument("username")
def unlock(username: str) -> None:
    """Forget an account's failed log-ins."""
    from yiwang.commons.identity.commands import joiners
    from yiwang.kernel import clock

    by = _operator("unlock")
    joiners.unlock(account_id=_account(username, by), by=by, at=clock.now())
    click.echo("已解除锁定")


@cli.command("import")
@click.argument("file", type=_FILE)
@click.option("--organisation", required=True, help="code of the organisation whose subtree the file may reach")
@click.option("--line", "by_line", is_flag=True, help="its subtree by line of business, not by territory")
@click.option("--dry-run", is_flag=True, help="judge every line, write nothing")
@click.option("--rejects", type=click.Path(path_type=Path), help="write the rejected lines there as CSV")
def import_file(file: Path, organisation: str, by_line: bool, dry_run: bool, rejects: Path | None) -> None:
    """Take accounts and posts in from CSV. Broken off, the same call goes on where it stopped. Exit code 1: some were rejected."""
    from yiwang.commons.identity.commands import imports
    from yiwang.commons.identity.contracts import Tree
    from yiwang.commons.identity.queries import imports as reading
    from yiwang.kernel import clock

    by = _operator("import")
    run = imports.begin_import(
        organisation_id=_organisation(organisation, by), tree=Tree.LINE if by_line else Tree.TERRITORY,
        content=file.read_bytes(), file_name=file.name, dry_run=dry_run, later=False, by=by, at=clock.now(),
    )  # fmt: skip
    while imports.import_batch(import_id=run, by=by, at=clock.now()):
        found = reading.import_row(import_id=run, viewer=by)
        click.echo(f"{found.lines}/{found.total} 行", err=True)
    found = reading.import_row(import_id=run, viewer=by)
    click.echo(f"新开 {found.created}，增加任职 {found.changed}，未变 {found.unchanged}，未导入 {found.rejected}")
    if rejects is not None:
        rejects.write_text("".join(reading.rejects_csv(import_id=run, viewer=by)), "utf-8")
    sys.exit(1 if found.rejected else 0)


@cli.command("export")
@click.argument("file", type=click.Path(path_type=Path))
def export(file: Path) -> None:
    """All officials' accounts with their posts as CSV, without ID numbers."""
    from yiwang.commons.identity.queries import accounts_admin

    with file.open("w", encoding="utf-8") as stream:
        stream.writelines(accounts_admin.accounts_export(viewer=_operator("export")))


@cli.command("system")
@click.argument("name")
@click.option("--organisation", required=True, help="code of the organisation whose accounts it keeps")
@click.option("--role", "roles", multiple=True, required=True, help="key of a role it may give; several")
@click.option("--days", type=click.IntRange(1, 366), default=180, show_default=True, help="how long its token is good")
def system(name: str, organisation: str, roles: tuple[str, ...], days: int) -> None:
    """Let a personnel system keep accounts by SCIM; prints its token, once."""
    from datetime import timedelta

    from yiwang.commons.identity.commands import personnel
    from yiwang.kernel import clock

    by = _operator("system")
    made = personnel.register_system(
        name=name, organisation_id=_organisation(organisation, by), roles=roles,
        valid_to=clock.today() + timedelta(days=days), by=by, at=clock.now(),
    )  # fmt: skip
    click.echo(made.token)
