"""Work by several threads of this process, each with a database connection of its own."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def rate(work: Callable[[int], Any], *, times: int, threads: int) -> float:
    """How many calls a second `threads` threads make together; each call gets its number."""

    def run(number: int) -> None:
        try:
            work(number)
        finally:
            connection.close()

    began = time.perf_counter()
    if threads == 1:
        for number in range(times):
            work(number)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(run, range(times)))
    return times / (time.perf_counter() - began)
