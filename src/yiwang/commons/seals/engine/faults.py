"""What may go wrong in making documents and seals. Verification never raises these: it tells verdicts."""

import unicodedata


class PaperFault(ValueError):
    """A document could not be made of what was given."""


class GlyphMissing(PaperFault):
    """No typeface has this character: a rare one in a name, or an invisible one. Never left out silently."""

    def __init__(self, character: str) -> None:
        self.character = character
        name = unicodedata.name(character, "unnamed")
        super().__init__(f"no typeface has {character!r} (U+{ord(character):04X}, {name})")
