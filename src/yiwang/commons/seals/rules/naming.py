"""Numbers and words of seals."""

from types import MappingProxyType

from yiwang.commons.seals.contracts.kinds import SealKind

LOWER = MappingProxyType({SealKind.OFFICIAL: "", SealKind.SERVICE: "政务服务专用章", SealKind.LICENCE: "证照专用章"})
"""What stands under the star."""


def seal_code(region: str, serial: int) -> str:
    """The number of a seal: six digits of the region where it was registered, seven of a serial.

    Raises ValueError where a part is none.
    """
    if len(region) < 6 or not region[:6].isdecimal() or not 1 <= serial <= 9_999_999:
        raise ValueError(f"no number of a seal: {region} {serial}")
    return f"{region[:6]}{serial:07d}"


def seal_name(organisation: str, kind: SealKind, *, sample: bool) -> str:
    """The name inside the seal: the organisation's, with what the seal is for; a sample says so."""
    return f"{organisation}{LOWER[kind]}{'（样例）' if sample else ''}"
