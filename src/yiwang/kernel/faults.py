"""How an exception is kept and shown: its kind, its code and where it arose, without what people had entered.

Messages of libraries quote values (a name, an ID number), so only a plain sentence without values is kept.
"""

import re
import traceback
from itertools import pairwise

from yiwang.kernel.errors import DomainError

_FRAMES = 6
_LONGEST = 160
_PLAIN = re.compile(r"[A-Za-z0-9_ .,:;!?()/\-]*")
_NUMBER = re.compile(r"\d{5,}")


def described(error: BaseException) -> str:
    """The kind with its code or plain message, then the last places, the innermost first. Causes follow."""
    lines = [_kind(error)]
    lines += [
        f"  {_module(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in reversed(traceback.extract_tb(error.__traceback__)[-_FRAMES:])
    ]
    chain = [error]
    while (cause := chain[-1].__cause__) is not None and cause not in chain:
        chain.append(cause)
    lines += [f"← {_kind(cause)}" for _error, cause in pairwise(chain)]
    return "\n".join(lines)


def _kind(error: BaseException) -> str:
    name = type(error).__qualname__
    if isinstance(error, DomainError):
        return f"{name} [{error.code}]"
    message = str(error).partition("\n")[0]
    if message and len(message) <= _LONGEST and _PLAIN.fullmatch(message):
        return f"{name}: {_NUMBER.sub('…', message)}"
    return name


def _module(filename: str) -> str:
    for root in ("/site-packages/", "/src/"):
        _before, found, rest = filename.rpartition(root)
        if found:
            return rest
    return filename.rpartition("/")[2]
