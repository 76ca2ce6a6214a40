"""The part of the play that needs Django, in a process of its own: makes accounts, examines a case.

`python -m yiwang.site.smoke.inside` answers one JSON line to each JSON line; the supervisor that plays stays small.
"""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from yiwang.site.booting import boot


def register(request: Mapping[str, Any]) -> dict[str, Any]:
    """Register people and give them accounts, through the commands of identity. Returns {username: person id}."""
    from yiwang.commons.identity import commands, queries
    from yiwang.commons.identity.contracts import AccountKind
    from yiwang.kernel import clock
    from yiwang.kernel.actor import Actor

    by, at = Actor.system("smoke"), clock.now()
    made: dict[str, Any] = {}
    for each in request["people"]:
        regions = queries.regions_by_code(codes=[each["region"]], viewer=by)
        person_id = commands.register_person(
            name=each["name"],
            id_number=each["id_number"],
            nation=each["nation"],
            mobile=each["mobile"],
            region_id=regions[each["region"]].id,
            address=each["address"],
            sample=True,
            by=by,
            at=at,
        )
        made[each["username"]] = str(person_id)
        if each.get("password"):
            commands.create_account(
                username=each["username"],
                password=each["password"],
                kind=AccountKind.PERSON,
                person_id=person_id,
                sample=True,
                by=by,
                at=at,
            )
    return made


def hold_licences(request: Mapping[str, Any]) -> list[str]:
    """Give a person sample licences, sealed at once, as a demonstration has them. Their ids."""
    from uuid import UUID

    from yiwang.commons.identity import queries as identity
    from yiwang.commons.licences import commands
    from yiwang.commons.licences.contracts import Holder, HolderKind
    from yiwang.kernel import clock
    from yiwang.kernel.actor import Actor

    by, holder = Actor.system("smoke"), Holder(HolderKind.PERSON, UUID(request["person"]))
    made = [
        commands.give_sample(
            type_key=each["type_key"],
            holder=holder,
            number=each["number"],
            values=each["values"],
            organisation_id=identity.organisation_by_code(code=each["organisation"], viewer=by).id,
            valid_from=clock.today(),
            by=by,
            at=clock.now(),
        )
        for each in request["licences"]
    ]
    return [str(each) for each in made]


def examine(request: Mapping[str, Any]) -> dict[str, Any]:
    """Of each case number: whether its history hashes as stated, and the promise reckoned anew."""
    from yiwang.kernel import calendars
    from yiwang.kernel.actor import Actor
    from yiwang.kernel.clock import CHINA
    from yiwang.serve.cases import queries

    by, calendar = Actor.system("smoke"), calendars.current()
    found: dict[str, Any] = {}
    for number in request["numbers"]:
        case = queries.case(number=number, viewer=by)
        sound, broken_at = queries.check_history(number=number, viewer=by)
        due = None
        if case.accepted_at is not None:
            due = calendar.add_working_days(case.accepted_at.astimezone(CHINA).date(), case.promised_days).date
        found[number] = {
            "sound": sound,
            "broken_at": broken_at,
            "promised_due": case.promised_due.isoformat() if case.promised_due else None,
            "reckoned": due.isoformat() if due else None,
            "working_day": case.promised_due is None or calendar.is_working_day(case.promised_due),
            "kinds": [event.kind.value for event in case.events],
        }
    return found


def archives(request: Mapping[str, Any]) -> list[str]:
    """Where the package of a case's archive lies; empty where there is none."""
    from uuid import UUID

    from yiwang.commons.archives import queries
    from yiwang.kernel.actor import Actor, SubjectRef
    from yiwang.kernel.settings import settings

    by, folder = Actor.system("smoke"), settings().data_dir / "archives"
    found = queries.of_subjects(subjects=[SubjectRef("case", UUID(request["case"]))], viewer=by)
    digests = [queries.archive(archive_id=row.id, viewer=by).digest for row in found.values()]
    return [str(path) for digest in digests for path in sorted(folder.rglob(f"*{digest}*"))]


Does = Mapping[str, Callable[[Mapping[str, Any]], Any]]
DOES: Does = {"register": register, "hold_licences": hold_licences, "examine": examine, "archives": archives}


def main(does: Does = DOES) -> None:
    """Answer until the input ends."""
    boot()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"done": does[request.pop("do")](request)}
        except Exception as error:  # noqa: BLE001  whoever asked decides what it means
            answer = {"failed": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
