"""The scene of the monitor's tests: a log of 300 entries that is followed."""

from contextlib import ExitStack

import pytest

from .logs import Log
from .party import Party


@pytest.fixture(params=["international", "national"])
def party(request, tmp_path):
    with ExitStack() as stack:
        yield Party(Log(request.param).grow(300), tmp_path, stack)


@pytest.fixture
def one(tmp_path):
    with ExitStack() as stack:
        yield Party(Log().grow(300), tmp_path, stack)
