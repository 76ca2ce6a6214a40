"""An installation of one's own for a test that kills parts of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.service import Service
from tests.settled import settle
from yiwang.site.supervisor import free_port


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(settle(tmp_path / "data"), free_port())
    service.start()
    yield service
    if service.process and service.process.poll() is None:
        service.stop()
    service.server.destroy()
