"""Fills the port of anchors with a contract on an EVM chain (FISCO BCOS speaks the same JSON-RPC)."""

import hashlib

from yiwang.commons.ledger.engine.notes import Checkpoint
from yiwang.commons.ledger.registry.anchors import Anchored, AnchorFault

from .chain import Chain, ChainFault
from .contract import CODE, anchor_call, anchored_call, anchored_result
from .transactions import Account


class EvmAnchor:
    """Writes heads under an account's address into `contract`; reading needs only `author`, that address."""

    name = "evm"

    def __init__(self, chain: Chain, contract: str, *, account: Account | None = None, author: str = "") -> None:
        if not account and not author:
            raise ValueError("an account to write with or the address of an author to read is needed")
        self._chain, self._account = chain, account
        self.contract = checked_address(contract)
        self.author = checked_address(author or (account.address if account else ""))

    def anchor(self, head: Checkpoint) -> str:
        """Write a head; the transaction's hash, "" where it stands there already. Raises AnchorFault."""
        if self._account is None:
            raise AnchorFault("no account to write with")
        known = self.find(head.origin, head.size)
        if known and known.root == head.root:
            return ""
        if known:
            raise AnchorFault(f"another root was anchored for {head.size} entries")
        try:
            data = anchor_call(_log_id(head.origin), head.size, head.root)
            receipt = self._chain.send(self._account, to=self.contract, data=data)
        except ChainFault as fault:
            raise AnchorFault(str(fault)) from None
        return str(receipt["transactionHash"])

    def find(self, origin: str, size: int) -> Anchored | None:
        """What stands there for the log's first `size` entries. Raises AnchorFault."""
        asked = anchored_call(self.author, _log_id(origin), size)
        try:
            told = self._chain.data("eth_call", {"to": self.contract, "data": "0x" + asked.hex()}, "latest")
            found = anchored_result(told)
        except ChainFault as fault:
            raise AnchorFault(str(fault)) from None
        except ValueError:
            raise AnchorFault(f"{self.contract} is not the contract of heads") from None
        return Anchored(origin, size, *found) if found else None


def make_contract(chain: Chain, account: Account) -> str:
    """Put the contract on the chain; its address. Raises AnchorFault."""
    try:
        receipt = chain.send(account, to="", data=CODE)
    except ChainFault as fault:
        raise AnchorFault(str(fault)) from None
    try:
        return checked_address(str(receipt.get("contractAddress")))
    except ValueError:
        raise AnchorFault("the receipt names no contract") from None


def checked_address(text: str) -> str:
    """An address in lower case. Raises ValueError unless it is `0x` and 40 hex digits."""
    if len(text) != 42 or not text.startswith("0x"):
        raise ValueError(f"no address: {text[:80]}")
    return "0x" + bytes.fromhex(text[2:]).hex()


def _log_id(origin: str) -> bytes:
    return hashlib.sha256(origin.encode()).digest()
