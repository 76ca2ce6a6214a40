"""What a test of the ledger may leave behind in this process."""

import pytest

from yiwang.commons.ledger import tasks


@pytest.fixture(autouse=True)
def no_rest_after_a_fault():
    """A test whose log is broken lets the sequencer rest for a while: the next test begins awake."""
    tasks._resting.end()
    yield
    tasks._resting.end()
