"""Marks messages for translation in code that must not know a framework."""


def gettext_noop(message: str) -> str:
    """Return `message` unchanged; the catalogue tool collects it, a face translates it when it renders."""
    return message
