"""A witness as another organisation runs it: in a process of its own."""

import signal
import subprocess
import sys
from pathlib import Path

START = "from yiwang.commons.ledger.cli.witness import witness; witness()"


class Running:
    """A witness process on `folder`; `port` 0 takes a free one."""

    def __init__(self, folder: Path, *arguments: str, port: int = 0) -> None:
        command = [sys.executable, "-c", START, "--data", str(folder), "--port", str(port), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        line = self.process.stdout.readline()
        self.url = line.rpartition("：")[2].strip().rstrip("/")
        assert self.url.startswith("http://"), line
        self.vkey = self.process.stdout.readline().split()[1]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def end(self, number: int = signal.SIGTERM) -> int:
        assert self.process.stdout
        self.process.send_signal(number)
        self.process.wait(10)
        self.process.stdout.close()
        return self.process.returncode
