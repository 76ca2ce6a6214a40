"""The endpoints that programs ask: formats, caches, refusals."""

import pytest

from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.engine import (
    Checkpoint,
    MemoryTree,
    Node,
    Note,
    Receipt,
    Tile,
    TileTree,
    TrustedKeys,
    leaf_hash,
    unpack_entries,
    verify_receipt,
)  # fmt: skip
from yiwang.commons.ledger.queries import tree
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log, append, drafts, evidence, sign
from yiwang.kernel import clock
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import EvidenceRow

pytestmark = pytest.mark.django_db


def test_a_stranger_rebuilds_the_log_from_its_tiles_alone(client):
    a_log()
    entries = drafts(700)
    append(entries)
    sign()
    answer = client.get("/ledger/checkpoint")
    assert answer["Content-Type"].startswith("text/plain")
    head = Checkpoint.parse(Note.parse(answer.content).text)
    hasher = tree.hasher(log=tree.open_log())
    read = lambda tile: client.get(f"/ledger/{tile.path()}").content  # noqa: E731
    rebuilt = TileTree(hasher, head.size, read)
    assert rebuilt.root() == head.root == MemoryTree(hasher, (e.data for e in entries)).root()
    found = [
        data
        for number, width in ((0, 256), (1, 256), (2, 188))
        for data in unpack_entries(read(Tile(-1, number, width)), width)
    ]
    assert found == [entry.data for entry in entries]
    assert rebuilt.node(Node(0, 699)) == leaf_hash(hasher, entries[699].data)


def test_what_can_not_change_is_kept_by_caches_and_the_head_is_not(client):
    a_log()
    append(drafts(300))
    sign()
    assert "immutable" in client.get("/ledger/1/tile/0/000")["Cache-Control"]
    assert client.get("/ledger/tile/0/000")["Cache-Control"] == "public, max-age=60"
    assert client.get("/ledger/checkpoint")["Cache-Control"] == "public, max-age=1"
    assert not client.get("/ledger/checkpoint").cookies


def test_a_log_keeps_its_address_when_another_follows(client):
    a_log()
    append(drafts(300))
    sign()
    head, tile = client.get("/ledger/1/checkpoint").content, client.get("/ledger/1/tile/0/000").content
    assert (head, tile) == (client.get("/ledger/checkpoint").content, client.get("/ledger/tile/0/000").content)
    a_log("national", succeed=True)
    append(drafts(300, 300))
    sign()
    assert (head, tile) == (client.get("/ledger/1/checkpoint").content, client.get("/ledger/1/tile/0/000").content)
    assert client.get("/ledger/checkpoint").content == client.get("/ledger/2/checkpoint").content != head
    assert client.get("/ledger/tile/0/000").content == client.get("/ledger/2/tile/0/000").content != tile
    for missing in (3, 10**20):
        assert client.get(f"/ledger/{missing}/checkpoint").status_code == 404
    trusted = TrustedKeys.parse(client.get("/ledger/keys").content)
    assert [trusted.urls[log.name] for log in trusted.logs] == [f"http://testserver/ledger/{n}" for n in (2, 1)]


@pytest.mark.parametrize(
    "path", ["0/001", "0/000.p/300", "1/000", "entries/009", "0/x000/000", "9/000", "0/../checkpoint", "x", "0/000.p/0"]
)
def test_tiles_that_no_head_covers_are_not_there(client, path):
    a_log()
    append(drafts(300))
    sign()
    append(drafts(300, 300))
    answer = client.get(f"/ledger/tile/{path}")
    assert answer.status_code == 404
    assert answer["Cache-Control"] == "no-store"


def test_a_receipt_is_a_file_that_verifies_with_the_keys_that_are_offered(client):
    a_log()
    subject = evidence(1)
    identifier = EvidenceRow.objects.get(subject_id=subject.id).pk
    waiting = client.get(f"/ledger/receipts/{identifier}")
    assert (waiting.status_code, waiting["Retry-After"]) == (404, "5")
    commands.sequence(by=SYSTEM, at=clock.now())
    sign()
    answer = client.get(f"/ledger/receipts/{identifier}")
    assert f"{identifier}.tlog-proof" in answer["Content-Disposition"]
    trusted = TrustedKeys.parse(client.get("/ledger/keys").content)
    assert verify_receipt(Receipt.parse(answer.content), trusted).valid
    assert client.get(f"/ledger/receipts/{new_id()}").status_code == 404
    assert client.post("/ledger/checkpoint").status_code == 405


def test_the_list_is_there_as_json(client):
    assert client.get("/api/v1/ledger").status_code == 404
    a_log()
    append(drafts(3))
    sign()
    state = client.get("/api/v1/ledger").json()
    assert (state["size"], state["final_size"]) == (3, 3)
    for name in ("kind", "q"):
        refused = client.get("/api/v1/ledger/entries", {name: "a\0b"})
        assert (refused.status_code, refused.json()["status"]) == (400, 400)
    listed = client.get("/api/v1/ledger/entries").json()
    assert [each["index"] for each in listed["items"]] == [2, 1, 0]
    assert listed["items"][0]["facts"] == {"number": 2}
    assert queries.find(number="2", viewer=SYSTEM).leaf.hex() == listed["items"][0]["leaf"]
