"""`yiwang licences`: the operator's verbs. What needs the database is imported by the verb that needs it."""

import json
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import click

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group(name="licences")
def cli() -> None:
    """Electronic licences (电子证照)."""


@cli.command("import")
@click.argument("file", type=_FILE)
@click.option("--type", "type_key", required=True, help="key of the type")
@click.option("--organisation", required=True, help="code of the organisation that issued them")
@click.option("--rejects", type=click.Path(path_type=Path), help="write the rejected lines there as CSV")
@click.option("--seal", "seals", is_flag=True, help="make sealed files at once")
@click.option("--unchecked", is_flag=True, help="nobody compared them with originals or the register (grade C)")
def import_file(
    file: Path, type_key: str, organisation: str, rejects: Path | None, seals: bool, unchecked: bool
) -> None:
    """Take licences in from CSV or JSON lines. Broken off, the same call goes on where it stopped."""
    from yiwang.commons.identity import queries as identity
    from yiwang.commons.licences import commands, queries
    from yiwang.kernel import clock
    from yiwang.kernel.actor import Actor

    by = Actor.system("licences import")
    where = identity.organisation_by_code(code=organisation, viewer=by)
    run = commands.begin_import(
        type_key=type_key, organisation_id=where.id, content=file.read_bytes(), file_name=file.name, seals=seals,
        checked=not unchecked, later=False, by=by, at=clock.now(),
    )  # fmt: skip
    while commands.import_batch(import_id=run, by=by, at=clock.now()):
        found = queries.import_row(import_id=run, viewer=by)
        click.echo(f"{found.lines} 行：入库 {found.created}，重复 {found.repeated}，退回 {found.rejected}", err=True)
    found = queries.import_row(import_id=run, viewer=by)
    click.echo(f"入库 {found.created}，已有 {found.repeated}，退回 {found.rejected}")
    if rejects is not None:
        rejects.write_text("".join(queries.rejects_csv(import_id=run, viewer=by)), "utf-8-sig")
    sys.exit(1 if found.rejected else 0)


@cli.command("issue")
@click.option("--type", "type_key", required=True, help="key of the type")
@click.option("--organisation", required=True, help="code of the issuer")
@click.option("--holder", required=True, help="ID number or credit code of the holder")
@click.option("--values", type=_FILE, required=True, help="a JSON object: text by fact")
@click.option("--number", default="", help="the number; else by the type's pattern")
def issue(type_key: str, organisation: str, holder: str, values: Path, number: str) -> None:
    """Issue one licence; prints its id. The sealed file is made by the worker."""
    from yiwang.commons.identity import queries as identity
    from yiwang.commons.licences import commands
    from yiwang.commons.licences.contracts import Holder, HolderKind
    from yiwang.kernel import clock
    from yiwang.kernel.actor import Actor

    by = Actor.system("licences issue")
    person = identity.find_person(id_number=holder, viewer=by)
    entity = None if person else identity.entity_by_credit_code(credit_code=holder, viewer=by)
    if person is None and entity is None:
        raise click.UsageError("没有登记过这个持有人")
    who = Holder(HolderKind.PERSON, person.id) if person else Holder(HolderKind.ENTITY, entity.id)  # type: ignore[union-attr]
    said: Any = json.loads(values.read_text("utf-8"))
    where = identity.organisation_by_code(code=organisation, viewer=by)
    made = commands.issue(
        type_key=type_key, holder=who, values={str(k): str(v) for k, v in said.items()}, organisation_id=where.id,
        number=number, by=by, at=clock.now(),
    )  # fmt: skip
    click.echo(str(made))


@cli.command("state")
@click.argument("licence_id", type=click.UUID)
def state(licence_id: UUID) -> None:
    """What a licence is: state, versions, why it is stuck, as one JSON object."""
    from yiwang.commons.licences import queries
    from yiwang.kernel.actor import Actor

    by = Actor.system("licences state")
    page = queries.licence(licence_id=licence_id, viewer=by)
    stuck = next((each for each in queries.stuck(viewer=by) if each.licence_id == licence_id), None)
    said = {
        "state": page.brief.state.value,
        "type": page.brief.type_key,
        "number": page.brief.number,
        "identifier": page.identifier,
        "grade": page.brief.grade.value,
        "versions": [{"number": each.number, "sealed_at": str(each.sealed_at or "")} for each in page.versions],
        "problem": stuck.problem if stuck else "",
    }
    click.echo(json.dumps(said, ensure_ascii=False))


@cli.command("stuck")
def stuck() -> None:
    """Licences whose sealing does not come to an end, and why."""
    from yiwang.commons.licences import queries
    from yiwang.kernel.actor import Actor

    rows = queries.stuck(viewer=Actor.system("licences stuck"))
    for row in rows:
        click.echo(
            f"{row.licence_id} {row.title} {row.issuer_name} {row.since:%Y-%m-%d %H:%M} {row.tries} {row.problem}"
        )
    sys.exit(1 if rows else 0)


@cli.command("caller")
@click.argument("code")
@click.option("--name", required=True, help="what the holder reads")
@click.option("--organisation", required=True, help="code of the organisation in whose name it asks")
@click.option("--type", "types", multiple=True, required=True, help="key of a type, or *")
@click.option(
    "--verb", "verbs", multiple=True, required=True, type=click.Choice(["catalogue", "query", "verify", "use"])
)
@click.option("--quota", default=10_000, show_default=True, help="requests a day")
def caller(code: str, name: str, organisation: str, types: tuple[str, ...], verbs: tuple[str, ...], quota: int) -> None:
    """Register a system for the sharing interface; prints its token, which is kept nowhere."""
    from yiwang.commons.identity import queries as identity
    from yiwang.commons.licences import commands
    from yiwang.kernel import clock
    from yiwang.kernel.actor import Actor

    by = Actor.system("licences caller")
    where = identity.organisation_by_code(code=organisation, viewer=by)
    token = commands.register_caller(
        code=code,
        name=name,
        organisation_id=where.id,
        types=types,
        verbs=verbs,
        daily_quota=quota,
        by=by,
        at=clock.now(),
    )
    click.echo(token)


@cli.command("status-key")
def status_key() -> None:
    """The public key of the signed status list: what `yiwang verify licence --status-key` reads."""
    from yiwang.commons.licences import commands, queries
    from yiwang.kernel import clock
    from yiwang.kernel.actor import Actor

    by = Actor.system("licences status key")
    commands.make_status_key(by=by, at=clock.now())
    verifier = queries.status_verifier(viewer=by)
    if verifier is not None:
        click.echo(verifier.vkey)
