"""The installation that is played on, and the process beside it that has Django."""

import json
import os
import subprocess
import sys
from typing import Any, Protocol, Self

from yiwang.site.smoke.ledger import hold


class Running(Protocol):
    """What the play needs to know of an installation."""

    external: str | None

    @property
    def url(self) -> str: ...
    @property
    def server(self) -> Any: ...
    @property
    def data_dir(self) -> Any: ...


def address_of(installation: Running) -> str:
    """The URL of the installation's database."""
    return str(installation.server.url() if installation.server else installation.external)


class Inside:
    """The child process that has Django and asks the commands and queries of the program itself."""

    def __init__(self, database: str, data_dir: Any, module: str = "yiwang.site.smoke.inside") -> None:
        environment = {**os.environ, "DATABASE_URL": database, "YIWANG_DATA_DIR": str(data_dir), "YIWANG_DEMO": "1"}
        environment.pop("DJANGO_SETTINGS_MODULE", None)  # whoever plays may have settings of its own
        command = [sys.executable, "-m", module]
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, what: str, **given: Any) -> Any:
        """The answer. Raises SmokeFailed with what went wrong there."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": what, **given}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        answer = json.loads(line) if line else {"failed": "the process ended"}
        hold("done" in answer, f"{what}: {answer.get('failed')}")
        return answer["done"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
