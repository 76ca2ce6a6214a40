"""The engine's own tests again, on the real FEEL instead of their small stand-in."""

from types import ModuleType

import pytest

from yiwang.commons.flow.contrib.feel import FeelEvaluator
from yiwang.commons.flow.engine.tests import play, test_constructs, test_halts


@pytest.fixture(autouse=True)
def real_feel(monkeypatch):
    monkeypatch.setattr(play, "EVALUATOR", FeelEvaluator())


def _take_over(module: ModuleType) -> None:
    globals().update({name: found for name, found in vars(module).items() if name.startswith("test_")})


_take_over(test_constructs)
_take_over(test_halts)
