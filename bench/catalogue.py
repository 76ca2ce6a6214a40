"""The benchmarks by name, in the order in which all of them run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bench:
    """`module` has `run(*, quick: bool) -> dict` (where it `grows` also `full: bool`) with `figures`, `ratios` and `rows` of a table for people."""

    name: str
    about: str
    in_city: bool = True
    grows: bool = False

    @property
    def module(self) -> str:
        return f"bench.{self.name}"


BENCHES = {
    bench.name: bench
    for bench in (
        Bench(
            "rules",
            "decisions a second, one by one and a million rows at once, beside peers",
            in_city=False,
            grows=True,
        ),
        Bench("flow", "processor time of a process step, of completing a task in the database, and growth", grows=True),
        Bench("commands", "what a command adds to the rows it writes, with 1 and 4 threads"),
        Bench("search", "a search in plain words over a growing number of documents"),
        Bench("filing", "cases filed and completed a minute through the commands, with 1 and 4 threads"),
        Bench("pages", "server time and statements of each page"),
        Bench(
            "portal", "pages a second of the portal as served, beside an empty view, and search over 10,000 documents"
        ),
        Bench(
            "trust",
            "signatures, sealed fields and the log of evidence, beside the bare libraries and peers",
            grows=True,
        ),
        Bench("licences", "sealed licences made, verified, imported and shown, beside peers and the bare signature"),
        Bench("identity", "log-ins, code exchanges and introspections a second, beside argon2 and an empty view"),
        Bench("start", "cold and warm start of `yiwang serve`, memory of the whole demonstration", in_city=False),
    )
}
