"""The first keys are made when somebody first asks for them, whatever was forgotten at installation."""

from yiwang.commons.identity.commands.openid import rotate_signing_keys
from yiwang.commons.identity.queries.openid.signing import forget_keys, has_keys
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

_ready: list[bool] = []


def ensure_keys() -> None:
    """No query once this process has seen them."""
    if _ready:
        return
    if not has_keys():
        rotate_signing_keys(by=Actor.system("identity.openid"), at=clock.now())
        forget_keys()
    _ready.append(True)


def forget() -> None:
    """For whoever empties the tables under a running process."""
    _ready.clear()
    forget_keys()
