"""How long `yiwang serve` takes on an empty and on a known data folder, and what the whole demonstration weighs.

Beside it the least of each part: the web server alone with a bare application (peer), the database alone (limit).
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from bench.measuring import Figures, rounded
from yiwang.kernel.db import Server
from yiwang.site.supervisor import free_port

VIEWS = (
    "/",
    "/bundles/newborn/",
    "/search/?q=%E5%AD%A9%E5%AD%90%E5%87%BA%E7%94%9F%E4%BA%86",
    "/bundles/newborn/guide/",
    "/matters/",
)
WARM_S, PSS_MB = 5.0, 700
_PATIENCE = 600.0
_MB = 1_000_000


def run(*, quick: bool) -> Figures:
    """Seconds of the first start, of later ones, of the bare parts; megabytes (PSS) of all processes after 50 pages."""
    folder = Path(tempfile.mkdtemp(prefix="yiwang-bench-start-"))
    warm, bare, database, processor = list[float](), list[float](), list[float](), list[float]()
    try:
        with _serving(folder) as (_process, cold, _url):
            pass
        for _ in range(1 if quick else 5):
            with _serving(folder) as (process, seconds, url):
                warm.append(seconds)
                processor.append(_processor(process))
                memory = _after_views(process, url, folder, 10 if quick else 50)
            database.append(_database(folder))
            bare.append(_bare())
    finally:
        Server(folder).destroy()
        shutil.rmtree(folder, ignore_errors=True)
    figures = {
        "cold_s": rounded(cold),
        "warm_s": _spread(warm),
        "warm_processor_s": _spread(processor),
        "bare_server_s": _spread(bare),
        "database_s": _spread(database),
        "memory_mb": memory,
    }
    ratios = {
        "warm_to_bare_server": rounded(median(warm) / median(bare)),
        "warm_to_database": rounded(median(warm) / median(database)),
    }
    over = [name for name, far in (("warm_start", median(warm) > WARM_S), ("memory", memory["all"] > PSS_MB)) if far]
    return {"figures": figures, "ratios": ratios, "over_limits": over}


def _spread(seconds: list[float]) -> Figures:
    return {"min": rounded(min(seconds)), "median": rounded(median(seconds)), "max": rounded(max(seconds))}


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], float, str]]:
    """The program as an operator starts it: the process, the seconds until a page could be had, its address."""
    port = free_port()
    environment = {
        key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "YIWANG_DATABASE_URL"}
    }
    command = [sys.executable, "-m", "yiwang.site", "demo", "--port", str(port)]
    began = time.perf_counter()
    with (folder / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            command, env={**environment, "YIWANG_DATA_DIR": str(folder)}, stdout=log, stderr=log, start_new_session=True
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _await(f"{url}/", process)
        yield process, time.perf_counter() - began, url
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.perf_counter() + _PATIENCE
    while True:
        try:
            _get(url)
        except OSError:
            if process.poll() is not None or time.perf_counter() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return bytes(answer.read())


def _after_views(process: subprocess.Popen[bytes], url: str, folder: Path, views: int) -> Figures:
    """PSS by part: shared pages are counted once over all processes."""
    for number in range(views):
        _get(url + VIEWS[number % len(VIEWS)])
    ours = psutil.Process(process.pid)
    children = ours.children(recursive=True)
    postmaster = Server(folder).status()
    database = [pid for pid in (postmaster.supervisor_pid, postmaster.postmaster_pid) if pid]
    servers = {
        each.pid: each
        for pid in database
        for each in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))
    }
    parts = {
        "supervisor": _pss([ours]),
        "web": _pss([each for each in children if _is(each, "web")]),
        "worker": _pss([each for each in children if _is(each, "worker")]),
        "database": _pss([each for each in servers.values() if each.pid != process.pid]),
    }
    counted = {ours.pid, *servers, *(each.pid for each in children if _is(each, "web") or _is(each, "worker"))}
    parts["other"] = _pss([each for each in children if each.pid not in counted])
    return {**{name: round(size / _MB) for name, size in parts.items()}, "all": round(sum(parts.values()) / _MB)}


def _processor(process: subprocess.Popen[bytes]) -> float:
    """Processor seconds of the program's processes so far; on two cores a start can't take less than half of it."""
    ours = psutil.Process(process.pid)
    total = 0.0
    for each in (ours, *ours.children(recursive=True)):
        try:
            times = each.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system
    return total


def _is(process: psutil.Process, word: str) -> bool:
    try:
        return word in process.cmdline()
    except psutil.Error:
        return False


def _pss(processes: list[psutil.Process]) -> int:
    total = 0
    for process in processes:
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def _database(folder: Path) -> float:
    """Seconds until the database alone answers."""
    began = time.perf_counter()
    server = Server(folder).start()
    seconds = time.perf_counter() - began
    server.stop()
    return seconds


_HELLO = "def application(environ, start):\n    start('200 OK', [('Content-Length', '2')])\n    return [b'ok']\n"


def _bare() -> float:
    """Seconds until the web server answers with an application that does nothing."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "hello.py").write_text(_HELLO)
        port = free_port()
        command: list[Any] = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "2", "--no-ws",
            "--log-level", "critical", "hello:application",
        ]  # fmt: skip
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            _await(f"http://127.0.0.1:{port}/", process)
            return time.perf_counter() - began
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
