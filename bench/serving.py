"""A web server of its own process, and clients that keep their connection, as browsers do."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psutil

from yiwang.site.supervisor import free_port

_ROOT = Path(__file__).parents[1]
_PATIENCE = 60.0
WORKERS = 2


@contextmanager
def ours() -> Iterator[tuple[int, Callable[[], float]]]:
    """The program's web server on the database of this process: its port, and what processor seconds it has used so far."""
    port = free_port()
    arguments = ["-m", "yiwang.site", "web", "--port", str(port)]
    with _server(arguments, port, "/healthz") as process:
        yield port, lambda: _spent(process.pid)


@contextmanager
def bare() -> Iterator[int]:
    """The same server, with as many processes and threads, before an empty Django view; its port."""
    port = free_port()
    arguments = [
        "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", str(WORKERS), "--blocking-threads", "4",
        "--no-ws", "--log-level", "critical", "bench.bare:application",
    ]  # fmt: skip
    with _server(arguments, port, "/"):
        yield port


class Client:
    """One connection with one visitor's cookies. An answer other than 200 raises AssertionError."""

    def __init__(self, port: int, cookies: Mapping[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        told = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self._headers = {"Accept-Language": "zh-CN", "Host": f"localhost:{port}", **({"Cookie": told} if told else {})}

    def get(self, address: str) -> bytes:
        """The page's bytes."""
        self._connection.request("GET", quote(address, safe="/?=&%"), headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{address}: {answer.status}")
        return body

    def close(self) -> None:
        self._connection.close()


def pages_a_second(port: int, address: str, cookies: Mapping[str, str], *, clients: int, seconds: float) -> float:
    """How many pages a second so many clients get together, each asking again as soon as it is answered."""
    until = time.perf_counter() + seconds

    def visit(_number: int) -> int:
        client, many = Client(port, cookies), 0
        while time.perf_counter() < until:
            client.get(address)
            many += 1
        client.close()
        return many

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        total = sum(pool.map(visit, range(clients)))
    return total / (time.perf_counter() - began)


@contextmanager
def _server(arguments: list[str], port: int, sign: str) -> Iterator[subprocess.Popen[bytes]]:
    paths = os.pathsep.join([str(_ROOT / "src"), str(_ROOT)])
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": paths, "YIWANG_WORKERS": str(WORKERS), "YIWANG_HOST": "127.0.0.1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _await(port, sign, process)
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _spent(pid: int) -> float:
    """Processor seconds of a process and of those that it started."""
    server = psutil.Process(pid)
    times = [each.cpu_times() for each in (server, *server.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


def _await(port: int, sign: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.perf_counter() + _PATIENCE
    while True:
        try:
            Client(port, {}).get(sign)
        except (OSError, AssertionError, http.client.HTTPException):
            if process.poll() is not None or time.perf_counter() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
