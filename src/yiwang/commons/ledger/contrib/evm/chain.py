"""Speaks JSON-RPC with a node of an EVM chain: only what anchoring needs, with limits and clear refusals."""

import json
import time
from itertools import count
from typing import Any, Final

from yiwang.commons.ledger.engine.witnessing.fetching import Unreachable, exchange

from .transactions import Account, signed_transaction

_LIMIT: Final = 1 << 20
_POLL: Final = 0.2


class ChainFault(Exception):
    """The node can't be reached, refuses, or answers otherwise than JSON-RPC says. The text says which."""


class Chain:
    """One node at `url`. `seconds`: for each call, and for a transaction to be in a block."""

    def __init__(self, url: str, *, seconds: float = 10.0, confirm_seconds: float = 60.0) -> None:
        self._url = url
        self._seconds = seconds
        self._confirm = confirm_seconds
        self._ids = count(1)

    def call(self, method: str, *params: object) -> Any:
        """The result of a method. Raises ChainFault."""
        asked = next(self._ids)
        body = json.dumps({"jsonrpc": "2.0", "id": asked, "method": method, "params": list(params)}).encode()
        try:
            reply = exchange(self._url, seconds=self._seconds, body=body, limit=_LIMIT, content_type="application/json")
            told = json.loads(reply.body)
        except Unreachable as fault:
            raise ChainFault(f"{method}: {fault}") from None
        except (ValueError, RecursionError):
            raise ChainFault(f"{method}: {reply.status}, no JSON") from None
        if not isinstance(told, dict) or told.get("id") != asked:
            raise ChainFault(f"{method}: no answer to what was asked")
        if told.get("error"):
            said = told["error"].get("message") if isinstance(told["error"], dict) else told["error"]
            raise ChainFault(f"{method}: {str(said)[:200]}")
        return told.get("result")

    def number(self, method: str, *params: object) -> int:
        """A result that is a hexadecimal quantity."""
        found = self.call(method, *params)
        try:
            return int(found, 16)
        except (TypeError, ValueError):
            raise ChainFault(f"{method}: no number") from None

    def data(self, method: str, *params: object) -> bytes:
        """A result that is bytes in hexadecimal."""
        found = self.call(method, *params)
        try:
            return bytes.fromhex(found.removeprefix("0x"))
        except (AttributeError, ValueError):
            raise ChainFault(f"{method}: no bytes") from None

    def send(self, account: Account, *, to: str, data: bytes) -> dict[str, Any]:
        """Sign a transaction, send it, wait until it is in a block; its receipt. Raises ChainFault where it failed."""
        wanted = {"from": account.address, "data": "0x" + data.hex()} | ({"to": to} if to else {})
        raw = signed_transaction(
            account,
            chain=self.number("eth_chainId"),
            nonce=self.number("eth_getTransactionCount", account.address, "pending"),
            gas_price=self.number("eth_gasPrice"),
            gas=self.number("eth_estimateGas", wanted) * 5 // 4,
            to=bytes.fromhex(to.removeprefix("0x")),
            data=data,
        )
        name = self.call("eth_sendRawTransaction", "0x" + raw.hex())
        ends = time.monotonic() + self._confirm
        while (receipt := self.call("eth_getTransactionReceipt", name)) is None:
            if time.monotonic() > ends:
                raise ChainFault(f"{name}: not in a block after {self._confirm:g} s; it may still come")
            time.sleep(_POLL)
        if not isinstance(receipt, dict) or receipt.get("status") not in {"0x1", 1}:
            raise ChainFault(f"{name}: the chain refused the transaction")
        return receipt | {"transactionHash": name}
