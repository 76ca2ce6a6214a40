"""The addresses of a witness: `add-checkpoint`, what monitors fetch, and a page that says how things stand."""

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from yiwang.commons.ledger.engine.texts import to_base64

from .exchanging import PATH
from .keeping import PROOF
from .serving import Answer, Request
from .witness import Witness, origin_hash

_JSON: Final = "application/json"


class WitnessService:
    """A handler for `serving.Server`."""

    def __init__(self, witness: Witness) -> None:
        self._witness = witness
        self._origins = {origin_hash(origin): origin for origin in witness.logs}

    def __call__(self, request: Request) -> Answer:
        if request.path == PATH:
            if request.method != "POST":
                return _plain(HTTPStatus.METHOD_NOT_ALLOWED, "POST only")
            return self._witness.add_checkpoint(request.body)
        if request.method not in {"GET", "HEAD"}:
            return _plain(HTTPStatus.METHOD_NOT_ALLOWED, "GET only")
        if request.path == "/":
            return _plain(HTTPStatus.OK, self._page())
        if request.path == "/status.json":
            return Answer(HTTPStatus.OK, json.dumps(self.status(), ensure_ascii=False).encode(), _JSON)
        return self._of_log(*request.path.strip("/").split("/"))

    def _of_log(self, named: str, what: str = "", *more: str) -> Answer:
        origin = self._origins.get(named)
        if origin is None or more:
            return _plain(HTTPStatus.NOT_FOUND, "nothing here")
        if what == "checkpoint":
            head = self._witness.store.head(origin)
            return Answer(HTTPStatus.OK, head.note) if head else _plain(HTTPStatus.NOT_FOUND, "nothing cosigned yet")
        if what == "refused.json":
            return Answer(HTTPStatus.OK, json.dumps(self._refused(origin), ensure_ascii=False).encode(), _JSON)
        return _plain(HTTPStatus.NOT_FOUND, "nothing here")

    def status(self) -> dict[str, Any]:
        """The witness's key, and of each log the head it co-signed last, how many proofs of a fork it holds, how many hints."""
        store = self._witness.store
        heads = {head.origin: head for head in store.heads()}
        logs = []
        for origin in self._witness.logs:
            head = heads.get(origin)
            codes = [kept.code for kept in store.refusals(origin)]
            logs.append(
                {
                    "origin": origin,
                    "size": head.size if head else None,
                    "root": to_base64(head.root) if head else None,
                    "cosigned_at": _time(head.time) if head else None,
                    "refused": codes.count(PROOF),
                    "hints": len(codes) - codes.count(PROOF),
                    "checkpoint": f"/{origin_hash(origin)}/checkpoint",
                }
            )
        return {"name": self._witness.signer.name, "key": self._witness.signer.verifier.vkey, "logs": logs}

    def _refused(self, origin: str) -> list[dict[str, Any]]:
        return [
            {"code": kept.code, "at": _time(kept.time), "held": kept.held.decode(), "offered": kept.offered.decode()}
            for kept in self._witness.store.refusals(origin)
        ]

    def _page(self) -> str:
        told = self.status()
        lines = [f"Witness {told['name']}", f"Key     {told['key']}", ""]
        for log in told["logs"]:
            if log["size"] is None:
                lines.append(f"{log['origin']}: nothing cosigned yet")
            else:
                lines.append(f"{log['origin']}: {log['size']} entries, root {log['root']}, {log['cosigned_at']}")
            place = f"{log['checkpoint'][:65]}/refused.json"
            if log["refused"]:
                lines.append(f"    REFUSED {log['refused']} heads with another root for the same size: {place}")
            if log["hints"]:
                lines.append(f"    {log['hints']} heads came without a proof that holds, from anybody: {place}")
        return "\n".join(lines)


def _time(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def _plain(status: HTTPStatus, text: str) -> Answer:
    return Answer(status, f"{text}\n".encode())
