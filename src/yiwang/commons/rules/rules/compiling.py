"""Models of texts that are shown again and again, each compiled once a process."""

from functools import lru_cache

from yiwang.commons.rules.engine import Model, read_dmn


@lru_cache(maxsize=64)
def model_of(xml: str, imports: tuple[str, ...]) -> Model | None:
    """The model, None where the text is no DMN; with faults in it the rest still decides."""
    return read_dmn(xml.encode(), [text.encode() for text in imports]).model
