"""Texts of a pack in two languages: Chinese goes into the definition, English beside it as its translation."""

from collections.abc import Mapping
from typing import Any


class Words:
    """Collects translations while a file is read."""

    def __init__(self) -> None:
        self.english: dict[str, str] = {}

    def __call__(self, text: Any) -> str:
        """The Chinese of `{zh, en}`; a plain text is Chinese."""
        if not isinstance(text, Mapping):
            return str(text or "").strip()
        chinese, english = str(text.get("zh") or "").strip(), str(text.get("en") or "").strip()
        if chinese and english:
            self.english[chinese] = english
        return chinese
