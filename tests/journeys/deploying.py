"""Deploys changed packs while cases are filed and handled: each process, bundle and form gets a new version that can be told apart.

A loader that is killed, or whose database is, must leave nothing behind; it is started again until it says that it is done.
"""

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

from tests.journeys.killing import Killer
from tests.journeys.patience import again
from tests.journeys.service import Service
from yiwang.kernel import clock
from yiwang.kernel.settings import PROJECT_ROOT
from yiwang.site.smoke import Inside

PACK = PROJECT_ROOT / "packs" / "changzhou"
BUNDLES = ("newborn", "open_restaurant", "retirement")
MARK = "deployed_"
ATTEMPTS_UNDER_KILLS = 4
_FROM_START = re.compile(r'<bpmn:sequenceFlow id="([^"]+)"([^>]*?) sourceRef="start" targetRef="([^"]+)"')
_FIRST_STEP = re.compile(r"(\nform:\n.*?title: \{zh: )([^,}]+)", re.DOTALL)


def changed_pack(folder: Path, number: int) -> Path:
    """The pack with, in each process, an event `deployed_<number>` after the start; the three bundles' forms say the number."""
    shutil.copytree(PACK, folder)
    for file in processes(folder):
        file.write_text(marked(file.read_text("utf-8"), number), "utf-8")
    for bundle in BUNDLES:
        file = folder / "bundles" / bundle / "bundle.yaml"
        text, times = _FIRST_STEP.subn(rf"\g<1>\g<2>（第{number}次更新）", file.read_text("utf-8"), count=1)
        assert times == 1, f"{file}: no step to change"
        file.write_text(text, "utf-8")
    return folder


def processes(pack: Path) -> list[Path]:
    """The processes that the three bundles may come to run."""
    own = [pack / "bundles" / bundle / "process.bpmn" for bundle in BUNDLES]
    return [*own, *sorted(pack.glob("matters/*/process.bpmn")), *sorted(pack.glob("processes/*.bpmn"))]


def keys(pack: Path = PACK) -> list[str]:
    """The keys of those processes."""
    return [file.parent.name if file.name == "process.bpmn" else file.stem for file in processes(pack)]


def marked(bpmn: str, number: int) -> str:
    """The drawing with an event after its start."""
    mark = f"{MARK}{number}"
    flow = _FROM_START.search(bpmn)
    assert flow is not None, "nothing follows the start"
    inserted = (
        f'<bpmn:intermediateThrowEvent id="{mark}" name="第{number}次更新" />'
        f'<bpmn:sequenceFlow id="{mark}_goes_on" sourceRef="{mark}" targetRef="{flow[3]}" />'
    )
    led = flow[0].replace(f'targetRef="{flow[3]}"', f'targetRef="{mark}"')
    return f"{bpmn[: flow.start()]}{inserted}{led}{bpmn[flow.end() :]}"


@dataclass(frozen=True)
class Deployed:
    """A deployment that said it was done, with when its last attempt began and when it ended."""

    number: int
    began: datetime
    done: datetime


@dataclass
class Deployer:
    """A thread beside the killer; what it did stands in `deployed` and `log`, what went wrong in `wrong`."""

    service: Service
    killer: Killer
    random: Random
    folder: Path
    moments: list[int]
    after_each: Callable[[], None]
    deployed: list[Deployed] = field(default_factory=list)
    attempts: int = 0
    migrations: int = 0
    wrong: list[str] = field(default_factory=list)

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self._guarded, daemon=True)
        thread.start()
        return thread

    def _guarded(self) -> None:
        try:
            for number, moment in enumerate(self.moments, 1):
                while self.killer.killed.total() < moment:
                    time.sleep(0.1)
                self._deploy(number)
                self.after_each()
        except BaseException as error:  # noqa: BLE001  the campaign reports it
            self.wrong.append(f"deployment: {type(error).__name__}: {error}")
        finally:
            self.killer.paused.clear()
            for _moment in self.moments:
                self.after_each()

    def _deploy(self, number: int) -> None:
        pack = changed_pack(self.folder / f"pack-{number}", number)
        doomed = number == 1
        for attempt in range(1, 20):
            if attempt > ATTEMPTS_UNDER_KILLS:
                self.killer.paused.set()
            began = clock.now()
            if self._load(pack, doomed=doomed and attempt == 1):
                self.deployed.append(Deployed(number, began, clock.now()))
                self.killer.note(f"deployed {number} at attempt {attempt}")
                self.killer.paused.clear()
                self._migrate(number)
                return
        raise AssertionError(f"deployment {number} never came through")

    def _load(self, pack: Path, *, doomed: bool) -> bool:
        """One `yiwang pack load`; a doomed one is killed on its way."""
        self.attempts += 1
        loader = subprocess.Popen(
            [sys.executable, "-m", "yiwang.site", "pack", "load", str(pack)],
            cwd=PROJECT_ROOT, env=self.service.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if doomed:
            try:
                loader.wait(self.random.uniform(1, 8))
            except subprocess.TimeoutExpired:
                loader.kill()
                self.killer.note("killed the loader")
        said = loader.communicate(timeout=300)[0].decode("utf-8", "replace")
        if loader.returncode == 0:
            return True
        self.killer.note(f"loader ended with {loader.returncode}")
        if "错误" in said and "psycopg" not in said and loader.returncode > 0 and ".yaml" in said:
            raise AssertionError(f"the changed pack is refused: {said[-1500:]}")
        return False

    def _migrate(self, number: int) -> None:
        """Carry what runs under the version before over, but for one bundle, whose cases stay with theirs."""
        carried = [key for key in keys() if key != BUNDLES[number % len(BUNDLES)]]
        with Inside(self.service.server.url(), self.service.data_dir, "tests.journeys.backstage") as inside:
            for key in carried:
                again(self._order(inside, key, number))
                self.migrations += 1

    @staticmethod
    def _order(inside: Inside, key: str, number: int) -> Callable[[], object]:
        return lambda: inside.ask("migrate", key=key, from_version=number, to_version=number + 1)

    def report(self) -> dict[str, object]:
        """For the line that the campaign prints."""
        return {
            "deployments": len(self.deployed), "attempts": self.attempts, "migrations": self.migrations,
            "moments": self.moments,
        }  # fmt: skip
