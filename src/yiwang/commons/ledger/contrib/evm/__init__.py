"""Anchors heads of the log on a chain with the Ethereum virtual machine."""

from .anchoring import EvmAnchor, make_contract
from .chain import Chain, ChainFault
from .transactions import Account

__all__ = ["Account", "Chain", "ChainFault", "EvmAnchor", "make_contract"]
