"""The command line of the benchmarks."""

import argparse
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

from bench.catalogue import BENCHES, Bench
from bench.city import City, run_inside
from bench.telling import tell


def main() -> int:
    """Run what is asked for. With --json the last line of stdout is one JSON object."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=[*BENCHES], help="one benchmark; without it all run")
    parser.add_argument("--json", action="store_true", help="end with one JSON line of figures and ratios")
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds: does it run at all?")
    parser.add_argument("--full", action="store_true", help="the largest sizes too (flow: a million instances)")
    parser.add_argument("--city", type=Path, metavar="FOLDER", help="measure in this data folder, and remove it")
    parser.add_argument("--list", action="store_true", help="name the benchmarks")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the city is removed
    if options.list:
        for bench in BENCHES.values():
            print(f"{bench.name:10} {bench.about}")
        return 0
    wanted = [BENCHES[options.name]] if options.name else [*BENCHES.values()]
    results = _run(wanted, quick=options.quick, full=options.full, folder=options.city)
    if options.json:
        whole = results[options.name] if options.name else {"bench": "all", "quick": options.quick, "results": results}
        print(json.dumps(whole, ensure_ascii=False))
    return 0


def _run(wanted: list[Bench], *, quick: bool, full: bool, folder: Path | None) -> dict[str, Any]:
    results: dict[str, Any] = {}
    for bench in wanted:
        if not bench.in_city:
            results[bench.name] = _one(bench, quick=quick, full=full)
    inside = [bench for bench in wanted if bench.in_city]
    if inside:
        print("preparing a city …", file=sys.stderr, flush=True)
        with City(folder) as city:
            for bench in inside:
                results[bench.name] = _one(bench, quick=quick, full=full, city=city)
    return results


def _one(bench: Bench, *, quick: bool, full: bool, city: City | None = None) -> dict[str, Any]:
    print(f"{bench.name}: {bench.about} …", file=sys.stderr, flush=True)
    began = time.monotonic()
    arguments = [bench.name, *(["--quick"] if quick else []), *(["--full"] if full else [])]
    if city is None:
        line = run_inside(arguments, {})
    else:
        database = city.copy(f"bench_{bench.name}")
        line = city.run(database, arguments)
        city.drop(database)
    result: dict[str, Any] = json.loads(line)
    result["seconds"] = round(time.monotonic() - began, 1)
    tell(bench, result)
    return result


if __name__ == "__main__":
    sys.exit(main())
