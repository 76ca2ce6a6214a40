"""Kinds of columns that flow's tables share."""

from typing import Any

from django.db import models

from yiwang.commons.flow.contracts import CallStatus, DraftState, HistoryKind, InstanceStatus, TaskStatus
from yiwang.commons.flow.engine import FeelDecoder, FeelEncoder


def choices(kind: type[InstanceStatus | TaskStatus | CallStatus | HistoryKind | DraftState]) -> list[tuple[str, str]]:
    return [(each.value, each.name) for each in kind]


def feel(**options: Any) -> "models.JSONField[Any, Any]":
    """A JSON column whose values may be FEEL's: decimals, dates, durations."""
    return models.JSONField(encoder=FeelEncoder, decoder=FeelDecoder, **options)
