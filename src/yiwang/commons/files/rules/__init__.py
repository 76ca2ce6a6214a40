"""Pure checks of uploads: what a file is by its content, whether it is whole and harmless, what it may be called."""

from yiwang.commons.files.rules.names import clean_name
from yiwang.commons.files.rules.sniff import recognise

__all__ = ["clean_name", "recognise"]
