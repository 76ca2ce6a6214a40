"""The contexts of this installation, lowest first. The one list that settings, URLs, REST and the command line read."""

from importlib.util import find_spec

CONTEXTS = (
    "yiwang.commons.identity",
    "yiwang.commons.privacy",
    "yiwang.commons.crypto",
    "yiwang.commons.ledger",
    "yiwang.commons.files",
    "yiwang.commons.search",
    "yiwang.commons.measures",
    "yiwang.commons.rules",
    "yiwang.commons.forms",
    "yiwang.commons.flow",
    "yiwang.commons.notify",
    "yiwang.commons.seals",
    "yiwang.commons.licences",
    "yiwang.commons.archives",
    "yiwang.serve.matters",
    "yiwang.serve.cases",
    "yiwang.serve.portal",
)


def modules(name: str) -> list[str]:
    """The contexts' modules of that name (`cli`, `rest`, `urls`) that exist, as dotted paths."""
    return [f"{context}.{name}" for context in CONTEXTS if find_spec(f"{context}.{name}")]


def apps() -> list[str]:
    """The contexts that are Django apps."""
    return [context for context in CONTEXTS if find_spec(f"{context}.apps")]
