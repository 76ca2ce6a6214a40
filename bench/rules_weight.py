"""What the engine weighs: its import, a table of a thousand rules to closures, a thousand loaded decisions."""

import json
import subprocess
import sys
import time
from statistics import median
from typing import Any

from bench.measuring import Figures, rounded
from bench.rules_peers import ROOT, inside, rows_of, table_of
from yiwang.commons.rules.engine import compile_table

_IMPORT = "import time; t = time.perf_counter(); import yiwang.commons.rules.engine; print(time.perf_counter() - t)"
_MEMORY = """
import json, resource, sys
from bench.rules_peers import rows_of, table_of
from yiwang.commons.rules.engine import compile_table
def used():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024
tables = [table_of(rows_of(10)) for _ in range(int(sys.argv[1]))]
before = used()
loaded = [compile_table(table) for table in tables]
facts = {"age": 30, "income": 3000, "district": "320402", "married": True, "children": 1, "insured": False}
for each in loaded:
    each.evaluate(facts)
print(json.dumps(used() - before))
"""


def run(*, quick: bool) -> Figures:
    """Milliseconds and megabytes; each in a process of its own."""
    imports = [float(_python(_IMPORT)) for _ in range(2 if quick else 7)]
    table = table_of(rows_of(1000))
    compiles: list[float] = []
    for _ in range(1 if quick else 5):
        before = time.perf_counter()
        compile_table(table)
        compiles.append(time.perf_counter() - before)
    count = 100 if quick else 1000
    memory = json.loads(_python(_MEMORY, str(count))) * 1000 / count
    return {
        "figures": {
            "import": {"ms": rounded(median(imports) * 1000), "best_ms": rounded(min(imports) * 1000)},
            "compile-1000-rules": {"ms": rounded(median(compiles) * 1000), "best_ms": rounded(min(compiles) * 1000)},
            "memory-1000-decisions": {"mb": rounded(memory)},
        },
        "ratios": {},
    }


def _python(code: str, *arguments: str) -> Any:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=inside()
    ).stdout
