"""Which version everything ran under, against when the versions came into force."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from tests.journeys.deploying import BUNDLES, MARK, Deployed, keys
from yiwang.site.smoke.ledger import Ledger

UNDER_WAY = timedelta(seconds=60)  # what was asked before a deployment may be answered after it


def version_faults(ledger: Ledger, deployed: Sequence[Deployed]) -> Iterator[str]:
    """Everything that does not hold. Version n + 1 came with deployment n."""
    yield from _published(ledger, len(deployed))
    found, versions = _instances(ledger), _version_of(ledger)
    for each in found.values():
        told = f"{each['key']} {each['id']}"
        yield from _one_instance(told, each)
        if not each["parent"]:
            yield from _in_force(told, each["began_as"], each["started_at"], deployed)
        elif each["began_as"] != (wanted := versions[found[each["root"]]["pins"][f"process:{each['key']}"]]):
            yield f"{told} was called as version {each['began_as']}, pinned was {wanted}"
    for case in ledger.rows(_CASES):
        told = f"case {case['number']}"
        yield from _in_force(told, case["form_version"], case["submitted_at"], deployed)
        if case["process_version"] != found[case["instance"]]["began_as"]:
            yield f"{told} says version {case['process_version']}, its process began as {found[case['instance']]['began_as']}"
    if open_ := ledger.count("SELECT count(*) FROM commons_flow_instancemigration WHERE ended_at IS NULL"):
        yield f"{open_} migrations never ended"


def census(ledger: Ledger) -> dict[str, int]:
    """How many processes began under each version, how many were carried over, how many ended as they began."""
    found = _instances(ledger).values()
    begun = Counter(f"begun as {each['began_as']}" for each in found)
    carried = sum(bool(each["moves"]) for each in found)
    return {**dict(sorted(begun.items())), "carried over": carried, "stayed": len(found) - carried}


def _published(ledger: Ledger, deployments: int) -> Iterator[str]:
    """All of a deployment or nothing, and nothing twice."""
    rows = ledger.rows(
        """SELECT key, count(*) AS times, max(version) AS latest FROM commons_flow_processdefinition
           WHERE key = ANY(%(keys)s) GROUP BY key""",
        keys=keys(),
    )
    for each in rows:
        if (each["times"], each["latest"]) != (deployments + 1, deployments + 1):
            yield f"{each['key']} has {each['times']} versions up to {each['latest']} after {deployments} deployments"
    forms = ledger.rows(
        "SELECT key, max(version) AS latest FROM commons_forms_formversion WHERE key = ANY(%(keys)s) GROUP BY key",
        keys=list(BUNDLES),
    )
    yield from (
        f"form {each['key']} is at version {each['latest']}" for each in forms if each["latest"] != deployments + 1
    )


def _instances(ledger: Ledger) -> dict[str, dict[str, Any]]:
    rows = ledger.rows(
        """SELECT instance.id::text, instance.parent_id::text AS parent, instance.root_id::text AS root, definition.key,
                  definition.version AS ended_as, instance.pins, instance.started_at
           FROM commons_flow_processinstance instance
           JOIN commons_flow_processdefinition definition ON definition.id = instance.definition_id
           WHERE definition.key = ANY(%(keys)s)""",
        keys=keys(),
    )
    found = {each["id"]: {**each, "moves": [], "marks": Counter(), "began_as": 0} for each in rows}
    lines = ledger.rows(
        """SELECT instance_id::text AS id, kind, element_id, details FROM commons_flow_historyentry
           WHERE kind IN ('started', 'migrated') OR (kind = 'passed' AND starts_with(element_id, %(mark)s)) ORDER BY id""",
        mark=MARK,
    )
    for line in lines:
        instance = found.get(line["id"])
        if instance is None:
            continue
        if line["kind"] == "started":
            instance["began_as"] = line["details"]["version"]
        elif line["kind"] == "migrated":
            instance["moves"].append((line["details"]["from"], line["details"]["to"]))
        else:
            instance["marks"][line["element_id"]] += 1
    return found


def _version_of(ledger: Ledger) -> Mapping[str, int]:
    rows = ledger.rows("SELECT id::text, version FROM commons_flow_processdefinition")
    return {each["id"]: each["version"] for each in rows}


def _one_instance(told: str, each: Mapping[str, Any]) -> Iterator[str]:
    """It took the way of the version that it began as, and ended as what it was carried over to."""
    wanted = {f"{MARK}{each['began_as'] - 1}": 1} if each["began_as"] > 1 else {}
    if dict(each["marks"]) != wanted:
        yield f"{told} began as version {each['began_as']} and passed {dict(each['marks'])}"
    version = each["began_as"]
    for before, after in each["moves"]:
        if before != version:
            yield f"{told} was carried over from {before}, and was {version}"
        version = after
    if version != each["ended_as"]:
        yield f"{told} should have ended as version {version}, and ended as {each['ended_as']}"


def _in_force(told: str, version: int, at: Any, deployed: Sequence[Deployed]) -> Iterator[str]:
    """What began after a deployment had come through has its version at least; what began long before has not."""
    for each in deployed:
        if at > each.done and version <= each.number:
            yield f"{told} began after deployment {each.number}, as version {version}"
        if at < each.began - UNDER_WAY and version > each.number:
            yield f"{told} began before deployment {each.number}, as version {version}"


_CASES = """
    SELECT number, instance_id::text AS instance, process_version, form_version, submitted_at FROM serve_cases_case
    WHERE kind = 'bundle'
"""
