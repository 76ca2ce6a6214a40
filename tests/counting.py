"""Counting queries: what the program reads anew every half minute is no part of what a page asks."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

LONG = timedelta(hours=1)
KNOWN = (
    "yiwang.kernel.calendars.CACHED_FOR",
    "yiwang.serve.cases.queries.wording._CACHED_FOR",
    "yiwang.serve.cases.queries.procedure._CACHED_FOR",
)

Counting = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def django_assert_num_queries(django_assert_num_queries: Counting) -> Counting:
    """As pytest-django's; nothing that is known when counting begins is read again because time has passed."""
    return _without_reading_again(django_assert_num_queries)


@pytest.fixture
def django_assert_max_num_queries(django_assert_max_num_queries: Counting) -> Counting:
    """As pytest-django's; nothing that is known when counting begins is read again because time has passed."""
    return _without_reading_again(django_assert_max_num_queries)


def _without_reading_again(counting: Counting) -> Counting:
    @contextmanager
    def counted(*args: Any, **options: Any) -> Iterator[Any]:
        from yiwang.commons.crypto.queries.keyring import RING

        with ExitStack() as patches:
            for name in KNOWN:
                patches.enter_context(patch(name, LONG))
            if RING._view is not None:
                patches.enter_context(patch.object(RING._view, "due", float("inf")))
            with counting(*args, **options) as found:
                yield found

    return counted
