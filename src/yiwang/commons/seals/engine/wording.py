"""What is wrong with a seal or a sealed document, in words: a stable code, Chinese and English.

The offline verifier runs without catalogues of any framework, so both languages stand here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from yiwang.commons.seals.engine.words import TERMS, WORDS

_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is not accepted, or what was seen: a code of `WORDS` and what fills its sentence.

    A parameter may be another Reason, or one of the certificates' reasons: it is told in the same language.
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def text(self, language: str = "zh", /) -> str:
        """The sentence in `zh` or `en`."""
        column = 1 if language == "en" else 0
        filled = {name: _told(value, language) for name, value in self.params.items()}
        return WORDS[self.code][column].format_map(filled)


def _told(value: Any, language: str) -> str:
    if hasattr(value, "say"):
        return str(value.say(language))
    if isinstance(value, Reason):
        return value.text(language)
    if isinstance(value, str) and value in TERMS:
        return TERMS[value][1 if language == "en" else 0]
    return shown(str(value))


def shown(text: str) -> str:
    """Text of a stranger for people: without control and direction characters, cut short."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:_SHOWN])


class SealFault(ValueError):
    """A seal, signed value or package that can't be read or made, with the reason. Verdicts never raise it."""

    def __init__(self, code: str, /, **params: object) -> None:
        self.reason = Reason(code, params)
        super().__init__(self.reason.text("zh"))

    @property
    def code(self) -> str:
        return self.reason.code
