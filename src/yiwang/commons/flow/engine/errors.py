"""Why a step or a model was refused. A step that raises leaves no new state: the host keeps the old one and shows a halt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .values import Finding


class EngineError(Exception):
    """Base of all errors of the engine."""


class ModelRefused(EngineError):
    """The model has errors; `findings` names each with file, element, line and mend."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


class ExpressionFault(EngineError):
    """An evaluator's complaint. `line` and `column` count from 1 inside the expression, 0 where unknown."""

    def __init__(
        self, message: str, *, line: int = 0, column: int = 0, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.details = dict(details or {})


class BusinessError(EngineError):
    """Raised by a performer to make the token take the error boundary event with this code."""

    def __init__(self, error_code: str, message: str = "") -> None:
        super().__init__(message or error_code)
        self.error_code = error_code


class EvaluationHalt(EngineError):
    """The instance can't go on: an expression failed or was null, no branch applied, an error was caught by nobody."""

    def __init__(
        self, element_id: str, reason: str, *, expression: str = "", diagnostics: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(f"{element_id}: {reason}" + (f" ({expression})" if expression else ""))
        self.element_id = element_id
        self.reason = reason
        self.expression = expression
        self.diagnostics = dict(diagnostics or {})


class UnknownItem(EngineError):
    """The item is not open: it was completed or taken away before."""

    def __init__(self, item_id: str) -> None:
        super().__init__(item_id)
        self.item_id = item_id
