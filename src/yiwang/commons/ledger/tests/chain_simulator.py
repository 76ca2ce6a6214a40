"""A chain to try the anchoring adapter on: py-evm behind a small JSON-RPC server, without any consensus.

Runs as a process of its own (`python -m …chain_simulator`), since py-evm raises the interpreter's recursion limit.
Prints its address; ends when its standard input is closed.
"""

import json
import sys
from typing import Any

from yiwang.commons.ledger.engine.witnessing.serving import Answer, Request, serving


class Node:
    """Answers as a node does."""

    def __init__(self) -> None:
        import eth_tester

        self.chain: Any = eth_tester.EthereumTester(eth_tester.PyEVMBackend())

    def __call__(self, request: Request) -> Answer:
        asked = json.loads(request.body)
        try:
            told = {"result": getattr(self, asked["method"])(*asked["params"])}
        except Exception as fault:  # noqa: BLE001 - whatever the simulator raises is told
            told = {"error": {"code": -32000, "message": str(fault)}}
        return Answer(200, json.dumps({"jsonrpc": "2.0", "id": asked["id"], **told}).encode(), "application/json")

    def eth_chainId(self) -> str:
        return hex(self.chain.backend.chain.chain_id)

    def eth_gasPrice(self) -> str:
        return hex(10**10)

    def eth_getTransactionCount(self, address: str, block: str) -> str:
        return hex(self.chain.get_nonce(address))

    def eth_estimateGas(self, wanted: dict[str, Any]) -> str:
        return hex(self.chain.estimate_gas({"gas": 3_000_000, **wanted}))

    def eth_sendRawTransaction(self, raw: str) -> str:
        return str(self.chain.send_raw_transaction(raw))

    def eth_getTransactionReceipt(self, name: str) -> dict[str, Any]:
        found = self.chain.get_transaction_receipt(name)
        return {"status": hex(found["status"]), "contractAddress": found["contract_address"]}

    def eth_call(self, wanted: dict[str, Any], block: str) -> str:
        told = self.chain.call({"from": self.chain.get_accounts()[0], "gas": 1_000_000, **wanted})
        return told if isinstance(told, str) else "0x" + told.hex()


if __name__ == "__main__":
    with serving(Node()) as url:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        sys.stdin.read()
