"""One benchmark in one process, with the surroundings (database, data folder) given by the environment.

`python -m bench.inside prepare` fills an empty database; `python -m bench.inside NAME [--quick] [--full]` prints a JSON line.
"""

import importlib
import json
import sys

from bench.catalogue import BENCHES
from bench.measuring import machine


def _prepare() -> None:
    """Migrate, load the pack, deliver the events of both; let the planner know the tables."""
    from yiwang.site import booting

    booting.prepare()
    from django.db import connection

    from yiwang.kernel import outbox

    while outbox.relay():
        continue
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def main(arguments: list[str]) -> None:
    name, quick = arguments[0], "--quick" in arguments
    if name == "prepare":
        _prepare()
        return
    bench = BENCHES[name]
    before = machine()
    if bench.in_city:
        from yiwang.site.booting import boot

        boot()
    options = {"quick": quick, **({"full": "--full" in arguments} if bench.grows else {})}
    result = importlib.import_module(bench.module).run(**options)
    print(json.dumps({"bench": name, "quick": quick, "machine": before, **result}, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1:])
