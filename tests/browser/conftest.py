"""A real installation (database, web, worker) and a real Chromium for the journeys.

YIWANG_BROWSER_URL names a running demonstration to be visited instead, which saves the start while one works on pages;
YIWANG_BROWSER_DATA names its data folder.
"""

import json
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.browser.town import Town
from tests.browser.visitor import DESKTOP, Visitor
from tests.settled import settle
from yiwang.kernel.db import Server
from yiwang.site.supervisor import free_port

playwright = pytest.importorskip("playwright.sync_api")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


_VISITORS = pytest.StashKey[list[Visitor]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that failed tells what its visitors saw and what the servers said last."""
    report = yield
    if report.when == "call" and report.failed:
        for each in item.stash.get(_VISITORS, []):
            with suppress(Exception):  # a crashed page must not hide the failure itself
                report.sections.append((f"visitor {each.name}", each.tell()))
        town = getattr(item, "funcargs", {}).get("town")
        for log in sorted((town.data_dir / "logs").glob("*.log")) if town else ():
            lines = log.read_text("utf-8", "replace").splitlines()[-40:]
            report.sections.append((str(log), "\n".join(lines)))
    return report


@pytest.fixture(scope="session")
def scanner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the scanner of a counter of Tianning saves."""
    return tmp_path_factory.mktemp("scanner")


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, scanner: Path) -> Iterator[Town]:
    """An installation with the demonstration city, on its own data folder."""
    running = os.environ.get("YIWANG_BROWSER_URL")
    if running:
        yield Town(running.rstrip("/"), Path(os.environ.get("YIWANG_BROWSER_DATA", ".yiwang")))
        return
    environment = {
        "YIWANG_DEMO": "1",
        "YIWANG_SCANNERS": json.dumps({"320402-service_hall/1号窗口": str(scanner)}),
    }
    town = Town(f"http://127.0.0.1:{free_port()}", settle(tmp_path_factory.mktemp("city")), environment)
    town.open()
    yield town
    town.close()
    Server(town.data_dir).destroy()


@pytest.fixture(scope="session")
def base(town: Town) -> str:
    """The address of the installation."""
    return town.url


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """Debian's Chromium; closed with the module, so that no event loop is left to tests that use the database."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no chromium")
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium, base, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors and closes them: `visitor("parent", PHONE)`."""
    made = request.node.stash[_VISITORS] = []

    def make(name: str, size: tuple[int, int] = DESKTOP, **options: bool) -> Visitor:
        made.append(Visitor(chromium, base, name, size, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()
