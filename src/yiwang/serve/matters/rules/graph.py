"""A bundle as a graph: a member follows those whose outputs are its inputs."""

from collections.abc import Iterable, Mapping

from yiwang.serve.matters.contracts import BundleSpec, MatterSpec

Edges = Mapping[str, tuple[str, ...]]


def depends_on(bundle: BundleSpec, matters: Mapping[str, MatterSpec]) -> dict[str, tuple[str, ...]]:
    """For each member the members that must end first, in authored order: outputs meet inputs, plus what is declared."""
    edges: dict[str, tuple[str, ...]] = {}
    for member in bundle.members:
        matter = matters.get(member.matter)
        inputs = matter.inputs if matter else ()
        edges[member.key] = tuple(
            other.key
            for other in bundle.members
            if other.key in member.depends_on
            or (
                other.key != member.key
                and other.matter in matters
                and any(matters[other.matter].provides(each) for each in inputs)
            )
        )
    return edges


def find_cycle(edges: Edges) -> tuple[str, ...]:
    """One cycle as the members on it, first repeated at the end; empty where there is none."""
    done: set[str] = set()

    def walk(node: str, path: tuple[str, ...]) -> tuple[str, ...]:
        if node in path:
            return (*path[path.index(node) :], node)
        if node in done:
            return ()
        for earlier in edges.get(node, ()):
            found = walk(earlier, (*path, node))
            if found:
                return found
        done.add(node)
        return ()

    return next((cycle for node in edges if (cycle := walk(node, ()))), ())


def in_order(edges: Edges) -> tuple[str, ...]:
    """Members so that each follows what it depends on; authored order where free. Raises ValueError on a cycle."""
    placed: list[str] = []
    waiting = list(edges)
    while waiting:
        ready = next((key for key in waiting if all(e in placed or e not in edges for e in edges[key])), None)
        if ready is None:
            raise ValueError("a cycle: " + " → ".join(find_cycle(edges)))
        placed.append(ready)
        waiting.remove(ready)
    return tuple(placed)


def chain_days(edges: Edges, days: Mapping[str, int], included: Iterable[str]) -> int:
    """Working days of the longest chain among `included`: members run side by side unless one waits for another."""
    chosen = set(included)
    finished: dict[str, int] = {}
    for key in in_order(edges):
        if key in chosen:
            before = max((finished[e] for e in edges[key] if e in finished), default=0)
            finished[key] = before + days.get(key, 0)
    return max(finished.values(), default=0)


def departments(matters: Iterable[MatterSpec]) -> int:
    """How many departments take part: organisations by code, lines of business each as one at their level."""
    handlers = [matter.handling[-1] for matter in matters]
    return len({(rule.organisation, rule.organisation_fact, rule.line, rule.level) for rule in handlers})


def visits_of(bundle: BundleSpec, matters: Iterable[MatterSpec]) -> int:
    """How often the applicant must come: as the bundle says, else for each matter."""
    return bundle.visits if bundle.visits is not None else sum(matter.visits for matter in matters)
